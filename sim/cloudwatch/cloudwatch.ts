import type { MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Sender } from '../../aws/call.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { makeFakeClient } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { WorldSeed } from '../parts.types.ts';
import { type EvaluatedAlarm, evaluatedAlarm } from './alarm-data.ts';
import { type Alarm, type AlarmChange, type AlarmStates, makeAlarmStates } from './alarm-states.ts';
import { alarmWrites } from './alarm-writes.ts';
import { type DescribedAlarm, describeAlarms } from './describe-alarms.ts';
import { EXTRA_PERIODS, judgePoints } from './judge-points.ts';
import { getMetricData, type MetricTrouble } from './metric-data.ts';
import { type MetricSource, measuredIn } from './metric-series.ts';
import { operatorCalls } from './operator-calls.ts';

type SimCloudWatch = {
  client: Sender;
  /** The state of each alarm by name. */
  states(): Record<string, StateValue>;
  /** The alarms that have this action when they go into ALARM. */
  calling(actionArn: string): string[];
  /** Why alarms are not evaluated: these keep the state the world gave them. */
  notEvaluated(): { name: string; why: string }[];
  /** Forces a state; evaluation takes over again after `forMs`, or never when that is absent. */
  setAlarm(name: string, state: StateValue, reason: string, options?: { forMs?: number }): void;
  /** From now on GetMetricData answers with this trouble; alarms are evaluated as before. */
  disturbMetrics(trouble: MetricTrouble): void;
  /** Called with each transition, as EventBridge would be [fact 117]. */
  onChange(listener: (change: AlarmChange) => void): void;
};

/**
 * How long after its minute a data point can be read, milliseconds: [low, high]. Not published; with it a 2-of-3
 * alarm fires three to four and a half minutes after the fault, as people report [fact 116].
 */
const LATE_MS = [45_000, 90_000] as const;

type Evaluated = { alarm: Alarm; data: EvaluatedAlarm };

const describedAs = (alarm: Alarm): DescribedAlarm => {
  const updated = new Date(alarm.updatedAtMs);
  const state = {
    AlarmArn: alarm.arn,
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateUpdatedTimestamp: updated,
    StateTransitionedTimestamp: updated,
  };
  return alarm.type === 'MetricAlarm'
    ? { type: alarm.type, name: alarm.name, described: { ...alarm.described, ...state } }
    : { type: alarm.type, name: alarm.name, described: { ...alarm.described, ...state } };
};

const whyJudged = ({ rule }: EvaluatedAlarm, points: readonly (number | undefined)[]): string => {
  const real = points.filter((point) => point !== undefined).slice(-rule.evaluationPeriods);
  const breaching = real.filter(rule.breaches).length;
  const shown = real.map((point) => Number(point.toFixed(4))).join(', ');
  if (real.length === 0) return `no datapoints were received for ${points.length} periods`;
  return (
    `${breaching} of the last ${real.length} datapoints [${shown}] crossed the threshold ` +
    `(${rule.datapointsToAlarm} of ${rule.evaluationPeriods} needed for ALARM)`
  );
};

/** End of the newest minute whose data can be read by now; drawn by minute, so that it does not depend on who asks. */
const makeKnownTo =
  ({ scheduler }: Kernel, random: Random) =>
  (lateMs: number): number => {
    const nowMs = scheduler.nowMs() - lateMs;
    let endMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
    while (endMs + random.fork(`late/${endMs}`).between(LATE_MS[0], LATE_MS[1]) > nowMs) endMs -= MINUTE_MS;
    return endMs;
  };

