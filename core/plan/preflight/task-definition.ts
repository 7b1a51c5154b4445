import type { Check } from './check.types.ts';
import { error } from './finding.ts';

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
