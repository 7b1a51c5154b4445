import type { MoveObservation, Step } from './adoption.types.ts';
import { isFinishing, type MovePlan, nextFinish, nextMove } from './move-plan.ts';

type Standing = 'done' | 'next' | 'open';

type Placed = { step: Step; standing: Standing };

export type Progress = {
  steps: readonly Placed[];
  finish: readonly Placed[];
  /** What to type next; null: nothing is left to do. */
  next: 'step' | 'finish' | null;
};

const placed = (steps: readonly Step[], next: Step | undefined, none: Standing): Placed[] => {
  const index = next === undefined ? -1 : steps.indexOf(next);
  return steps.map((step, at) => ({
    step,
    standing: index < 0 ? none : at < index ? 'done' : at === index ? 'next' : 'open',
  }));
};

/** Which steps of the move are done, from what was observed alone. */
export const progressOf = (plan: MovePlan, observed: MoveObservation): Progress => {
  if (!isFinishing(plan, observed)) {
    const next = nextMove(plan, observed)?.step;
    return {
      steps: placed(plan.steps, next, 'done'),
      finish: placed(plan.finish, undefined, 'open'),
      next: next === undefined ? 'finish' : 'step',
    };
  }
  const next = nextFinish(plan, observed)?.step;
  return {
    steps: placed(plan.steps, undefined, 'done'),
    finish: placed(plan.finish, next, 'done'),
    next: next === undefined ? null : 'finish',
  };
};
