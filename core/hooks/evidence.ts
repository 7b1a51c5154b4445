import { executionLink, taskLink } from '../console-link.ts';
import type { HookRun, ShownHook } from '../vocabulary/hooks.types.ts';
import { describeRun } from './gate.ts';

/** To where a person sees it: its execution, or its task and what that wrote. */
const linkOf = ({ executionArn, taskArn }: HookRun): string | null => {
  if (executionArn !== undefined) return executionLink(executionArn);
  return taskArn === undefined ? null : taskLink(taskArn);
};

/** A run as people and programs read it, in every place the same. */
export const shownHook = (run: HookRun): ShownHook => {
  const { runId, name, stage, step, kind, startedAtMs, deadlineMs, result } = run;
  return {
    runId,
    name,
    stage,
    step,
    kind,
    status: result?.status ?? 'RUNNING',
    startedAtMs,
    deadlineMs,
    endedAtMs: result?.endedAtMs ?? null,
    reason: result?.reason ?? null,
    answer: result?.answer ?? null,
    link: linkOf(run),
  };
};

/** In the order in which they began, which is the order of the stages. */
export const shownHooks = (runs: readonly HookRun[]): ShownHook[] =>
  runs.map(shownHook).sort((one, other) => one.startedAtMs - other.startedAtMs);

export const hookStatusInWords: Record<ShownHook['status'], string> = {
  RUNNING: 'runs',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  CANCELLED: 'was cancelled',
};

/** `hook smoke (POST_SCALE_UP) failed: the banner is wrong` */
export const describeHook = (hook: ShownHook): string =>
  `${describeRun(hook)} ${hookStatusInWords[hook.status]}${hook.reason === null ? '' : `: ${hook.reason}`}`;

/**
 * What an end names beside its own reason, as an aside: a hook after the rollback that did not succeed, and one of a
 * success that the request tolerates. Hooks that began a rollback are its reason already. '' where all succeeded.
 */
export const hooksAtEnd = (runs: readonly HookRun[], ended: 'succeeded' | 'rolledBack'): string =>
  shownHooks(runs)
    .filter(({ status, stage }) => status !== 'SUCCEEDED' && (ended === 'succeeded' || stage === 'ROLLBACK'))
    .map((hook) => {
      const line = hook.status === 'RUNNING' ? `${describeRun(hook)} left no result` : describeHook(hook);
      return ended === 'succeeded'
        ? `; ${line}${hook.status === 'CANCELLED' ? '' : ', which the request tolerates'}`
        : `; after the rollback ${line}`;
    })
    .join('');
