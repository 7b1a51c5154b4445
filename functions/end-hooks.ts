import { isDeploymentError } from '../core/errors.ts';
import { AFTER_ROLLBACK } from '../core/hooks/due.ts';
import { describeRun } from '../core/hooks/gate.ts';
import { hookWaitSeconds } from '../core/hooks/runs.ts';
import { waits as pace } from '../core/pace.ts';
import type { HookRun } from '../core/vocabulary/hooks.types.ts';
import type { StepState } from '../statemachine/contract.ts';
import { advanceHooks } from './advance-hooks.ts';
import { announcing } from './announcing.ts';
import { events, hookExecutions, hookRuns, hookTasks, leases, listener } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { endTask } from './hook-task.ts';
import { lambdaHost } from './lambda-host.ts';
import { refuseIfGreenIsServed } from './refuse-if-served.ts';
import { type Step, type StepDeps, toHandler } from './step.ts';

type Uses = 'events' | 'hookExecutions' | 'hookRuns' | 'hookTasks' | 'leases' | 'listener';

/**
 * A call that is under way cannot be stopped: its answer comes after the result that is kept here, and changes
 * nothing. The execution is stopped first: once a result is kept, a repeat of this step would not stop it any more.
 */
const cancelRun = async (run: HookRun, ended: Ended, deps: StepDeps<Uses>): Promise<void> => {
  const { deploymentId } = ended.lease;
  const reason = `the deployment ${isForward(ended) ? 'finished without a way back' : 'was rolled back'} while it ran`;
  if (run.kind === 'lambda') await deps.hookExecutions.stop(run.runId, reason);
  const result = { status: 'CANCELLED' as const, reason, endedAtMs: deps.clock.nowMs() };
  await deps.hookRuns.finish(deploymentId, run, result);
};

type Ended = Pick<StepState<'EndHooks'>, 'lease' | 'plan' | 'rolledBack' | 'retirement'>;

/** It was to go back, and there was no blue to go back to. */
const isForward = ({ rolledBack, retirement }: Pick<Ended, 'rolledBack' | 'retirement'>): boolean =>
  retirement?.kind === 'retired' && rolledBack?.kind !== 'restored';

/** Those that are left: of tasks that are to end by themselves, or that have not appeared yet. */
const cancel = async (
  runs: readonly HookRun[],
  ended: Ended,
  deps: StepDeps<Uses>,
): Promise<readonly HookRun[]> => {
  const left: HookRun[] = [];
  for (const run of runs) {
    const hook = ended.plan.hooks?.find(({ name }) => name === run.name);
    if (hook?.kind !== 'task') {
      await cancelRun(run, ended, deps);
      continue;
    }
    const result = await endTask(run, hook, ended, deps);
    if (result === null) left.push(run);
    else await deps.hookRuns.finish(ended.lease.deploymentId, run, result);
  }
  return left;
};

/**
 * A hook may take an hour, and nobody else reads where users are until it has ended. A read that fails says nothing of
 * the hooks: RecordOutcome reads again.
 * @throws TrafficDrifted, and RollBack sets the weights right at once.
 */
const refuseMovedUsers = async (
  { plan, rolledBack }: StepState<'EndHooks'>,
  listener: Deps['listener'],
): Promise<void> => {
  if (rolledBack?.leavesRoutes) return;
  try {
    await refuseIfGreenIsServed(plan, listener);
  } catch (error) {
    if (!isDeploymentError(error) || error.name === 'TrafficDrifted') throw error;
  }
};

/**
 * After a rollback, when blue has all traffic and green is gone: what still runs is cancelled, and the hooks of the
 * stage ROLLBACK run. Where there was no blue to go back to, what still runs is cancelled alone. However they end, the
 * deployment ends: they never hold up users, nor change where it goes.
 */
export const endHooks: Step<'EndHooks', Uses> = async (state, given) => {
  const { lease, plan } = state;
  const forward = isForward(state);
  if (!forward) await refuseMovedUsers(state, given.listener);
  const deps = { ...given, hookRuns: announcing({ lease, plan }, given) };
  const { deploymentId } = lease;
  const running = (await deps.hookRuns.read(deploymentId)).filter(
    ({ result, stage }) => result === null && stage !== AFTER_ROLLBACK.stage,
  );
  if (running.length > 0) await deps.leases.assertHolds(lease);
  const left = await cancel(running, state, deps);

  const deployment = { lease, plan, commands: [], greenTaskSetArn: null, greenPct: 0 };
  const gate = forward
    ? { kind: 'passed' as const, aside: '' }
    : await advanceHooks(deployment, AFTER_ROLLBACK, deps);
  const waits = [...left, ...(gate.kind === 'open' ? gate.running : [])];
  if (waits.length > 0) {
    const waitSeconds = hookWaitSeconds(waits, deps.clock.nowMs(), pace.rollBackHooks);
    return { kind: 'waiting', waitSeconds, reason: `waits for ${waits.map(describeRun).join(', ')}` };
  }
  const reason = gate.kind === 'passed' ? gate.aside.replace(/^; /, '') : '';
  return { kind: 'ended', waitSeconds: 0, reason };
};

export const handler = toHandler(
  'EndHooks',
  endHooks,
  { events, hookExecutions, hookRuns, hookTasks, leases, listener },
  lambdaHost,
);
