import type { Input, MoveNames, MoveObservation, ReadAlarm, ReadScaling } from './adoption.types.ts';
import { MOVE_TAG, markOf } from './names.ts';

/** What of a service's scaling has a copy for another name, and what it is. */

type Policy = ReadScaling['policies'][number];

/** AWS publishes these for every service by its name; under which name an application publishes, only it knows. */
const BY_SERVICE = ['AWS/ECS', 'ECS/ContainerInsights'];

/** CloudWatch API reference, PutMetricAlarm. */
const MOST_NAME = 255;
const MOST_DESCRIPTION = 1_024;

type Measure = { Namespace?: unknown; Dimensions: readonly { Name?: unknown; Value?: unknown }[] };

const isMeasure = (value: object): value is Measure =>
  Array.isArray((value as { Dimensions?: unknown }).Dimensions);

/** Every metric that a policy or an alarm names, however deep. */
const measuresIn = (value: unknown): Measure[] => {
  if (value === null || typeof value !== 'object') return [];
  const inner = Object.values(value).flatMap(measuresIn);
  return isMeasure(value) ? [value, ...inner] : inner;
};

/** The same, measured of the new service. */
const renamed = (value: unknown, names: MoveNames): unknown => {
  if (Array.isArray(value)) return value.map((one) => renamed(one, names));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, one]) => [key, renamed(one, names)] as const);
  const copy: Record<string, unknown> = Object.fromEntries(members);
  if (isMeasure(value) && BY_SERVICE.includes(`${value.Namespace}`))
    copy.Dimensions = value.Dimensions.map((one) =>
      one.Name === 'ServiceName' && one.Value === names.old ? { ...one, Value: names.twin } : one,
    );
  return copy;
};

const whyNotMeasured = (value: unknown, { old }: MoveNames): string | null => {
  for (const { Namespace, Dimensions } of measuresIn(value)) {
    if (Dimensions.some(({ Name }) => Name === 'TargetGroup'))
      return 'counts the requests of one target group, and users take turns between two';
    if (!BY_SERVICE.includes(`${Namespace}`) && Dimensions.some(({ Value }) => Value === old))
      return `measures ${old} in the namespace ${Namespace}, and only you know under which name the new tasks publish`;
  }
  return null;
};

export const copyNameOf = (alarm: string, { twin }: Pick<MoveNames, 'twin'>): string =>
  `${alarm.slice(0, MOST_NAME - twin.length - 1)}-${twin}`;

const mark = (names: MoveNames): string => `${MOVE_TAG}=${markOf(names)}`;

/** Made by this move: what PutMetricAlarm writes over, and what the way back deletes. */
export const isCopy = ({ input }: ReadAlarm, names: MoveNames): boolean =>
  `${input.AlarmDescription ?? ''}`.endsWith(mark(names));

const alarmNamed = ({ alarms }: Pick<MoveObservation, 'alarms'>, name: string): ReadAlarm | undefined =>
  alarms.find((alarm) => alarm.name === name);

/** Why the new service does without this policy, as the end of a sentence; null: it is copied. */
export const whyNotCopied = (
  { input, alarms }: Policy,
  observed: Pick<MoveObservation, 'alarms'>,
  names: MoveNames,
): string | null => {
  const tracking = input.TargetTrackingScalingPolicyConfiguration as
    | { PredefinedMetricSpecification?: { ResourceLabel?: string } }
    | undefined;
  if (tracking?.PredefinedMetricSpecification?.ResourceLabel !== undefined)
    return 'it counts the requests of one target group, and users take turns between two: track CPU';
  if (!['TargetTrackingScaling', 'StepScaling'].includes(`${input.PolicyType}`))
    return `a policy of the type ${input.PolicyType} is not known here: make it for the new service`;
  const measured = whyNotMeasured(tracking, names);
  if (measured !== null) return `it ${measured}`;
  for (const name of alarms) {
    const alarm = alarmNamed(observed, name);
    if (alarm === undefined) return `its alarm ${name} cannot be read: make both for the new service`;
    const why = whyNotMeasured(alarm.input, names);
    if (why !== null) return `its alarm ${name} ${why}: make both for the new service`;
    const there = alarmNamed(observed, copyNameOf(name, names));
    if (there !== undefined && !isCopy(there, names))
      return `somebody else's alarm has the name of its alarm's copy, ${there.name}: make both for the new service`;
  }
  return null;
};

export const copiedPolicy = ({ input }: Policy, names: MoveNames): Input => renamed(input, names) as Input;

const ACTIONS = ['AlarmActions', 'OKActions', 'InsufficientDataActions'] as const;

/** The alarm as PutMetricAlarm takes it: it calls the new policies, and whatever else it called. */
export const copiedAlarm = (
  { name, input }: ReadAlarm,
  { from, to }: { from: ReadScaling; to: ReadScaling },
  names: MoveNames,
): Input => {
  const twinOf = (arn: string): string[] => {
    const policy = from.policies.find((one) => one.arn === arn);
    if (policy === undefined) return [arn];
    return to.policies.flatMap((one) => (one.name === policy.name ? [one.arn] : []));
  };
  const about = `${input.AlarmDescription ?? ''} ${mark(names)}`.trim();
  return {
    ...(renamed(input, names) as Input),
    ...Object.fromEntries(ACTIONS.map((key) => [key, ((input[key] ?? []) as string[]).flatMap(twinOf)])),
    AlarmName: copyNameOf(name, names),
    AlarmDescription: about.length > MOST_DESCRIPTION ? mark(names) : about,
  };
};
