import type { StateValue } from '@aws-sdk/client-cloudwatch';
import type { Sender } from '../../aws/call.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { makeFakeClient } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { WorldSeed } from '../parts.types.ts';
import { type EvaluatedAlarm, evaluatedAlarm } from './alarm-data.ts';
import { type AlarmRule, parseAlarmRule } from './alarm-rule.ts';
import { type DescribedAlarm, describeAlarms } from './describe-alarms.ts';
import { EXTRA_PERIODS, judgePoints } from './judge-points.ts';
import type { MetricSource } from './metric-series.ts';

export type AlarmChange = {
  name: string;
  arn: string;
  kind: 'metric' | 'composite';
  from: StateValue;
  to: StateValue;
  reason: string;
  atMs: number;
};

export type SimCloudWatch = {
  client: Sender;
  /** The state of each alarm by name. */
  states(): Record<string, StateValue>;
  /** Why alarms are not evaluated: these keep the state the world gave them. */
  notEvaluated(): { name: string; why: string }[];
  /** Forces a state; evaluation takes over again after `forMs`, or never when that is absent. */
  setAlarm(name: string, state: StateValue, reason: string, options?: { forMs?: number }): void;
  /** Told of each transition, as EventBridge would be [117]. */
  onChange(listener: (change: AlarmChange) => void): void;
};

/**
 * How long after its minute a data point can be read, milliseconds: [low, high]. Not published; with it a 2-of-3 alarm fires three to
 * four and a half minutes after the fault, as people report [116].
 */
const LATE_MS = [45_000, 90_000] as const;

type Alarm = DescribedAlarm & {
  arn: string;
  state: StateValue;
  reason: string;
  updatedAtMs: number;
  /** Evaluation leaves it alone until then. */
  forcedUntilMs: number;
};

/** Dates come as such from the SDK, and as text from the CLI's output. */
const msOf = (date: Date | string | undefined, fallbackMs: number): number => {
  const ms = date === undefined ? Number.NaN : new Date(date).getTime();
  return Number.isNaN(ms) ? fallbackMs : ms;
};

const readAlarms = (seed: WorldSeed, nowMs: number): Alarm[] => {
  const metric = seed.metricAlarms.map((described) => ({ type: 'MetricAlarm' as const, described }));
  const composite = seed.compositeAlarms.map((described) => ({ type: 'CompositeAlarm' as const, described }));
  return [...metric, ...composite].map((alarm) => {
    const name = alarm.described.AlarmName;
    if (name === undefined) throw new Error('sim: expected every alarm to have an AlarmName; one has none');
    return {
      ...alarm,
      name,
      arn: alarm.described.AlarmArn ?? `arn:aws:cloudwatch:${seed.region}:${seed.account}:alarm:${name}`,
      // A new alarm has no data yet [114].
      state: alarm.described.StateValue ?? 'INSUFFICIENT_DATA',
      reason: alarm.described.StateReason ?? 'Unchecked: Initial alarm creation',
      updatedAtMs: msOf(alarm.described.StateUpdatedTimestamp, nowMs),
      forcedUntilMs: Number.NEGATIVE_INFINITY,
    };
  });
};

type Composite = { alarm: Alarm; rule: AlarmRule };

/** Composites whose rules lead back to themselves: CloudWatch leaves such alarms alone, and so does the simulator. */
const circular = (composites: readonly Composite[]): Composite[] => {
  const namesOf = (name: string): string[] =>
    composites.find(({ alarm }) => alarm.name === name)?.rule.names ?? [];
  const reaches = (from: string, goal: string, seen: Set<string>): boolean =>
    namesOf(from).some((name) => {
      if (name === goal) return true;
      if (seen.has(name)) return false;
      return reaches(name, goal, seen.add(name));
    });
  return composites.filter(({ alarm }) => reaches(alarm.name, alarm.name, new Set()));
};

const crossed = ({ rule }: EvaluatedAlarm, points: (number | undefined)[]): string => {
  const real = points.filter((point) => point !== undefined).slice(-rule.evaluationPeriods);
  const breaching = real.filter(rule.breaches).length;
  const shown = real.map((point) => Number(point.toFixed(4))).join(', ');
  if (real.length === 0) return `no datapoints were received for ${points.length} periods`;
  return `${breaching} of the last ${real.length} datapoints [${shown}] crossed the threshold (${rule.datapointsToAlarm} of ${rule.evaluationPeriods} needed for ALARM)`;
};

