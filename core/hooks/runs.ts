import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { describeCommand } from '../operator/commands.ts';
import { nextWaitMs, waits } from '../pace.ts';
import type { Command } from '../vocabulary/command.types.ts';
import type {
  HookExecution,
  HookMoment,
  HookResult,
  HookRun,
  PlannedHook,
} from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { DeploymentState } from '../vocabulary/state.types.ts';
import { BEFORE_LAUNCH, beforeFirstShift, beforeShift } from './due.ts';
import { hookEvent } from './event.ts';
import { firstAsk } from './next-ask.ts';
import { runIdOf } from './run-id.ts';
import { launchOfRun } from './task-launch.ts';

/** What the deployment is about to do has to wait for the hooks of these moments. */
export const momentsAhead = ({
  plan,
  green,
  traffic,
  decision,
}: Pick<DeploymentState, 'plan'> &
  Partial<Pick<DeploymentState, 'green' | 'traffic' | 'decision'>>): readonly HookMoment[] => {
  if (green === undefined) return BEFORE_LAUNCH;
  if (traffic === undefined) return beforeFirstShift(plan);
  if (decision?.kind === 'advance') return [beforeShift(plan, traffic.position, decision.position)];
  return decision?.hooks === undefined ? [] : [decision.hooks];
};

type NewRun = {
  plan: Plan;
  deploymentId: string;
  hook: PlannedHook;
  moment: HookMoment;
  greenTaskSetArn: string | null;
  greenPct: number;
  nowMs: number;
  digest(text: string): string;
  /** Of the run's execution, by its id. */
  executionArnOf(runId: string): string;
};

export const newRun = ({ hook, moment, nowMs, digest, executionArnOf, ...about }: NewRun): HookRun => {
  const runId = runIdOf(about.deploymentId, hook.name, moment, digest);
  const deadlineMs = nowMs + hook.timeoutMs;
  return {
    runId,
    name: hook.name,
    stage: moment.stage,
    step: moment.step,
    kind: hook.kind,
    startedAtMs: nowMs,
    deadlineMs,
    event: hook.kind === 'lambda' ? hookEvent({ ...about, hook, moment, runId, deadlineMs }) : null,
    ...(hook.kind !== 'lambda' ? {} : { executionArn: executionArnOf(runId) }),
    ...(hook.kind === 'task' ? { launch: launchOfRun({ ...about, hook, moment, runId }) } : {}),
    result: null,
  };
};

/** The input of a run's execution: always the same, so that a repeated start is the same start [fact 102]. */
export const executionOf = (deploymentId: string, functionArn: string, run: HookRun): HookExecution => {
  const { runId, name, stage, step, startedAtMs, deadlineMs, event } = run;
  const ask = firstAsk(event ?? {}, { startedAtMs, deadlineMs });
  return { runId, name, stage, step, startedAtMs, deadlineMs, deploymentId, functionArn, ask };
};

/**
 * A run whose execution should have ended it by its deadline gets so long, for a call that is under way and a write.
 */
const OVERDUE_MS = 15 * SECOND_MS;

export const isOverdue = ({ deadlineMs, kind }: HookRun, nowMs: number): boolean =>
  nowMs >= deadlineMs + (kind === 'lambda' ? OVERDUE_MS : 0);

const overdue: Record<HookRun['kind'], string> = {
  approval: 'nobody approved it',
  lambda: 'it did not answer',
  task: 'its task did not end',
};

export const overdueResult = ({ startedAtMs, deadlineMs, kind }: HookRun, nowMs: number): HookResult => ({
  status: 'TIMED_OUT',
  reason: `${overdue[kind]} within ${formatDuration(deadlineMs - startedAtMs)}`,
  endedAtMs: nowMs,
});

/** The approval that came while it waited; null: none has. */
export const approvedBy = ({ startedAtMs }: HookRun, commands: readonly Command[]): Command | null =>
  commands.find(({ kind, atMs }) => kind === 'approve' && atMs >= startedAtMs) ?? null;

export const approvedResult = (command: Command): HookResult => ({
  status: 'SUCCEEDED',
  reason: describeCommand(command),
  endedAtMs: command.atMs,
});

/** Until the next observation of these runs, in whole seconds. */
export const hookWaitSeconds = (
  running: readonly Pick<HookRun, 'startedAtMs' | 'deadlineMs'>[],
  nowMs: number,
  pace: typeof waits.hooks | typeof waits.rollBackHooks = waits.hooks,
): number => {
  const startedAtMs = Math.min(nowMs, ...running.map((run) => run.startedAtMs));
  const nearestMs = Math.min(...running.map(({ deadlineMs }) => deadlineMs + OVERDUE_MS));
  const untilMs = Math.min(nextWaitMs(pace, nowMs - startedAtMs), nearestMs - nowMs);
  return Math.max(1, Math.ceil(untilMs / SECOND_MS));
};
