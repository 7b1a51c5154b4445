import type { CompositeAlarm, MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Kernel } from '../kernel/kernel.ts';
import type { WorldSeed } from '../parts.types.ts';
import { type AlarmRule, parseAlarmRule } from './alarm-rule.ts';

export type AlarmChange = {
  name: string;
  arn: string;
  kind: 'metric' | 'composite';
  from: StateValue;
  to: StateValue;
  reason: string;
  atMs: number;
};

export type Alarm = (
  | { type: 'MetricAlarm'; described: MetricAlarm }
  | { type: 'CompositeAlarm'; described: CompositeAlarm }
) & {
  /** Counts over the metric alarms, then the composites. */
  place: number;
  name: string;
  arn: string;
  state: StateValue;
  reason: string;
  updatedAtMs: number;
  /** Evaluation leaves it alone until then. */
  forcedUntilMs: number;
};

type Composite = { alarm: Alarm; rule: AlarmRule };

export type AlarmStates = {
  all: readonly Alarm[];
  find(name: string): Alarm | undefined;
  /** Those of these names that there are, or all; in the order of `all`. */
  named(names: readonly string[] | undefined): readonly Alarm[];
  isForced(alarm: Alarm): boolean;
  /** A metric alarm that is made, or written over, during the run. */
  put(described: MetricAlarm): Alarm;
  remove(name: string): void;
  /** A transition, and those of the composites that follow from it. The present state again changes nothing. */
  change(alarm: Alarm, to: StateValue, reason: string): void;
  onChange(listener: (change: AlarmChange) => void): void;
  /** Remembers that nothing evaluates the alarm. */
  leave(alarm: Alarm, why: string): void;
  notEvaluated(): { name: string; why: string }[];
};

/** Dates come as such from the SDK, and as text from the CLI's output. */
const msOf = (date: Date | string | undefined, fallbackMs: number): number => {
  const ms = date === undefined ? Number.NaN : new Date(date).getTime();
  return Number.isNaN(ms) ? fallbackMs : ms;
};

const readAlarms = (seed: WorldSeed, nowMs: number): Alarm[] => {
  const metric = seed.metricAlarms.map((described) => ({ type: 'MetricAlarm' as const, described }));
  const composite = seed.compositeAlarms.map((described) => ({ type: 'CompositeAlarm' as const, described }));
  return [...metric, ...composite].map((alarm, place) => {
    const name = alarm.described.AlarmName;
    if (name === undefined) throw new Error('sim: expected every alarm to have an AlarmName; one has none');
    return {
      ...alarm,
      place,
      name,
      arn: alarm.described.AlarmArn ?? `arn:aws:cloudwatch:${seed.region}:${seed.account}:alarm:${name}`,
      // A new alarm has no data yet [fact 114].
      state: alarm.described.StateValue ?? 'INSUFFICIENT_DATA',
      reason: alarm.described.StateReason ?? 'Unchecked: Initial alarm creation',
      updatedAtMs: msOf(alarm.described.StateUpdatedTimestamp, nowMs),
      forcedUntilMs: Number.NEGATIVE_INFINITY,
    };
  });
};

/** Why a composite cannot be evaluated, or its rule. */
const ruleOf = (alarm: CompositeAlarm, names: ReadonlyMap<string, unknown>): AlarmRule | string => {
  try {
    const rule = parseAlarmRule(alarm.AlarmRule ?? '');
    const stranger = rule.names.find((name) => !names.has(name));
    return stranger === undefined ? rule : `its rule names ${stranger}, which is not in this world`;
  } catch (error) {
    return `its rule cannot be read: ${error instanceof Error ? error.message : error}`;
  }
};

/** Whether a composite's rule leads back to it: CloudWatch leaves such alarms alone. */
const isCircular = ({ alarm }: Composite, all: readonly Composite[]): boolean => {
  const seen = new Set<string>();
  const leadsBack = (from: string): boolean =>
    (all.find((each) => each.alarm.name === from)?.rule.names ?? []).some((name) => {
      if (name === alarm.name) return true;
      if (seen.has(name)) return false;
      seen.add(name);
      return leadsBack(name);
    });
  return leadsBack(alarm.name);
};

