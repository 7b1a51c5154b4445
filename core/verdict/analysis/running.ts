import { MINUTE_MS } from '../../clock.ts';
import { groupBy } from '../../group-by.ts';
import type { AnalysisPlan } from '../../vocabulary/analysis.types.ts';
import { bakeGains } from './bake.ts';
import { type ComparedFrom, type MetricRule, metricRules } from './compared-metrics.ts';
import type { FinalMinute } from './final-minutes.ts';
import { isOutage } from './hard-gate.ts';
import { compares } from './increment.ts';
import { logAdd, logSum } from './log-sum.ts';
import { NOT_COMPARED, type NonInferiority, withComparedMinute } from './non-inferiority.ts';
import { NO_ONSETS, type Onsets, withMinute } from './onsets.ts';
import { regressionGains } from './regression.ts';
import type { Counts, Minute } from './series.types.ts';
import { allowedRate } from './usual-rate.ts';

type RunningMetric = {
  blue: Counts;
  green: Counts;
  onsets: Onsets;
  /** Natural log of the evidence that green is worse, and its highest so far. */
  logE: number;
  maxLogE: number;
  /** That it is unharmed, of the present shift alone. */
  unharmed: NonInferiority;
};

/**
 * What the minutes so far leave behind for those to come: with it a minute is added to the comparison of a week without
 * the week's minutes. Plain numbers, so that what is stored as JSON is carried on from without a difference.
 */
export type RunningComparison = Omit<ComparedFrom, 'policy'> & {
  /** Of this shape and of the statistics: what another release stored is not carried on from. */
  version: number;
  /** The end of the last minute in it. */
  toMs: number;
  minutes: number;
  shift: { minutes: number; requests: number };
  /** Green's requests before it got all traffic. */
  exposed: Counts;
  /** As metricRules has them. */
  metrics: RunningMetric[];
  /**
   * Green's requests since blue had its last one, of a shift that leaves blue some: nothing has compared them. Users are
   * where they are answered.
   */
  lonely: Counts;
  /** Green alone, against a rate that was fixed when it got everything; null before. */
  bake: { rate: number; onsets: Onsets } | null;
  /** The evidence of all metrics that decide. */
  logE: number;
  maxLogE: number;
  /** The first outage: it stays decided. */
  outage: Minute | null;
  /** The last minutes that compared both colours' errors, for the bounds that are shown. */
  recent: Minute[];
};

/** Raised by a change of what a RunningComparison holds, or of how a minute is added to it. */
const VERSION = 3;

/** The difference is shown for the last hour: its bounds take the whole work once for each halving. */
const MOST_RECENT = 60;

/** Shares of the evidence between the comparison and the last bake, in which green is alone. */
const LOG_COMPARED = Math.log(0.9);
const LOG_ALONE = Math.log(0.1);

const NOBODY: Counts = { requests: 0, bad: 0 };

const sumOf = (one: Counts, other: Counts): Counts => ({
  requests: one.requests + other.requests,
  bad: one.bad + other.bad,
});

const nothingYet = (from: ComparedFrom): RunningComparison => ({
  version: VERSION,
  ...contextOf(from),
  toMs: from.sinceMs,
  minutes: 0,
  shift: { minutes: 0, requests: 0 },
  exposed: NOBODY,
  lonely: NOBODY,
  metrics: metricRules(from).map(() => ({
    blue: NOBODY,
    green: NOBODY,
    onsets: NO_ONSETS,
    logE: 0,
    maxLogE: 0,
    unharmed: NOT_COMPARED,
  })),
  bake: null,
  logE: 0,
  maxLogE: 0,
  outage: null,
  recent: [],
});

const contextOf = ({ sinceMs, shiftFromMs, alone, sticky }: Omit<ComparedFrom, 'policy'>) => ({
  sinceMs,
  shiftFromMs,
  alone,
  sticky,
});

/**
 * Whether the comparison can be carried on from there: nothing of it would be counted otherwise by now. A later shift
 * is carried on from as long as no minute after its beginning is in it; null: everything has to be computed again.
 */
export const carriedTo = (carried: RunningComparison, from: ComparedFrom): RunningComparison | null => {
  const same =
    carried.version === VERSION &&
    carried.sinceMs === from.sinceMs &&
    carried.sticky === from.sticky &&
    carried.metrics.length === metricRules(from).length;
  if (!same) return null;
  if (carried.shiftFromMs === from.shiftFromMs && carried.alone === from.alone) return carried;
  // Minutes of a green that was alone were judged by another rule.
  if (carried.toMs > from.shiftFromMs || carried.bake !== null) return null;
  return {
    ...carried,
    ...contextOf(from),
    shift: { minutes: 0, requests: 0 },
    metrics: carried.metrics.map((metric) => ({ ...metric, unharmed: NOT_COMPARED })),
  };
};

const metricWith = (
  before: RunningMetric,
  minute: Minute,
  startMs: number,
  rule: MetricRule,
  { alpha }: AnalysisPlan,
): RunningMetric => {
  const { psi, delta, sigma, usualBad } = rule;
  const { onsets, logE } = withMinute(
    before.onsets,
    regressionGains(minute, { psi, delta, sigma }),
    Math.log(1 / alpha),
  );
  return {
    blue: sumOf(before.blue, minute.blue),
    green: sumOf(before.green, minute.green),
    onsets,
    logE,
    maxLogE: Math.max(before.maxLogE, logE),
    unharmed:
      startMs < rule.unharmedFromMs
        ? before.unharmed
        : withComparedMinute(before.unharmed, minute, { ...rule.noHarm, sigma, usualBad }),
  };
};

