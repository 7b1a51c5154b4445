import type {
  DescribeServicesRequest,
  DescribeServicesResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  DescribeTaskSetsRequest,
  DescribeTaskSetsResponse,
  DescribeTasksRequest,
  DescribeTasksResponse,
  Failure,
  ListTasksRequest,
  ListTasksResponse,
  Service,
  Task,
  TaskSet,
} from '@aws-sdk/client-ecs';
import { type Operations, SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { pageOf } from '../kernel/paging.ts';
import type { SimService } from './ecs.types.ts';
import { invalidParameter, type Lookup, wellFormedId } from './lookup.ts';
import { taskSetIdOf } from './names.ts';
import type { TaskBook } from './task-book.ts';
import { taskSetArn } from './task-set.ts';
import { taskView } from './views.ts';

/** ECS API: the most services and tasks one describe call takes. */
const SERVICES_PER_CALL = 10;
const TASKS_PER_CALL = 100;

export const readOperations = (
  lookup: Lookup,
  tasks: TaskBook,
  read: (service: SimService) => Service,
): Operations => {
  const describeServices = (input: DescribeServicesRequest): DescribeServicesResponse => {
    onlyMembers('DescribeServices', input, ['cluster', 'services', 'include']);
    lookup.cluster(input.cluster);
    const asked = input.services ?? [];
    if (asked.length === 0) throw invalidParameter('Services cannot be empty.');
    if (asked.length > SERVICES_PER_CALL) {
      throw invalidParameter(`service names can have at most ${SERVICES_PER_CALL} items.`);
    }
    const answer: { services: Service[]; failures: Failure[] } = {
      services: [],
      failures: [],
    };
    for (const name of asked) {
      const service = lookup.service(name);
      if (service === undefined) answer.failures.push({ arn: name, reason: 'MISSING' });
      else answer.services.push(withoutTaskSetTags(read(service)));
    }
    return answer;
  };

  const describeTaskSets = (input: DescribeTaskSetsRequest): DescribeTaskSetsResponse => {
    onlyMembers('DescribeTaskSets', input, ['cluster', 'service', 'taskSets', 'include']);
    const service = lookup.externalService(input.cluster, input.service);
    const asked = input.taskSets ?? [];
    // The model calls the ids optional; the service does not [aws-facts 27].
    if (asked.length === 0) throw invalidParameter('Task Sets cannot be empty.');
    const seen = read(service).taskSets ?? [];
    const withTags = input.include?.includes('TAGS') === true;
    const answer: { taskSets: TaskSet[]; failures: Failure[] } = {
      taskSets: [],
      failures: [],
    };
    for (const idOrArn of asked) {
      const known = seen.find((set) => set.id === taskSetIdOf(idOrArn));
      if (known !== undefined) answer.taskSets.push(withTags ? known : withoutTags(known));
      else answer.failures.push({ arn: taskSetArn(service, wellFormedId(idOrArn)), reason: 'MISSING' });
    }
    return answer;
  };

  const describeTaskDefinition = (input: DescribeTaskDefinitionRequest): DescribeTaskDefinitionResponse => {
    onlyMembers('DescribeTaskDefinition', input, ['taskDefinition', 'include']);
    const taskDefinition = lookup.taskDefinition(input.taskDefinition);
    if (taskDefinition === undefined) {
      throw new SimApiError('ClientException', 'Unable to describe task definition.');
    }
    return { taskDefinition, tags: [] };
  };

  const listTasks = (input: ListTasksRequest): ListTasksResponse => {
    onlyMembers('ListTasks', input, LIST_MEMBERS);
    lookup.cluster(input.cluster);
    const { serviceName, startedBy, desiredStatus, maxResults } = input;
    // Documented as "must be the only filter"; that ECS refuses more, also desiredStatus, is assumed [aws-facts 30].
    if (startedBy !== undefined && (serviceName !== undefined || desiredStatus !== undefined)) {
      throw invalidParameter('startedBy must be the only filter that you use.');
    }
    if (serviceName !== undefined && lookup.service(serviceName) === undefined) {
      throw new SimApiError('ServiceNotFoundException', 'Service not found.');
    }
    if (desiredStatus === 'PENDING') throw new Error('sim does not model ListTasks.desiredStatus PENDING');
    const service = serviceName === undefined ? undefined : lookup.service(serviceName);
    const matches = tasks
      .all()
      .filter(
        (task) =>
          task.desired === (desiredStatus ?? 'RUNNING') &&
          (service === undefined || task.set.service === service) &&
          (startedBy === undefined || task.set.id === startedBy),
      );
    const page = pageOf(matches, input.nextToken, maxResults, () => invalidParameter('Invalid token.'));
    return {
      taskArns: page.items.map((task) => task.arn),
      ...(page.next === undefined ? {} : { nextToken: page.next }),
    };
  };

  const describeTasks = (input: DescribeTasksRequest): DescribeTasksResponse => {
    onlyMembers('DescribeTasks', input, ['cluster', 'tasks', 'include']);
    lookup.cluster(input.cluster);
    const asked = input.tasks ?? [];
    if (asked.length === 0) throw invalidParameter('Tasks cannot be empty.');
    if (asked.length > TASKS_PER_CALL)
      throw invalidParameter(`tasks can have at most ${TASKS_PER_CALL} items.`);
    const known = tasks.all();
    const answer: { tasks: Task[]; failures: Failure[] } = { tasks: [], failures: [] };
    for (const idOrArn of asked) {
      const task = known.find(({ arn }) => arn === idOrArn || arn.endsWith(`/${idOrArn}`));
      if (task !== undefined) answer.tasks.push(taskView(task));
      else answer.failures.push({ arn: idOrArn, reason: 'MISSING' });
    }
    return answer;
  };

  return {
    DescribeServices: describeServices,
    DescribeTaskSets: describeTaskSets,
    DescribeTaskDefinition: describeTaskDefinition,
    ListTasks: listTasks,
    DescribeTasks: describeTasks,
  };
};

const LIST_MEMBERS = [
  'cluster',
  'serviceName',
  'startedBy',
  'desiredStatus',
  'maxResults',
  'nextToken',
] as const;

const withoutTags = ({ tags: _tags, ...set }: TaskSet): TaskSet => set;

/** The task sets inside a service come without their tags [aws-facts 28]. */
const withoutTaskSetTags = (service: Service): Service => ({
  ...service,
  taskSets: (service.taskSets ?? []).map(withoutTags),
});
