import type { StopTaskRequest, StopTaskResponse } from '@aws-sdk/client-ecs';
import type { Operations } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import type { TaskBook } from './task-book.ts';
import { taskView } from './views.ts';

/** What people change by hand, and Cutover never does. */
export const operatorWrites = (
  lookup: Lookup,
  book: TaskBook,
  stopTask: (taskArn: string) => void,
): Operations => ({
  StopTask: (input: StopTaskRequest): StopTaskResponse => {
    onlyMembers('StopTask', input, ['cluster', 'task', 'reason']);
    lookup.cluster(input.cluster);
    const task = book.known(input.task ?? '');
    if (task === undefined) throw invalidParameter('The referenced task was not found.');
    stopTask(task.arn);
    return { task: taskView(task) };
  },
});
