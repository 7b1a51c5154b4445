import type {
  StopTaskRequest,
  StopTaskResponse,
  UpdateServiceRequest,
  UpdateServiceResponse,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { SimService } from './ecs.types.ts';
import { invalidParameter, type Lookup } from './lookup.ts';
import type { TaskBook } from './task-book.ts';
import { serviceView, taskView } from './views.ts';

/** What people change by hand, and Cutover never does. */
export const operatorWrites = (
  lookup: Lookup,
  book: TaskBook,
  stopTask: (taskArn: string) => void,
  setDesiredCount: (service: SimService, count: number) => void,
): Operations => ({
  StopTask: (input: StopTaskRequest): StopTaskResponse => {
    onlyMembers('StopTask', input, ['cluster', 'task', 'reason']);
    lookup.cluster(input.cluster);
    const task = book.known(input.task ?? '');
    if (task === undefined) throw invalidParameter('The referenced task was not found.');
    stopTask(task.arn);
    return { task: taskView(task) };
  },
  UpdateService: (input: UpdateServiceRequest): UpdateServiceResponse => {
    onlyMembers('UpdateService', input, ['cluster', 'service', 'desiredCount']);
    const service = lookup.externalService(input.cluster, input.service);
    const { desiredCount } = input;
    if (desiredCount !== undefined && desiredCount < 0) throw invalidParameter('desiredCount is negative.');
    if (desiredCount !== undefined) setDesiredCount(service, desiredCount);
    return { service: serviceView(service) };
  },
});
