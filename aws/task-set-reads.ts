import { DescribeTaskSetsCommand } from '@aws-sdk/client-ecs';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { Call, Sender } from './call.ts';
import type { ServiceRef, TaskSets } from './ecs-verbs.ts';
import { causedBy } from './errors.ts';
import { readTogether } from './read-together.ts';
import { observeTaskSet } from './task-set-observation.ts';
import { readWhole } from './whole-service.ts';

/** A service has at most five task sets (ECS API reference, CreateTaskSet). */
const TASK_SETS_PER_CALL = 5;

type Asked = { service: ServiceRef; taskSetId: string };

/**
 * Both colours' in one call, when both are asked for at once. Apart from what writes task sets, so that the Lambda of a
 * step which only reads does not load the rest.
 */
export const readingTaskSets = (client: Sender, call: Call): TaskSets['read'] => {
  const read = readTogether<Asked, ObservedTaskSet | null>({
    keyOf: ({ service }) => `${service.clusterArn} ${service.serviceArn}`,
    atMost: TASK_SETS_PER_CALL,
    readOne: (asked) => readTaskSet(client, call, asked),
    readSeveral: (asked) => readTaskSets(client, call, asked),
  });
  return (service, taskSetId) =>
    readWhole(client, call, { cluster: service.clusterArn, taskSetId }) ?? read({ service, taskSetId });
};

const readTaskSet = async (
  client: Sender,
  call: Call,
  { service, taskSetId }: Asked,
): Promise<ObservedTaskSet | null> => {
  const what = `read task set ${taskSetId} of ${service.serviceArn}`;
  const command = new DescribeTaskSetsCommand({ ...namesOf(service), taskSets: [taskSetId] });
  try {
    const answer = await call(client, command, { what });
    const [found] = answer.taskSets ?? [];
    if (found !== undefined) return observeTaskSet(found, what);

    const failure = answer.failures?.[0];
    // No task set and no failure is how ECS answers for one that it has just forgotten.
    if (failure === undefined || failure.reason === 'MISSING') return null;
    throw new DeploymentError(
      'Rejected',
      `Could not ${what}: ECS said ${failure.reason}. Correct what it names and start again.`,
    );
  } catch (error) {
    if (isDeploymentError(error, 'NotFound') && causedBy(error, 'TaskSetNotFoundException')) return null;
    if (isMalformedId(error)) {
      throw new DeploymentError(
        'NotFound',
        `Could not ${what}: expected an id like ecs-svc/1234567890123456789, and ECS calls this one ` +
          `invalid. \`aws ecs describe-services --cluster ${service.clusterArn} ` +
          `--services ${service.serviceArn}\` lists the service's task sets.`,
        { cause: error.cause },
      );
    }
    throw error;
  }
};

/**
 * Of one service. What is not in the answer is read alone: `failures` names it by an ARN, and for other reasons, too.
 */
const readTaskSets = async (
  client: Sender,
  call: Call,
  asked: Asked[],
): Promise<(ObservedTaskSet | undefined)[]> => {
  const [first] = asked;
  if (first === undefined) return [];
  const ids = asked.map(({ taskSetId }) => taskSetId);
  const what = `read task sets ${ids.join(', ')} of ${first.service.serviceArn}`;
  const command = new DescribeTaskSetsCommand({ ...namesOf(first.service), taskSets: ids });
  const { taskSets = [] } = await call(client, command, { what });
  const observed = taskSets.map((taskSet) => observeTaskSet(taskSet, what));
  return ids.map((id) => observed.find((taskSet) => taskSet.id === id));
};

export const namesOf = (service: ServiceRef): { cluster: string; service: string } => ({
  cluster: service.clusterArn,
  service: service.serviceArn,
});

/** ECS words a malformed id so in an InvalidParameterException [fact 29]. */
const isMalformedId = (error: unknown): error is DeploymentError =>
  isDeploymentError(error, 'Rejected') && /task set identifier is invalid/i.test(error.message);
