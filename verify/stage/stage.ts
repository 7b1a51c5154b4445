import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { deploymentIdOf } from '../../core/deployment/deployment-id.ts';
import type { Outcome, OutcomeKind } from '../../core/vocabulary/ending.types.ts';
import { sha256 } from '../../functions/identify.ts';
import type { Scheduler } from '../../sim/kernel/scheduler.ts';
import type { SimEvent } from '../../sim/kernel/trace.ts';
import { installOrchestrator, type Orchestrator } from '../../sim/orchestrator.ts';
import type { Behaviour, WorldSeed } from '../../sim/parts.types.ts';
import type { Execution } from '../../sim/stepfunctions/execution.types.ts';
import type { Invoke } from '../../sim/stepfunctions/task-attempt.ts';
import { makeWorld, type World } from '../../sim/world.ts';
import { type Losses, watchLosses } from './losses.ts';
import type { SmallService } from './small-names.ts';
import { ownerOf, type TimedViolation, watchDeployment } from './watched-deployment.ts';

/** Long enough for alarms to have data; nothing else needs a history. */
const WARM_UP_MS = 3 * MINUTE_MS;

/**
 * After the last execution has ended: a Lambda lives a minute longer at most, and the data plane follows within
 * seconds.
 */
const QUIET_MS = 3 * MINUTE_MS;

/**
 * Every run must have converged so long after its last start. Only blue's hold may take longer, and no run here
 * brings it about.
 */
const CONVERGENCE_LIMIT_MS = 6 * HOUR_MS;

export type Deployment = {
  service: SmallService;
  request: unknown;
  startAfterMs: number;
  /** Of its execution; by the seed unless given. */
  name?: string;
};

/** What a disturbance can reach. */
export type Stage = {
  world: World;
  orchestrator: Orchestrator;
  deployments: readonly StagedDeployment[];
  /** Stands between Step Functions and Lambda; the last one set wins. */
  aroundInvoke(around: (invoke: Invoke) => Invoke): void;
  /** The fault did not apply here, so the run would only repeat the undisturbed one: ends it. */
  nothingToDo(why: string): void;
  /** What happened leaves only one proper end; null takes it back. */
  mustEnd(kind: OutcomeKind | null, because: string): void;
  /** The fault itself saw what must not be, a sentence. */
  problem(what: string): void;
  /** Somebody else writes listeners at this moment: whatever is not read any more afterwards is his. */
  foreignWrite(): void;
};

export type StagedDeployment = Deployment & {
  name: string;
  deploymentId: string;
  /** Undefined before it starts. */
  execution(): Execution | undefined;
};

export type DeploymentEnd = {
  name: string;
  outcome: Outcome | null;
  error: string | undefined;
  losses: Losses;
};

export type StageResult = {
  violations: TimedViolation[];
  /** Steps forward that were not earned, and executions that ended as a success without being one. */
  problems: string[];
  ends: DeploymentEnd[];
  /** No execution was running and no lease held, and it stayed so. */
  settled: boolean;
  /** The last step that succeeded, with its reason: what a run that has not settled waits for. */
  lastReason: string;
  virtualSeconds: number;
  nothingToDo: string | null;
  mustEnd: { kind: OutcomeKind; because: string } | null;
};

type StageInput = {
  world: WorldSeed;
  behaviourOf(taskDefinitionArn: string): Behaviour;
  deployments: readonly Deployment[];
  seed: number;
  /** Called when the world has warmed up, before the first deployment starts. */
  disturb?(stage: Stage): void;
  onEvent?(event: SimEvent, sinceStartMs: number): void;
};

/** The one who waits for an execution, a pipeline for one, believes its status. */
const falseSuccesses = (
  orchestrator: Orchestrator,
  { deploymentId }: StagedDeployment,
  outcome: Outcome | null,
): string[] => {
  const owner = ownerOf(orchestrator);
  return orchestrator.stepFunctions
    .executions()
    .filter(({ arn, status }) => status === 'SUCCEEDED' && owner({ executionArn: arn }) === deploymentId)
    .filter(() => outcome !== null && outcome.kind !== 'succeeded')
    .map(({ name }) => `invariant 6: execution ${name} succeeded, but the record says ${outcome?.kind}`);
};

/** A way through the workflow that no outcome explains; a recovery would finish it, and nobody would notice. */
const lostWays = ({ stepFunctions }: Orchestrator): string[] =>
  stepFunctions
    .executions()
    .filter(({ cause }) => cause?.includes('met a state it does not know') === true)
    .map(({ name }) => `the plan: execution ${name} ended where no deployment may end`);

