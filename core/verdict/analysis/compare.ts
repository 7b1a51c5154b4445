import { MINUTE_MS } from '../../clock.ts';
import type {
  AnalysisPlan,
  ComparedMetric,
  Comparison,
  ComparisonKind,
  MetricPolicy,
} from '../../vocabulary/analysis.types.ts';
import type { MetricMinute } from '../../vocabulary/metrics.types.ts';
import { bakeThatDecides } from './bake.ts';
import { boundsOf } from './bounds.ts';
import { describeComparison } from './describe-comparison.ts';
import { type FinalMinute, finalMinutes } from './final-minutes.ts';
import { isOutage } from './hard-gate.ts';
import { logAdd, logSum } from './log-sum.ts';
import { NO_HARM, nonInferiority } from './non-inferiority.ts';
import { regression } from './regression.ts';
import type { Counts, Minute } from './series.types.ts';
import { SIGMA_CEILING } from './sigma.ts';
import { allowedRate } from './usual-rate.ts';

export type CompareInput = {
  policy: AnalysisPlan;
  /** Since the first shift, oldest first, one entry a minute. */
  series: readonly MetricMinute[];
  sinceMs: number;
  shiftFromMs: number;
  /** Green has all traffic: there is no blue beside it any more. */
  alone: boolean;
  /** Clients stay with their colour, so requests do not fall on the colours by chance. */
  sticky: boolean;
  /** The bounds of the difference take a hundred times the rest's work: only for what is shown. */
  withBounds: boolean;
  nowMs: number;
};

/** A single bad request is no regression, however rare they are. */
const MIN_BAD = 3;

/** From here on a deployment does not advance: a good version gets here once in ten deployments at most. */
const SUSPECT_LOG_E = Math.log(10);

/** Unharmed needs so many minutes of the shift, and hardly a sign of the contrary. */
const LEAST_MINUTES = 3;
const NO_SIGN_LOG_E = Math.log(2);

/** New tasks have cold caches and empty pools: their first answers are slow in every deployment. */
const WARM_UP_MS = 3 * MINUTE_MS;

/** With stickiness users fail together, whichever their colour (health of each session, not of each request). */
const STICKY_SIGMA = 0.5;

/** The difference is shown for the last hour, to a millionth: its bounds take the whole work once for each halving. */
const MOST_BOUNDED = 60;
const SHOWN_HALVINGS = 20;

/** Shares of the evidence between the comparison and the last bake, in which green is alone. */
const LOG_COMPARED = Math.log(0.9);
const LOG_ALONE = Math.log(0.1);

const sumOf = (counts: readonly Counts[]): Counts =>
  counts.reduce((sum, { requests, bad }) => ({ requests: sum.requests + requests, bad: sum.bad + bad }), {
    requests: 0,
    bad: 0,
  });

const rounded = (value: number): number => Number(value.toFixed(6));

type Judged = { state: ComparedMetric; course: readonly number[]; green: readonly Counts[] };

/** Errors are still judged when green is alone, against what was usual for blue before. */
const withBake = (
  compared: readonly number[],
  minutes: readonly FinalMinute[],
  input: CompareInput,
): number[] => {
  const { policy, shiftFromMs, alone } = input;
  const from = alone ? minutes.findIndex(({ startMs }) => startMs >= shiftFromMs) : -1;
  if (from < 0) return compared.map((logE) => logAdd(logE + LOG_COMPARED, LOG_ALONE));
  const before = sumOf([
    { requests: policy.baseline?.requests ?? 0, bad: policy.baseline?.bad ?? 0 },
    ...minutes.slice(0, from).map(({ errors }) => errors.blue),
  ]);
  const rate = allowedRate(before, policy.errors.delta);
  const bake = bakeThatDecides(
    rate,
    minutes.slice(from).map(({ errors }) => errors.green),
    policy.alpha,
  );
  return compared.map((logE, at) =>
    logAdd(logE + LOG_COMPARED, LOG_ALONE + (at < from ? 0 : (bake[at - from] as number))),
  );
};

const judgeMetric = (
  name: ComparedMetric['metric'],
  use: ComparedMetric['use'],
  minutes: readonly { startMs: number; minute: Minute }[],
  { psi, delta }: MetricPolicy,
  { policy, shiftFromMs, sticky }: CompareInput,
  warmUpMs: number,
): Judged => {
  const known = policy.baseline?.sigma ?? SIGMA_CEILING;
  const sigma = sticky ? Math.max(STICKY_SIGMA, known) : known;
  const counted = minutes.map(({ minute }) => minute);
  const course = regression(counted, { psi, delta, sigma, alpha: policy.alpha });
  const unharmed = nonInferiority(
    minutes.flatMap(({ startMs, minute }) => (startMs >= shiftFromMs + warmUpMs ? [minute] : [])),
    {
      psi: NO_HARM.psi,
      delta: Math.max(NO_HARM.delta, delta),
      sigma,
      usualBad: policy.baseline === null ? 0 : policy.baseline.bad / Math.max(1, policy.baseline.minutes),
    },
  );
  const green = counted.map((minute) => minute.green);
  return {
    course,
    green,
    state: {
      metric: name,
      use,
      blue: sumOf(counted.map((minute) => minute.blue)),
      green: sumOf(green),
      logE: rounded(course.at(-1) ?? 0),
      maxLogE: rounded(Math.max(0, ...course)),
      logUnharmed: rounded(unharmed.at(-1) ?? 0),
    },
  };
};

