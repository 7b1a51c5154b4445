import type { TargetState } from '../../core/vocabulary/observed.types.ts';
import type { SimTask, SimTaskSet } from './ecs.types.ts';
import { checkedHealthOf } from './task-health.ts';

/** Pure rules of how ECS counts the tasks of a task set. */

/**
 * The service's desired count times the scale, always rounded up: 1 % of 4 tasks is 1 task [fact 26]. A set that is
 * being deleted wants none.
 */
export const computedDesiredCount = (set: SimTaskSet): number =>
  set.status === 'DRAINING' ? 0 : Math.ceil((set.service.desiredCount * set.scalePercent) / 100);

/** Tasks on their way to RUNNING. */
export const pendingCount = (set: SimTaskSet): number =>
  set.tasks.filter((task) => task.status === 'PROVISIONING' || task.status === 'PENDING').length;

/** Tasks whose state is RUNNING: not those that are being deregistered or stopped (ECS API, TaskSet.runningCount). */
export const runningCount = (set: SimTaskSet): number =>
  set.tasks.filter((task) => task.status === 'RUNNING').length;

/** All that a load balancer and a container health check say about a task must be good. */
const isHealthy = (task: SimTask, stateOf: (task: SimTask) => TargetState[]): boolean =>
  (checkedHealthOf(task) ?? 'HEALTHY') === 'HEALTHY' && stateOf(task).every((state) => state === 'healthy');

/**
 * STEADY_STATE: as many run as wanted, none is pending and all running ones are healthy [fact 25]. No tasks wanted and
 * none running is steady too, which is why steady is not the same as serving.
 */
export const isSteady = (set: SimTaskSet, stateOf: (task: SimTask) => TargetState[]): boolean =>
  runningCount(set) === computedDesiredCount(set) &&
  pendingCount(set) === 0 &&
  set.tasks.every((task) => task.status !== 'RUNNING' || isHealthy(task, stateOf));
