import type { Finding } from '../../vocabulary/finding.types.ts';
import { type TaskProblem, taskLaunch } from '../hook-task.ts';
import type { Check } from './check.types.ts';
import { error, warning } from './finding.ts';

const findingsOf = (name: string, problem: TaskProblem): Finding[] => {
  if (problem.kind === 'unknown') return [];
  if (problem.kind === 'definition')
    return [
      error(
        'hook-task-definition',
        `expected an ACTIVE task definition ${problem.taskDefinition} for hook ${name}, found ${problem.status}`,
        'Register it, or name another one, or "green" for the one that is deployed.',
      ),
    ];
  const { definition } = problem;
  if (problem.kind === 'container')
    return [
      error(
        'hook-task-container',
        `expected one essential container of ${definition.arn} whose exit code decides for hook ${name}, found ` +
          problem.found,
        'Name an essential container in the hook: `"task": {"container": ...}`.',
      ),
    ];
  return [
    error(
      'hook-task-network',
      `expected subnets and security groups for the awsvpc task ${definition.arn} of hook ${name}, found none: ` +
        'there is no awsvpc task set to take them from',
      'Add `"network": {"subnets": [...], "securityGroups": [...]}` to the hook\'s `task`.',
    ),
  ];
};

/** What a one-off task lacks would fail the deployment at its stage, perhaps after hours. */
export const checkHookTasks: Check = ({ observed, request, found }) =>
  (request.hooks ?? []).flatMap((hook) => {
    if (hook.kind !== 'task') return [];
    const planned = taskLaunch(hook, observed, request, found);
    if ('problem' in planned) return findingsOf(hook.name, planned.problem);
    const { container, beside } = planned.launch;
    if (beside === undefined) return [];
    return [
      warning(
        'hook-task-ends-early',
        `expected no essential container beside ${container} in the task of hook ${hook.name}, found ` +
          `${beside.join(', ')}: one that ends first ends the task while ${container} still works, and ECS reports ` +
          `no order: where it could be so, the run counts as failed, unless both exit with 0`,
        'Give the hook a task definition of its own, in which they are not essential.',
      ),
    ];
  });
