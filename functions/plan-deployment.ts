import { observeForPlan } from '../aws/plan-observation.ts';
import { startedEvent } from '../core/deployment/events.ts';
import { refuseForeignLabel } from '../core/deployment/own-task-set.ts';
import { DeploymentError } from '../core/errors.ts';
import { planDeployment as plan } from '../core/plan/plan.ts';
import { describeFindings } from '../core/plan/preflight/describe.ts';
import {
  alarms,
  ecsServices,
  events,
  leases,
  listener,
  record,
  scaling,
  targets,
  taskDefinitions,
  trafficMetrics,
} from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/**
 * Reads the service and everything around it and decides every shift before anything is written to ECS or the
 * load balancer. The plan goes to the record, so that a recovery knows what to restore even if this execution ends.
 */
export const planDeployment: Step<
  'PlanDeployment',
  | 'ecsServices'
  | 'taskDefinitions'
  | 'listener'
  | 'targets'
  | 'alarms'
  | 'scaling'
  | 'trafficMetrics'
  | 'leases'
  | 'record'
  | 'events'
> = async ({ lease }, deps) => {
  const observed = await observeForPlan(deps, lease.request, lease.lastGroups);

  const foreign = refuseForeignLabel(observed.service?.taskSets ?? [], lease.deploymentId);
  if (foreign !== null) throw new DeploymentError('PreflightFailed', foreign);
  const planned = plan(observed, lease.request);
  if (planned.plan === null) {
    throw new DeploymentError('PreflightFailed', describeFindings(planned.findings));
  }

  await deps.leases.assertHolds(lease);
  await deps.record.savePlan(lease, planned.plan);
  await deps.events.emit(startedEvent(lease, planned.plan));
  return planned.plan;
};

export const handler = toHandler(
  'PlanDeployment',
  planDeployment,
  {
    ecsServices,
    taskDefinitions,
    listener,
    targets,
    alarms,
    scaling,
    trafficMetrics,
    leases,
    record,
    events,
  },
  lambdaHost,
);
