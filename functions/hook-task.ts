import type { HookTaskOf } from '../aws/hook-verbs.ts';
import { isOverdue, overdueResult } from '../core/hooks/runs.ts';
import { taskResult } from '../core/hooks/task-result.ts';
import { LATE_LAUNCH_MS, TASK_START_LIMIT_MS, TASK_TOKEN_MS } from '../core/pace.ts';
import type { HookResult, HookRun, PlannedTaskHook } from '../core/vocabulary/hooks.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import type { Deps } from './deps.types.ts';

type Uses = Pick<Deps, 'hookRuns' | 'hookTasks' | 'leases' | 'clock'>;

type Deployment = { lease: Lease; plan: Pick<Plan, 'clusterArn'> };

const ofRun = ({ lease, plan }: Deployment, { runId }: HookRun): HookTaskOf => ({
  clusterArn: plan.clusterArn,
  deploymentId: lease.deploymentId,
  runId,
});

/** Starts the run's task, or learns its name again when a repeat's first answer was lost. */
const startTask = async (run: HookRun, deployment: Deployment, deps: Uses): Promise<HookResult | null> => {
  const { hookTasks, hookRuns, leases, clock } = deps;
  const { deploymentId } = deployment.lease;
  if (run.launch === undefined) throw new Error(`expected a launch in the run of hook ${run.name}`);
  // Who no longer holds the lease would start a task that nobody stops.
  await leases.assertHolds(deployment.lease);
  const started = await hookTasks.start(ofRun(deployment, run), run.launch);
  if (started.kind === 'started') {
    await hookRuns.noteTask(deploymentId, run, started.taskArn);
    return null;
  }
  const nowMs = clock.nowMs();
  if (started.again && nowMs - run.startedAtMs < TASK_START_LIMIT_MS) return null;
  return { status: 'FAILED', reason: started.reason, endedAtMs: nowMs };
};

/** A task of a run, also one whose name nobody kept. */
const taskOf = async (run: HookRun, deployment: Deployment, { hookTasks }: Uses): Promise<string | null> =>
  run.taskArn ?? (await hookTasks.find(ofRun(deployment, run)));

/** A task's run: starts the task, and gives its result once it is over, or its time is. */
export const resultOfTask = async (
  run: HookRun,
  deployment: Deployment,
  deps: Uses,
): Promise<HookResult | null> => {
  const { hookTasks, clock } = deps;
  const { clusterArn } = deployment.plan;
  const overdue = isOverdue(run, clock.nowMs());
  const mayStart = clock.nowMs() - run.startedAtMs < TASK_TOKEN_MS;
  if (run.taskArn === undefined && mayStart && !overdue) return startTask(run, deployment, deps);

  const taskArn = await taskOf(run, deployment, deps);
  if (taskArn === null) {
    const late = overdueResult(run, clock.nowMs());
    return overdue ? late : { ...late, status: 'FAILED', reason: 'its task could not be started' };
  }
  const result = taskResult(run, await hookTasks.read(clusterArn, taskArn), clock.nowMs());
  if (result !== null || !overdue) return result;
  await hookTasks.stop(clusterArn, taskArn, 'Cutover: the time of the hook is over');
  return overdueResult(run, clock.nowMs());
};

/**
 * A deployment that goes back ends the task's run. Null: not yet, because a task that may be on its way has not
 * appeared, or because the hook wants its task to end by itself.
 */
export const endTask = async (
  run: HookRun,
  { onAbort }: Pick<PlannedTaskHook, 'onAbort'>,
  deployment: Deployment,
  deps: Uses,
): Promise<HookResult | null> => {
  const { hookTasks, clock } = deps;
  const { clusterArn } = deployment.plan;
  const nowMs = clock.nowMs();
  const cancelled = (reason: string): HookResult => ({
    status: 'CANCELLED',
    reason,
    endedAtMs: clock.nowMs(),
  });
  const taskArn = await taskOf(run, deployment, deps);
  if (taskArn === null)
    return nowMs - run.startedAtMs < LATE_LAUNCH_MS
      ? null
      : cancelled('the deployment was rolled back before its task was started');
  const result = taskResult(run, await hookTasks.read(clusterArn, taskArn), nowMs);
  if (result !== null) return result;
  if (onAbort === 'wait' && !isOverdue(run, nowMs)) return null;
  await hookTasks.stop(clusterArn, taskArn, 'Cutover: the deployment was rolled back');
  return cancelled('the deployment was rolled back while its task ran, and the task was stopped');
};
