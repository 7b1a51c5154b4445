import { dueAt } from '../core/hooks/due.ts';
import { type Gate, gateAt } from '../core/hooks/gate.ts';
import {
  approvedBy,
  approvedResult,
  executionOf,
  isOverdue,
  newRun,
  overdueResult,
} from '../core/hooks/runs.ts';
import type { Command } from '../core/vocabulary/command.types.ts';
import type { HookMoment, HookResult, HookRun, LambdaHook } from '../core/vocabulary/hooks.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import type { Deps } from './deps.types.ts';
import { resultOfTask } from './hook-task.ts';
import { sha256 } from './identify.ts';

type Uses = Pick<Deps, 'hookExecutions' | 'hookRuns' | 'hookTasks' | 'leases' | 'clock'>;

type Deployment = {
  lease: Lease;
  plan: Plan;
  greenTaskSetArn: string | null;
  greenPct: number;
  commands: readonly Command[];
};

/**
 * What is known of a function's run beside its item. Starting it again is how to ask: the same start finds the
 * execution that runs, begins one whose start was lost, and is refused once it has ended.
 */
const resultOfLambda = async (
  { functionArn }: LambdaHook,
  run: HookRun,
  deploymentId: string,
  { hookExecutions, hookRuns, clock }: Uses,
): Promise<HookResult | null> => {
  const standing = await hookExecutions.ensure(run.runId, executionOf(deploymentId, functionArn, run));
  if (standing.kind === 'refused') {
    await hookExecutions.stop(run.runId, 'it may not be asked about any more');
    return { status: 'FAILED', reason: standing.reason, endedAtMs: clock.nowMs() };
  }
  if (standing.kind === 'runs') {
    if (!isOverdue(run, clock.nowMs())) return null;
    await hookExecutions.stop(run.runId, 'its time is over');
    return overdueResult(run, clock.nowMs());
  }
  // It may have kept its result between the two reads, and ended.
  const now = await hookRuns.read(deploymentId);
  if (now.some(({ runId, result }) => runId === run.runId && result !== null)) return null;
  return {
    status: 'FAILED',
    reason: `it ended without a result: ${await hookExecutions.ending(run.runId)}`,
    endedAtMs: clock.nowMs(),
  };
};

const resultOf = async (run: HookRun, deployment: Deployment, deps: Uses): Promise<HookResult | null> => {
  const { lease, plan, commands } = deployment;
  const hook = plan.hooks?.find(({ name }) => name === run.name);
  if (hook?.kind === 'lambda') return resultOfLambda(hook, run, lease.deploymentId, deps);
  if (hook?.kind === 'task') return resultOfTask(run, deployment, deps);
  const command = approvedBy(run, commands);
  if (command !== null) return approvedResult(command);
  const nowMs = deps.clock.nowMs();
  return isOverdue(run, nowMs) ? overdueResult(run, nowMs) : null;
};

/**
 * Begins the hooks of a moment that have not begun, and keeps the results that nobody else does: approvals, runs that
 * are overdue, and runs that died. Each write is conditional, so that a repeat changes nothing.
 */
export const advanceHooks = async (deployment: Deployment, moment: HookMoment, deps: Uses): Promise<Gate> => {
  const { lease, plan } = deployment;
  const { hookRuns, leases, clock } = deps;
  const executionArnOf = deps.hookExecutions.arnOf;
  const { deploymentId } = lease;
  const hooks = plan.hooks ?? [];
  const gate = gateAt(hooks, await hookRuns.read(deploymentId), moment);
  if (gate.kind !== 'open') return gate;
  if (gate.due.length > 0) await leases.assertHolds(lease);
  for (const hook of gate.due) {
    const nowMs = clock.nowMs();
    await hookRuns.begin(
      deploymentId,
      newRun({ ...deployment, deploymentId, hook, moment, nowMs, digest: sha256, executionArnOf }),
    );
  }
  const begun = await hookRuns.read(deploymentId);
  const named = dueAt(hooks, moment).map(({ name }) => name);
  const here = begun.filter(
    ({ name, stage, step, result }) =>
      result === null && stage === moment.stage && step === moment.step && named.includes(name),
  );
  for (const run of here) {
    const result = await resultOf(run, deployment, deps);
    if (result !== null) await hookRuns.finish(deploymentId, run, result);
  }
  return gateAt(hooks, await hookRuns.read(deploymentId), moment);
};
