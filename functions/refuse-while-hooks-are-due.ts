import { DeploymentError } from '../core/errors.ts';
import { dueAt } from '../core/hooks/due.ts';
import { firstClosed } from '../core/hooks/gate.ts';
import type { HookMoment } from '../core/vocabulary/hooks.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import type { Deps } from './deps.types.ts';

/**
 * Before a write that has to wait for hooks. Nothing is read where no hook of the plan comes before it.
 * @throws HooksDue, and RunHooks runs them.
 */
export const refuseWhileHooksAreDue = async (
  { lease, plan, before }: { lease: Lease; plan: Plan; before: readonly HookMoment[] },
  { hookRuns }: Pick<Deps, 'hookRuns'>,
): Promise<void> => {
  const { hooks = [] } = plan;
  if (before.every((moment) => dueAt(hooks, moment).length === 0)) return;
  const closed = firstClosed(hooks, await hookRuns.read(lease.deploymentId), before);
  if (closed !== null) throw new DeploymentError('HooksDue', closed.gate.reason);
};
