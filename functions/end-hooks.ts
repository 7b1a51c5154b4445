import { AFTER_ROLLBACK } from '../core/hooks/due.ts';
import { hookWaitSeconds } from '../core/hooks/runs.ts';
import { waits } from '../core/pace.ts';
import type { HookRun } from '../core/vocabulary/hooks.types.ts';
import { advanceHooks } from './advance-hooks.ts';
import { announcing } from './announcing.ts';
import { events, hookExecutions, hookRuns, leases } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** A call that is under way cannot be stopped: what it answers meets the result that is kept here. */
const cancel = async (
  deploymentId: string,
  runs: readonly HookRun[],
  { hookExecutions, hookRuns, clock }: Pick<Deps, 'hookExecutions' | 'hookRuns' | 'clock'>,
): Promise<void> => {
  for (const run of runs) {
    const reason = 'the deployment was rolled back while it ran';
    await hookRuns.finish(deploymentId, run, { status: 'CANCELLED', reason, endedAtMs: clock.nowMs() });
    if (run.kind === 'lambda') await hookExecutions.stop(run.runId, reason);
  }
};

/**
 * After a rollback, when blue has all traffic and green is gone: what still runs is cancelled, and the hooks of the
 * stage ROLLBACK run. However they end, the deployment ends: they never hold up users, nor change where it goes.
 */
export const endHooks: Step<'EndHooks', 'events' | 'hookExecutions' | 'hookRuns' | 'leases'> = async (
  { lease, plan },
  given,
) => {
  const deps = { ...given, hookRuns: announcing({ lease, plan }, given) };
  const { deploymentId } = lease;
  const running = (await deps.hookRuns.read(deploymentId)).filter(
    ({ result, stage }) => result === null && stage !== AFTER_ROLLBACK.stage,
  );
  if (running.length > 0) await deps.leases.assertHolds(lease);
  await cancel(deploymentId, running, deps);

  const deployment = { lease, plan, commands: [], greenTaskSetArn: null, greenPct: 0 };
  const gate = await advanceHooks(deployment, AFTER_ROLLBACK, deps);
  if (gate.kind === 'open') {
    const waitSeconds = hookWaitSeconds(gate.running, deps.clock.nowMs(), waits.rollBackHooks);
    return { kind: 'waiting', waitSeconds, reason: gate.reason };
  }
  return { kind: 'ended', waitSeconds: 0, reason: gate.kind === 'failed' ? gate.reason : '' };
};

export const handler = toHandler(
  'EndHooks',
  endHooks,
  { events, hookExecutions, hookRuns, leases },
  lambdaHost,
);
