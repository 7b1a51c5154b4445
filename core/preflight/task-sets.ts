import { unique } from '../discovery.ts';
import type { Finding } from '../plan.types.ts';
import type { Check } from './check.types.ts';
import { count, error, warning } from './finding.ts';

/** ECS holds at most so many task sets in a service; whether draining ones count is not documented, so they do here [22]. */
export const MAX_TASK_SETS = 5;

/** Nothing of an earlier deployment is in the way, and blue is whole: it is what a rollback returns to [163]. */
export const checkTaskSets: Check = ({
  observed: { service, targets },
  found: { primary, blueGroupArn },
}) => {
  if (service === null) return [];
  const findings: Finding[] = [];
  const at = `--cluster ${service.cluster} --service ${service.name}`;

  for (const taskSet of service.taskSets.filter(({ status }) => status === 'ACTIVE')) {
    const maker =
      taskSet.externalId === undefined ? 'without an external id' : `made by ${taskSet.externalId}`;
    findings.push(
      error(
        'leftover-task-set',
        `expected no other task set than the PRIMARY one, found ${taskSet.id} (${maker}) with ${count(taskSet.runningCount, 'running task')}`,
        `Make sure that no other deployment is running, then \`aws ecs delete-task-set ${at} --task-set ${taskSet.id} --force\`.`,
      ),
    );
  }
  if (service.taskSets.length >= MAX_TASK_SETS) {
    findings.push(
      error(
        'too-many-task-sets',
        `expected fewer than ${MAX_TASK_SETS} task sets, found ${service.taskSets.length}`,
        `Wait until those that are DRAINING are gone (\`aws ecs describe-services ${at.replace('--service', '--services')}\`), or delete the ones not needed.`,
      ),
    );
  }

  if (primary === null || primary.computedDesiredCount === 0) return findings;
  if (primary.scalePercent < 100) {
    findings.push(
      warning(
        'blue-not-at-full-scale',
        `expected blue at 100 %, found ${primary.id} at ${primary.scalePercent} %`,
        `Green starts at 100 %, a rollback returns to blue as it is. \`aws ecs update-task-set ${at} --task-set ${primary.id} --scale value=100,unit=PERCENT\` makes it whole.`,
      ),
    );
  }
  const registered = targets[blueGroupArn ?? ''] ?? [];
  const healthy = registered.filter(({ state }) => state === 'healthy').length;
  const reasons = unique(registered.map(({ reasonCode }) => reasonCode));
  if (blueGroupArn !== null && healthy < primary.computedDesiredCount) {
    findings.push(
      // Not an error: the deployment may be the one that mends it.
      warning(
        'blue-unhealthy',
        `expected ${count(primary.computedDesiredCount, 'healthy target')} of blue, found ${healthy}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`,
        'A rollback would return to a service that is sick already: mend it first unless this deployment is the cure.',
      ),
    );
  }
  return findings;
};
