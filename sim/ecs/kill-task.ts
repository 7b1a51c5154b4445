import type { SimTask, SimTaskSet } from './ecs.types.ts';
import type { Say } from './task.ts';
import { type Death, ESSENTIAL_EXIT, type TaskEnd } from './task-end.ts';

export type Colour = 'blue' | 'green';

/** SIGKILL out of nowhere, and SIGTERM of a StopTask, as exit codes. */
const deaths: Record<Death['because'], Death> = {
  crashed: { because: 'crashed', exitCode: 137, ...ESSENTIAL_EXIT },
  stopped: {
    because: 'stopped',
    exitCode: 143,
    stopCode: 'UserInitiated',
    stoppedReason: 'Task stopped by user',
  },
};

/** ECS knows no colours: blue is what the run began with, green the task set that was made last. */
const setsOf = (sets: SimTaskSet[], which: string): SimTaskSet[] => {
  if (which === 'blue') return sets.filter(({ seeded }) => seeded);
  if (which === 'green') return sets.filter(({ seeded }) => !seeded).slice(-1);
  return sets;
};

const isRunning = ({ status, gone }: SimTask): boolean => status === 'RUNNING' && gone === undefined;

/** The ARN of the task whose process is gone now; undefined when there was none to kill. */
export const killTask = (
  say: Say,
  die: TaskEnd['die'],
  sets: SimTaskSet[],
  which: string,
  how: Death['because'],
): string | undefined => {
  const byColour = which === 'blue' || which === 'green';
  const task = setsOf(sets, which)
    .flatMap(({ tasks }) => tasks)
    .find(
      (candidate) =>
        isRunning(candidate) && (byColour || candidate.arn === which || candidate.set.id === which),
    );
  if (task === undefined) return undefined;
  say(task, how === 'crashed' ? 'is killed' : 'is stopped by an operator');
  die(task, deaths[how]);
  return task.arn;
};
