import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import type { Calm, ColourCount, PlacementMemory } from '../vocabulary/placement.types.ts';
import type { LoadBalancerKind, Weights } from '../vocabulary/plan.types.ts';
import { type Carry, type CarryInput, type ColourKind, carryOf, kindsOf, learn } from './carry.ts';
import { type Colour, countsLateSince, LATE_COUNT_MS, lateColours } from './late-counts.ts';
import { describeWeights, greenAt, sameWeights } from './weights.ts';

/** A colour that came back must have been at its number for so long before it gets weight; twice as long each time. */
const FIRST_CALM_MS = MINUTE_MS;
const LONGEST_CALM_MS = 15 * MINUTE_MS;
/**
 * A network load balancer takes ten minutes to follow a weight surely [fact 60]: nothing is known about a move before
 * that.
 */
const NETWORK_CALM_MS = 10 * MINUTE_MS;
/** How long a colour that is back for the first time has to stay so before it gets weight. */
export const leastCalmMs = (loadBalancerKind: LoadBalancerKind): number =>
  loadBalancerKind === 'network' ? NETWORK_CALM_MS : FIRST_CALM_MS;

/** A move back of fewer points is not worth its risk. */
const LEAST_MOVE = 10;
/** Flapping must not become thrashing: more moves an hour gained nothing in any simulated situation. */
export const MOVES_PER_HOUR = 12;

export type PlacementInput = CarryInput & {
  /** `freeze`: nothing moves, and the reason says what would. */
  frozen: boolean;
};

export type Placement = {
  /** Whether the routes are to be written, to `weights`. */
  move: boolean;
  /** They are written because somebody else moved users. */
  reasserts?: true;
  /** They would be, but for a freeze. */
  frozen?: true;
  /** ECS and the load balancer disagree on what a colour has: it is observed again before any user leaves it. */
  countsAreLate?: true;
  /** Where users should be now; where they are, when nothing is to move. */
  weights: Weights | null;
  carry: Carry;
  kinds: { blue: ColourKind; green: ColourKind };
  /** What it was decided by; null: unread. */
  counts: { blue: ColourCount | null; green: ColourCount | null; needed: number };
  /** One sentence for an operator: why they are not where the phase wants them, or why they move. */
  reason: string;
  /** What is kept for the next observation, this move included. */
  memory: PlacementMemory;
};

/**
 * Where users should be: as near to what the phase wants as what each colour carries allows. A move away from a colour
 * that has more than it carries is made at once; one back only after a calm time, in steps worth making, and not too
 * often.
 */
export const placementOf = (asked: PlacementInput): Placement => {
  const learned = learn(asked);
  const input = { ...asked, memory: learned };
  const carry = carryOf(input);
  const { late, sinceMs } = lateIn(input);
  const memory = {
    ...withoutLate(learned),
    ...(sinceMs === undefined ? {} : { countsLateSinceMs: sinceMs }),
    calm: calmOf(input, carry, late),
    movedAtMs: recentMoves(input),
  };
  const { current, frozen, policy, nowMs, blue, green, needed } = input;
  const counts = { blue, green, needed };
  const kinds = kindsOf(input);
  const stay = (why: string): Placement => ({
    move: false,
    weights: current,
    carry,
    kinds,
    counts,
    reason: why,
    memory,
    ...(late.length > 0 ? { countsAreLate: true as const } : {}),
  });

  const target = targetOf(input, carry);
  if (policy === 'off') return stay('users are not moved: the request says `carry: "off"`');
  if (target === null) return stay(describeColours(input));
  if (sameWeights(current, target)) return stay(describeColours(input));
  const refusal = whyNotYet({ ...input, memory }, carry, target, late);
  const move = `${describeColours(input)}: ${describeWeights(target)}`;
  if (frozen) return { ...stay(`frozen; would move users now, ${move}`), frozen };
  if (refusal !== null) return stay(`${refusal}; then ${move}`);
  const movedAtMs = [...memory.movedAtMs, nowMs].slice(-MOVES_PER_HOUR);
  return {
    move: true,
    weights: target,
    carry,
    kinds,
    counts,
    reason: move,
    memory: { ...memory, movedAtMs },
  };
};

/** Colours of which nobody knows yet whether they have lost a task, for a bounded time. */
const lateIn = (input: PlacementInput): { late: Colour[]; sinceMs: number | undefined } => {
  const late = lateColours({ ...input, shares: input.memory.shares });
  const sinceMs = countsLateSince(late, input.memory, input.nowMs);
  return { late: input.nowMs - (sinceMs ?? input.nowMs) >= LATE_COUNT_MS ? [] : late, sinceMs };
};

const withoutLate = ({ countsLateSinceMs: _, ...memory }: PlacementMemory): PlacementMemory => memory;

/**
 * Whole percents that leave neither colour more than it carries; in proportion where both together carry too little.
 */
const targetOf = (input: PlacementInput, carry: Carry): Weights | null => {
  const { want, current } = input;
  const kinds = kindsOf(input);
  if (carry.instead !== undefined) return carry.instead;
  // A trial is never shared in proportion: it asks a question, and ten in a hundred are enough for the answer.
  const sum = carry.trial ? 1 : carry.blue + carry.green;
  if (sum <= 0) return null;

  const lo = ceil(100 * (1 - carry.blue));
  const hi = floor(100 * carry.green);
  const green =
    sum < 1 ? Math.round((100 * carry.green) / sum) : Math.min(Math.max(want.green, lo), Math.max(hi, lo));
  const target = greenAt(green);
  // What could not be read may not gain; where the routes differ, whatever it gets may be more than it has.
  const gains = (colour: 'blue' | 'green') => target[colour] > (current?.[colour] ?? 0);
  const unread = (['blue', 'green'] as const).some((colour) => kinds[colour] === 'unread' && gains(colour));
  return unread ? null : target;
};

