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

/** One look may meet a task that is being replaced. */
const WORSE_LOOKS = 2;

/** A write may have failed half-way. What stands otherwise after so long was written by somebody. */
const RETRY_MS = 3 * MINUTE_MS;

/** What WatchMoves keeps between two looks. The next sign of a command deletes it. */
export type MoveNotes = {
  /** The last sign of a command, and when it was first seen: by one clock alone. */
  beat: string;
  seenAtMs: number;
  /** Looks in a row at which the new service carried less than it has. */
  worse: number;
  /** Where users were moved: percent on the new service. */
  moved?: { percent: number; atMs: number; reason: string };
};

export type MoveLook = {
  from: string;
  to: string;
  /** Those that are there. */
  routes: readonly { label: string; groups: readonly GroupWeight[] }[];
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

export type MoveCare =
  /** `worse`: what the notes say from now on. */
  { kind: 'stay'; reason: string; worse: number } | { kind: 'move'; percent: 0 | 100; reason: string };

/** As long as a route names both groups, users can be moved between them; the last command and `--undo` end that. */
export const isBetween = (
  { groups }: { groups: readonly GroupWeight[] },
  { from, to }: Pick<MoveLook, 'from' | 'to'>,
): boolean => [from, to].every((arn) => groups.some(({ targetGroupArn }) => targetGroupArn === arn));

/** Why nothing is touched, whoever is ill. */
const handsOff = (look: MoveLook, routes: MoveLook['routes']): string | null => {
  const { from, to, healthy, deploying, notes, nowMs } = look;
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
const trouble = (look: MoveLook, share: number, healthy: number): string | null => {
  if (look.alarm !== null) return look.alarm;
  if (look.needed === null) return null;
  const able = carries(healthy, look.needed);
  return able >= share
    ? null
    : `the new service carries ${able} % of the users with ${healthy} healthy targets, and has ${share} %`;
};

export const careFor = (look: MoveLook): MoveCare => {
  const routes = look.routes.filter((route) => isBetween(route, look));
  const off = handsOff(look, routes);
  const { old, new: own } = look.healthy;
  if (off !== null || old === null || own === null)
    return { kind: 'stay', reason: off ?? 'a target group is not there', worse: 0 };
  const shares = routes.map((route) => Math.round(shareIn(route, look.to)));
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  if (least < 100 && old === 0 && own > 0)
    return { kind: 'move', percent: 100, reason: 'the old service has no healthy target' };
  // The last command, or somebody, has scaled it to 0: its tasks are leaving.
  const stays = look.needed !== 0;
  if (most > 0 && own === 0 && old > 0 && stays)
    return { kind: 'move', percent: 0, reason: 'the new service has no healthy target' };
  const why = most === 0 ? null : trouble(look, most, own);
  if (why === null) return { kind: 'stay', reason: 'users are where they are served', worse: 0 };
  const worse = look.notes.worse + 1;
  const fit = stays && old > 0 && look.needed !== null && shareOfTasks(old, look.needed) >= 1;
  if (!fit) return { kind: 'stay', reason: `${why}; the old service is not well either`, worse };
  return look.alarm !== null || worse >= WORSE_LOOKS
    ? { kind: 'move', percent: 0, reason: why }
    : { kind: 'stay', reason: why, worse };
};

/** The groups of a route with so many percent on the new service; what others have stays. */
export const groupsAt = (
  groups: readonly GroupWeight[],
  { from, to }: Pick<MoveLook, 'from' | 'to'>,
  percent: number,
): GroupWeight[] =>
  groups.map((group) => {
    if (group.targetGroupArn === from) return { ...group, weight: 100 - percent };
    return group.targetGroupArn === to ? { ...group, weight: percent } : group;
  });

/** Invariants 2b and 2c, right before the write: a second opinion, which shares no code with the decision. */
export const refuseCare = (look: MoveLook, percent: number): string | null => {
  const counted = (healthy: number | null) =>
    healthy === null ? null : { healthy, registered: healthy, running: healthy, unchecked: false };
  return refusePlacement({
    from: null,
    to: greenAt(percent),
    blue: counted(look.healthy.old),
    green: counted(look.healthy.new),
    needed: look.needed ?? 1,
    blueAllowed: false,
    oneIsEnough: false,
  });
};
