import type { Plan, RouteForward, TestRoute, WeightedGroup, Weights } from '../vocabulary/plan.types.ts';
import { ALL_BLUE, ALL_GREEN, groupsFor, groupsOf, sameWeights, weightsOf } from './weights.ts';

/** What the test route forwards to: green alone while it is tested, and whichever group serves at any other time. */

type Planned = Pick<Plan, 'shifts' | 'blueTargetGroupArn' | 'green'>;

/** It is open to testers, and no user meets green. */
export const isTest = ({ shifts }: Pick<Plan, 'shifts'>, position: number): boolean =>
  shifts[position]?.test === true;

/** Green at a position of the plan: tried, or with all users. Between the two green's figures are users' alone. */
export const testWeightsAt = (plan: Pick<Plan, 'shifts'>, position: number): Weights =>
  isTest(plan, position) || plan.shifts[position]?.greenPct === 100 ? ALL_GREEN : ALL_BLUE;

/**
 * The group list to write. Closed it is to the digit what the plan found. A sticky one, which only testers have,
 * leaves the other colour out, so that no tester stays behind.
 */
export const testGroups = (
  plan: Planned,
  { route }: TestRoute,
  forward: RouteForward,
  weights: Weights,
): WeightedGroup[] =>
  sameWeights(weights, ALL_BLUE)
    ? route.original.groups
    : groupsFor(forward, groupsOf(plan), weights, { evictLoser: true });

/**
 * Some of its requests go to a group that is about to be empty, which no healthy target would answer [fact 81]; or all
 * of them to nobody, because somebody else made every weight 0.
 */
export const reaches = (plan: Planned, forward: RouteForward, colour: 'blue' | 'green'): boolean => {
  const arn = groupsOf(plan)[colour];
  const named = forward.groups.filter(({ targetGroupArn }) => targetGroupArn === arn);
  if (forward.groups.length === 1) return named.length === 1;
  return named.some(({ weight }) => weight > 0) || forward.groups.every(({ weight }) => weight === 0);
};

/** What it has, for people; null: no split between blue and green. */
export const testWeightsOf = (plan: Planned, forward: RouteForward): Weights | null =>
  weightsOf(forward, groupsOf(plan));
