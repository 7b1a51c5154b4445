import type { Hook, HookMoment } from '../vocabulary/hooks.types.ts';

/** Before green is launched. */
const BEFORE_LAUNCH: HookMoment = { stage: 'PRE_SCALE_UP', step: 0, after: 0 };

/** Green has all production traffic, in the keep-blue window. */
export const AFTER_LAST_SHIFT: HookMoment = { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT', step: 0, after: 0 };

/** From the plan position that green is at to another; null: green has no traffic. */
export const beforeShift = (from: number | null, to: number): HookMoment => ({
  stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  step: to + 1,
  after: from === null ? 0 : from + 1,
});

/** What lies before a write, in order: the hooks of one moment run side by side, the moments one after the other. */
export const momentsBefore = (write: 'launch' | 'firstShift'): HookMoment[] =>
  write === 'launch'
    ? [BEFORE_LAUNCH]
    : [
        { stage: 'POST_SCALE_UP', step: 0, after: 0 },
        { stage: 'POST_TEST_TRAFFIC_SHIFT', step: 0, after: 0 },
        beforeShift(null, 0),
      ];

/** A shift that is passed over by a `promote` takes its hooks along: they run before the one that is made. */
const atStep = ({ steps }: Hook, { step, after }: HookMoment): boolean => {
  if (steps === 'each') return true;
  const wanted = steps === 'first' ? [1] : steps;
  return wanted.some((one) => one > after && one <= step);
};

export const dueAt = (hooks: readonly Hook[], moment: HookMoment): Hook[] =>
  hooks.filter(
    (hook) =>
      hook.stages.includes(moment.stage) &&
      (moment.stage !== 'PRE_PRODUCTION_TRAFFIC_SHIFT' || atStep(hook, moment)),
  );
