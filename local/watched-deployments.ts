import { deploymentIdOf } from '../core/deployment/deployment-id.ts';
import { nameOf, serviceKeyOf } from '../core/deployment/service-key.ts';
import { parseRequest } from '../core/request/request.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import { sha256 } from '../functions/identify.ts';
import { type Colours, coloursOfPlan } from '../rehearsal/colours.ts';
import { hasEnded } from '../rehearsal/end.ts';
import type { Fault } from '../rehearsal/faults/fault.types.ts';
import { follow, type Watched } from '../rehearsal/follow.ts';
import { watchSafety } from '../rehearsal/watch-safety.ts';
import type { Orchestrator } from '../sim/orchestrator.ts';
import type { WorldSeed } from '../sim/parts.types.ts';
import type { Execution } from '../sim/stepfunctions/execution.types.ts';
import type { World } from '../sim/world.ts';
import { makeInjection } from './injection.ts';

/** A deployment in a local world, observed from its start by the same checks as in a rehearsal. */
type WatchedDeployment = {
  executionArn: string;
  request: DeploymentRequest;
  colours(): Colours;
  watched: Watched;
  over: boolean;
};

type Parts = {
  seed: WorldSeed;
  world: World;
  orchestrator: Orchestrator;
  /** Faults for the next deployment. */
  inject: readonly Fault[];
  /** A safety rule was broken. */
  violated(message: string): void;
};

/** Undefined for an execution that continues another: only a deployment's own input is a request. */
const requestOf = ({ input }: Execution): DeploymentRequest | undefined => {
  const parsed = parseRequest(JSON.parse(input));
  return parsed.ok ? parsed.request : undefined;
};

/** Blue is the group of the PRIMARY task set, green the one that shares a route with it. */
const presentColours = (
  { ecs, elbv2 }: World,
  serviceArn: string,
  greenGroup: string | undefined,
): Colours => {
  const blue = ecs.taskSetsOf(serviceArn).find(({ status }) => status === 'PRIMARY')?.targetGroupArn;
  const beside = elbv2
    .routesNaming(blue === undefined ? [] : [blue])
    .flatMap(({ groups }) => groups.map(({ targetGroupArn }) => targetGroupArn))
    .find((arn) => arn !== blue);
  return { blue, green: greenGroup ?? beside };
};

/** Observes every deployment that is started, one at a time a service, until its end. */
export const watchDeployments = ({ seed, world, orchestrator, inject, violated }: Parts) => {
  const { kernel, ecs, elbv2 } = world;
  const { stepFunctions } = orchestrator;
  let latest: WatchedDeployment | undefined;
  const inflict = makeInjection(world, orchestrator, inject);

  const begin = (execution: Execution, request: DeploymentRequest): void => {
    const { arn, startedAtMs } = execution;
    const serviceArn =
      seed.services.find(({ serviceName }) => serviceName === nameOf(request.service))?.serviceArn ?? '';
    // Until the plan is known. In a world that has deployed before, the files no longer say which group serves.
    const found = presentColours(world, serviceArn, request.greenTargetGroup);
    const colours = (): Colours => (watched.plan === null ? found : coloursOfPlan(watched.plan));
    const { watched, stop }: ReturnType<typeof follow> = follow(world, startedAtMs, colours);
    const deployment: WatchedDeployment = { executionArn: arn, request, colours, watched, over: false };
    latest = deployment;
    const deploymentId = deploymentIdOf({ arn, startedAtMs }, sha256);
    const safety = watchSafety(
      world,
      {
        serviceArn,
        serviceKey: serviceKeyOf(request),
        deploymentId,
        colours,
        testRoute: () => request.test?.route,
      },
      () => {
        violated(safety.violations().at(-1)?.message ?? 'a safety rule was broken');
      },
    );
    const endFaults = inflict({
      serviceArn,
      deploymentId,
      request,
      routes: elbv2.routes().map(({ arn: route, groups }) => ({ arn: route, groups })),
      taskSets: ecs.taskSets().map(({ id }) => ({ id })),
      colours,
    });
    const checkEnds = kernel.scheduler.onSettled(() => {
      if (!hasEnded(world, stepFunctions, watched.outcome)) return;
      deployment.over = true;
      checkEnds();
      endFaults();
      stop();
      safety.checkEnd(watched.outcome?.kind ?? null);
      safety.stop();
    });
  };

  stepFunctions.onStatusChange((execution) => {
    if (execution.status !== 'RUNNING') return;
    const request = requestOf(execution);
    if (request !== undefined) begin(execution, request);
  });
  return { latest: (): WatchedDeployment | undefined => latest };
};
