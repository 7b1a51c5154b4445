import { DeploymentError } from '../core/errors.ts';
import { leases, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** For a recovery: the plan is the undo. Without one nothing was written, and with an outcome nothing is left to do. */
export const recallPlan: Step<'RecallPlan', 'leases' | 'record'> = async ({ lease }, { leases, record }) => {
  await leases.assertHolds(lease);
  await record.takeOver(lease);
  const stored = await record.read(lease.deploymentId);

  if (stored?.outcome != null) {
    throw new DeploymentError('Conflict', `the deployment had ended already: ${stored.outcome.reason}`);
  }
  if (stored?.plan == null) {
    throw new DeploymentError('NotFound', `${lease.reason}; no plan had been made, so nothing was touched`);
  }
  return stored.plan;
};

export const handler = toHandler('RecallPlan', recallPlan, { leases, record }, lambdaHost);
