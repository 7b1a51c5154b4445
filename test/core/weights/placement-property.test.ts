import { expect, test } from 'vitest';
import type { ColourCount } from '../../../core/vocabulary/placement.types.ts';
import { HEADROOM, TRIAL_PCT } from '../../../core/weights/carry.ts';
import { type Placement, type PlacementInput, placementOf } from '../../../core/weights/placement.ts';
import { seededRandom } from '../../../sim/kernel/random.ts';
import { greenAt, minute, rollingBack, START_MS } from './placement-input.ts';

const SEEDS = 300;
const STEPS = 40;

/** What a colour can answer, counted here anew from its healthy targets. */
const share = (count: ColourCount | null, needed: number): number =>
  count === null ? 0 : Math.min(1, (HEADROOM * count.healthy) / needed);

/** Why this move breaks the rule that no write of ours harms users, or null. */
const harm = (input: PlacementInput, placed: Placement): string | null => {
  const { weights, memory } = placed;
  if (!placed.move || weights === null) return null;
  if (weights.blue + weights.green !== 100) return 'weights do not sum to 100';
  if (input.blue === null || input.green === null) {
    const unread = input.blue === null ? 'blue' : 'green';
    return weights[unread] > (input.current?.[unread] ?? 0) ? `${unread} gained unread` : null;
  }
  const kept = memory.lostGreen !== null || memory.spell?.verdict === 'answers';
  for (const [colour, other] of [
    ['blue', 'green'],
    ['green', 'blue'],
  ] as const) {
    const gained = weights[colour] > (input.current?.[colour] ?? 0);
    const own = share(input[colour], input.needed);
    const others = share(input[other], input.needed);
    const trial = colour === 'blue' && weights.blue <= TRIAL_PCT;
    if (!gained || kept || trial) continue;
    if (own === 0 && others > 0) return `${colour} gained with nobody healthy`;
    // More than it carries is right only where the other carries too little as well, and no more than in proportion.
    const most = own + others >= 1 || others === 0 ? Math.max(own, 1 - others) : own / (own + others);
    if (own > 0 && weights[colour] > 100 * most + 1)
      return `${colour} got ${weights[colour]} and carries ${own}`;
  }
  return null;
};

test(`in ${SEEDS} random histories no move makes users worse off, or is made more often than allowed`, () => {
  const found: string[] = [];
  let moves = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = seededRandom(seed);
    const count = (): ColourCount | null => {
      const running = random.between(0, 4);
      const healthy = Math.min(running, random.between(0, 4));
      return random.between(0, 9) === 0 ? null : { healthy, registered: running, running, unchecked: false };
    };
    const want = greenAt([0, 0, 10, 50, 100][random.between(0, 4)] ?? 0);
    let input = rollingBack({ want, current: greenAt(random.between(0, 100)) });
    for (let step = 0; step < STEPS; step += 1) {
      const nowMs = input.nowMs + random.between(5, 90) * 1_000;
      const answers = {
        blue: [minute(random.between(0, 100))],
        green: [minute(random.between(0, 20) === 0 ? 5 : 60)],
      };
      input = { ...input, nowMs, blue: count(), green: count(), answers };
      const placed = placementOf(input);
      const wrong = harm(input, placed);
      if (wrong !== null) found.push(`seed ${seed}, step ${step}: ${wrong}`);
      if (placed.memory.movedAtMs.length > 12) found.push(`seed ${seed}: more than 12 moves are kept`);
      moves += placed.move ? 1 : 0;
      input = { ...input, memory: placed.memory, current: placed.weights };
    }
  }

  expect(found).toEqual([]);
  // The histories are wild enough to mean something.
  expect(moves).toBeGreaterThan(SEEDS);
  expect(START_MS).toBeGreaterThan(0);
});
