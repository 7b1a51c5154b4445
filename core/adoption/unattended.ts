import { MINUTE_MS } from '../clock.ts';
import { refusePlacement } from '../safety/placement-rule.ts';
import { shareOfTasks } from '../weights/carry.ts';
import { greenAt } from '../weights/weights.ts';
import type { GroupWeight } from './adoption.types.ts';
import { carries } from './disturbance.ts';
import { shareIn } from './roles.ts';

/**
 * Where users of a move go whose command is silent: from a service that is not well to one that is, and nowhere else.
 * No share rises because a plan says so; only a command does that.
 */

/** A command gives a sign every ten seconds, but for a call that is tried again for two minutes. */
export const SILENT_MS = 3 * MINUTE_MS;

/** One observation may meet a task that is being replaced. */
const WORSE_READS = 2;

/** A write may have failed half-way. What stands otherwise after so long was written by somebody. */
const RETRY_MS = 3 * MINUTE_MS;

/** What WatchMoves keeps between two observations. The next sign of a command deletes it. */
export type MoveNotes = {
  /** The last sign of a command, and when it was first seen: by one clock alone. */
  beat: string;
  seenAtMs: number;
  /** Observations in a row at which the new service carried less than it has. */
  worse: number;
  /** Where users were moved: percent on the new service, and what it had before. */
  moved?: { percent: number; wasPct?: number; atMs: number; reason: string };
};

export type UnattendedMove = {
  from: string;
  to: string;
  /** Those that are there. */
  routes: readonly { label: string; groups: readonly GroupWeight[]; sticky: boolean }[];
  /** Healthy targets of each group; null: there is no such group. */
  healthy: { old: number | null; new: number | null };
  /** Tasks that the old service wants; null: it cannot be read. */
  needed: number | null;
  /** Why the alarms send users back; null: they do not, or cannot be read. */
  alarm: string | null;
  /** A deployment of Cutover holds one of the two services. */
  deploying: boolean;
  notes: MoveNotes;
  nowMs: number;
};

type MoveCare =
  /** `worse`: what the notes say from now on. */
  { kind: 'stay'; reason: string; worse: number } | { kind: 'move'; percent: 0 | 100; reason: string };

/** As long as a route names both groups, users can be moved between them; the last command and `--undo` end that. */
export const isBetween = (
  { groups }: { groups: readonly GroupWeight[] },
  { from, to }: Pick<UnattendedMove, 'from' | 'to'>,
): boolean => [from, to].every((arn) => groups.some(({ targetGroupArn }) => targetGroupArn === arn));

/** Why nothing is touched, whatever is ill. */
const handsOff = (observed: UnattendedMove, routes: UnattendedMove['routes']): string | null => {
  const { from, to, healthy, deploying, notes, nowMs } = observed;
  if (routes.length === 0) return 'no route is between the two services';
  if (deploying) return 'a deployment of Cutover holds one of the two services';
  if (healthy.old === null || healthy.new === null) return 'a target group is not there';
  for (const { label, groups } of routes) {
    const third = groups.find(
      ({ targetGroupArn, weight }) => weight > 0 && targetGroupArn !== from && targetGroupArn !== to,
    );
    if (third !== undefined) return `somebody gave users of ${label} to ${third.targetGroupArn}`;
  }
  const { moved } = notes;
  const other =
    moved === undefined || nowMs - moved.atMs < RETRY_MS
      ? undefined
      : routes.find((route) => Math.round(shareIn(route, to)) !== moved.percent);
  return other === undefined ? null : `somebody has written ${other.label} since users were moved`;
};

/** What is wrong with the new service, for the users that it has. */
const trouble = (observed: UnattendedMove, share: number, healthy: number): string | null => {
  if (observed.alarm !== null) return observed.alarm;
  if (observed.needed === null) return null;
  const able = carries(healthy, observed.needed);
  return able >= share
    ? null
    : `the new service carries ${able} % of the users with ${healthy} healthy targets, and has ${share} %`;
};

export const careFor = (observed: UnattendedMove): MoveCare => {
  const routes = observed.routes.filter((route) => isBetween(route, observed));
  const off = handsOff(observed, routes);
  const { old, new: own } = observed.healthy;
  if (off !== null || old === null || own === null)
    return { kind: 'stay', reason: off ?? 'a target group is not there', worse: 0 };
  const shares = routes.map((route) => Math.round(shareIn(route, observed.to)));
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  // Clients with a cookie are on the old one still, whatever its weight.
  const hasUsers = least < 100 || routes.some(({ sticky }) => sticky);
  if (hasUsers && old === 0 && own > 0)
    return { kind: 'move', percent: 100, reason: 'the old service has no healthy target' };
  // The last command, or somebody, has scaled it to 0: its tasks are leaving.
  const stays = observed.needed !== 0;
  if (most > 0 && own === 0 && old > 0 && stays)
    return { kind: 'move', percent: 0, reason: 'the new service has no healthy target' };
  const why = most === 0 ? null : trouble(observed, most, own);
  if (why === null) return { kind: 'stay', reason: 'users are where they are served', worse: 0 };
  const worse = observed.notes.worse + 1;
  const fit = stays && old > 0 && observed.needed !== null && shareOfTasks(old, observed.needed) >= 1;
  if (!fit) return { kind: 'stay', reason: `${why}; the old service is not well either`, worse };
  return observed.alarm !== null || worse >= WORSE_READS
    ? { kind: 'move', percent: 0, reason: why }
    : { kind: 'stay', reason: why, worse };
};

/**
 * The groups of a route with all users on one of the two; what others have stays. Clients with a cookie follow it to a
 * group at weight 0, also when nobody answers there any more [fact 80]: a sticky route loses the group.
 */
export const groupsAt = (
  { groups, sticky }: { groups: readonly GroupWeight[]; sticky: boolean },
  { from, to }: Pick<UnattendedMove, 'from' | 'to'>,
  percent: 0 | 100,
): GroupWeight[] => {
  const [wins, loses] = percent === 100 ? [to, from] : [from, to];
  return groups.flatMap((group) => {
    if (group.targetGroupArn === wins) return [{ ...group, weight: 100 }];
    if (group.targetGroupArn !== loses) return [group];
    return sticky ? [] : [{ ...group, weight: 0 }];
  });
};

/** Invariants 2b and 2c, right before the write: a second opinion, which shares no code with the decision. */
export const refuseCare = (observed: UnattendedMove, percent: number): string | null => {
  const counted = (healthy: number | null) =>
    healthy === null ? null : { healthy, registered: healthy, running: healthy, unchecked: false };
  return refusePlacement({
    from: null,
    to: greenAt(percent),
    blue: counted(observed.healthy.old),
    green: counted(observed.healthy.new),
    needed: observed.needed ?? 1,
    blueAllowed: false,
    oneIsEnough: false,
  });
};
