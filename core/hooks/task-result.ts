import { APPEARING_MS, TASK_TOKEN_MS } from '../pace.ts';
import type { HookResult, HookRun, ObservedHookTask } from '../vocabulary/hooks.types.ts';
import { keptOf } from './answer.ts';

type Run = Pick<HookRun, 'launch' | 'startedAtMs' | 'cutShort'>;

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

type Container = ObservedHookTask['containers'][number];

/** The other essential containers; ECS stops them all, by SIGTERM, as soon as one of them or the deciding one ends. */
const besideIn = <One extends Pick<Container, 'name'>>(
  { launch }: Pick<Run, 'launch'>,
  containers: readonly One[],
): One[] => containers.filter(({ name }) => launch?.beside?.includes(name) === true);

/** SIGTERM's, and SIGKILL's after the stop timeout: how most programs end when ECS stops them. */
const BY_SIGNAL = [143, 137];

/** What killed it came from inside the task. */
const OUT_OF_MEMORY = /OutOfMemory/i;

/** It ended by itself, perhaps. With 0 it may have, or may have ended well when it was stopped, as sidecars do. */
const mayHaveEndedFirst = ({ exitCode = -1, reason = '' }: Container): boolean =>
  exitCode !== 0 && (!BY_SIGNAL.includes(exitCode) || OUT_OF_MEMORY.test(reason));

const exitOf = ({ name, exitCode, reason }: Pick<Container, 'name' | 'exitCode' | 'reason'>): string => {
  const code = exitCode === undefined ? 'without an exit code' : `with ${exitCode}`;
  return reason === undefined ? `${name} ${code}` : `${name} ${code} (${reason})`;
};

type TaskVerdict = { status: 'SUCCEEDED' | 'FAILED'; reason: string; ran: boolean };

/**
 * The deciding container exited with 0. That is its own success only where it ended first, and the others were stopped
 * for it: ECS reports exit codes and no order.
 */
const exitedWith0 = (container: string, beside: readonly Container[]): TaskVerdict => {
  const first = beside.filter(mayHaveEndedFirst);
  if (first.length > 0)
    return {
      status: 'FAILED',
      reason:
        `${container} exited with 0, but ${first.map(exitOf).join(', ')}: an essential container that ends ` +
        'first ends the task, and ECS does not report which one was first, ' +
        `so ${container} may have been stopped before its work was done`,
      ran: true,
    };
  const with0 = beside.filter(({ exitCode }) => exitCode === 0).map(({ name }) => name);
  const note =
    with0.length === 0
      ? ''
      : `, and so did ${with0.join(', ')}; that ${container} was the first to end ECS does not report`;
  return { status: 'SUCCEEDED', reason: `${container} exited with 0${note}`, ran: true };
};

/**
 * Why the run failed although its program may still exit with 0: another essential container was over while the
 * deciding one still ran, and ECS stops the task for it. Null: it was not seen.
 */
export const cutShort = (
  run: Pick<Run, 'launch'>,
  containers: readonly Pick<Container, 'name' | 'status' | 'exitCode'>[],
): string | null => {
  const container = run.launch?.container ?? '';
  const deciding = containers.find(({ name }) => name === container);
  const ended = besideIn(run, containers).filter(({ status }) => status === 'STOPPED');
  if (deciding?.status !== 'RUNNING' || ended.length === 0) return null;
  return `${ended.map(exitOf).join(', ')} ended while ${container} still ran, and ECS stops the task for it`;
};

/**
 * The exit code of the deciding container decides. An absent one is a failure: the container never ran. So is a
 * success of a task that somebody stopped: a program that ends well on SIGTERM has not done its work.
 */
const verdictOf = (run: Run, task: ObservedHookTask): TaskVerdict => {
  const container = run.launch?.container ?? '';
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
  if (exitCode === 0) return exitedWith0(container, besideIn(run, task.containers));
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
  const early = run.cutShort ?? cutShort(run, task.containers);
  if (early === null && task.lastStatus !== 'STOPPED') return null;
  const { status, reason, ran } =
    early === null ? verdictOf(run, task) : { status: 'FAILED' as const, reason: early, ran: true };
  const log = ran ? logOf(run, task) : {};
  return {
    status,
    reason: `${reason}${status === 'FAILED' ? whereTheLogIs(log) : ''}`,
    answer: keptOf(task),
    ...log,
    endedAtMs: nowMs,
  };
};