/** Evaluates all alarms once a minute [fact 115], at a second of the minute that the seed chooses. */
const evaluateEveryMinute = (
  kernel: Kernel,
  random: Random,
  knownToMs: () => number,
  states: AlarmStates,
  evaluated: readonly Evaluated[],
): (() => void) => {
  const { scheduler } = kernel;
  const startMs = scheduler.nowMs();

  const evaluate = ({ alarm, data }: Evaluated, untilMs: number): void => {
    const { periodMs, rule, series } = data;
    const newestEndMs = Math.floor(untilMs / periodMs) * periodMs;
    const points: (number | undefined)[] = [];
    for (let back = rule.evaluationPeriods + EXTRA_PERIODS; back >= 1; back -= 1) {
      const periodStartMs = newestEndMs - back * periodMs;
      if (periodStartMs >= startMs) points.push(series(periodStartMs));
    }
    const state = judgePoints(rule, points);
    if (state !== undefined) states.change(alarm, state, whyJudged(data, points));
  };

  const tick = (): void => {
    const untilMs = knownToMs();
    for (const each of evaluated)
      if (states.find(each.alarm.name) === each.alarm && !states.isForced(each.alarm))
        evaluate(each, untilMs);
    scheduler.after(MINUTE_MS, tick);
  };
  let begun = false;
  const begin = (): void => {
    if (begun || evaluated.length === 0) return;
    begun = true;
    scheduler.after(random.between(0, MINUTE_MS - 1), tick);
  };
  begin();
  return begin;
};

/** Metric and composite alarms over the load balancer's one-minute metrics. */
export const makeCloudWatch = (kernel: Kernel, seed: WorldSeed, source: MetricSource): SimCloudWatch => {
  const { scheduler } = kernel;
  const states = makeAlarmStates(kernel, seed);
  const measured = measuredIn(seed);
  const evaluated: Evaluated[] = [];
  const evaluate = (alarm: Alarm, described: MetricAlarm): void => {
    const at = evaluated.findIndex((each) => each.alarm === alarm);
    if (at >= 0) evaluated.splice(at, 1);
    const data = evaluatedAlarm(described, measured, source);
    if (typeof data === 'string') states.leave(alarm, data);
    else evaluated.push({ alarm, data });
  };
  for (const alarm of states.all) if (alarm.type === 'MetricAlarm') evaluate(alarm, alarm.described);
  const random = kernel.random.fork('cloudwatch');
  const knownToMs = makeKnownTo(kernel, random);
  const begin = evaluateEveryMinute(kernel, random, () => knownToMs(0), states, evaluated);
  let trouble: MetricTrouble = {};

  return {
    client: makeFakeClient(kernel, 'cloudwatch', {
      ...describeAlarms((names) => states.named(names).map(describedAs), kernel.pageSize),
      ...getMetricData(measured, source, knownToMs, () => trouble),
      ...alarmWrites({
        states,
        evaluate: (alarm, described) => {
          evaluate(alarm, described);
          begin();
        },
        changed: kernel.noteChange,
      }),
      ...operatorCalls({
        states,
        measured,
        source,
        knownToMs: () => knownToMs(0),
        pageSize: kernel.pageSize,
      }),
    }),
    disturbMetrics: (next) => {
      trouble = next;
    },
    states: () => Object.fromEntries(states.all.map(({ name, state }) => [name, state])),
    calling: (actionArn) =>
      states.all.flatMap((alarm) =>
        alarm.described.AlarmActions?.includes(actionArn) === true ? [alarm.name] : [],
      ),
    notEvaluated: states.notEvaluated,
    setAlarm: (name, state, reason, options) => {
      const alarm = states.find(name);
      if (alarm === undefined) throw new Error(`sim: there is no alarm ${name} in this world`);
      const before = alarm.state;
      const untilMs = scheduler.nowMs() + (options?.forMs ?? Number.POSITIVE_INFINITY);
      alarm.forcedUntilMs = untilMs;
      states.change(alarm, state, reason);
      // One that nothing evaluates would keep the forced state for ever.
      if (options?.forMs === undefined || evaluated.some((each) => each.alarm === alarm)) return;
      scheduler.after(options.forMs, () => {
        if (alarm.forcedUntilMs === untilMs) states.change(alarm, before, 'the forced state has ended');
      });
    },
    onChange: states.onChange,
  };
};
