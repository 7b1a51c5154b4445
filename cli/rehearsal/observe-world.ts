import { type Call, makeCall, type Sender } from '../../aws/call.ts';
import { observeForPlan, type PlanVerbs } from '../../aws/plan-observation.ts';
import { observeSurroundings, type SurroundingsClients } from '../../aws/surroundings.ts';
import type { PlanObservation } from '../../core/vocabulary/observation.types.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';
import { parseBehaviour } from '../../rehearsal/behaviour.ts';
import { installOrchestrator } from '../../sim/orchestrator.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { makeWorld } from '../../sim/world.ts';

/** Long enough for alarms to have been evaluated, as at a rehearsal's start. */
const WARM_UP_MS = 10 * 60_000;

/** Far more than reading a world takes, so that no retry is cut short. */
const READING_MS = 60 * 60_000;

const worldFrom = (world: WorldSeed) => {
  const healthy = parseBehaviour('healthy');
  if (!healthy.ok) throw new Error(healthy.message);
  return makeWorld(world, 1, () => healthy.behaviour);
};

/** What the simulated APIs serve to a deployment, `service:Operation`. */
export const servedOperations = (world: WorldSeed): readonly string[] => {
  const simulated = worldFrom(world);
  installOrchestrator(simulated);
  return simulated.kernel.operations();
};

/** What PlanDeployment would read in this world, through the production adapters. */
export const observeWorld = async (
  world: WorldSeed,
  request: DeploymentRequest,
): Promise<PlanObservation> => {
  const { kernel, connectors, surroundings, ecs, elbv2 } = worldFrom(world);
  const { scheduler } = kernel;
  await scheduler.run(() => false, scheduler.nowMs() + WARM_UP_MS);

  const random = kernel.random.fork('plan');
  const call = makeCall({
    clock: scheduler.clock,
    random: () => random.next(),
    signal: new AbortController().signal,
    deadlineMs: scheduler.nowMs() + READING_MS,
    log: () => {},
  });
  const verbs = {
    ecsServices: connectors.ecsServices(call),
    taskDefinitions: connectors.taskDefinitions(call),
    listener: connectors.listener(call),
    targets: connectors.targets(call),
    alarms: connectors.alarms(call),
    trafficMetrics: connectors.trafficMetrics(call),
  };

  let settled = false;
  const clients = { ...surroundings, ecs: ecs.client, elbv2: elbv2.client };
  const reading = observeWithSurroundings(verbs, clientsOf(clients, world), call, request).finally(() => {
    settled = true;
  });
  // A rejection is this function's; without a handler here Node would report it before virtual time has stopped.
  reading.catch(() => {});
  await scheduler.run(() => settled);
  return reading;
};

type Clients = { ecs: Sender; elbv2: Sender; ec2?: Sender; ecr?: Sender; applicationAutoScaling?: Sender };

/** A read that the world has no file for is not made, instead of being reported as refused. */
const clientsOf = (clients: Clients, { surroundings = {} }: WorldSeed): SurroundingsClients => ({
  securityGroups: surroundings.securityGroups && clients.ec2,
  subnets: surroundings.subnets && clients.ec2,
  images: clients.ecr,
  scaling: clients.applicationAutoScaling,
  protection: clients.ecs,
  owners: surroundings.routeTags && clients.elbv2,
});

const observeWithSurroundings = async (
  verbs: PlanVerbs,
  clients: SurroundingsClients,
  call: Call,
  request: DeploymentRequest,
): Promise<PlanObservation> => {
  const observed = await observeForPlan(verbs, request, []);
  return { ...observed, surroundings: await observeSurroundings(clients, call, observed, request) };
};
