import { SECOND_MS } from '../../core/clock.ts';
import type { TargetState } from '../../core/vocabulary/observed.types.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import type { TargetRegistry } from '../parts.types.ts';
import { computedDesiredCount, isSteady } from './counts.ts';
import type { SimService, SimTask, SimTaskSet } from './ecs.types.ts';
import { familyRevision } from './names.ts';

/** What follows from a change in a task set: whether it is steady, whether it is gone, and what reads will show. */
type TaskSetWatch = {
  changed(set: SimTaskSet): void;
  /** For task sets that the run begins with: nothing to say about them yet. */
  begin(service: SimService): void;
};

/** One line about a task set for the timeline. */
export const sayOfSet = (kernel: Kernel, set: SimTaskSet, what: string, detail = false): void =>
  kernel.emit({
    kind: 'task',
    what: `task set ${set.id} ${what} (${familyRevision(set.taskDefinition)})`,
    data: { taskSet: set.id, status: set.status, scalePercent: set.scalePercent, steady: set.steady },
    detail,
  });

/**
 * A deleted set stays DRAINING until its last task has stopped, and some seconds more [fact 35]. Assumed, [low,
 * high].
 */
const FORGET_AFTER_MS = [5 * SECOND_MS, 20 * SECOND_MS] as const;

export const makeTaskSetWatch = (
  kernel: Kernel,
  random: Random,
  targets: TargetRegistry,
  record: (service: SimService) => void,
): TaskSetWatch => {
  const { scheduler } = kernel;

  const statesOf = (task: SimTask): TargetState[] =>
    task.registrations.map(({ phase, targetGroupArn, target }) =>
      phase === 'registered' ? targets.state(targetGroupArn, target) : 'unused',
    );

  const updateSteady = (set: SimTaskSet): void => {
    const steady = isSteady(set, statesOf);
    if (steady === set.steady) return;
    set.steady = steady;
    set.steadyAtMs = scheduler.nowMs();
    const wanted = computedDesiredCount(set);
    const how = steady ? `steady: ${wanted} of ${wanted} tasks run and are healthy` : 'stabilizing';
    sayOfSet(kernel, set, `is ${how}`, set.hidden || !steady || wanted === 0);
  };

  const forgetWhenEmpty = (set: SimTaskSet): void => {
    if (set.status !== 'DRAINING' || set.tasks.length > 0 || set.leaving) return;
    set.leaving = true;
    scheduler.after(random.between(...FORGET_AFTER_MS), () => {
      set.service.sets = set.service.sets.filter((other) => other !== set);
      sayOfSet(kernel, set, 'is gone');
      record(set.service);
    });
  };

  return {
    changed: (set) => {
      updateSteady(set);
      forgetWhenEmpty(set);
      record(set.service);
    },
    begin: (service) => {
      for (const set of service.sets) {
        set.steady = isSteady(set, statesOf);
        forgetWhenEmpty(set);
      }
      record(service);
    },
  };
};
