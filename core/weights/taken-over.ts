import type { ObservedFrom, ObservedService } from '../vocabulary/observed.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

/**
 * A deployment that takes users over from another service has that service as its blue. It reads it like a task set,
 * moves weights between its group and green's as between any two, and never writes to the service itself.
 */
export const isTakenOver = ({ blue }: Pick<Plan, 'blue'>): boolean => blue?.service !== undefined;

/** Blue goes at the end: it is there, and it is of the service that is deployed. */
export const removesBlue = ({ blue }: Pick<Plan, 'blue'>): boolean => blue !== null && !isTakenOver({ blue });

/** The old service gets tasks as its load grows, and green, which is to take all of it, has to keep up. */
export const withBlue = (
  service: ObservedService,
  blue: Plan['blue'],
  from: Pick<ObservedFrom, 'wholes' | 'desiredCount'> | null,
): ObservedService => {
  if (blue === null || from === null) return service;
  const whole = from.wholes.find(({ targetGroupArn }) => targetGroupArn === blue.targetGroupArn);
  if (whole === undefined) return service;
  return {
    ...service,
    desiredCount: Math.max(service.desiredCount, from.desiredCount),
    taskSets: [...service.taskSets, whole],
  };
};
