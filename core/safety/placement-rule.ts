import type { ColourCount } from '../vocabulary/placement.types.ts';
import type { Weights } from '../vocabulary/plan.types.ts';
import { describeWeights } from '../weights/weights.ts';

type Colour = 'blue' | 'green';

type Placing = {
  /** What all routes have; null when they differ, or are no split. */
  from: Weights | null;
  to: Weights;
  /** As this step has just read them; null: not read, or nobody has seen how it answers. */
  blue: ColourCount | null;
  green: ColourCount | null;
  /** Tasks that the service needs. */
  needed: number;
  /** Tasks that each colour has had of them, where a scale-out has not reached it yet. */
  shares?: Record<Colour, number> | undefined;
  /**
   * Why blue may have more than its healthy targets carry: green answers nobody, blue answers although its checks
   * fail, or a person does not wait for the rest of it.
   */
  blueAllowed: boolean;
  /** `deadOnly`: one healthy target carries everything. */
  oneIsEnough: boolean;
};

/** Ten points ask a colour that only appears dead whether it answers; weights are whole percents. */
const TRIAL = 10;
const ROUNDING = 1.01;

/**
 * Invariants 2b and 2c, right before users are moved beside the plan, or back. A second opinion: it shares no code
 * with the rule that decided (core/weights/), and core/safety/checks.ts is a third, from outside. What is read is at
 * most as old as its Lambda, whose limit is a minute.
 */
export const refusePlacement = (placing: Placing): string | null => {
  const { from, to } = placing;
  const gaining = (['blue', 'green'] as const).filter(
    (colour) => to[colour] > (from === null ? 0 : from[colour]),
  );
  const wrong = gaining.find((colour) => to[colour] > mostFor(colour, placing));
  if (wrong === undefined) return null;
  const count = placing[wrong];
  const found = count === null ? 'unread' : `with ${count.healthy} of ${placing.needed} tasks healthy`;
  return `expected ${wrong} to carry what it gets at ${describeWeights(to)}, found it ${found}`;
};

const mostFor = (colour: Colour, placing: Placing): number => {
  const { from, blueAllowed } = placing;
  const other = colour === 'blue' ? 'green' : 'blue';
  const own = placing[colour];
  if (own === null) return 0;
  if (colour === 'blue' && blueAllowed) return 100;
  if (placing[other]?.healthy === 0) return 100;
  if (own.healthy === 0) return colour === 'blue' ? TRIAL : 0;

  const carries = shareOf(colour, own, placing);
  const others =
    placing[other] === null ? (from?.[other] ?? 0) / 100 : shareOf(other, placing[other], placing);
  const most = carries + others < 1 ? carries / (carries + others) : Math.max(carries, 1 - others);
  return 100 * most + ROUNDING;
};

/** Of a colour that has a healthy task: each takes over half as much again as its share. */
const shareOf = (
  colour: Colour,
  { healthy }: ColourCount,
  { needed, shares, oneIsEnough }: Placing,
): number => {
  const of = Math.min(needed, shares?.[colour] ?? needed);
  return oneIsEnough ? 1 : Math.min(1, (3 * healthy) / (2 * Math.max(1, of)));
};
