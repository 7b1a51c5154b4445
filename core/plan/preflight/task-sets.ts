import type { Finding } from '../../vocabulary/finding.types.ts';
import { groupOf, unique } from '../discovery.ts';
import type { Check, Inspected } from './check.types.ts';
import { serviceOptions } from './commands.ts';
import { count, error, warning } from './finding.ts';

/** ECS holds at most so many task sets in a service; whether draining ones count is not documented, so they do here [fact 22]. */
const MAX_TASK_SETS = 5;

/** Nothing of an earlier deployment is in the way, and blue is whole: it is what a rollback returns to [fact 163, 165]. */
export const checkTaskSets: Check = (inspected) => {
  const { service } = inspected.observed;
  if (service === null) return [];
  const findings: Finding[] = [];
  const at = serviceOptions(service);

  for (const taskSet of service.taskSets.filter(({ status }) => status === 'ACTIVE')) {
    const maker = taskSet.externalId === undefined ? 'maker unknown' : `made by ${taskSet.externalId}`;
    findings.push(
      error(
        'leftover-task-set',
        `expected no other task set than the PRIMARY one, found ${taskSet.id} (${maker}) with ${count(taskSet.runningCount, 'running task')}`,
        'Make sure that no other deployment is running and that no route sends it requests, then delete it.',
        [`aws ecs delete-task-set ${at} --task-set ${taskSet.id} --force`],
      ),
    );
  }
  if (service.taskSets.length >= MAX_TASK_SETS) {
    findings.push(
      error(
        'too-many-task-sets',
        `expected fewer than ${MAX_TASK_SETS} task sets in ${service.name}, found ${service.taskSets.length}: ECS takes no more`,
        'Wait until those that are DRAINING are gone, and delete those that nobody needs. This lists them.',
        [
          `aws ecs describe-task-sets ${at} --query 'taskSets[].[id,status,runningCount,externalId]' --output table`,
        ],
      ),
    );
  }
  return [...findings, ...blueNotWhole(inspected)];
};

/** No errors: the deployment may be the one that mends it. */
const blueNotWhole = ({ observed, found: { primary, blueGroupArn } }: Inspected): Finding[] => {
  const { service, targets } = observed;
  if (service === null || primary === null || primary.computedDesiredCount === 0) return [];
  const findings: Finding[] = [];
  if (primary.scalePercent < 100) {
    findings.push(
      warning(
        'blue-not-at-full-scale',
        `expected blue at 100 % of the desired count, found ${primary.id} at ${primary.scalePercent} %: a rollback returns to it as it is`,
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
        `expected ${count(primary.computedDesiredCount, 'healthy target')} of blue in ${groupOf(observed, blueGroupArn)?.name ?? blueGroupArn}, found ${healthy}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}: a rollback would return to a service that is sick already`,
        'Mend blue first, unless this deployment is the cure. This says what is wrong with each target.',
        [`aws elbv2 describe-target-health --target-group-arn ${blueGroupArn}`],
      ),
    );
  }
  if (service.placementTrouble !== undefined) {
    findings.push(
      warning(
        'tasks-not-placed',
        `expected room for the tasks of ${service.name}, found that ECS lately ${service.placementTrouble.replace(/\.$/, '')}; green needs as many tasks again beside blue's`,
        'Add instances or raise the limit of the capacity provider before the deployment: green would wait for room until timeToHealthy is over, and then be rolled back. This shows what is free.',
        [`aws ecs describe-clusters --clusters ${service.cluster} --include STATISTICS`],
      ),
    );
  }
  return findings;
};
