import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { DeploymentError } from '../errors.ts';
import { LATE_LAUNCH_MS, nextWaitSeconds, REMOVAL_LIMIT_MS, waits } from '../pace.ts';
import type { Removal, Retirement } from '../vocabulary/ending.types.ts';
import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

export type RemovalStep = 'gone' | 'scaleToZero' | 'wait' | 'delete' | 'waitDeleted';

/**
 * The next thing to do about a task set that has to go: scale to 0, let its tasks drain and stop, delete. ECS
 * documents that DeleteTaskSet without force wants it scaled to zero first [fact 34].
 */
export const nextRemovalStep = (taskSet: ObservedTaskSet | null): RemovalStep => {
  if (taskSet === null) return 'gone';
  if (taskSet.status === 'DRAINING') return 'waitDeleted';
  if (taskSet.scalePercent > 0) return 'scaleToZero';
  return tasksLeft(taskSet) > 0 ? 'wait' : 'delete';
};

/** Seconds until it is worth reading whether tasks have drained: 10 to 60, near the expected end at that end. */
export const drainWaitSeconds = (drain: {
  startedAtMs: number;
  nowMs: number;
  deregistrationDelayMs: number;
  stopTimeoutMs: number;
}): number => {
  const elapsedMs = Math.max(0, drain.nowMs - drain.startedAtMs);
  const leftMs = drain.deregistrationDelayMs + drain.stopTimeoutMs - elapsedMs;
  return leftMs > 0 ? nextWaitSeconds(waits.draining, leftMs) : nextWaitSeconds(waits.overdue, -leftMs);
};

/** How often a removal of so long is read at most, whatever it waits for each time. */
export const mostRemovalReads = (
  plan: Pick<Plan, 'deregistrationDelayMs' | 'stopTimeoutMs'>,
  lastingMs: number,
): number => {
  let reads = 0;
  for (let elapsedMs = 0; elapsedMs < lastingMs; reads += 1) {
    const draining = drainWaitSeconds({ startedAtMs: 0, nowMs: elapsedMs, ...plan });
    elapsedMs += Math.min(draining, nextWaitSeconds(waits.deleted, elapsedMs)) * SECOND_MS;
  }
  return reads;
};

export const removalOverdue = (startedAtMs: number, nowMs: number): boolean =>
  nowMs - startedAtMs >= REMOVAL_LIMIT_MS;

/** What a retirement remembers from visit to visit. */
const kept = ({ leftAtMs }: Pick<Retirement, 'leftAtMs'>): Pick<Retirement, 'leftAtMs'> =>
  leftAtMs === undefined ? {} : { leftAtMs };

/** What a removal remembers from visit to visit. */
export const primaryMoved = (removal: Removal | undefined): Pick<Removal, 'primaryMovedAtMs'> =>
  removal?.primaryMovedAtMs === undefined ? {} : { primaryMovedAtMs: removal.primaryMovedAtMs };

type Progress = {
  plan: Pick<Plan, 'deregistrationDelayMs' | 'stopTimeoutMs'>;
  taskSet: ObservedTaskSet | null;
  /** What the step did after it read the task set; null when it only read. */
  wrote: RemovalStep | null;
  startedAtMs: number;
  nowMs: number;
};

/**
 * How far blue's retirement is.
 * @throws Conflict when it takes longer than anything of ours can explain.
 */
export const retirementOf = (progress: Progress & Pick<Retirement, 'leftAtMs'>): Retirement => {
  const { kind, ...rest } = progressOf('blue', progress);
  return {
    kind: kind === 'gone' ? 'retired' : kind === 'due' ? 'due' : 'draining',
    ...rest,
    ...kept(progress),
  };
};

/**
 * How far green's removal is. With `firstLook`, a green that is not there may still be on its way.
 * @throws Conflict when it takes longer than anything of ours can explain.
 */
export const removalOf = (progress: Progress & { firstLook: boolean }): Removal => {
  if (progress.taskSet === null && progress.firstLook) {
    const reason =
      'no task set of this deployment found; reading once more, because one may still be on its way';
    const { startedAtMs } = progress;
    return {
      kind: 'removing',
      startedAtMs,
      waitSeconds: LATE_LAUNCH_MS / SECOND_MS,
      runningCount: 0,
      reason,
    };
  }
  const { kind, ...rest } = progressOf('green', progress);
  return { kind: kind === 'gone' ? 'removed' : kind === 'due' ? 'due' : 'removing', ...rest };
};

const progressOf = (colour: 'blue' | 'green', { plan, taskSet, wrote, startedAtMs, nowMs }: Progress) => {
  const step = nextRemovalStep(taskSet);
  const runningCount = taskSet?.runningCount ?? 0;
  if (taskSet === null || step === 'gone') {
    return {
      kind: 'gone' as const,
      startedAtMs,
      waitSeconds: 0,
      runningCount,
      reason: `${colour}'s task set is gone`,
    };
  }
  if (removalOverdue(startedAtMs, nowMs)) throw overdue(colour, taskSet);

  const due = wrote === null && (step === 'scaleToZero' || step === 'delete');
  // A write needs some seconds to show; only tasks that drain are worth a longer wait.
  const draining = step === 'wait' || wrote === 'scaleToZero';
  return {
    kind: due ? ('due' as const) : ('going' as const),
    startedAtMs,
    waitSeconds: draining
      ? drainWaitSeconds({ startedAtMs, nowMs, ...plan })
      : step === 'waitDeleted'
        ? nextWaitSeconds(waits.deleted, nowMs - startedAtMs)
        : waits.deleted.firstMs / SECOND_MS,
    runningCount,
    reason: `${colour}'s task set ${taskSet.id} ${doing(step, taskSet, due)}`,
  };
};

const doing = (step: Exclude<RemovalStep, 'gone'>, taskSet: ObservedTaskSet, due: boolean): string => {
  switch (step) {
    case 'scaleToZero':
      return due ? 'is to be scaled to 0' : `goes down from ${taskSet.runningCount} running tasks`;
    case 'wait':
      return `drains: ${tasksLeft(taskSet)} tasks left`;
    case 'delete':
      return due ? 'has no tasks left and is to be deleted' : 'is being deleted';
    case 'waitDeleted':
      return 'is being deleted';
    default:
      return step satisfies never;
  }
};

const overdue = (colour: string, taskSet: ObservedTaskSet): DeploymentError =>
  new DeploymentError(
    'Conflict',
    `expected ${colour}'s task set ${taskSet.id} to be gone within ` +
      `${formatDuration(REMOVAL_LIMIT_MS)}, found it ${taskSet.status} at ${taskSet.scalePercent} % with ` +
      `${tasksLeft(taskSet)} tasks: search for tasks with scale-in protection or stuck on a draining ` +
      'instance, then delete it',
  );

// A set that was scaled a moment ago may still be about to start tasks: its desired count says so.
const tasksLeft = ({ runningCount, pendingCount, computedDesiredCount }: ObservedTaskSet): number =>
  Math.max(runningCount + pendingCount, computedDesiredCount);
