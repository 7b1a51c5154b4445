import type { LiveRoute } from '../aws/balancer-verbs.ts';
import type { StoredMove } from '../aws/store-verbs.ts';
import { decodeMoveRecord, type MoveRecord, type RecordedRoute } from '../core/adoption/move-record.ts';
import { shareIn } from '../core/adoption/roles.ts';
import {
  careFor,
  groupsAt,
  isBetween,
  type MoveNotes,
  refuseCare,
  SILENT_MS,
  type UnattendedMove,
} from '../core/adoption/unattended.ts';
import { serviceKeyOf } from '../core/deployment/service-key.ts';
import { sameGroups } from '../core/ending/restored-routes.ts';
import { DeploymentError } from '../core/errors.ts';
import type { Route } from '../core/vocabulary/plan.types.ts';
import { alarms, ecsServices, leases, listener, moves, targets } from './deps.ts';
import { ifPossible } from './if-possible.ts';
import { lambdaHost } from './lambda-host.ts';
import { ifThere, readIfThere } from './read-if-there.ts';
import { type StepDeps, toHandler } from './step.ts';

type Uses = 'alarms' | 'ecsServices' | 'leases' | 'listener' | 'moves' | 'targets';

/** As a plan has it; only what names it is used, and its actions are read anew. */
const asRoute = ({ arn, kind, label }: RecordedRoute): Route => ({
  arn,
  kind,
  label,
  listenerArn: arn,
  loadBalancerArn: '',
  original: { groups: [], stickiness: { enabled: false } },
});

type Seen = { observed: UnattendedMove; live: LiveRoute[] };

const healthyIn = async (arn: string, { targets }: StepDeps<Uses>): Promise<number | null> => {
  const found = await ifThere(targets.read(arn));
  return found === null ? null : found.filter(({ state }) => state === 'healthy').length;
};

const alarmIn = async (names: readonly string[], { alarms }: StepDeps<Uses>): Promise<string | null> => {
  if (names.length === 0) return null;
  const read = await ifPossible(alarms.read([...names]));
  const red = read?.alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name) ?? [];
  if (red.length > 0) return `${red.join(', ')} is in ALARM`;
  // What nobody watches any more is not taken for well.
  return read === null || read.missing.length === 0 ? null : `there is no alarm ${read.missing.join(', ')}`;
};

const observe = async (move: MoveRecord, notes: MoveNotes, deps: StepDeps<Uses>): Promise<Seen> => {
  const { ecsServices, leases, listener, clock } = deps;
  const { cluster, old, twin, from, to } = move;
  const [live, healthyOld, healthyNew, service, alarm, ...held] = await Promise.all([
    Promise.all(move.routes.map((route) => readIfThere(listener, asRoute(route)))),
    healthyIn(from, deps),
    healthyIn(to, deps),
    ifPossible(ecsServices.read(cluster, old)),
    alarmIn(move.alarms, deps),
    ...[old, twin].map((name) => leases.read(serviceKeyOf({ cluster, service: name }))),
  ]);
  const found = live.filter((route) => route !== null);
  return {
    live: found,
    observed: {
      from,
      to,
      routes: found.map(({ route, forward }) => ({
        label: route.label,
        groups: forward.groups,
        sticky: forward.stickiness.enabled,
      })),
      healthy: { old: healthyOld, new: healthyNew },
      needed: service?.desiredCount ?? null,
      alarm,
      deploying: held.some(({ holder }) => holder !== undefined),
      notes,
      nowMs: clock.nowMs(),
    },
  };
};

/**
 * Every route that is between the two, absolute and read back. One that was written since it was observed is left to
 * the next run.
 * @throws Unavailable, and the next minute tries again.
 */
const moveUsers = async (
  { observed, live }: Seen,
  percent: 0 | 100,
  { listener }: StepDeps<Uses>,
): Promise<void> => {
  for (const { route, forward } of live.filter((one) => isBetween(one.forward, observed))) {
    const now = await listener.read(route);
    const was = { groups: forward.groups, sticky: forward.stickiness.enabled };
    const groups = groupsAt(was, observed, percent);
    if (sameGroups(now.forward.groups, groups)) continue;
    const changed = !sameGroups(now.forward.groups, forward.groups);
    if (!changed) await listener.write(now, groups);
    if (!changed && sameGroups((await listener.read(route)).forward.groups, groups)) continue;
    throw new DeploymentError(
      'Unavailable',
      `expected ${route.label} to have ${percent} % on the new service, found something else: someone else ` +
        'writes this listener; trying again',
    );
  }
};

type Found = 'commanded' | 'left' | { moved: string };

const attend = async (stored: StoredMove, deps: StepDeps<Uses>): Promise<Found> => {
  const { moves, clock } = deps;
  const { serviceKey, beat, notes } = stored;
  const move = decodeMoveRecord(stored.move, serviceKey);
  if ('problems' in move)
    throw new DeploymentError('InvalidRequest', `the move of ${serviceKey}: ${move.problems.join('; ')}`);
  if (notes?.beat !== beat) {
    await moves.note(serviceKey, { beat, seenAtMs: clock.nowMs(), worse: 0 });
    return 'commanded';
  }
  if (clock.nowMs() - notes.seenAtMs < SILENT_MS) return 'commanded';

  const seen = await observe(move, notes, deps);
  const care = careFor(seen.observed);
  if (care.kind === 'stay') {
    if (care.worse !== notes.worse) await moves.note(serviceKey, { ...notes, worse: care.worse });
    return 'left';
  }
  const { percent, reason } = care;
  const refusal = refuseCare(seen.observed, percent);
  if (refusal !== null) throw new DeploymentError('InvariantBroken', refusal);
  // Since when a write may have failed half-way: from the first one to there.
  const before = notes.moved?.percent === percent ? notes.moved : undefined;
  const between = seen.observed.routes.filter((route) => isBetween(route, move));
  // Of the route with most users on the service that they leave.
  const shares = between.map((route) => Math.round(shareIn(route, move.to)));
  const wasPct = percent === 100 ? Math.min(...shares) : Math.max(...shares);
  const moved = before ?? { percent, wasPct, atMs: clock.nowMs(), reason };
  // A command that is back has the word.
  if (!(await moves.note(serviceKey, { ...notes, worse: 0, moved }))) return 'commanded';
  await moveUsers(seen, percent, deps);
  return { moved: `${serviceKey}: ${percent} % of the users on ${move.twin}: ${reason}` };
};

/**
 * Moves users of a move between controllers whose command is silent: away from the service that is not well, to the
 * one that is. Reads nothing of AWS while a command gives signs.
 */
export const watchMoves = async (_event: unknown, deps: StepDeps<Uses>): Promise<{ moved: string[] }> => {
  const underWay = await deps.moves.underWay();
  const results = await Promise.allSettled(underWay.map((move) => attend(move, deps)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return {
    moved: results.flatMap((result) =>
      result.status === 'fulfilled' && typeof result.value === 'object' ? [result.value.moved] : [],
    ),
  };
};

export const handler = toHandler(
  'WatchMoves',
  watchMoves,
  { alarms, ecsServices, leases, listener, moves, targets },
  lambdaHost,
);
