import type { RehearsalReport } from '../../rehearsal/rehearsal.types.ts';
import type { WorldPreflight } from './preflight-world.ts';

/** From so many on a success is none for those who sent the requests. */
const MANY_FAILED = 0.01;

/** Two significant digits, never `0 %` for something that happened. */
export const sharePercent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

/**
 * What stands beside "succeeded", because a person who reads only the headline would be wrong: the account would not
 * let the deployment succeed, or a version that fails was kept because nothing that was watched saw it.
 */
export const despiteSuccess = (
  { outcome, requests: { total, failed } }: Pick<RehearsalReport, 'outcome' | 'requests'>,
  { findings, unseen }: WorldPreflight,
): string | null => {
  if (outcome !== 'succeeded') return null;
  const account =
    unseen.length === 0 ? [] : [`but in the account green would not get healthy (${unseen.join(', ')})`];
  if (total === 0 || failed / total < MANY_FAILED) return account[0] ?? null;
  const unwatched = findings.some(({ id }) => id === 'no-alarms');
  const users =
    `but ${sharePercent(failed / total)} of the requests failed, and ` +
    `${unwatched ? 'no alarm was there to see it' : 'nothing that was watched went red'}`;
  return [...account, users].join(', ');
};
