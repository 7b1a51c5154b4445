import { HOUR_MS } from '../../core/clock.ts';
import type { SimService, SimTask } from './ecs.types.ts';
import { nameOf } from './names.ts';

/** A stopped task can be asked for about an hour [fact 31]. */
const STOPPED_TASK_MEMORY_MS = HOUR_MS;

/** The tasks that can still be described. */
export type TaskBook = {
  /** Of one service, of one task set, or all of them; oldest first. */
  tasks(of: { service?: SimService | undefined; startedBy?: string | undefined }): SimTask[];
  /** The task of an ARN or of an id. */
  known(idOrArn: string): SimTask | undefined;
  /** Undefined when no such task is on its way, running or stopping. */
  alive(taskArn: string): SimTask | undefined;
  /** To be called for each task that is made. */
  made(task: SimTask): void;
  /** To be called for each change of a task. */
  note(task: SimTask): void;
};

export const makeTaskBook = (nowMs: () => number, services: SimService[]): TaskBook => {
  const byArn = new Map<string, SimTask>();
  /** By the last part of the ARN, those that stopped too; pruned when another task of the service stops. */
  const byId = new Map<string, SimTask>();
  /** Whose task set an id is; two services of a made-up world may have sets of the same id. */
  const servicesBySet = new Map<string, Set<SimService>>();
  const stopped = new Map<SimService, SimTask[]>();

  const isRemembered = ({ stoppedAtMs = 0 }: SimTask): boolean =>
    stoppedAtMs > nowMs() - STOPPED_TASK_MEMORY_MS;
  const remembered = (service: SimService): SimTask[] => (stopped.get(service) ?? []).filter(isRemembered);
  const present = ({ sets }: SimService): SimTask[] => sets.flatMap(({ tasks }) => tasks);
  const canBeDescribed = (task: SimTask): boolean =>
    task.status === 'STOPPED'
      ? isRemembered(task) && (stopped.get(task.set.service)?.includes(task) ?? false)
      : task.set.tasks.includes(task);

  const remember = (task: SimTask): void => {
    const { service } = task.set;
    const forgotten = (stopped.get(service) ?? []).filter((old) => !isRemembered(old));
    for (const old of forgotten) byId.delete(nameOf(old.arn));
    stopped.set(service, [...remembered(service), task]);
    if (forgotten.length === 0) return;
    const sets = new Set([...byId.values()].map(({ set }) => set.id));
    for (const { set } of forgotten) if (!sets.has(set.id)) servicesBySet.delete(set.id);
  };

  return {
    tasks: ({ service, startedBy }) => {
      const among =
        service !== undefined
          ? [service]
          : startedBy !== undefined
            ? [...(servicesBySet.get(startedBy) ?? [])]
            : services;
      return among
        .flatMap((each) => [...remembered(each), ...present(each)])
        .filter(({ set }) => startedBy === undefined || set.id === startedBy)
        .sort((a, b) => a.sequence - b.sequence);
    },
    known: (idOrArn) => {
      const task = byId.get(nameOf(idOrArn));
      const isMeant = task?.arn === idOrArn || task?.arn.endsWith(`/${idOrArn}`);
      return task !== undefined && isMeant && canBeDescribed(task) ? task : undefined;
    },
    alive: (taskArn) => byArn.get(taskArn),
    made: (task) => {
      const { id, service } = task.set;
      byId.set(nameOf(task.arn), task);
      servicesBySet.set(id, (servicesBySet.get(id) ?? new Set()).add(service));
    },
    note: (task) => {
      if (task.status !== 'STOPPED') byArn.set(task.arn, task);
      else if (byArn.delete(task.arn)) remember(task);
    },
  };
};