/** The states of all alarms; composites follow their children at once. */
export const makeAlarmStates = (kernel: Kernel, seed: WorldSeed): AlarmStates => {
  const nowMs = (): number => kernel.scheduler.nowMs();
  const all = readAlarms(seed, nowMs());
  const byName = new Map(all.map((alarm) => [alarm.name, alarm]));
  const listeners: ((change: AlarmChange) => void)[] = [];
  const notEvaluated: { name: string; why: string }[] = [];

  const leave = (alarm: Alarm, why: string): void => {
    notEvaluated.push({ name: alarm.name, why });
    const what = `alarm ${alarm.name} stays ${alarm.state}: it is not evaluated here`;
    // Said when the run begins: nobody listens to the trace yet while the world is being made.
    kernel.scheduler.after(0, () => kernel.emit({ kind: 'alarm', what, why, detail: true }));
  };

  const readable: Composite[] = [];
  for (const alarm of all) {
    if (alarm.type === 'MetricAlarm') continue;
    const rule = ruleOf(alarm.described, byName);
    if (typeof rule === 'string') leave(alarm, rule);
    else readable.push({ alarm, rule });
  }
  const composites = readable.filter((composite) => !isCircular(composite, readable));
  for (const { alarm } of readable.filter((composite) => !composites.includes(composite))) {
    leave(alarm, 'its rule leads back to itself');
  }

  const readers = new Map<string, Composite[]>();
  for (const composite of composites) {
    for (const name of composite.rule.names) readers.set(name, [...(readers.get(name) ?? []), composite]);
  }

  const stateOf = (name: string): StateValue => byName.get(name)?.state ?? 'INSUFFICIENT_DATA';
  const isForced = (alarm: Alarm): boolean => nowMs() < alarm.forcedUntilMs;

  const change = (alarm: Alarm, to: StateValue, reason: string): void => {
    const { name, arn, state: from } = alarm;
    if (from === to) return;
    alarm.state = to;
    alarm.reason = reason;
    alarm.updatedAtMs = nowMs();
    kernel.emit({
      kind: 'alarm',
      what: `alarm ${name} is ${to} (was ${from})`,
      why: reason,
      data: { name, from, to },
    });
    const kind = alarm.type === 'MetricAlarm' ? 'metric' : 'composite';
    for (const listener of listeners) listener({ name, arn, kind, from, to, reason, atMs: nowMs() });
    for (const { alarm: composite, rule } of readers.get(name) ?? []) {
      if (isForced(composite)) continue;
      change(composite, rule.holds(stateOf) ? 'ALARM' : 'OK', `${name} transitioned to ${to}`);
    }
  };

  const put = (described: MetricAlarm): Alarm => {
    const name = described.AlarmName ?? '';
    const there = byName.get(name);
    if (there?.type === 'MetricAlarm') {
      there.described = described;
      return there;
    }
    const [alarm] = readAlarms({ ...seed, metricAlarms: [described], compositeAlarms: [] }, nowMs());
    if (alarm === undefined) throw new Error(`sim: the alarm ${name} was not made`);
    alarm.place = 1 + Math.max(-1, ...all.map(({ place }) => place));
    all.push(alarm);
    byName.set(name, alarm);
    return alarm;
  };

  return {
    all,
    put,
    remove: (name) => {
      const at = all.findIndex((alarm) => alarm.name === name);
      if (at >= 0) all.splice(at, 1);
      byName.delete(name);
    },
    find: (name) => byName.get(name),
    named: (names) => {
      if (names === undefined) return all;
      const found = [...new Set(names)].flatMap((name) => byName.get(name) ?? []);
      return found.sort((a, b) => a.place - b.place);
    },
    isForced,
    change,
    onChange: (listener) => void listeners.push(listener),
    leave,
    notEvaluated: () => notEvaluated,
  };
};
