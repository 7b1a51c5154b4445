import { count } from '../../figures.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
import type { ObservedTaskSet } from '../../vocabulary/observed.types.ts';
import { groupOf, sendsRequestsTo, unique } from '../discovery.ts';
import type { Check, Inspected } from './check.types.ts';
import { serviceOptions } from './commands.ts';
import { error, warning } from './finding.ts';

/**
 * ECS holds at most so many task sets in a service; whether draining ones count is not documented, so they do here
 * [fact 22].
 */
const MAX_TASK_SETS = 5;

/**
 * Nothing of an earlier deployment is in the way, and blue is whole: it is what a rollback returns to [fact 163,
 * 165].
 */
export const checkTaskSets: Check = (inspected) => {
  const { service } = inspected.observed;
  if (service === null) return [];
  const at = serviceOptions(service);
  const findings = service.taskSets
    .filter(({ status }) => status === 'ACTIVE')
    .map((taskSet) => notPrimary(inspected, taskSet, at));
  if (service.taskSets.length >= MAX_TASK_SETS) {
    findings.push(
      error(
        'too-many-task-sets',
        `expected fewer than ${MAX_TASK_SETS} task sets in ${service.name}, found ` +
          `${service.taskSets.length}: ECS takes no more`,
        'Wait until those that are DRAINING are gone, and delete those that nobody needs. This lists them.',
        [
          `aws ecs describe-services --cluster ${service.cluster} --services ${service.name} --query ` +
            "'services[].taskSets[].[id,status,runningCount,externalId]' --output table",
        ],
      ),
    );
  }
  return [...findings, ...blueNotWhole(inspected)];
};

/**
 * A task set beside the PRIMARY one, or instead of it: CloudFormation, Terraform and scripts leave their only one
 * ACTIVE. What gets requests is never offered for deletion.
 */
const notPrimary = (
  { observed, found: { primary } }: Inspected,
  taskSet: ObservedTaskSet,
  at: string,
): Finding => {
  const maker = taskSet.externalId === undefined ? 'maker unknown' : `made by ${taskSet.externalId}`;
  const tasks = count(taskSet.runningCount, 'running task');
  const group = taskSet.targetGroupArn;
  const serving = observed.routes.filter((route) => group !== undefined && sendsRequestsTo(route, group));
  if (serving.length > 0 && primary === null) {
    return error(
      'serves-without-primary',
      `expected the task set that users reach to be PRIMARY, found ${taskSet.id} (${maker}) ACTIVE ` +
        `with ${tasks}, and ${serving.map(({ label }) => label).join(', ')} sending it requests`,
      'Make it PRIMARY: this changes nothing for users, and the next deployment then finds its blue.',
      [`aws ecs update-service-primary-task-set ${at} --primary-task-set ${taskSet.id}`],
    );
  }
  const expected = `expected no other task set than the PRIMARY one, found ${taskSet.id} (${maker}) with ${tasks}`;
  if (serving.length > 0) {
    return error(
      'leftover-task-set',
      `${expected}, and ${serving.map(({ label }) => label).join(', ')} sending it requests`,
      'Users reach it, so do not delete it: give their requests to the PRIMARY task set first, or make ' +
        'this one PRIMARY, and run preflight again.',
    );
  }
  return error(
    'leftover-task-set',
    expected,
    'Make sure that no other deployment is running, nor one of another installation of Cutover, then delete it. No ' +
      'route that preflight read sends it requests.',
    [`aws ecs delete-task-set ${at} --task-set ${taskSet.id} --force`],
  );
};

/** No errors: the deployment may be the one that recovers it. */
const blueNotWhole = ({ observed, found: { primary, blueGroupArn } }: Inspected): Finding[] => {
  const { service, targets } = observed;
  if (service === null || primary === null || primary.computedDesiredCount === 0) return [];
  const findings: Finding[] = [];
  if (primary.scalePercent < 100) {
    findings.push(
      warning(
        'blue-not-at-full-scale',
        `expected blue at 100 % of the desired count, found ${primary.id} at ${primary.scalePercent} ` +
          '%: a rollback returns to it as it is',
        'Make blue whole first.',
        [
          `aws ecs update-task-set ${serviceOptions(service)} --task-set ${primary.id} --scale value=100,unit=PERCENT`,
        ],
      ),
    );
  }
  const registered = targets[blueGroupArn ?? ''] ?? [];
  const healthy = registered.filter(({ state }) => state === 'healthy').length;
  const reasons = unique(registered.map(({ reasonCode }) => reasonCode));
  if (blueGroupArn !== null && healthy < primary.computedDesiredCount) {
    findings.push(
      warning(
        'blue-unhealthy',
        `expected ${count(primary.computedDesiredCount, 'healthy target')} of blue in ` +
          `${groupOf(observed, blueGroupArn)?.name ?? blueGroupArn}, found ` +
          `${healthy}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}: a rollback would return ` +
          'to a service that is sick already',
        'Fix blue first, unless this deployment is the cure. This says what is wrong with each target.',
        [`aws elbv2 describe-target-health --target-group-arn ${blueGroupArn}`],
      ),
    );
  }
  if (service.placementTrouble !== undefined) {
    findings.push(
      warning(
        'tasks-not-placed',
        `expected room for the tasks of ${service.name}, found that ECS lately ` +
          `${service.placementTrouble.replace(/\.$/, '')}; green needs as many tasks again beside blue's`,
        'Add instances or raise the limit of the capacity provider before the deployment: green would ' +
          'wait for room until timeToHealthy is over, and then be rolled back. This shows what is free.',
        [`aws ecs describe-clusters --clusters ${service.cluster} --include STATISTICS`],
      ),
    );
  }
  return findings;
};
