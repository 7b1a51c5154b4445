import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { steeringOf } from '../operator/commands.ts';
import type { Command } from '../vocabulary/command.types.ts';
import type { Answers, Carried, ColourCount, PlacementMemory } from '../vocabulary/placement.types.ts';
import type { Plan, Weights } from '../vocabulary/plan.types.ts';
import type { Traffic } from '../vocabulary/state.types.ts';
import { HEALTH_CHECK_MS, NO_MEMORY } from '../weights/carry.ts';
import { type Placement, placementOf } from '../weights/placement.ts';
import { isTest } from '../weights/test-route.ts';
import { commonOf, sameWeights, weightsAt } from '../weights/weights.ts';
import { reassertion } from './reassert.ts';

/** What was written beside the plan since the last shift; null when nothing was. */
export const carriedSince = (
  memory: PlacementMemory | null | undefined,
  { shiftedAtMs }: Pick<Traffic, 'shiftedAtMs'>,
): Carried | null => (memory?.carried?.shiftedAtMs === shiftedAtMs ? memory.carried : null);

/** Milliseconds of a bake in which users were not where the plan wants them: time that proves nothing. */
export const carriedMs = (carried: Carried | null, nowMs: number): number =>
  carried === null
    ? 0
    : carried.totalMs + (carried.sinceMs === null ? 0 : Math.max(0, nowMs - carried.sinceMs));

type BakeInput = {
  plan: Plan;
  traffic: Traffic;
  blue: ColourCount | null;
  green: ColourCount | null;
  needed: number;
  routes: { weights: Weights | null; unreadable?: string }[];
  answers: Answers;
  commands: readonly Command[];
  memory: PlacementMemory | null | undefined;
  nowMs: number;
};

/**
 * Where users should be while the plan wants its present position. A first deployment has no colour beside green:
 * null, unless its users are at the group where nobody answers, on purpose, until green has been tried.
 */
export const placeInBake = (input: BakeInput): Placement | null => {
  const { plan, traffic } = input;
  if (plan.blue === null && isTest(plan, traffic.position)) return null;
  const placed = place(input);
  return plan.blue === null && !placed.move ? null : placed;
};

const place = (input: BakeInput): Placement => {
  const { plan, traffic, routes, commands, memory, nowMs } = input;
  const want = weightsAt(plan, traffic.position);
  const frozen = steeringOf(commands, 0).freeze !== null;
  const placed = placementOf({
    ...input,
    policy: plan.carry ?? 'on',
    loadBalancerKind: plan.loadBalancerKind,
    want,
    current: commonOf(routes.map(({ weights }) => weights)),
    healthCheckMs: HEALTH_CHECK_MS,
    abortNow: false,
    frozen,
    memory: memory ?? NO_MEMORY,
  });
  const last = carriedSince(memory, traffic);
  const back = reassertion({ plan, traffic, routes, placed, memory: memory ?? NO_MEMORY, frozen, nowMs });
  if (back !== null) return back;
  if (!placed.move || placed.weights === null) return placed;
  // Routes that cannot be read, still read as before the shift, or are somebody else's by now: judge.ts has a verdict
  // on them.
  const ours = [last?.weights ?? want, ...(last === null || reasserted(memory, last) ? [] : [last.before])];
  // On a first deployment no one answers there: the same write answers a read that is late, and somebody who put that
  // back.
  if (last === null && plan.blue === null) ours.push(...traffic.routes.map(({ before }) => before));
  const known = routes.every(
    ({ weights, unreadable }) => unreadable === undefined && ours.some((own) => sameWeights(weights, own)),
  );
  if (!known) return { ...placed, move: false, weights: null };
  const carried = carriedAfter(last, placed.weights, want, traffic, nowMs);
  return { ...placed, memory: { ...placed.memory, carried } };
};

/**
 * Its `before` is what somebody else wrote. A route that reads so again is a late read, or was changed again by the
 * same person. Neither needs a second write: a late read corrects itself, and judge.ts has a verdict on the other.
 */
const reasserted = (memory: PlacementMemory | null | undefined, { writtenAtMs }: Carried): boolean =>
  memory?.reassertedAtMs === writtenAtMs;

const carriedAfter = (
  before: Carried | null,
  weights: Weights,
  want: Weights,
  { shiftedAtMs, weights: shifted }: Traffic,
  nowMs: number,
): Carried => ({
  weights,
  before: before?.weights ?? shifted,
  writtenAtMs: nowMs,
  shiftedAtMs,
  sinceMs: sameWeights(weights, want) ? null : (before?.sinceMs ?? nowMs),
  totalMs: sameWeights(weights, want) ? carriedMs(before, nowMs) : (before?.totalMs ?? 0),
});

/**
 * While users are where the plan does not want them: often at first, when ECS replaces tasks, and within the
 * history's limits later.
 */
export const awaySeconds = (awayMs: number): number =>
  awayMs < 5 * MINUTE_MS
    ? 15
    : Math.ceil(Math.min(5 * MINUTE_MS, Math.max(MINUTE_MS, awayMs / 60)) / SECOND_MS);