/** Runs until nothing moves for a while: true; false when it ended otherwise, or the time was up. */
const settles = async (
  scheduler: Scheduler,
  { ended, idle, limitMs }: { ended(): boolean; idle(): boolean; limitMs: number },
): Promise<boolean> => {
  for (;;) {
    await scheduler.run(() => ended() || idle(), limitMs);
    if (ended() || !idle()) return false;
    await scheduler.run(() => ended() || !idle(), scheduler.nowMs() + QUIET_MS);
    if (ended()) return false;
    if (idle()) return true;
  }
};

/**
 * Runs deployments in one account to their ends, and on until nothing moves any more, held against every invariant.
 */
export const runStage = async (input: StageInput): Promise<StageResult> => {
  const world = makeWorld(input.world, input.seed, input.behaviourOf);
  const { kernel } = world;
  let around = (invoke: Invoke): Invoke => invoke;
  const orchestrator = installOrchestrator(
    world,
    (invoke) =>
      (...call) =>
        around(invoke)(...call),
  );
  const { stepFunctions } = orchestrator;
  await kernel.scheduler.run(() => false, kernel.scheduler.nowMs() + WARM_UP_MS);

  const startedAtMs = kernel.scheduler.nowMs();
  kernel.onEvent((event) => input.onEvent?.(event, event.atMs - startedAtMs));
  let broken = false;
  let nothingToDo: string | null = null;
  let mustEnd: StageResult['mustEnd'] = null;
  const seen: string[] = [];
  const names = kernel.random.fork('executions');
  const started = new Map<string, Execution>();
  const deployments = input.deployments.map((deployment): StagedDeployment => {
    const name = deployment.name ?? `proof-${names.hex(12)}`;
    const startsAtMs = startedAtMs + deployment.startAfterMs;
    return {
      ...deployment,
      name,
      deploymentId: deploymentIdOf({ arn: stepFunctions.arnOf(name), startedAtMs: startsAtMs }, sha256),
      execution: () => started.get(name),
    };
  });
  const watched = deployments.map((deployment) => ({
    deployment,
    watch: watchDeployment(world, orchestrator, deployment, {
      // The service is the next one's now: whatever was left by the ones before is judged.
      planned: () => {
        const others = watched.filter((other) => other.deployment !== deployment && other.watch.planned());
        for (const other of others) {
          if (other.deployment.service.name === deployment.service.name) other.watch.finish();
        }
      },
      broken: () => {
        broken = true;
      },
    }),
    losses: watchLosses(world, deployment.service),
  }));
  input.disturb?.({
    world,
    orchestrator,
    deployments,
    aroundInvoke: (next) => {
      around = next;
    },
    nothingToDo: (why) => {
      nothingToDo = why;
    },
    mustEnd: (kind, because) => {
      mustEnd = kind === null ? null : { kind, because };
    },
    problem: (what) => {
      broken = true;
      seen.push(what);
    },
    foreignWrite: () => {
      for (const { watch } of watched) watch.foreignWrite();
    },
  });
  for (const { name, request, startAfterMs } of deployments) {
    kernel.scheduler.after(startAfterMs, () =>
      started.set(name, stepFunctions.startExecution({ name, input: request })),
    );
  }

  let lastReason = 'no step gave a reason';
  kernel.onEvent(({ data }) => {
    const result = data?.result as { kind?: unknown; reason?: unknown } | null | undefined;
    if (data?.phase !== 'succeeded' || typeof result?.reason !== 'string') return;
    lastReason = `${data.state} ${result.kind}, ${result.reason}`;
  });

  const ended = (): boolean => broken || nothingToDo !== null;
  const idle = (): boolean =>
    started.size === deployments.length &&
    stepFunctions.running() === 0 &&
    !world.dynamoDb.partition('leases').some(({ holder }) => holder !== undefined);
  const limitMs =
    startedAtMs + CONVERGENCE_LIMIT_MS + Math.max(...deployments.map(({ startAfterMs }) => startAfterMs));
  const settled = await settles(kernel.scheduler, { ended, idle, limitMs });

  const ends = watched.map(({ deployment, watch, losses }): DeploymentEnd => {
    if (nothingToDo === null) watch.finish({ halfWay: broken });
    const outcome = watch.outcome();
    const kind = outcome?.kind ?? null;
    return { name: deployment.name, outcome, error: deployment.execution()?.error, losses: losses(kind) };
  });
  return {
    violations: watched.flatMap(({ watch }) => watch.violations()),
    problems: [
      ...seen,
      ...lostWays(orchestrator),
      ...watched.flatMap(({ watch }) => watch.unearnedSteps()),
      ...watched.flatMap(({ deployment, watch }) =>
        falseSuccesses(orchestrator, deployment, watch.outcome()),
      ),
    ],
    ends,
    settled,
    lastReason,
    virtualSeconds: (kernel.scheduler.nowMs() - startedAtMs) / 1_000,
    nothingToDo,
    mustEnd,
  };
};
