import { isBelow } from '../core/capacity/capacity-for.ts';
import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import type { Traffic } from '../core/vocabulary/state.types.ts';
import type { StepState } from '../statemachine/contract.ts';
import type { Deps } from './deps.types.ts';
import { growGreen } from './grow-green.ts';

/**
 * A deployment that finishes because there is no blue to go back to may find green as small as an earlier weight took.
 * True when it has written: the next visit reads what became of it. After the last shift green is at full size, and who
 * scales it then is somebody else.
 */
export const makeGreenWhole = async (
  {
    lease,
    plan,
    traffic,
  }: Pick<StepState<'RetireBlue'>, 'lease' | 'plan'> & { traffic: Traffic | undefined },
  deps: Pick<Deps, 'ecsServices' | 'leases' | 'taskSets'>,
): Promise<boolean> => {
  const shifted = traffic !== undefined && traffic.position === plan.shifts.length - 1;
  if (plan.capacity === undefined || shifted) return false;
  const service = await deps.ecsServices.read(plan.clusterArn, plan.serviceArn);
  const green = ownTaskSet(service.taskSets, plan, lease.deploymentId);
  if (green === null || green.status === 'DRAINING' || !isBelow(green.scalePercent, 100)) return false;
  await growGreen({ lease, plan }, green, 100, deps);
  return true;
};
