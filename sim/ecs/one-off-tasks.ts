import type { RunTaskRequest, RunTaskResponse, Task } from '@aws-sdk/client-ecs';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../core/clock.ts';
import { SimApiError } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { TaskHost, TaskPlay, WorldSeed } from '../parts.types.ts';
import type { Lookup } from './lookup.ts';
import { nameOf } from './names.ts';
import { makeOneOffLife } from './one-off-life.ts';
import { environmentOf, type OneOff, oneOffOf } from './one-off-task.ts';
import { refuseRunTask } from './refuse-run-task.ts';

/** Tasks of RunTask, which no service keeps: each runs its program to its end. */
export type OneOffTasks = {
  run(input: RunTaskRequest): RunTaskResponse;
  stop(task: Task, reason: string | undefined): Task;
  /** By ARN or id; undefined when ECS has forgotten it. */
  known(idOrArn: string): Task | undefined;
  list(startedBy: string | undefined): Task[];
  /** Also those that ECS has forgotten. */
  all(): Task[];
  play(play: (environment: Readonly<Record<string, string>>) => TaskPlay): void;
};

/** A stopped task can be asked for about an hour [fact 31]. */
const MEMORY_MS = HOUR_MS;
/** A token lives a day, and no longer than an hour after its task (ECS API reference, idempotency). */
const TOKEN_MS = DAY_MS;

const endsWell = (): TaskPlay => ({ runsMs: 20 * SECOND_MS, exitCode: 0 });

const stoppedSinceMs = ({ task: { stoppedAt } }: OneOff, nowMs: number): number =>
  stoppedAt === undefined ? 0 : nowMs - stoppedAt.getTime();

export const makeOneOffTasks = (
  kernel: Kernel,
  lookup: Lookup,
  seed: WorldSeed,
  host: TaskHost | undefined,
): OneOffTasks => {
  const { scheduler } = kernel;
  const random = kernel.random.fork('one-off tasks');
  const life = makeOneOffLife(kernel, random, host);
  const tasks: OneOff[] = [];
  const tokens = new Map<string, { input: string; one: OneOff; sinceMs: number }>();
  const refusals = new Map<string, number>();
  let playOf: (environment: Readonly<Record<string, string>>) => TaskPlay = endsWell;

  const remembered = (one: OneOff): boolean => stoppedSinceMs(one, scheduler.nowMs()) < MEMORY_MS;

  /** The task that the token has made already. */
  const madeBy = (token: string, input: string): OneOff | undefined => {
    const nowMs = scheduler.nowMs();
    const before = tokens.get(token);
    if (before === undefined || nowMs - before.sinceMs >= TOKEN_MS) return undefined;
    if (stoppedSinceMs(before.one, nowMs) >= HOUR_MS) return undefined;
    if (before.input === input) return before.one;
    throw new SimApiError(
      'ConflictException',
      'The request was made with a client token of other parameters.',
      400,
      { resourceIds: [before.one.task.taskArn] },
    );
  };

  return {
    run(input) {
      const definition = refuseRunTask(input, lookup);
      const token = input.clientToken ?? random.hex(32);
      const text = JSON.stringify(input);
      const made = madeBy(token, text);
      if (made !== undefined) return { tasks: [made.task], failures: [] };
      const play = playOf(environmentOf(input));
      const refused = refusals.get(token) ?? 0;
      if (play.refused !== undefined && refused < play.refused.times) {
        refusals.set(token, refused + 1);
        return { tasks: [], failures: [{ reason: play.refused.reason }] };
      }
      const sinceMs = scheduler.nowMs();
      const { clusterArn } = seed;
      const one = oneOffOf(input, definition, { id: random.hex(32), clusterArn, atMs: sinceMs });
      tasks.push(one);
      tokens.set(token, { input: text, one, sinceMs });
      life.begin(one, play);
      return { tasks: [one.task], failures: [] };
    },

    stop(task, reason) {
      const one = tasks.find(({ task: { taskArn } }) => taskArn === task.taskArn);
      if (one !== undefined) life.stop(one, reason);
      return one?.task ?? task;
    },

    known: (idOrArn) =>
      tasks.find((one) => remembered(one) && nameOf(one.task.taskArn ?? '') === nameOf(idOrArn))?.task,
    list: (startedBy) =>
      tasks
        .filter((one) => remembered(one) && (startedBy === undefined || one.task.startedBy === startedBy))
        .map(({ task }) => task),
    all: () => tasks.map(({ task }) => task),
    play: (next) => {
      playOf = next;
    },
  };
};
