import type { HeldLease } from '../aws/store-verbs.ts';
import { cutShort } from '../core/hooks/task-result.ts';
import type { Deps } from './deps.types.ts';
import type { WatchEvent } from './watch-event.ts';

/** A one-off task names the deployment whose hook it is; null: it names none that runs. */
export const deploymentOfTask = (held: readonly HeldLease[], { detail }: WatchEvent): string | null =>
  held.find(({ deploymentId }) => deploymentId === detail?.startedBy)?.deploymentId ?? null;

/**
 * The event of a task that is to stop is a picture of its containers at that moment, which shows whether another than
 * the deciding one ended first: afterwards ECS has exit codes and no order. False: that was not so.
 */
const notesCutShort = async (
  deploymentId: string,
  { detail }: WatchEvent,
  { hookRuns }: Pick<Deps, 'hookRuns'>,
): Promise<boolean> => {
  const { group, containers = [] } = detail ?? {};
  if (containers.length < 2) return false;
  const run = (await hookRuns.read(deploymentId)).find(({ runId }) => group === `cutover:${runId}`);
  if (run === undefined || run.result !== null) return false;
  const reason = cutShort(
    run,
    containers.map(({ lastStatus, ...one }) => ({ ...one, ...(lastStatus && { status: lastStatus }) })),
  );
  if (reason !== null) await hookRuns.noteCutShort(deploymentId, run, reason);
  return reason !== null;
};

/** Once it is over, and has an exit code, or was cut short: its deployment reads what came of it. */
export const wakeForTask = async (
  deploymentId: string,
  seen: WatchEvent,
  { record, executions, hookRuns }: Pick<Deps, 'record' | 'executions' | 'hookRuns'>,
): Promise<string[]> => {
  const why = 'the task of a hook has ended';
  const over =
    seen.detail?.lastStatus === 'STOPPED' || (await notesCutShort(deploymentId, seen, { hookRuns }));
  if (!over || !(await record.noteSignal(deploymentId, why))) return [];
  const taskToken = (await record.read(deploymentId))?.taskToken ?? null;
  if (taskToken !== null) await executions.wake(taskToken, why);
  return [deploymentId];
};