/** Averages of e-values are e-values, whatever the metrics have to do with each other. */
const averaged = (courses: readonly (readonly number[])[]): number[] =>
  (courses[0] ?? []).map(
    (_, at) => logSum(courses.map((course) => course[at] as number)) - Math.log(courses.length),
  );

const judgeErrors = (minutes: readonly FinalMinute[], input: CompareInput): Judged[] => {
  const { errors } = input.policy;
  if (errors.use === 'off') return [];
  const counted = minutes.map(({ startMs, errors: minute }) => ({ startMs, minute }));
  const judged = judgeMetric('errors', errors.use, counted, errors, input, 0);
  const course = withBake(judged.course, minutes, input);
  return [
    {
      ...judged,
      course,
      state: {
        ...judged.state,
        logE: rounded(course.at(-1) ?? 0),
        maxLogE: rounded(Math.max(0, ...course)),
      },
    },
  ];
};

const judgeLatency = (minutes: readonly FinalMinute[], input: CompareInput): Judged[] => {
  const { latency, baseline } = input.policy;
  const { use } = latency;
  if (use === 'off') return [];
  return (baseline?.slowOver ?? []).map((seconds, threshold) => {
    const counted = minutes.flatMap(({ startMs, slow }) => {
      const minute = slow[threshold];
      return minute === undefined || startMs < input.sinceMs + WARM_UP_MS ? [] : [{ startMs, minute }];
    });
    return judgeMetric(`slower than ${seconds} s`, use, counted, latency, input, MINUTE_MS);
  });
};

/** Errors, and all thresholds of the response time together, with one weight each. Their last minutes are the same. */
const togetherOf = (errors: readonly Judged[], latency: readonly Judged[]): number[] => {
  const deciding = [errors, latency]
    .map((metrics) => metrics.filter(({ state }) => state.use === 'decide'))
    .filter((metrics) => metrics.length > 0)
    .map((metrics) => averaged(metrics.map(({ course }) => course)));
  const longest = Math.max(0, ...deciding.map((course) => course.length));
  // A metric that starts later, after its warm-up, has proven nothing before.
  const padded = deciding.map((course) => [
    ...Array.from({ length: longest - course.length }, () => 0),
    ...course,
  ]);
  return averaged(padded);
};

const kindOf = (
  together: readonly number[],
  deciding: readonly Judged[],
  outage: boolean,
  shiftMinutes: number,
  alpha: number,
): ComparisonKind => {
  const bad = deciding.reduce((sum, { state }) => sum + state.green.bad, 0);
  if (outage || (Math.max(0, ...together) >= Math.log(1 / alpha) && bad >= MIN_BAD)) return 'worse';
  if ((together.at(-1) ?? 0) >= SUSPECT_LOG_E) return 'suspect';
  const unharmed = ({ state }: Judged): boolean =>
    state.logUnharmed >= Math.log(1 / NO_HARM.alpha) && state.logE <= NO_SIGN_LOG_E;
  return shiftMinutes >= LEAST_MINUTES && deciding.length > 0 && deciding.every(unharmed)
    ? 'unharmed'
    : 'undecided';
};

/**
 * What the known minutes say of green beside blue, from the first shift on: computed anew from the series each time.
 */
export const compare = (input: CompareInput): Comparison => {
  const { policy, series, sinceMs, shiftFromMs, nowMs } = input;
  const minutes = finalMinutes(series, policy.baseline?.slowOver.length ?? 0, nowMs);
  const ofShift = minutes.filter(({ startMs }) => startMs >= shiftFromMs);
  const errors = judgeErrors(minutes, input);
  const latency = judgeLatency(minutes, input);
  const judged = [...errors, ...latency];
  const deciding = judged.filter(({ state }) => state.use === 'decide');
  const together = togetherOf(errors, latency);
  const outage =
    policy.errors.use === 'decide' ? (minutes.find((minute) => isOutage(minute.errors)) ?? null) : null;
  const kind =
    minutes.length === 0
      ? 'unread'
      : kindOf(together, deciding, outage !== null, ofShift.length, policy.alpha);
  const both = minutes
    .map(({ errors }) => errors)
    .filter(({ blue, green }) => blue.requests > 0 && green.requests > 0)
    .slice(-MOST_BOUNDED);
  const sigma = policy.baseline?.sigma ?? SIGMA_CEILING;
  const exposed = minutes.filter(({ startMs }) => !input.alone || startMs < shiftFromMs);
  const comparison: Omit<Comparison, 'reason'> = {
    kind,
    sinceMs,
    shiftFromMs,
    minutes: minutes.length,
    shift: {
      minutes: ofShift.length,
      requests: ofShift.reduce((sum, { errors }) => sum + errors.green.requests, 0),
    },
    exposed: sumOf(exposed.map(({ errors }) => errors.green)),
    metrics: judged.map(({ state }) => state),
    difference:
      input.withBounds && both.length > 0
        ? boundsOf(both, { alpha: policy.alpha, sigma }, SHOWN_HALVINGS)
        : null,
  };
  return { ...comparison, reason: describeComparison(comparison, policy, together, outage?.errors ?? null) };
};
