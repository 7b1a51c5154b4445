import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import type { AnsweredMinute } from '../../../core/vocabulary/placement.types.ts';
import { placementOf } from '../../../core/weights/placement.ts';
import {
  alive,
  baking,
  GONE,
  greenAt,
  greens,
  inTurn,
  minute,
  rollingBack,
  START_MS,
  UNWELL,
} from './placement-input.ts';

/** A minute that began so many seconds after the first observation. */
const at = (startS: number, answeredPct: number, requests = 1_000): AnsweredMinute => ({
  startMs: START_MS + startS * 1_000,
  requests,
  answered: (requests * answeredPct) / 100,
});
const halfBroken = { blue: [minute(100)], green: [minute(50)] };

describe('blue appears dead: all its targets fail their checks, its tasks run', () => {
  test('a green that is known to be sound takes everything at once', () => {
    const placed = placementOf(
      rollingBack({ blue: UNWELL, answers: { blue: [minute(100)], green: [minute(98)] } }),
    );

    expect(placed).toMatchObject({ move: true, weights: greenAt(100) });
  });

  test('else a trial finds out that it answers, and the rollback completes', () => {
    const placed = inTurn(rollingBack({ blue: UNWELL, answers: halfBroken }), [
      { atS: 0 },
      { atS: 60 },
      { atS: 150, answers: { blue: [at(0, 100)], green: [minute(50), at(0, 50)] } },
      { atS: 209 },
      { atS: 210 },
    ]);

    expect(greens(placed)).toEqual([90, 90, 90, 90, 0]);
    expect(placed[2]?.memory.spell?.verdict).toBe('answers');
  });

  test.each([
    ['none of its codes are there, though requests are', 0],
    ['half of its codes are missing and green answers all', 50],
  ])('or that it is dead: %s', (_name, answered) => {
    const green = answered === 0 ? 50 : 94;
    const placed = inTurn(
      rollingBack({ blue: UNWELL, answers: { blue: [minute(100)], green: [minute(green)] } }),
      [{ atS: 0 }, { atS: 150, answers: { blue: [at(0, answered)], green: [minute(green), at(0, green)] } }],
    );

    expect(greens(placed)).toEqual([90, 100]);
  });

  test('a green without metrics counts as one that answers 90 %', () => {
    const unknown = (answered: number) =>
      inTurn(rollingBack({ blue: UNWELL, answers: { blue: [minute(100)], green: [] } }), [
        { atS: 0 },
        { atS: 150, answers: { blue: [at(0, answered)], green: [] } },
      ]).at(-1)?.memory.spell?.verdict;

    expect([unknown(79), unknown(81)]).toEqual(['dead', 'answers']);
  });

  test('without evidence for five minutes it is dead', () => {
    const placed = inTurn(rollingBack({ blue: UNWELL, answers: halfBroken }), [
      { atS: 0 },
      { atS: 299, answers: { blue: [minute(100), at(0, 100, 49)], green: [at(0, 50)] } },
      { atS: 300, answers: { blue: [minute(100)], green: [at(0, 50)] } },
    ]);

    expect(greens(placed)).toEqual([90, 90, 100]);
  });

  test('a minute that began when it was still half healthy is no evidence', () => {
    const half = { blue: [minute(100), at(-21, 100)], green: [minute(50), at(-21, 50)] };
    const placed = inTurn(rollingBack({ blue: UNWELL, answers: halfBroken }), [
      { atS: 0 },
      { atS: 100, answers: half },
    ]);

    expect(placed.at(-1)?.memory.spell?.verdict).toBeNull();
  });

  test.each([
    [499, 100],
    [500, 90],
  ])('%i requests a minute: green at %i', (requests, green) => {
    const answers = { blue: [minute(100, 90_000, 100)], green: [minute(50, 90_000, requests - 100)] };

    expect(placementOf(rollingBack({ blue: UNWELL, answers })).weights).toEqual(greenAt(green));
  });

  test('behind a network load balancer there is no trial and no wait', () => {
    const placed = placementOf(
      rollingBack({ blue: UNWELL, answers: halfBroken, loadBalancerKind: 'network' }),
    );

    expect(placed.weights).toEqual(greenAt(100));
  });

  test('a blue without traffic gets its trial after a calm minute', () => {
    const placed = inTurn(rollingBack({ blue: UNWELL, answers: halfBroken, current: greenAt(100) }), [
      { atS: 0 },
      { atS: 59 },
      { atS: 60 },
    ]);

    expect(greens(placed)).toEqual([100, 100, 90]);
  });

  test('its five minutes begin when it has a trial, and not while nobody asks it', () => {
    const asked = inTurn(rollingBack({ blue: UNWELL, answers: halfBroken, current: greenAt(100) }), [
      { atS: 0 },
      { atS: 60 },
      { atS: 75 },
      { atS: 374 },
      { atS: 375 },
    ]);
    const unasked = inTurn(baking(100, { blue: UNWELL, answers: halfBroken }), [{ atS: 0 }, { atS: 900 }]);

    expect(greens(asked)).toEqual([100, 90, 90, 90, 100]);
    expect(unasked.at(-1)?.memory.spell?.verdict).toBeNull();
  });

  test('frozen, it is not asked, and is not dead for that: resume gives it its trial', () => {
    const placed = inTurn(rollingBack({ blue: UNWELL, answers: halfBroken, current: greenAt(100) }), [
      { atS: 0, frozen: true },
      { atS: 600, frozen: true },
      { atS: 601, frozen: false },
    ]);

    expect(placed.map(({ move }) => move)).toEqual([false, false, true]);
    expect(placed[1]?.reason).toContain('frozen; would move users now');
    expect(greens(placed)).toEqual([100, 100, 90]);
  });

  test('frozen within a trial, users stay where they are, and what metrics show meanwhile decides at resume', () => {
    const slicing = (answered: number) =>
      inTurn(rollingBack({ blue: UNWELL, answers: halfBroken }), [
        { atS: 0 },
        { atS: 150, frozen: true, answers: { blue: [at(0, answered)], green: [at(0, 50)] } },
        { atS: 160, frozen: true, answers: { blue: [], green: [] } },
        { atS: 240, frozen: false },
      ]);

    expect(greens(slicing(0))).toEqual([90, 90, 90, 100]);
    expect(greens(slicing(96))).toEqual([90, 90, 90, 0]);
  });

  test('`abort --now` within a trial gives it everything with its first healthy target, and not before', () => {
    const placed = inTurn(rollingBack({ blue: UNWELL, answers: halfBroken, abortNow: true }), [
      { atS: 0 },
      { atS: 30 },
      { atS: 45, blue: alive(1) },
    ]);

    expect(greens(placed)).toEqual([90, 90, 0]);
  });

  test('an execution stopped within its trial: the recovery waits for the same five minutes, and the same minute', () => {
    const [tried] = inTurn(rollingBack({ blue: UNWELL, answers: halfBroken }), [{ atS: 0 }]);
    const stored = JSON.parse(JSON.stringify(tried?.memory));
    const recovered = (atS: number, blue: ReturnType<typeof at>[]) =>
      placementOf(
        rollingBack({
          blue: UNWELL,
          answers: { blue, green: [at(0, 50)] },
          current: greenAt(90),
          memory: stored,
          nowMs: START_MS + atS * 1_000,
        }),
      );

    expect(stored.spell).toMatchObject({ seenAtMs: START_MS, trialAtMs: START_MS, verdict: null });
    expect(recovered(299, []).weights).toEqual(greenAt(90));
    expect(recovered(300, []).weights).toEqual(greenAt(100));
    expect(recovered(299, [at(-21, 0)]).memory.spell?.verdict).toBeNull();
    expect(recovered(299, [at(0, 96)]).memory.spell?.verdict).toBe('answers');
  });

  test('no trial is given where the phase wants nobody on blue', () => {
    const placed = inTurn(baking(100, { blue: UNWELL, answers: halfBroken }), [{ atS: 0 }, { atS: 90 }]);

    expect(greens(placed)).toEqual([100, 100]);
  });

  test('ECS replaces its tasks one by one: it stays unwell; all at once: it is gone until a target is healthy', () => {
    const placed = inTurn(rollingBack({ blue: UNWELL, answers: halfBroken }), [
      { atS: 0 },
      { atS: 15, blue: alive(0, 3) },
      { atS: 30, blue: GONE },
      { atS: 45, blue: UNWELL },
      { atS: 90, blue: alive(4) },
      { atS: 150 },
    ]);

    expect(greens(placed)).toEqual([90, 90, 100, 100, 100, 0]);
  });

  test('half of its targets fail: that is a blue of two tasks, and no spell', () => {
    const placed = placementOf(rollingBack({ blue: alive(2), answers: halfBroken }));

    expect(placed).toMatchObject({ weights: greenAt(25), memory: { spell: null } });
  });

  test('a verdict holds for the spell and 15 minutes beyond it', () => {
    const verdictAfter = (pauseS: number) =>
      inTurn(rollingBack({ blue: UNWELL, answers: halfBroken }), [
        { atS: 0 },
        { atS: 100, answers: { blue: [at(0, 0)], green: [at(0, 50)] } },
        { atS: 110, blue: alive(4) },
        { atS: 110 + pauseS, blue: UNWELL, answers: { blue: [], green: [at(0, 50)] } },
      ]).at(-1)?.memory.spell?.verdict;

    expect([verdictAfter(15 * 60), verdictAfter(16 * 60)]).toEqual(['dead', null]);
  });

  test('in a bake it goes back to the plan, and the evidence survives the execution', () => {
    const placed = inTurn(baking(50, { blue: UNWELL, answers: halfBroken }), [
      { atS: 0 },
      { atS: 150, answers: { blue: [at(0, 96)], green: [at(0, 50)] } },
      { atS: 210 },
    ]);
    const stored = JSON.parse(JSON.stringify(placed[1]?.memory));
    const recovered = placementOf(
      rollingBack({ blue: UNWELL, current: greenAt(90), memory: stored, nowMs: START_MS + 210_000 }),
    );

    expect(greens(placed)).toEqual([90, 90, 50]);
    expect(recovered.weights).toEqual(greenAt(0));
  });
});

