import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { deploymentIdOf } from '../../core/deployment-id.ts';
import type { Violation } from '../../core/invariants.ts';
import type { Outcome } from '../../core/state.types.ts';
import { sha256 } from '../../functions/identify.ts';
import type { SimEvent } from '../kernel/trace.ts';
import { installOrchestrator, type Orchestrator } from '../orchestrator.ts';
import type { Behaviour, WorldSeed } from '../parts.types.ts';
import { type SafetyWatch, watchSafety } from '../safety.ts';
import type { Execution } from '../stepfunctions/execution.types.ts';
import type { Invoke } from '../stepfunctions/task-attempt.ts';
import { makeWorld, type World } from '../world.ts';
import { type Losses, watchLosses } from './losses.ts';
import { groupArn, type SmallService, serviceArn } from './small-world.ts';

/** Long enough for alarms to have data; nothing else needs a past. */
const WARM_UP_MS = 3 * MINUTE_MS;

/** After the last execution has ended: a Lambda lives a minute longer at most, and the data plane follows within seconds. */
const QUIET_MS = 3 * MINUTE_MS;

/** Every run must have converged so long after its last start. Only blue's hold may take longer, and no run here brings it about. */
export const CONVERGENCE_LIMIT_MS = 6 * HOUR_MS;

export type Deployment = { service: SmallService; request: unknown; startAfterMs: number };

/** What a disturbance can reach. */
export type Stage = {
  world: World;
  orchestrator: Orchestrator;
  deployments: readonly StagedDeployment[];
  /** Stands between Step Functions and Lambda; the last one set wins. */
  aroundInvoke(around: (invoke: Invoke) => Invoke): void;
  /** The fault did not apply here, so the run would only repeat the undisturbed one: ends it. */
  nothingToDo(why: string): void;
  /** Somebody else writes listeners at this moment: whatever is not looked at any more afterwards is his. */
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
  violations: (Violation & { atMs: number })[];
  ends: DeploymentEnd[];
  /** No execution was running and no lease held, and it stayed so. */
  settled: boolean;
  virtualSeconds: number;
  nothingToDo: string | null;
};

export type StageInput = {
  world: WorldSeed;
  behaviourOf(taskDefinitionArn: string): Behaviour;
  deployments: readonly Deployment[];
  seed: number;
  /** Called when the world has warmed up, before the first deployment starts. */
  disturb?(stage: Stage): void;
  onEvent?(event: SimEvent, sinceStartMs: number): void;
};

const isHeld = ({ pk, holder }: Record<string, unknown>): boolean => pk === 'leases' && holder !== undefined;

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
  const names = kernel.random.fork('executions');
  const started = new Map<string, Execution>();
  const deployments = input.deployments.map((deployment): StagedDeployment => {
    const name = `proof-${names.hex(12)}`;
    return {
      ...deployment,
      name,
      deploymentId: deploymentIdOf(name, sha256),
      execution: () => started.get(name),
    };
  });
  const watched = deployments.map((deployment) => ({
    deployment,
    safety: watch(world, deployment, () => {
      broken = true;
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
    foreignWrite: () => {
      for (const { safety } of watched) safety.foreignWrite();
    },
  });
  for (const { name, request, startAfterMs } of deployments) {
    kernel.scheduler.after(startAfterMs, () =>
      started.set(name, stepFunctions.startExecution({ name, input: request })),
    );
  }

  const ended = (): boolean => broken || nothingToDo !== null;
  const idle = (): boolean =>
    started.size === deployments.length &&
    stepFunctions.executions().every(({ status }) => status !== 'RUNNING') &&
    !world.dynamoDb.items().some(isHeld);
  const limitMs =
    startedAtMs + CONVERGENCE_LIMIT_MS + Math.max(...deployments.map(({ startAfterMs }) => startAfterMs));
  let settled = false;
  while (!settled) {
    await kernel.scheduler.run(() => ended() || idle(), limitMs);
    if (ended() || !idle()) break;
    const quietUntilMs = kernel.scheduler.nowMs() + QUIET_MS;
    await kernel.scheduler.run(() => ended() || !idle(), quietUntilMs);
    settled = idle() && !ended();
    if (ended()) break;
  }

  const ends = watched.map(({ deployment, safety, losses }): DeploymentEnd => {
    const outcome = recordedOutcome(world, deployment.deploymentId);
    const execution = deployment.execution();
    // Without a record nothing was begun, so like after a refusal everything has to be as it was.
    const judgedAs =
      outcome === null && !hasRecord(world, deployment.deploymentId) ? 'refused' : outcome?.kind;
    if (nothingToDo === null) safety.checkEnd(judgedAs ?? null);
    return { name: deployment.name, outcome, error: execution?.error, losses: losses(outcome?.kind ?? null) };
  });
  return {
    violations: watched.flatMap(({ safety }) => safety.violations()),
    ends,
    settled,
    virtualSeconds: (kernel.scheduler.nowMs() - startedAtMs) / 1_000,
    nothingToDo,
  };
};

const watch = (world: World, { service, deploymentId }: StagedDeployment, broken: () => void): SafetyWatch =>
  watchSafety(
    world,
    {
      serviceArn: serviceArn(service.name),
      deploymentId,
      colours: () => ({ blue: groupArn(service.name, 'a'), green: groupArn(service.name, 'b') }),
    },
    broken,
  );

const recordOf = (world: World, deploymentId: string): Record<string, unknown> | undefined =>
  world.dynamoDb.items().find(({ pk, sk }) => pk === `deployment#${deploymentId}` && sk === 'record');

const hasRecord = (world: World, deploymentId: string): boolean =>
  recordOf(world, deploymentId) !== undefined;

/** As the record has it, whoever closed it. */
const recordedOutcome = (world: World, deploymentId: string): Outcome | null => {
  const record = recordOf(world, deploymentId);
  return typeof record?.outcomeJson === 'string' ? (JSON.parse(record.outcomeJson) as Outcome) : null;
};
