import { count } from '../figures.ts';
import type { ObservedAlarm, ObservedAlarms } from '../vocabulary/observed.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

export type Verdict = 'healthy' | 'unhealthy' | 'unknown';

type AlarmVerdict = {
  verdict: Verdict;
  reason: string;
  /** Alarms that do not count yet, for the next observation. */
  ignoredUntilOk: string[];
};

/**
 * What the watched alarms say. An alarm that was red at the start counts from the first time it is OK; under
 * `override` it never counts. An alarm CloudWatch does not know makes the verdict unknown: DescribeAlarms leaves
 * unknown names out without a word (CloudWatch API reference) [fact 112].
 */
export const judgeAlarms = (
  observed: ObservedAlarms,
  policy: Plan['alarms'],
  ignoredUntilOk: string[],
): AlarmVerdict => {
  const seen = new Map(observed.alarms.map((alarm) => [alarm.name, alarm]));
  const overridden = policy.redAtStart.kind === 'override' ? policy.ignoredUntilOk : [];
  const ignored = policy.names.filter(
    (name) => overridden.includes(name) || (ignoredUntilOk.includes(name) && seen.get(name)?.state !== 'OK'),
  );
  const counting = policy.names.filter((name) => !ignored.includes(name));

  const found = counting.flatMap((name) => seen.get(name) ?? []);
  const missing = counting.filter((name) => !seen.has(name));
  const red = found.filter((alarm) => alarm.state === 'ALARM');
  const withoutData = found.filter((alarm) => alarm.state === 'INSUFFICIENT_DATA');
  const asides = [
    ...(withoutData.length > 0 ? [`without data: ${listed(withoutData.map((alarm) => alarm.name))}`] : []),
    ...(ignored.length > 0 ? [`red at the start and not counted: ${listed(ignored)}`] : []),
  ];
  const say = (verdict: Verdict, reason: string): AlarmVerdict => ({
    verdict,
    reason: [reason, ...asides].join('; '),
    ignoredUntilOk: ignored,
  });

  if (red.length > 0) return say('unhealthy', describeReds(red));
  if (missing.length > 0) return say('unknown', `not found in CloudWatch: ${listed(missing)}`);
  if (withoutData.length > 0 && policy.withoutData === 'block')
    return say('unknown', 'alarms must have data');
  if (policy.names.length === 0) return say('healthy', 'no alarms are watched');
  const ok = found.length - withoutData.length;
  return say('healthy', `${ok} of ${counting.length} counting alarms OK`);
};

const describeRed = ({ name, reason }: ObservedAlarm): string =>
  reason === '' ? `alarm ${name} is in ALARM` : `alarm ${name} is in ALARM: ${reason}`;

/** Described in a sentence; behind one cause there may be a hundred alarms. */
const DESCRIBED = 3;

const describeReds = (red: ObservedAlarm[]): string => {
  const more = red.length - DESCRIBED;
  return [
    ...red.slice(0, DESCRIBED).map(describeRed),
    ...(more > 0 ? [`and ${count(more, 'more alarm')}`] : []),
  ].join('; ');
};

/** Named in a sentence. */
const NAMED = 10;

const listed = (names: string[]): string => {
  const more = names.length - NAMED;
  const shown = [...names.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])];
  return `${names.length === 1 ? 'alarm' : 'alarms'} ${shown.join(', ')}`;
};