describe('neither colour has a healthy target', () => {
  test('users go where the phase wants, once, and not to and fro', () => {
    const both = { blue: UNWELL, green: UNWELL };
    const placed = inTurn(rollingBack(both), [
      { atS: 0 },
      { atS: 30 },
      { atS: 3_000, green: alive(4) },
      { atS: 3_100, blue: alive(4) },
      { atS: 3_200 },
    ]);

    expect(placed.map(({ move }) => move)).toEqual([true, false, true, false, true]);
    expect(greens(placed)).toEqual([0, 0, 100, 100, 0]);
    expect(placementOf(baking(50, both))).toMatchObject({ move: false });
  });

  test('unless both were measured and one answers better', () => {
    const measured = (blue: number, green: number) =>
      placementOf(
        rollingBack({
          blue: UNWELL,
          green: UNWELL,
          answers: { blue: [at(0, blue)], green: [at(0, green)] },
          nowMs: START_MS + MINUTE_MS,
        }),
      );
    const seen = inTurn(rollingBack({ blue: UNWELL, green: UNWELL }), [
      { atS: 0 },
      { atS: 150, answers: { blue: [at(0, 20)], green: [at(0, 90)] } },
    ]);

    expect(measured(20, 25).weights).toEqual(greenAt(0));
    expect(greens(seen)).toEqual([0, 100]);
  });

  test('and where only one of them runs, there', () => {
    expect(placementOf(rollingBack({ blue: GONE, green: UNWELL })).weights).toEqual(greenAt(100));
    expect(placementOf(baking(50, { blue: UNWELL, green: GONE })).weights).toEqual(greenAt(0));
  });
});

test.each([
  ['a real death', GONE],
  ['a spell', UNWELL],
])('%s every five minutes: at most twelve moves an hour', (_name, down) => {
  const observations = Array.from({ length: 240 }, (_, index) => ({
    atS: index * 15,
    blue: Math.floor((index * 15) / 300) % 2 === 0 ? down : alive(4),
  }));
  const placed = inTurn(rollingBack({ answers: halfBroken }), observations);

  expect(placed.filter(({ move }) => move).length).toBeLessThanOrEqual(12);
});
