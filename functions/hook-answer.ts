import type { StoredDeployment } from '../aws/store-verbs.ts';
import { DeploymentError } from '../core/errors.ts';
import { describeRun } from '../core/hooks/gate.ts';
import { afterReply } from '../core/hooks/next-ask.ts';
import { isObject } from '../core/is-object.ts';
import type { HookAsk, HookExecution, HookReply } from '../core/vocabulary/hooks.types.ts';
import { announceHook } from './announcing.ts';
import { events, executions, hookRuns, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type StepDeps, toHandler } from './step.ts';

type Uses = 'events' | 'executions' | 'hookRuns' | 'record';

/** Only the state machine of hooks calls it; @throws InvalidRequest for anybody else's message. */
const check = (state: unknown): HookExecution & { reply: HookReply } => {
  if (
    isObject(state) &&
    isObject(state.ask) &&
    isObject(state.reply) &&
    typeof state.deploymentId === 'string'
  )
    return state as HookExecution & { reply: HookReply };
  throw new DeploymentError(
    'InvalidRequest',
    'expected the state of a hook’s execution with deploymentId, ask and reply, found something else',
  );
};

const deploymentOf = ({ deploymentId }: HookExecution, { serviceKey, request, plan }: StoredDeployment) => ({
  lease: { deploymentId, serviceKey, request },
  plan: plan ?? undefined,
});

/**
 * Reads what a hook's function answered. A result is kept first and the deployment woken then, so that one which comes
 * between two waits is found; the first one stays, whatever answers later.
 */
export const hookAnswer = async (
  state: unknown,
  { events, executions, hookRuns, record, clock }: StepDeps<Uses>,
): Promise<HookAsk> => {
  const run = check(state);
  const next = afterReply(run, run.reply, clock.nowMs());
  if ('ask' in next) return next.ask;

  const { result } = next;
  const { deploymentId, ask } = run;
  const kept = await hookRuns.finish(deploymentId, run, result);
  const by = `${describeRun(run)}: ${result.status}`;
  // A repeat whose first answer was lost wakes once more, which does no harm.
  await record.noteSignal(deploymentId, by);
  const stored = await record.read(deploymentId);
  const taskToken = stored?.taskToken ?? null;
  if (taskToken !== null) await executions.wake(taskToken, by);
  // After the deployment was woken: nobody waits for news.
  if (kept && stored !== null) await announceHook(deploymentOf(run, stored), run, { events, hookRuns });
  const reason = kept ? result.reason : 'another result was kept before';
  return { ...ask, kind: 'ended', waitSeconds: 0, reason };
};

export const handler = toHandler(
  'HookAnswer',
  hookAnswer,
  { events, executions, hookRuns, record },
  lambdaHost,
);
