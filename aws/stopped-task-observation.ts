import type { Task } from '@aws-sdk/client-ecs';
import { oneLine } from '../core/one-line.ts';
import type { StoppedTask } from '../core/vocabulary/observed.types.ts';
import { defined, required } from './answer.ts';

/** What a stopped task says about why: it can be asked for about an hour [fact 31]. */
export const observeStoppedTask = (task: Task, what: string): StoppedTask => ({
  taskArn: required(task.taskArn, 'the ARN of a task', what),
  stoppedReason: oneLine(task.stoppedReason ?? 'ECS gave no reason'),
  ...defined({ stoppedAtMs: (task.stoppedAt ?? task.stoppingAt)?.getTime(), stopCode: task.stopCode }),
  containers: (task.containers ?? []).map((container) => ({
    name: container.name ?? '',
    image: container.image ?? '',
    ...defined({ exitCode: container.exitCode, reason: container.reason && oneLine(container.reason) }),
  })),
});
