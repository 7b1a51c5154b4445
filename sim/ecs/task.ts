import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { Behaviour } from '../parts.types.ts';
import type { Registration, SimTask, SimTaskSet } from './ecs.types.ts';
import { familyRevision } from './names.ts';
import { makePlaces, type Places, targetAt } from './places.ts';
import { checkedContainers } from './task-health.ts';

/** Makes the tasks of a run, still without a life, and says what happens to them. */
export type Tasks = {
  make(set: SimTaskSet): SimTask;
  free(task: SimTask): void;
  say: Say;
};

export type Say = (task: SimTask, what: string, options?: { why?: string; detail?: boolean }) => void;

/** A version as it is in this task set at this moment. */
export const behaviourNow = (
  { taskDefinition, departure }: SimTaskSet,
  behaviourOf: (taskDefinitionArn: string) => Behaviour,
): Behaviour => ({ ...behaviourOf(taskDefinition.taskDefinitionArn), ...departure?.behaviour });

export const makeTasks = (
  kernel: Kernel,
  random: Random,
  behaviourOf: (taskDefinitionArn: string) => Behaviour,
  made: (task: SimTask) => void,
): Tasks => {
  const places = makePlaces(random.fork('places'));
  let sequence = 0;

  return {
    make: (set) => {
      const behaviour = behaviourNow(set, behaviourOf);
      const task = newTask(set, random.hex(32), sequence++, behaviour, places, kernel.scheduler.nowMs());
      set.tasks.push(task);
      made(task);
      return task;
    },
    free: (task) => places.free(task.place),
    say: (task, what, options = {}) => {
      const revision = familyRevision(task.set.taskDefinition);
      kernel.emit({
        kind: 'task',
        what: `task ${task.label} ${what} (${revision})`,
        ...options,
        data: {
          taskArn: task.arn,
          taskSet: task.set.id,
          status: task.status,
          revision,
          // Which of the moments of a task's end are events of EventBridge.
          ...(task.desired === 'STOPPED'
            ? {
                stopping: {
                  clusterArn: task.set.service.clusterArn,
                  group: `service:${task.set.service.name}`,
                  startedBy: task.set.id,
                },
              }
            : {}),
        },
      });
    },
  };
};

const newTask = (
  set: SimTaskSet,
  id: string,
  sequence: number,
  behaviour: Behaviour,
  places: Places,
  createdAtMs: number,
): SimTask => {
  const arn = `${set.service.clusterArn.replace(':cluster/', ':task/')}/${id}`;
  const place = places.allocate(set);
  const registrations = set.parameters.loadBalancers.flatMap((balancer): Registration[] =>
    balancer.targetGroupArn === undefined
      ? []
      : [{ targetGroupArn: balancer.targetGroupArn, target: targetAt(place, balancer), phase: 'due' }],
  );
  const task: SimTask = {
    set,
    arn,
    label: id.slice(0, 4),
    sequence,
    behaviour,
    hosted: {
      arn,
      label: id.slice(0, 4),
      service: set.service.name,
      clusterArn: set.service.clusterArn,
      taskDefinition: set.taskDefinition,
      targets: registrations.map(({ target }) => target),
      behaviour,
    },
    app: {
      taskArn: arn,
      taskDefinitionArn: set.taskDefinition.taskDefinitionArn ?? '',
      behaviour,
      listensFromMs: Number.POSITIVE_INFINITY,
      gone: () => task.gone !== undefined,
      goneBecause: () => task.gone ?? 'crashed',
    },
    place,
    registrations,
    status: 'PROVISIONING',
    desired: 'RUNNING',
    health: new Map(checkedContainers(set.taskDefinition).map(({ name = '' }) => [name, 'UNKNOWN'])),
    gone: undefined,
    containers: new Map(),
    killDue: false,
    createdAtMs,
    runningAtMs: undefined,
    stoppingAtMs: undefined,
    stoppedAtMs: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
    exitCode: undefined,
    containerReason: undefined,
  };
  return task;
};
