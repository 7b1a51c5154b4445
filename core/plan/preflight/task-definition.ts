import type { Check } from './check.types.ts';
import { error, warning } from './finding.ts';

/**
 * CDK and Terraform deregister a revision when they register the next one. What runs of it runs on, and the way back
 * is by weights while blue is kept; when blue is gone ECS launches no task of it.
 */
export const checkBlueRevision: Check = ({ observed: { blueTaskDefinition } }) => {
  if (blueTaskDefinition === null || blueTaskDefinition.status === 'ACTIVE') return [];
  const version = blueTaskDefinition.arn.split('/').at(-1);
  const isDeleted = blueTaskDefinition.status === 'DELETE_IN_PROGRESS';
  return [
    warning(
      'blue-deregistered',
      `expected the version that runs, ${version}, to be ACTIVE, found ${blueTaskDefinition.status}: ` +
        `${version} is ${isDeleted ? 'being deleted' : 'deregistered'}, and once blue is gone ECS ` +
        'launches no task of it',
      isDeleted
        ? 'Keep blue until green is trusted (`keepBlue`): after that only another version can be deployed.'
        : 'Nothing while blue is kept: the way back is one write of weights. After that `cutover rollback` ' +
            'registers the same document again first.',
    ),
  ];
};

/**
 * What ECS wants at a launch and CreateTaskSet has no member for (ECS API reference: `volumeConfigurations` is
 * CreateService's and RunTask's).
 */
export const checkVolumesAtLaunch: Check = ({ observed: { taskDefinition } }) => {
  const names = taskDefinition?.volumesAtLaunch ?? [];
  if (names.length === 0) return [];
  return [
    error(
      'volume-at-launch',
      `expected every volume of ${taskDefinition?.arn} to be described in it, found ` +
        `${names.map((name) => `"${name}"`).join(', ')} with \`configuredAtLaunch\`: a service describes such an ` +
        'EBS volume when it launches tasks, and a task set cannot',
      'Use a volume that the task definition describes itself (EFS, FSx, Docker or bind mount), or S3.',
    ),
  ];
};

/** The revision to deploy exists and may be launched [fact 157]. */
export const checkTaskDefinition: Check = ({ observed: { taskDefinition }, request }) => {
  const family = request.taskDefinition.split('/').at(-1)?.split(':')[0];
  const list = `aws ecs list-task-definitions --family-prefix ${family} --status ACTIVE --sort DESC --max-items 5`;
  if (taskDefinition === null) {
    return [
      error(
        'task-definition-not-found',
        `expected the task definition ${request.taskDefinition}, found no such family or revision`,
        'Deploy one of those that there are, which this lists, or register the one that is missing.',
        [list],
      ),
    ];
  }
  if (taskDefinition.status === 'ACTIVE') return [];
  return [
    error(
      'task-definition-not-active',
      `expected ${taskDefinition.arn} to be ACTIVE, found ${taskDefinition.status}: a deregistered ` +
        'revision cannot be launched',
      'Deploy an active revision, which this lists, or register this one again with `cutover deploy ' +
        '--task-definition FILE`.',
      [list],
    ),
  ];
};
