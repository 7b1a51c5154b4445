import { APPEARING_MS, TASK_TOKEN_MS } from '../pace.ts';
import type { HookResult, HookRun, ObservedHookTask } from '../vocabulary/hooks.types.ts';
import { keptOf } from './answer.ts';

type Run = Pick<HookRun, 'launch' | 'startedAtMs'>;

/** Its awslogs stream; without a prefix the name is the agent's own and not known. */
const logOf = ({ launch }: Run, { taskArn }: ObservedHookTask): Pick<HookResult, 'log'> => {
  if (launch?.log === undefined) return {};
  const { group, streamPrefix } = launch.log;
  const stream =
    streamPrefix === undefined ? {} : { stream: `${streamPrefix}/${launch.container}/${idOf(taskArn)}` };
  return { log: { group, ...stream } };
};

const idOf = (taskArn: string): string => taskArn.split('/').at(-1) ?? taskArn;

const whereTheLogIs = ({ log }: Pick<HookResult, 'log'>): string => {
  if (log === undefined) return '';
  return log.stream === undefined
    ? `; its log is in the group ${log.group}`
    : `; its log is the stream ${log.stream} of the group ${log.group}`;
};

/** What ECS gives as the reason, with the code by which people find it in its guide. */
const stopped = ({ stopCode, stoppedReason }: ObservedHookTask): string =>
  [stopCode, stoppedReason].filter((part) => part !== undefined && part !== '').join(': ') ||
  'ECS gave no reason';

/**
 * The exit code of the deciding container decides. An absent one is a failure: the container never ran. So is a
 * success of a task that somebody stopped: a program that ends well on SIGTERM has not done its work.
 */
const verdictOf = (
  container: string,
  task: ObservedHookTask,
): { status: 'SUCCEEDED' | 'FAILED'; reason: string; ran: boolean } => {
  const found = task.containers.find(({ name }) => name === container);
  const { exitCode, reason } = found ?? {};
  if (exitCode === undefined) {
    const why = [reason === task.stoppedReason ? undefined : reason, stopped(task)].filter(
      (part) => part !== undefined,
    );
    return { status: 'FAILED', reason: `${container} has no exit code: ${why.join('; ')}`, ran: false };
  }
  const own = task.stopCode === undefined || task.stopCode === 'EssentialContainerExited';
  if (!own)
    return {
      status: 'FAILED',
      reason: `the task was stopped before ${container} had ended by itself, exit code ${exitCode}: ${stopped(task)}`,
      ran: true,
    };
  if (exitCode === 0) return { status: 'SUCCEEDED', reason: `${container} exited with 0`, ran: true };
  const why = reason === undefined ? '' : `: ${reason}`;
  return { status: 'FAILED', reason: `${container} exited with ${exitCode}${why}`, ran: true };
};

/**
 * A run's result by its task; null while that has none. A task that ECS does not know appears in a moment, or has been
 * over for an hour: nobody knows then how it ended.
 */
export const taskResult = (run: Run, task: ObservedHookTask | null, nowMs: number): HookResult | null => {
  if (task === null) {
    if (nowMs - run.startedAtMs < TASK_TOKEN_MS + APPEARING_MS) return null;
    const reason = 'ECS does not know its task any more, and how it ended is not known';
    return { status: 'FAILED', reason, endedAtMs: nowMs };
  }
  if (task.lastStatus !== 'STOPPED') return null;
  const { status, reason, ran } = verdictOf(run.launch?.container ?? '', task);
  const log = ran ? logOf(run, task) : {};
  return {
    status,
    reason: `${reason}${status === 'FAILED' ? whereTheLogIs(log) : ''}`,
    answer: keptOf(task),
    ...log,
    endedAtMs: nowMs,
  };
};
