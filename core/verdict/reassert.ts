import { LATE_READ_MS } from '../pace.ts';
import type { PlacementMemory } from '../vocabulary/placement.types.ts';
import type { Plan, Weights } from '../vocabulary/plan.types.ts';
import type { Traffic } from '../vocabulary/state.types.ts';
import type { Placement } from '../weights/placement.ts';
import { describeWeights, sameWeights, weightsAt } from '../weights/weights.ts';

type Input = {
  plan: Plan;
  traffic: Traffic;
  routes: { weights: Weights | null; unreadable?: string }[];
  /** Where the rule for the weights has users. */
  placed: Placement;
  memory: PlacementMemory;
  frozen: boolean;
  nowMs: number;
};

/**
 * The plan's weights, to be written back where somebody else moved users (`onDrift: "reassert"`): once in a deployment,
 * and only where both colours carry them. Routes that could not be read, of which a group is gone, that differ from
 * each other in what they were changed to, or that read as before the last shift are not written; null then.
 */
export const reassertion = (input: Input): Placement | null => {
  const { plan, traffic, routes, placed, memory, frozen, nowMs } = input;
  if (plan.onDrift !== 'reassert' || memory.reassertedAtMs !== undefined || frozen) return null;
  const want = weightsAt(plan, traffic.position);
  const { carried } = memory;
  // Users are beside the plan already, because a colour was short: what they have is not the plan's to defend.
  if (carried?.shiftedAtMs === traffic.shiftedAtMs && carried.sinceMs !== null) return null;
  const [found, ...others] = routes.flatMap(({ weights, unreadable }) =>
    unreadable === undefined && sameWeights(weights, want) ? [] : [weights],
  );
  if (found == null || others.some((weights) => !sameWeights(weights, found))) return null;
  const before = traffic.routes.some((route) => sameWeights(route.before, found));
  if (before && nowMs - traffic.shiftedAtMs < LATE_READ_MS) return null;
  if (!carries(placed, want)) return null;
  return {
    ...placed,
    move: true,
    reasserts: true,
    weights: want,
    reason: `somebody else moved users to ${describeWeights(found)}`,
    memory: {
      ...placed.memory,
      reassertedAtMs: nowMs,
      carried: {
        weights: want,
        before: found,
        writtenAtMs: nowMs,
        shiftedAtMs: traffic.shiftedAtMs,
        sinceMs: null,
        totalMs: carried?.shiftedAtMs === traffic.shiftedAtMs ? carried.totalMs : 0,
      },
    },
  };
};

const carries = ({ kinds, carry }: Placement, want: Weights): boolean =>
  (['blue', 'green'] as const).every(
    (colour) => want[colour] === 0 || (kinds[colour] === 'alive' && carry[colour] * 100 >= want[colour]),
  );
