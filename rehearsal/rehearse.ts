import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { readForward } from '../aws/forward-action.ts';
import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import { deploymentIdOf } from '../core/deployment/deployment-id.ts';
import { nameOf, serviceKeyOf } from '../core/deployment/service-key.ts';
import { LAMBDA_MEMORY_MB } from '../core/estimate/lambda-size.ts';
import { parseRequest } from '../core/request/request.ts';
import type { Outcome } from '../core/vocabulary/ending.types.ts';
import type { ShownHook } from '../core/vocabulary/hooks.types.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import { sha256 } from '../functions/identify.ts';
import type { SimEvent } from '../sim/kernel/trace.ts';
import { installOrchestrator, type Orchestrator } from '../sim/orchestrator.ts';
import type { WorldSeed } from '../sim/parts.types.ts';
import { makeWorld, type World } from '../sim/world.ts';
import { type Colours, coloursOfPlan, coloursOfWorld } from './colours.ts';
import { endBeforeTheRecord, hasEnded, outcomeFrom, recordedEnd } from './end.ts';
import { follow, type Watched } from './follow.ts';
import { armHooks } from './hooks/arm-hooks.ts';
import { shownRuns } from './hooks/shown-runs.ts';
import { armRehearsal, parseFaults } from './injected-faults.ts';
import { leftoversOf } from './leftovers.ts';
import { price } from './price.ts';
import { publishing } from './published.ts';
import type { RehearsalOptions, RehearsalReport } from './rehearsal.types.ts';
import { groupsOfOthers, statusOf, type TrafficBefore, trafficSince } from './status.ts';
import { watchUsage } from './usage.ts';
import { behavioursFor } from './versions.ts';
import { watchSafety } from './watch-safety.ts';

/** How long the world runs before the deployment: alarms have left INSUFFICIENT_DATA, metrics have a history. */
const WARM_UP_MS = 10 * MINUTE_MS;

/** No deployment of any plan takes longer; a run that does hangs, and its report says that it did not converge. */
const LONGEST_RUN_MS = 800 * DAY_MS;

/**
 * Runs one deployment of the production state machine and handlers in a simulated world, from the request to the
 * last state, as fast as virtual time goes. The same options give the same report to the byte.
 * @throws for a version or fault that cannot be parsed; callers check these first.
 */
export const rehearse = async (options: RehearsalOptions): Promise<RehearsalReport> => {
  const request = parseRequest(options.request);
  const parsed = request.ok ? request.request : undefined;
  const seeded = publishing(withoutTesters(options.world, parsed?.test?.route), parsed);
  const world = makeWorld(seeded, options.seed, behavioursFor(options.world, options.version));
  const { kernel } = world;
  const usage = watchUsage(kernel);
  const serviceArn = serviceArnIn(options.world, parsed?.service);
  const orchestrator = installOrchestrator(world);
  const { stepFunctions } = orchestrator;
  await kernel.scheduler.run(() => false, kernel.scheduler.nowMs() + WARM_UP_MS);
  const startedAtMs = kernel.scheduler.nowMs();
  const before = asItIs(world, groupsOfOthers(options.world.services, serviceArn));
  const guessed = coloursOfWorld(options.world, parsed?.service, parsed?.greenTargetGroup);
  const colours = (): Colours => (watched.plan === null ? guessed : coloursOfPlan(watched.plan));
  const { watched }: { watched: Watched } = follow(world, startedAtMs, colours);
  kernel.onEvent((event: SimEvent) =>
    options.onEvent?.(event, statusOf(world, before.traffic, startedAtMs, colours(), parsed?.test?.route)),
  );

  const name = `rehearsal-${kernel.random.fork('execution').hex(12)}`;
  const deploymentId = deploymentIdOf({ arn: stepFunctions.arnOf(name), startedAtMs }, sha256);
  let broken = false;
  const safety = watchSafety(world, watchedAs(serviceArn, deploymentId, colours, parsed), () => {
    broken = true;
  });
  armRehearsal(world, orchestrator, parseFaults(options.inject), {
    serviceArn,
    deploymentId,
    request: parsed,
    routes: before.routes,
    taskSets: before.taskSets,
    colours,
  });
  armHooks(world, orchestrator, parsed?.hooks ?? [], {
    texts: options.hooks ?? [],
    deploymentId,
    request: parsed,
  });

  options.onWorld?.(world);
  const execution = stepFunctions.startExecution({ name, input: options.request });
  let endedAtMs: number | null = null;
  const recorded = (): Outcome | null => watched.outcome ?? recordedEnd(world, deploymentId);
  const over = (): boolean => {
    const ended = broken || hasEnded(world, stepFunctions, watched.outcome);
    if (ended) endedAtMs ??= kernel.scheduler.nowMs();
    return ended;
  };
  const untilMs = startedAtMs + LONGEST_RUN_MS;
  const { drive = () => kernel.scheduler.run(over, untilMs) } = options;
  await drive({ world, orchestrator, executionArn: execution.arn, deploymentId, over, untilMs });
  const ended = recorded() ?? endBeforeTheRecord(world, deploymentId, execution);
  safety.checkEnd(ended?.kind ?? null);

  return reportOf(options, {
    world,
    orchestrator,
    before,
    watched,
    hooks: shownRuns(world, deploymentId),
    outcome: outcomeFrom(execution, ended),
    record: recorded(),
    colours: colours(),
    startedAtMs,
    endedAtMs: endedAtMs ?? kernel.scheduler.nowMs(),
    usage: usage(),
    violations: safety.violations(),
  });
};