export const makeCloudWatch = (kernel: Kernel, seed: WorldSeed, source: MetricSource): SimCloudWatch => {
  const { scheduler } = kernel;
  const random = kernel.random.fork('cloudwatch');
  const startMs = scheduler.nowMs();
  const alarms = readAlarms(seed, startMs);
  const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
  const listeners: ((change: AlarmChange) => void)[] = [];
  const notEvaluated: { name: string; why: string }[] = [];
  const evaluated: { alarm: Alarm; data: EvaluatedAlarm }[] = [];
  const composites: Composite[] = [];

  const leave = (alarm: Alarm, why: string): void => {
    notEvaluated.push({ name: alarm.name, why });
    const what = `alarm ${alarm.name} stays ${alarm.state}: it is not evaluated here`;
    kernel.emit({ kind: 'alarm', what, why, detail: true });
  };

  for (const alarm of alarms) {
    if (alarm.type === 'MetricAlarm') {
      const data = evaluatedAlarm(alarm.described, seed, source);
      if (typeof data === 'string') leave(alarm, data);
      else evaluated.push({ alarm, data });
      continue;
    }
    try {
      const rule = parseAlarmRule(alarm.described.AlarmRule ?? '');
      const stranger = rule.names.find((name) => !byName.has(name));
      if (stranger === undefined) composites.push({ alarm, rule });
      else leave(alarm, `its rule names ${stranger}, which is not in this world`);
    } catch (error) {
      leave(alarm, `its rule cannot be read: ${error instanceof Error ? error.message : error}`);
    }
  }

  for (const { alarm } of circular(composites)) {
    composites.splice(
      composites.findIndex((each) => each.alarm === alarm),
      1,
    );
    leave(alarm, 'its rule leads back to itself');
  }

  const stateOf = (name: string): StateValue => byName.get(name)?.state ?? 'INSUFFICIENT_DATA';
  const isForced = (alarm: Alarm): boolean => scheduler.nowMs() < alarm.forcedUntilMs;

  const change = (alarm: Alarm, to: StateValue, reason: string): void => {
    const from = alarm.state;
    if (from === to) return;
    alarm.state = to;
    alarm.reason = reason;
    alarm.updatedAtMs = scheduler.nowMs();
    const kind = alarm.type === 'MetricAlarm' ? 'metric' : 'composite';
    const { name, arn } = alarm;
    kernel.emit({
      kind: 'alarm',
      what: `alarm ${name} is ${to} (was ${from})`,
      why: reason,
      data: { name, from, to },
    });
    for (const listener of listeners) {
      listener({ name, arn, kind, from, to, reason, atMs: scheduler.nowMs() });
    }
    for (const { alarm: composite, rule } of composites) {
      if (!rule.names.includes(name) || isForced(composite)) continue;
      change(composite, rule.holds(stateOf) ? 'ALARM' : 'OK', `${name} transitioned to ${to}`);
    }
  };

  /** Start of the newest minute whose data can be read by now; drawn by minute, so that it does not depend on who asks. */
  const newestMinuteMs = (): number => {
    const nowMs = scheduler.nowMs();
    let minuteMs = (Math.floor(nowMs / MINUTE_MS) - 1) * MINUTE_MS;
    while (minuteMs + MINUTE_MS + random.fork(`late/${minuteMs}`).between(LATE_MS[0], LATE_MS[1]) > nowMs) {
      minuteMs -= MINUTE_MS;
    }
    return minuteMs;
  };

  const evaluate = (alarm: Alarm, data: EvaluatedAlarm, knownToMs: number): void => {
    const { periodMs, rule, series } = data;
    const newestEndMs = Math.floor(knownToMs / periodMs) * periodMs;
    const points: (number | undefined)[] = [];
    for (let back = rule.evaluationPeriods + EXTRA_PERIODS; back >= 1; back -= 1) {
      const periodStartMs = newestEndMs - back * periodMs;
      if (periodStartMs >= startMs) points.push(series(periodStartMs));
    }
    const state = judgePoints(rule, points);
    if (state !== undefined) change(alarm, state, crossed(data, points));
  };

  /** All alarms once a minute [115]; the data plane of one run keeps its second of the minute. */
  const tick = (): void => {
    const knownToMs = newestMinuteMs() + MINUTE_MS;
    for (const { alarm, data } of evaluated) {
      if (!isForced(alarm)) evaluate(alarm, data, knownToMs);
    }
    scheduler.after(MINUTE_MS, tick);
  };
  if (evaluated.length > 0) scheduler.after(random.between(0, MINUTE_MS - 1), tick);

  const described = (): DescribedAlarm[] =>
    alarms.map((alarm) => {
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
    });

  return {
    client: makeFakeClient(kernel, 'cloudwatch', describeAlarms(described)),
    states: () => Object.fromEntries(alarms.map(({ name, state }) => [name, state])),
    notEvaluated: () => notEvaluated,
    setAlarm: (name, state, reason, options) => {
      const alarm = byName.get(name);
      if (alarm === undefined) throw new Error(`sim: there is no alarm ${name} in this world`);
      const before = alarm.state;
      const untilMs = scheduler.nowMs() + (options?.forMs ?? Number.POSITIVE_INFINITY);
      alarm.forcedUntilMs = untilMs;
      change(alarm, state, reason);
      // One that nothing evaluates would keep the forced state for ever.
      if (options?.forMs === undefined || evaluated.some((each) => each.alarm === alarm)) return;
      scheduler.after(options.forMs, () => {
        if (alarm.forcedUntilMs === untilMs) change(alarm, before, 'the forced state has ended');
      });
    },
    onChange: (listener) => void listeners.push(listener),
  };
};
