import { DAY_MS } from '../clock.ts';
import type { EndFacts } from '../vocabulary/history.types.ts';

/**
 * The delivery figures of a time, as DORA defines them, from ends alone.
 *
 * - A *change* is a deployment whose version got users: one that succeeded, or that was rolled back after its first
 *   shift. One that was refused, or rolled back before any user was on it, is none.
 * - A deployment that *goes back*, to a version that the service had before the one it replaces, is no change: it
 *   restores the change that brought what it replaces.
 * - A change *failed* if it was rolled back, or if a later deployment went back from it.
 * - The *time to restore* of a failed change is from its first user until the load balancer sent its version nothing
 *   more: the rollback's weights, or the other deployment's last shift.
 * - The *lead time* of a change that succeeded is from its commit, whose time the request named (`committedAt`), to its
 *   first user. One whose request named none, or a time after its users, counts for nothing: nothing is estimated.
 */
export type Figures = {
  fromMs: number;
  toMs: number;
  /** Deployments that ended within the time. */
  deployments: number;
  refused: number;
  /** Rolled back before any user was on the new version. */
  caughtBeforeUsers: number;
  wentBack: number;
  changes: number;
  failed: number;
  /** Changes that succeeded, for each day of the time. */
  perDay: number;
  /** 0 to 1; null without a change. */
  failureRate: number | null;
  /** Of the failed changes whose times are known, milliseconds; null without any. */
  restore: Times | null;
  /** Of the changes that succeeded and whose request has the time of a commit, milliseconds; null without any. */
  lead: Times | null;
};

/** Of so many whose times are known. */
type Times = { known: number; medianMs: number; longestMs: number };

type Change = { end: EndFacts; restoredAtMs: number | null; failed: boolean };

/** @param ends of one service, oldest first, from its first on: which version came first decides what goes back */
const changesOf = (ends: readonly EndFacts[]): { changes: Change[]; goingBack: EndFacts[] } => {
  const changes: Change[] = [];
  const goingBack: EndFacts[] = [];
  /** Versions in the order in which the service had them. */
  const versions: string[] = [];
  for (const end of ends) {
    const { outcome, from, to } = end;
    if (outcome === 'refused' || (outcome === 'rolledBack' && end.reachedUsers === false)) continue;
    for (const version of [from, to])
      if (version !== null && !versions.includes(version)) versions.push(version);
    const back = from !== null && to !== null && versions.indexOf(to) < versions.indexOf(from);
    if (back) {
      goingBack.push(end);
      const undone = changes.findLast((change) => change.end.to === from && !change.failed);
      if (outcome !== 'succeeded' || undone === undefined) continue;
      undone.failed = true;
      undone.restoredAtMs = end.servedAtMs ?? end.endedAtMs;
      continue;
    }
    const failed = outcome === 'rolledBack';
    changes.push({ end, failed, restoredAtMs: failed ? end.restoredAtMs : null });
  }
  return { changes, goingBack };
};

/** Of several services together, each with all of its ends, oldest first. */
export const figuresOf = (
  services: readonly (readonly EndFacts[])[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Figures => {
  const within = ({ endedAtMs }: EndFacts): boolean => endedAtMs >= fromMs && endedAtMs < toMs;
  const ended = services.flat().filter(within);
  const all = services.map(changesOf);
  const changes = all.flatMap((one) => one.changes).filter(({ end }) => within(end));
  const failed = changes.filter((change) => change.failed);
  const restored = failed.flatMap(({ end, restoredAtMs }) =>
    end.usersAtMs === null || restoredAtMs === null ? [] : [Math.max(0, restoredAtMs - end.usersAtMs)],
  );
  const lead = changes.flatMap(({ end: { outcome, usersAtMs, committedAtMs } }) =>
    outcome !== 'succeeded' || usersAtMs === null || committedAtMs === undefined || committedAtMs > usersAtMs
      ? []
      : [usersAtMs - committedAtMs],
  );
  return {
    fromMs,
    toMs,
    deployments: ended.length,
    refused: ended.filter(({ outcome }) => outcome === 'refused').length,
    caughtBeforeUsers: ended.filter(
      ({ outcome, reachedUsers }) => outcome === 'rolledBack' && reachedUsers === false,
    ).length,
    wentBack: all.flatMap(({ goingBack }) => goingBack).filter(within).length,
    changes: changes.length,
    failed: failed.length,
    perDay: changes.filter(({ end }) => end.outcome === 'succeeded').length / ((toMs - fromMs) / DAY_MS),
    failureRate: changes.length === 0 ? null : failed.length / changes.length,
    restore: timesOf(restored),
    lead: timesOf(lead),
  };
};

const timesOf = (times: readonly number[]): Times | null => {
  const sorted = times.toSorted((a, b) => a - b);
  const longestMs = sorted.at(-1);
  return longestMs === undefined ? null : { known: sorted.length, medianMs: medianOf(sorted), longestMs };
};

/** @param sorted at least one */
const medianOf = (sorted: readonly number[]): number => {
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low as number) + (high as number)) / 2;
};
