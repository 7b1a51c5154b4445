import type { StopTaskRequest, StopTaskResponse } from '@aws-sdk/client-ecs';
import type { Operations } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import type { OneOffTasks } from './one-off-tasks.ts';
import type { TaskBook } from './task-book.ts';
import { taskView } from './views.ts';

/** What people change by hand; Cutover stops no task but those it has started. */
export const operatorWrites = (
  lookup: Lookup,
  book: TaskBook,
  stopTask: (taskArn: string) => void,
  oneOff: OneOffTasks,
): Operations => ({
  StopTask: (input: StopTaskRequest): StopTaskResponse => {
    onlyMembers('StopTask', input, ['cluster', 'task', 'reason']);
    lookup.cluster(input.cluster);
    const alone = oneOff.known(input.task ?? '');
    if (alone !== undefined) return { task: oneOff.stop(alone, input.reason) };
    const task = book.known(input.task ?? '');
    if (task === undefined) throw invalidParameter('The referenced task was not found.');
    stopTask(task.arn);
    return { task: taskView(task) };
  },
});
