import type { Deps } from './deps.types.ts';

/** Recorded first, then woken: a signal that comes between two states is found when Bake stores its token. */
export const signalAlarm = async (
  deploymentId: string,
  alarmName: string,
  { executions, record }: Pick<Deps, 'executions' | 'record'>,
): Promise<void> => {
  if (!(await record.noteAlarm(deploymentId, alarmName))) return;
  const stored = await record.read(deploymentId);
  if (stored?.taskToken != null) await executions.wake(stored.taskToken, `alarm ${alarmName}`);
};
