import type { Clients } from '../../aws/clients.ts';
import { readAllScaling } from '../../aws/move-scaling.ts';
import {
  readAroundGroups,
  readDescribedService,
  readDescribedTaskDefinition,
  routesBehind,
  type WorldReads,
} from '../../aws/world-reads.ts';
import { readWorldSurroundings } from '../../aws/world-surroundings.ts';
import type { MoveObservation } from '../../core/adoption/adoption.types.ts';
import type { MovePlan } from '../../core/adoption/move-plan.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { groupsNamedBy } from '../../rehearsal/as-if-external.ts';
import { healthy } from '../../rehearsal/behaviour-kinds.ts';
import { worldFileOf } from '../../rehearsal/world-file.ts';
import { DEFAULT_TRAFFIC, loadWorldFile } from '../../sim/load-world.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { makeWorld } from '../../sim/world.ts';
import { makeAccountCall } from '../account/account.ts';
import type { Host } from '../account/host.types.ts';
import { UsageError } from '../usage-error.ts';
import type { RehearsedMove } from './move-output.ts';
import { moveTarget } from './move-target.ts';
import { runMove } from './run-move.ts';
import type { MoveEnd } from './run-move.types.ts';
import { simulatedHost } from './simulated-host.ts';

/** A shared load balancer has a hundred target groups, whose attributes are read one by one. */
const READING_MS = 5 * MINUTE_MS;

/** No move whose tasks start at all takes longer, whatever it bakes. */
const LONGEST_MS = 30 * 24 * HOUR_MS;

/**
 * The service with everything behind its load balancer, as it is, for a world of the simulator; and the groups of the
 * move, which no load balancer may use yet. Only reads.
 */
export const readMoveWorld = async (
  host: Host,
  region: string | undefined,
  { names }: MovePlan,
  observed: Pick<MoveObservation, 'groups'>,
): Promise<WorldSeed> => {
  const clients = host.clients(region);
  const call = makeAccountCall(host, READING_MS);
  const service = await readDescribedService(clients.ecs, call, {
    cluster: names.cluster,
    service: names.old,
  });
  const groups = groupsNamedBy(service);
  const scaling = await readAllScaling(clients.applicationAutoScaling, call, names);
  const called = (scaling.old?.policies ?? []).flatMap(({ alarms }) => alarms);
  const all = [...new Set([...groups, ...observed.groups.map(({ arn }) => arn)])];
  const around = await readAroundGroups(clients, call, all, called);
  const running =
    service.taskSets?.find(({ status }) => status === 'PRIMARY')?.taskDefinition ?? service.taskDefinition;
  const taskDefinitions =
    running === undefined ? [] : [await readDescribedTaskDefinition(clients.ecs, call, running)];
  const read: WorldReads = { service, taskDefinitions, ...around };
  const besides = await readWorldSurroundings(clients, call, {
    service,
    definitions: taskDefinitions,
    loadBalancers: around.loadBalancers,
    // Tags say which groups and rules the move made, as its next step finds them.
    routes: [...routesBehind(read, groups), ...all],
  });
  const file = worldFileOf(
    read,
    besides.around,
    { requestsPerSecond: DEFAULT_TRAFFIC.requestsPerSecond, shares: sharesOf(read, groups) },
    {
      of: `${names.cluster}/${names.old}`,
      readAt: new Date(host.clock.nowMs()).toISOString(),
      assumed: [],
      notRead: besides.notRead,
    },
  );
  const loaded = loadWorldFile(`${names.cluster}/${names.old}`, file);
  if (loaded.ok) return loaded.seed;
  throw new UsageError(`what was read of ${names.cluster}/${names.old} makes no world`, {
    problems: loaded.problems,
  });
};

/** Users come by the routes that name one of the service's groups, in equal parts. */
const sharesOf = (read: WorldReads, groups: readonly string[]): Record<string, number> => {
  const routes = routesBehind(read, groups);
  return Object.fromEntries(routes.map((arn) => [arn, 1 / routes.length]));
};

/** One move in a world of its own, with users all the time: the way, and behind it `last`. */
export const rehearseMove = async (
  seed: WorldSeed,
  plan: MovePlan,
  last: 'finish' | 'undo',
  times: { bakeMs: number; timeoutMs: number },
): Promise<RehearsedMove> => {
  const world = makeWorld(seed, 1, () => healthy);
  const { scheduler } = world.kernel;
  const clients = {
    ecs: world.ecs.client,
    elbv2: world.elbv2.client,
    cloudWatch: world.cloudWatch.client,
    ...world.surroundings,
  } as Clients;
  const host = simulatedHost(world, clients);
  const target = moveTarget(host, undefined, plan.names);
  const startMs = scheduler.nowMs();
  const lines: { atMs: number; what: string }[] = [];
  const play = async (goal: 'continue' | 'finish' | 'undo'): Promise<MoveEnd> => {
    let settled: { end: MoveEnd } | { error: unknown } | undefined;
    runMove(
      goal,
      plan,
      {
        clock: host.clock,
        interruption: host.interruption(),
        observe: target.observe,
        perform: target.perform,
        alarms: async () => ({ red: [], gone: [] }),
        say: (what) => void lines.push({ atMs: scheduler.nowMs() - startMs, what }),
      },
      times,
    ).then(
      (end) => {
        settled = { end };
      },
      (error: unknown) => {
        settled = { error };
      },
    );
    await scheduler.run(() => settled !== undefined, scheduler.nowMs() + LONGEST_MS);
    if (settled === undefined) throw new Error('sim: the move never ended');
    if ('error' in settled) throw settled.error;
    return settled.end;
  };
  const way = await play('continue');
  const end = way.kind === 'done' ? await play(last) : way;
  await scheduler.run(() => false, scheduler.nowMs() + MINUTE_MS);
  const { total, failed } = world.traffic.totals();
  return { end, lost: failed, requests: total, lines };
};
