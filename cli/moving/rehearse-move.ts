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
import { takeoverRequest } from '../../core/adoption/takeover.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { groupsNamedBy } from '../../rehearsal/as-if-external.ts';
import { healthy } from '../../rehearsal/behaviour-kinds.ts';
import { worldFileOf } from '../../rehearsal/world-file.ts';
import { DEFAULT_TRAFFIC, loadWorldFile } from '../../sim/load-world.ts';
import { installOrchestrator, type Orchestrator } from '../../sim/orchestrator.ts';
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
  times: { bakeMs: number; timeoutMs: number; shares: readonly number[] },
): Promise<RehearsedMove> => {
  const world = makeWorld(seed, 1, () => healthy);
  const orchestrator = plan.names.byDeployment ? installOrchestrator(world) : null;
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
  /** Time passes only while somebody lets it. */
  const settled = async <Value>(promise: Promise<Value>): Promise<Value> => {
    let over = false;
    const end = (): void => {
      over = true;
    };
    promise.then(end, end);
    await scheduler.run(() => over, scheduler.nowMs() + LONGEST_MS);
    if (!over) throw new Error('sim: the move never ended');
    return promise;
  };
  const play = (goal: 'continue' | 'finish' | 'undo'): Promise<MoveEnd> =>
    settled(
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
      ),
    );
  const deploy = async ({ stepFunctions }: Orchestrator): Promise<MoveEnd> => {
    const request = takeoverRequest(plan, await settled(target.observe()), { ...times, alarms: [] });
    const { arn } = stepFunctions.startExecution({ name: 'rehearsed', input: request });
    lines.push({ atMs: scheduler.nowMs() - startMs, what: `cutover deploy ${plan.names.twin}` });
    const status = () => stepFunctions.execution(arn).status;
    await scheduler.run(() => status() !== 'RUNNING', scheduler.nowMs() + LONGEST_MS);
    lines.push({ atMs: scheduler.nowMs() - startMs, what: `the deployment ended ${status()}` });
    return play('continue');
  };
  const first = await play('continue');
  const way = orchestrator !== null && first.kind === 'stopped' ? await deploy(orchestrator) : first;
  const end = way.kind === 'done' ? await play(last) : way;
  await scheduler.run(() => false, scheduler.nowMs() + MINUTE_MS);
  const { total, failed } = world.traffic.totals();
  return { end, lost: failed, requests: total, lines };
};
