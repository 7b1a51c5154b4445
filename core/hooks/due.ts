import type { Hook, HookMoment, HookStage } from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import { isTest } from '../weights/test-route.ts';

/** Green has all production traffic, in the keep-blue window. */
const AFTER_LAST_SHIFT: HookMoment = { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT', step: 0, after: 0 };

/** Blue has all traffic again. */
export const AFTER_ROLLBACK: HookMoment = { stage: 'ROLLBACK', step: 0, after: 0 };

/** Green gets test traffic: it has that alone, or there is no test route and nothing to wait for. */
const AFTER_TEST_SHIFT: HookMoment = { stage: 'POST_TEST_TRAFFIC_SHIFT', step: 0, after: 0 };

type Shifts = Pick<Plan, 'shifts'>;

/** From 1, among the shifts that move users. */
const numberOf = (plan: Shifts, position: number): number =>
  plan.shifts.slice(0, position + 1).filter((_, index) => !isTest(plan, index)).length;

/** From the plan position that green is at to another; null: nothing was shifted yet. */
export const beforeShift = (plan: Shifts, from: number | null, to: number): HookMoment => ({
  stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  step: numberOf(plan, to),
  after: from === null ? 0 : numberOf(plan, from),
});

/** What runs while a position of the plan bakes, and has to succeed before the next; null: nothing. */
export const whileAt = (plan: Shifts, position: number): HookMoment | null => {
  if (isTest(plan, position)) return AFTER_TEST_SHIFT;
  return position === plan.shifts.length - 1 ? AFTER_LAST_SHIFT : null;
};

export const BEFORE_LAUNCH: readonly HookMoment[] = [{ stage: 'PRE_SCALE_UP', step: 0, after: 0 }];

/**
 * What lies before the first write of weights, in order: the hooks of one moment run side by side, the moments one
 * after the other.
 */
export const beforeFirstShift = (plan: Shifts): HookMoment[] => {
  const launched: HookMoment = { stage: 'POST_SCALE_UP', step: 0, after: 0 };
  return isTest(plan, 0) ? [launched] : [launched, AFTER_TEST_SHIFT, beforeShift(plan, null, 0)];
};

/** What lies before the weights of a position are written. */
export const beforePosition = (plan: Shifts, from: number | undefined, to: number): HookMoment[] =>
  from === undefined ? beforeFirstShift(plan) : [beforeShift(plan, from, to)];

/** A shift that is passed over by a `promote` takes its hooks along: they run before the one that is made. */
const atStep = ({ steps }: Pick<Hook, 'steps'>, { step, after }: HookMoment): boolean => {
  if (steps === 'each') return true;
  const wanted = steps === 'first' ? [1] : steps;
  return wanted.some((one) => one > after && one <= step);
};

/** Stages at which JudgeHealth asks for hooks; where a plan has none of them it reads none. */
const inBake: readonly HookStage[] = [
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];

export const hasHooksInBake = (hooks: readonly Pick<Hook, 'stages'>[]): boolean =>
  hooks.some(({ stages }) => stages.some((stage) => inBake.includes(stage)));

export const dueAt = <One extends Pick<Hook, 'stages' | 'steps'>>(
  hooks: readonly One[],
  moment: HookMoment,
): One[] =>
  hooks.filter(
    (hook) =>
      hook.stages.includes(moment.stage) &&
      (moment.stage !== 'PRE_PRODUCTION_TRAFFIC_SHIFT' || atStep(hook, moment)),
  );
