import { DAY_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { CommandKind } from '../core/commands.ts';
import { deploymentIdOf } from '../core/deployment-id.ts';
import type { Plan } from '../core/plan.types.ts';
import { parseRequest } from '../core/request.ts';
import type { DeploymentRequest } from '../core/request.types.ts';
import { nameOf } from '../core/service-key.ts';
import type { Decision, Outcome, OutcomeKind } from '../core/state.types.ts';
import type { CommandRequest } from '../functions/command.ts';
import { sha256 } from '../functions/identify.ts';
import { LAMBDA_MEMORY_MB } from '../statemachine/contract.ts';
import { parseBehaviour } from './behaviour.ts';
import { type Colours, coloursOfPlan, coloursOfWorld } from './colours.ts';
import { armFaults, type Fault, parseFault } from './faults.ts';
import type { SimEvent } from './kernel/trace.ts';
import type { SimLambda } from './lambda.ts';
import { leftoversOf } from './leftovers.ts';
import { narrate } from './narrate.ts';
import { installOrchestrator } from './orchestrator.ts';
import type { Behaviour, WorldSeed } from './parts.types.ts';
import { price } from './price.ts';
import type { RehearsalOptions, RehearsalReport, WeightChange } from './rehearsal.types.ts';
import { watchSafety } from './safety.ts';
import { statusOf, trafficSince } from './status.ts';
import type { Execution } from './stepfunctions/execution.types.ts';
import type { StepFunctions } from './stepfunctions/step-functions.ts';
import { watchUsage } from './usage.ts';
import { makeWorld, type World } from './world.ts';

export { definition } from './orchestrator.ts';

/** How long the world runs before the deployment: alarms have left INSUFFICIENT_DATA, metrics have a past. */
const WARM_UP_MS = 10 * MINUTE_MS;

/** A stopped execution's last Lambda runs on for a minute at most, and may take the lease after the stop. */
const LAST_LAMBDA_MS = 90 * SECOND_MS;

/** No deployment of any plan takes longer; a run that does hangs, and its report says that it did not converge. */
const LONGEST_RUN_MS = 800 * DAY_MS;

/** Whatever runs when the rehearsal begins is the old version, and behaves; everything else is the version rehearsed. */
const behavioursFor = (world: WorldSeed, version: string): ((taskDefinitionArn: string) => Behaviour) => {
  const old = new Set(
    world.services.flatMap(({ taskSets }) => (taskSets ?? []).map(({ taskDefinition }) => taskDefinition)),
  );
  const [healthy, rehearsed] = ['healthy', version].map((text) => {
    const parsed = parseBehaviour(text);
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.behaviour;
  });
  return (arn) => (old.has(arn) ? healthy : rehearsed) as Behaviour;
};

const parseFaults = (texts: string[]): Fault[] =>
  texts.map((text) => {
    const parsed = parseFault(text);
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.fault;
  });

type Watched = {
  path: string[];
  decisions: Decision[];
  weights: WeightChange[];
  plan: Plan | null;
  outcome: Outcome | null;
};

/** Follows the trace: the states' results become sentences, the writes become a list. */
const follow = (world: World, startedAtMs: number, colours: () => Colours): Watched => {
  const { kernel } = world;
  const watched: Watched = { path: [], decisions: [], weights: [], plan: null, outcome: null };
  kernel.onEvent(({ kind, data, atMs }) => {
    if (kind === 'weights') {
      const groups = data?.groups as { targetGroupArn: string; weight: number }[];
      const { blue, green } = colours();
      const total = groups.reduce((sum, { weight }) => sum + weight, 0);
      const percent = (arn: string | undefined): number =>
        Math.round(
          (100 * (groups.find(({ targetGroupArn }) => targetGroupArn === arn)?.weight ?? 0)) / (total || 1),
        );
      watched.weights.push({
        at: (atMs - startedAtMs) / 1_000,
        route: String(data?.label),
        blue: percent(blue),
        green: percent(green),
        by: String(data?.by),
      });
    }
    if (kind !== 'step' || data?.phase !== 'succeeded') return;
    const state = String(data.state);
    if (state === 'PlanDeployment') watched.plan = data.result as Plan;
    if (state === 'JudgeHealth') watched.decisions.push(data.result as Decision);
    if (state === 'RecordOutcome') watched.outcome = data.result as Outcome;
    const line = narrate(state, data.result);
    if (line !== null) kernel.emit(line);
  });
  return watched;
};

/** A refusal before the record opens, or a run that an invariant ended, has no recorded outcome. */
const outcomeFrom = (
  execution: Execution,
  recorded: Outcome | null,
): { kind: OutcomeKind; reason: string } => {
  if (recorded !== null) return recorded;
  return { kind: 'stuck', reason: execution.cause ?? 'the run was ended before the deployment was' };
};

/**
 * Runs one deployment of the production state machine and handlers in a simulated world, from the request to the
 * last state, as fast as virtual time goes. The same options give the same report to the byte.
 * @throws for a version or fault that cannot be parsed; callers check these first.
 */
export const rehearse = async (options: RehearsalOptions): Promise<RehearsalReport> => {
  const world = makeWorld(options.world, options.seed, behavioursFor(options.world, options.version));
  const { kernel, ecs, elbv2 } = world;
  const faults = parseFaults(options.inject);
  const request = parseRequest(options.request);
  const parsed = request.ok ? request.request : undefined;
  const usage = watchUsage(kernel);
  const { lambda, stepFunctions } = installOrchestrator(world);

  await kernel.scheduler.run(() => false, kernel.scheduler.nowMs() + WARM_UP_MS);
  const startedAtMs = kernel.scheduler.nowMs();
  const baseline = world.traffic.totals();
  const callsBefore = { ...kernel.callCounts() };
  const routesBefore = elbv2.routes().map(({ arn, groups }) => ({ arn, groups }));
  const taskSetsBefore = ecs.taskSets().map(({ id, status }) => ({ id, status }));
  const guessed = coloursOfWorld(options.world, parsed?.service, parsed?.greenTargetGroup);
  const colours = (): Colours => (watched.plan === null ? guessed : coloursOfPlan(watched.plan));
  const watched: Watched = follow(world, startedAtMs, colours);
  kernel.onEvent((event: SimEvent) =>
    options.onEvent?.(event, statusOf(world, baseline, startedAtMs, colours())),
  );

  const name = `rehearsal-${kernel.random.fork('execution').hex(12)}`;
  let broken = false;
  const safety = watchSafety(
    world,
    {
      serviceArn: serviceArn(options.world, parsed?.service),
      deploymentId: deploymentIdOf(name, sha256),
      colours,
    },
    () => {
      broken = true;
    },
  );
  armFaults(kernel, faults, {
    killTask: (which) => killTask(world, which, taskSetsBefore),
    setDesiredCount: (count) => ecs.setDesiredCount(serviceArn(options.world, parsed?.service), count),
    setAlarm: (alarm, state, reason) => world.cloudWatch.setAlarm(alarm, state, reason),
    resetWeights: (by) => {
      for (const { arn, groups } of routesBefore) elbv2.foreignWrite(arn, groups, by);
    },
    stopExecution: (cause) => {
      for (const { arn, status } of stepFunctions.executions()) {
        if (status === 'RUNNING') stepFunctions.stopExecution(arn, cause);
      }
    },
    command: (kind) => sendCommand(world, lambda, parsed, kind),
    firstAlarm: parsed?.alarms.names[0],
  });

  options.onWorld?.(world);
  const execution = stepFunctions.startExecution({ name, input: options.request });
  await kernel.scheduler.run(
    () => broken || hasEnded(world, stepFunctions, watched.outcome),
    startedAtMs + LONGEST_RUN_MS,
  );
  const outcome = outcomeFrom(execution, watched.outcome);
  safety.checkEnd(watched.outcome?.kind ?? null);

  const apiCalls = Object.fromEntries(
    Object.entries(kernel.callCounts())
      .map(([operation, count]) => [operation, count - (callsBefore[operation] ?? 0)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const { invocations, billedSeconds } = lambda.usage();
  const transitions = sum(stepFunctions.executions().map((one) => one.transitions));
  return {
    outcome: outcome.kind,
    reason: outcome.reason,
    virtualSeconds: (kernel.scheduler.nowMs() - startedAtMs) / 1_000,
    requests: trafficSince(world, baseline, colours()),
    weights: watched.weights,
    transitions,
    historyEvents: sum(stepFunctions.executions().map((one) => one.historyEvents)),
    apiCalls: {
      total: sum(Object.values(apiCalls)),
      byOperation: apiCalls,
    },
    costUsd: price({
      transitions,
      lambdaInvocations: invocations,
      lambdaGbSeconds: (billedSeconds * LAMBDA_MEMORY_MB) / 1_024,
      ...usage(),
    }),
    leftovers: leftoversOf(world, taskSetsBefore, outcome.kind),
    invariantViolations: safety.violations().map(({ invariant, message, atMs }) => ({
      invariant,
      message,
      atSeconds: (atMs - startedAtMs) / 1_000,
    })),
    path: stepFunctions.executions().flatMap(({ path }) => path),
    decisions: watched.decisions,
    record: watched.outcome,
    seed: options.seed,
  };
};

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/**
 * Whether the deployment is over: no execution runs, and either the lease is free or a person has to look. An execution
 * that ended with the lease held is waited for, because the sweep will start a recovery.
 */
const hasEnded = (
  { dynamoDb, kernel }: World,
  stepFunctions: StepFunctions,
  outcome: Outcome | null,
): boolean => {
  if (stepFunctions.running() > 0) return false;
  const quietMs =
    kernel.scheduler.nowMs() - Math.max(...stepFunctions.executions().map(({ endedAtMs = 0 }) => endedAtMs));
  if (outcome === null && quietMs < LAST_LAMBDA_MS) return false;
  const held = dynamoDb.partition('leases').some(({ holder }) => holder !== undefined);
  return !held || outcome?.kind === 'stuck';
};

const serviceArn = (world: WorldSeed, service: string | undefined): string =>
  world.services.find(({ serviceName }) => serviceName === nameOf(service ?? ''))?.serviceArn ?? '';

/** As the command line would: by the Lambda, whose refusal a person reads. */
const sendCommand = (
  { kernel }: World,
  lambda: SimLambda,
  request: DeploymentRequest | undefined,
  command: CommandKind,
): void => {
  const { cluster = '', service = '' } = request ?? {};
  const id = `rehearsed_${kernel.scheduler.nowMs()}`;
  const sent: CommandRequest = {
    cluster,
    service,
    command,
    by: 'operator',
    reason: 'injected by the rehearsal',
    id,
  };
  lambda.invoke('Command', sent, { executionArn: undefined }).then(
    () => kernel.emit({ kind: 'command', what: `${command} accepted` }),
    (error: Error) => kernel.emit({ kind: 'command', what: `${command} refused`, why: error.message }),
  );
};

const killTask = (world: World, which: 'blue' | 'green', before: readonly { id: string }[]): boolean => {
  const known = new Set(before.map(({ id }) => id));
  const set = world.ecs.taskSets().find(({ id }) => (which === 'blue' ? known.has(id) : !known.has(id)));
  return set !== undefined && world.ecs.killTask(set.id) !== undefined;
};
