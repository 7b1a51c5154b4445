import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  Failure,
  GetTaskProtectionRequest,
  GetTaskProtectionResponse,
  ListTasksRequest,
  ListTasksResponse,
  Task,
} from '@aws-sdk/client-ecs';
import { type Operations, SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { pageOf } from '../kernel/paging.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import type { OneOffTasks } from './one-off-tasks.ts';
import type { TaskBook } from './task-book.ts';
import { taskView } from './views.ts';

/** ECS API: the most tasks one describe call takes. */
const TASKS_PER_CALL = 100;

const LIST_MEMBERS = [
  'cluster',
  'serviceName',
  'startedBy',
  'desiredStatus',
  'maxResults',
  'nextToken',
] as const;

/** Reads of tasks, which show the live state. */
export const taskReads = (
  lookup: Lookup,
  tasks: TaskBook,
  oneOff: OneOffTasks,
  pageSize: number,
): Operations => {
  const listTasks = (input: ListTasksRequest): ListTasksResponse => {
    onlyMembers('ListTasks', input, LIST_MEMBERS);
    lookup.cluster(input.cluster);
    const { serviceName, startedBy, desiredStatus, maxResults } = input;
    // Documented as "must be the only filter"; that ECS refuses more, also desiredStatus, is assumed [fact 30].
    if (startedBy !== undefined && (serviceName !== undefined || desiredStatus !== undefined)) {
      throw invalidParameter('startedBy must be the only filter that you use.');
    }
    if (serviceName !== undefined && lookup.service(serviceName) === undefined) {
      throw new SimApiError('ServiceNotFoundException', 'Service not found.');
    }
    if (desiredStatus === 'PENDING') throw new Error('sim does not model ListTasks.desiredStatus PENDING');
    const service = serviceName === undefined ? undefined : lookup.service(serviceName);
    const wanted = desiredStatus ?? 'RUNNING';
    const alone = serviceName === undefined ? oneOff.list(startedBy) : [];
    const matches = [
      ...tasks.tasks({ service, startedBy }).flatMap(({ desired, arn }) => (desired === wanted ? [arn] : [])),
      ...alone.flatMap(({ desiredStatus: desired, taskArn = '' }) => (desired === wanted ? [taskArn] : [])),
    ];
    const page = pageOf(
      matches,
      input.nextToken,
      maxResults,
      () => invalidParameter('Invalid token.'),
      pageSize,
    );
    return {
      taskArns: page.items,
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
    const answer: { tasks: Task[]; failures: Failure[] } = { tasks: [], failures: [] };
    for (const idOrArn of asked) {
      const task = tasks.known(idOrArn);
      const alone = oneOff.known(idOrArn);
      if (alone !== undefined) answer.tasks.push(alone);
      else if (task !== undefined) answer.tasks.push(taskView(task));
      else answer.failures.push({ arn: idOrArn, reason: 'MISSING' });
    }
    return answer;
  };

  /** No simulated task protects itself, so the answer is the same for all. */
  const getTaskProtection = (input: GetTaskProtectionRequest): GetTaskProtectionResponse => {
    onlyMembers('GetTaskProtection', input, ['cluster', 'tasks']);
    lookup.cluster(input.cluster);
    const { tasks: answered = [], failures = [] } = describeTasks({
      tasks: input.tasks,
      cluster: input.cluster,
    });
    return {
      protectedTasks: answered.map(({ taskArn }) => ({ taskArn, protectionEnabled: false })),
      failures,
    };
  };

  return { ListTasks: listTasks, DescribeTasks: describeTasks, GetTaskProtection: getTaskProtection };
};