// Sums of thirds are a little off; a whole percent is as fine as weights are.
const ceil = (pct: number): number => Math.ceil(pct - 1e-6);
const floor = (pct: number): number => Math.floor(pct + 1e-6);

const whyNotYet = (
  input: PlacementInput,
  carry: Carry,
  target: Weights,
  late: readonly Colour[],
): string | null => {
  const { current, want, abortNow, memory } = input;
  if (abortNow && target.blue === 100) return null;
  const capped = memory.movedAtMs.length >= MOVES_PER_HOUR;
  const tooOften = `moved ${MOVES_PER_HOUR} times within an hour already`;
  // Routes that differ, or are no split, are set right at once.
  if (current === null) return null;
  const gaining = target.green > current.green ? 'green' : 'blue';
  const losing = gaining === 'green' ? 'blue' : 'green';
  if (carry[losing] <= 0 && carry.instead === undefined) return null;
  if (memory.lostGreen !== null && losing === 'green') return null;
  if (late.includes(losing))
    return `ECS still counts tasks of ${losing} whose targets leave, and is asked again before users move`;
  if (capped) return tooOften;
  if (carry.instead !== undefined) return null;
  const small = Math.abs(target.green - current.green) < LEAST_MOVE;
  const overloaded = carry[losing] * 100 < current[losing] - 1;
  if (overloaded && carry[gaining] * 100 >= target[gaining] - 1) return null;
  // Both carry too little: a few points more or less on either help nobody.
  if (overloaded) return small ? `a move of fewer than ${LEAST_MOVE} points is not made` : null;

  const waitMs = calmLeftMs(input, carry, gaining);
  if (waitMs > 0)
    return `${gaining} is back, and gets weight after ${formatDuration(ceilSecond(waitMs))} of calm`;
  return small && !sameWeights(target, want) ? `a move of fewer than ${LEAST_MOVE} points is not made` : null;
};

const calmLeftMs = (
  { memory, loadBalancerKind, nowMs }: PlacementInput,
  carry: Carry,
  gaining: 'blue' | 'green',
) => {
  // Asked whether it answers, not trusted: it gets a few users once it has been unwell for a calm time.
  if (carry.trial && gaining === 'blue') return (memory.spell?.seenAtMs ?? nowMs) + FIRST_CALM_MS - nowMs;
  const calm = memory.calm[gaining];
  if (calm === null || calm.roseAtMs === 0) return 0;
  const doubled = Math.min(LONGEST_CALM_MS, FIRST_CALM_MS * 2 ** Math.max(0, calm.returns - 1));
  return calm.roseAtMs + Math.max(doubled, leastCalmMs(loadBalancerKind)) - nowMs;
};

const ceilSecond = (ms: number): number => Math.ceil(ms / SECOND_MS) * SECOND_MS;

const recentMoves = ({ memory, nowMs }: PlacementInput): number[] =>
  memory.movedAtMs.filter((atMs) => nowMs - atMs < HOUR_MS);

/** A colour that has carried what it carries for an hour has come back for good. */
const RETURNS_KEPT_MS = HOUR_MS;

const calmOf = (input: PlacementInput, carry: Carry, late: readonly Colour[]): PlacementMemory['calm'] => {
  const kinds = kindsOf(input);
  const next = (colour: Colour): Calm | null => {
    const before = input.memory.calm[colour];
    if (kinds[colour] === 'unread' || late.includes(colour)) return before;
    return calmAfter(before, carry[colour], input.nowMs);
  };
  return { blue: next('blue'), green: next('green') };
};

const calmAfter = (before: Calm | null, carry: number, nowMs: number): Calm => {
  if (before === null) return { carry, roseAtMs: 0, returns: 0, fell: false };
  if (carry < before.carry) return { ...before, carry, fell: true };
  if (carry > before.carry) {
    const returns = before.fell ? before.returns + 1 : Math.max(1, before.returns);
    return { carry, roseAtMs: nowMs, returns, fell: false };
  }
  const settled = !before.fell && before.returns > 0 && nowMs - before.roseAtMs >= RETURNS_KEPT_MS;
  return settled ? { ...before, roseAtMs: 0, returns: 0 } : before;
};

const describeColours = (input: PlacementInput): string => {
  const { blue, green, memory } = input;
  const kinds = kindsOf(input);
  const one = (colour: 'blue' | 'green', count: ColourCount | null) => {
    if (count === null) return `${colour} could not be read`;
    if (colour === 'green' && memory.lostGreen !== null) {
      const { requests, answered } = memory.lostGreen;
      return `green answered ${answered} of ${requests} requests in a minute`;
    }
    if (kinds[colour] === 'gone') return `${colour} is gone`;
    return `${colour} has ${count.healthy} of ${input.needed} tasks healthy`;
  };
  return `${one('blue', blue)}, ${one('green', green)}`;
};

/** Whether a record has to be written: most observations find everything whole, and learn nothing. */
export const worthKeeping = (memory: PlacementMemory, stored: PlacementMemory | null): boolean => {
  const { lostGreen, gone, spell, movedAtMs, shares, reassertedAtMs, countsLateSinceMs } = memory;
  const whole = shares === undefined || (shares.blue === shares.needed && shares.green === shares.needed);
  const plain =
    reassertedAtMs === undefined &&
    countsLateSinceMs === undefined &&
    whole &&
    lostGreen === null &&
    !gone.blue &&
    !gone.green &&
    spell === null &&
    movedAtMs.length === 0;
  return !(plain && stored === null) && JSON.stringify(memory) !== JSON.stringify(stored);
};