/** Errors are still judged when green is alone, against what was usual for blue before. */
const bakeWith = (
  before: RunningComparison,
  { startMs, errors: { green } }: FinalMinute,
  from: ComparedFrom,
): { bake: RunningComparison['bake']; logE: number } => {
  const { policy, alone, shiftFromMs } = from;
  if (!alone || startMs < shiftFromMs) return { bake: null, logE: 0 };
  const usual = sumOf(policy.baseline ?? NOBODY, before.metrics[0]?.blue ?? NOBODY);
  const rate = before.bake?.rate ?? allowedRate(usual, policy.errors.delta);
  const next = withMinute(
    before.bake?.onsets ?? NO_ONSETS,
    bakeGains(green, rate),
    Math.log(1 / policy.alpha),
  );
  return { bake: { rate, onsets: next.onsets }, logE: next.logE };
};

const lonelyWith = (before: Counts, { errors }: FinalMinute, isAlone: boolean): Counts => {
  if (isAlone || compares(errors)) return NOBODY;
  return errors.blue.requests > 0 ? before : sumOf(before, errors.green);
};

/** As an outage: an accident of few requests does not count. */
const LEAST_LONELY_BAD = 20;

/**
 * Green failed more than twice blue's usual rate while blue had no request. Whether both are ill, or green is, shows as
 * soon as both have users again: until then it is neither proven nor nothing. Null: it did not, or nothing is usual.
 */
export const lonelyAndWorse = (
  { lonely, metrics }: RunningComparison,
  { errors, baseline }: AnalysisPlan,
): { lonely: Counts; rate: number } | null => {
  if (errors.use !== 'decide' || lonely.bad < LEAST_LONELY_BAD) return null;
  const rate = allowedRate(sumOf(baseline ?? NOBODY, metrics[0]?.blue ?? NOBODY), errors.delta);
  return lonely.bad > rate * lonely.requests ? { lonely, rate } : null;
};

/** Averages of e-values are e-values, whatever the metrics have to do with each other. */
const averaged = (logs: readonly number[]): number => logSum(logs) - Math.log(logs.length);

/** Errors, all thresholds of the response time together, and each metric of the application, with one weight each. */
const togetherOf = (metrics: readonly RunningMetric[], rules: readonly MetricRule[]): number => {
  const deciding = metrics.flatMap(({ logE }, at) => {
    const rule = rules[at] as MetricRule;
    const group = rule.metric.startsWith('slower') ? 'latency' : rule.metric;
    return rule.use === 'decide' ? [{ logE, group }] : [];
  });
  const logs = [...groupBy(deciding, ({ group }) => group).values()].map((group) =>
    averaged(group.map(({ logE }) => logE)),
  );
  return logs.length === 0 ? 0 : averaged(logs);
};

const withFinalMinute = (
  before: RunningComparison,
  minute: FinalMinute,
  rules: readonly MetricRule[],
  from: ComparedFrom,
): RunningComparison => {
  const { startMs, errors } = minute;
  const ofShift = startMs >= from.shiftFromMs;
  const judgesErrors = rules[0]?.metric === 'errors';
  const { bake, logE: logAlone } = judgesErrors ? bakeWith(before, minute, from) : { bake: null, logE: 0 };
  const metrics = rules.map((rule, at): RunningMetric => {
    const metric = before.metrics[at] as RunningMetric;
    const counted = rule.minuteOf(minute);
    if (counted === undefined || startMs < rule.fromMs) return metric;
    const next = metricWith(metric, counted, startMs, rule, from.policy);
    if (rule.metric !== 'errors') return next;
    const logE = logAdd(next.logE + LOG_COMPARED, LOG_ALONE + logAlone);
    return { ...next, logE, maxLogE: Math.max(metric.maxLogE, logE) };
  });
  const logE = togetherOf(metrics, rules);
  const outage = from.policy.errors.use === 'decide' && isOutage(errors) ? errors : null;
  return {
    ...before,
    toMs: startMs + MINUTE_MS,
    minutes: before.minutes + 1,
    shift: ofShift
      ? { minutes: before.shift.minutes + 1, requests: before.shift.requests + errors.green.requests }
      : before.shift,
    exposed: from.alone && ofShift ? before.exposed : sumOf(before.exposed, errors.green),
    lonely: lonelyWith(before.lonely, minute, from.alone && ofShift),
    metrics,
    bake,
    logE,
    maxLogE: Math.max(before.maxLogE, logE),
    outage: before.outage ?? outage,
    recent: compares(errors) ? [...before.recent, errors].slice(-MOST_RECENT) : before.recent,
  };
};

/** Adds minutes, oldest first, to what the earlier ones left; from the very beginning where nothing was carried. */
export const withMinutes = (
  carried: RunningComparison | null,
  minutes: readonly FinalMinute[],
  from: ComparedFrom,
): RunningComparison => {
  const rules = metricRules(from);
  return minutes.reduce(
    (before, minute) => withFinalMinute(before, minute, rules, from),
    carried ?? nothingYet(from),
  );
};