const watchedAs = (
  serviceArn: string,
  deploymentId: string,
  colours: () => Colours,
  request: DeploymentRequest | undefined,
): Parameters<typeof watchSafety>[1] => ({
  serviceArn,
  // As the workflow makes it; the ARN of a service made long ago has no cluster in it.
  serviceKey: request === undefined ? '' : serviceKeyOf(request),
  deploymentId,
  colours,
  testRoute: () => request?.test?.route,
  headroom: () => request?.capacity?.headroom,
});

/** What the end of the run is compared with. */
const asItIs = ({ kernel, ecs, elbv2, traffic }: World, othersGroups: readonly string[]) => ({
  traffic: { totals: traffic.totals(), othersGroups },
  calls: { ...kernel.callCounts() },
  taskSets: ecs.taskSets().map(({ id, status }) => ({ id, status })),
  routes: elbv2.routes().map(({ arn, groups }) => ({ arn, groups })),
});

/** Users come by every route but the testers'; a world that says by which they come is taken at its word. */
const withoutTesters = (world: WorldSeed, testRoute: string | undefined): WorldSeed => {
  if (testRoute === undefined || world.traffic.shares !== undefined) return world;
  const forwards = (actions: Action[] | undefined) => readForward(actions ?? []) !== null;
  const arns = [
    ...world.listeners.flatMap(({ ListenerArn = '', DefaultActions }) =>
      forwards(DefaultActions) ? [ListenerArn] : [],
    ),
    ...world.rules.flatMap(({ Rule: { RuleArn = '', Actions } }) => (forwards(Actions) ? [RuleArn] : [])),
  ];
  const shares = Object.fromEntries(arns.filter((arn) => arn !== testRoute).map((arn) => [arn, 1]));
  return { ...world, traffic: { ...world.traffic, shares } };
};

/** A run that is over. */
type Run = {
  world: World;
  orchestrator: Orchestrator;
  before: { traffic: TrafficBefore; calls: Record<string, number>; taskSets: TaskSetBefore[] };
  watched: Watched;
  hooks: ShownHook[];
  outcome: ReturnType<typeof outcomeFrom>;
  record: Outcome | null;
  colours: Colours;
  startedAtMs: number;
  endedAtMs: number;
  usage: ReturnType<ReturnType<typeof watchUsage>>;
  violations: ReturnType<ReturnType<typeof watchSafety>['violations']>;
};

type TaskSetBefore = Parameters<typeof leftoversOf>[1][number];

const reportOf = ({ seed }: RehearsalOptions, run: Run): RehearsalReport => {
  const { world, before, watched, outcome, startedAtMs } = run;
  const { lambda, stepFunctions } = run.orchestrator;
  const apiCalls = Object.fromEntries(
    Object.entries(world.kernel.callCounts())
      .map(([operation, count]) => [operation, count - (before.calls[operation] ?? 0)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const { invocations, billedSeconds } = lambda.usage();
  const executions = [...stepFunctions.executions(), ...stepFunctions.hookExecutions()];
  const transitions = sum(executions.map((one) => one.transitions));
  return {
    outcome: outcome.kind,
    reason: outcome.reason,
    virtualSeconds: (run.endedAtMs - startedAtMs) / 1_000,
    requests: trafficSince(world, before.traffic, run.colours),
    weights: watched.weights,
    transitions,
    historyEvents: sum(executions.map((one) => one.historyEvents)),
    apiCalls: {
      total: sum(Object.values(apiCalls)),
      byOperation: apiCalls,
    },
    costUsd: price({
      transitions,
      lambdaInvocations: invocations,
      lambdaGbSeconds: (billedSeconds * LAMBDA_MEMORY_MB) / 1_024,
      ...run.usage,
    }),
    leftovers: leftoversOf(world, before.taskSets, outcome.kind),
    invariantViolations: run.violations.map(({ invariant, message, atMs }) => ({
      invariant,
      message,
      atSeconds: (atMs - startedAtMs) / 1_000,
    })),
    path: stepFunctions.executions().flatMap(({ path }) => path),
    decisions: watched.decisions,
    ...(run.hooks.length === 0 ? {} : { hooks: run.hooks }),
    record: run.record,
    seed,
  };
};

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

const serviceArnIn = (world: WorldSeed, service: string | undefined): string =>
  world.services.find(({ serviceName }) => serviceName === nameOf(service ?? ''))?.serviceArn ?? '';
