import type { Check } from './check.types.ts';
import { error } from './finding.ts';

/** The revision to deploy exists and may be launched [157]. */
export const checkTaskDefinition: Check = ({ observed: { taskDefinition }, request }) => {
  if (taskDefinition === null) {
    const family = request.taskDefinition.split('/').at(-1)?.split(':')[0];
    return [
      error(
        'task-definition-not-found',
        `expected the task definition ${request.taskDefinition}, found no such family or revision`,
        `\`aws ecs list-task-definitions --family-prefix ${family}\` shows what there is; \`aws ecs register-task-definition\` adds one.`,
      ),
    ];
  }
  if (taskDefinition.status === 'ACTIVE') return [];
  return [
    error(
      'task-definition-not-active',
      `expected ${taskDefinition.arn} to be ACTIVE, found ${taskDefinition.status}`,
      'A deregistered revision cannot be launched: register it again with `aws ecs register-task-definition` and deploy the new revision.',
    ),
  ];
};
