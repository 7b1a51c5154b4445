import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import { aCommand, aForward, aPlan, aTarget, BLUE, GREEN, NOW } from '../a-deployment.ts';
import { placedBack } from './placed-back.ts';

type Healthy = { blue: number; green: number };

/** Four tasks each; blue has come back for the fourth time, a minute ago. */
const placed = (healthy: Healthy, greenPct: number) => {
  const targets = (count: number) =>
    [0, 1, 2, 3].map((each) => aTarget(each < count ? 'healthy' : 'unhealthy'));
  return placedBack(4, {
    blueTargets: targets(healthy.blue),
    greenTargets: targets(healthy.green),
    routes: [{ forward: aForward([BLUE, 100 - greenPct], [GREEN, greenPct]) }],
    neverServed: true,
    memory: {
      ...NO_MEMORY,
      calm: { blue: { carry: 1, roseAtMs: NOW - MINUTE_MS, returns: 4, fell: false }, green: null },
    },
  });
};

describe('a green that no shift gave weight', () => {
  test('gets nobody while any of blue answers', () => {
    expect(placed({ blue: 1, green: 4 }, 0)).toMatchObject({ move: false, weights: { blue: 100, green: 0 } });
  });

  test('gets everybody from a blue without a healthy target', () => {
    expect(placed({ blue: 0, green: 4 }, 0)).toMatchObject({ move: true, weights: { blue: 0, green: 100 } });
  });

  test.each([0, 1, 2])(
    'with everybody and %d of 4 tasks healthy it gives them to a whole blue without a calm time',
    (green) => {
      expect(placed({ blue: 4, green }, 100)).toMatchObject({ move: true, weights: { blue: 100, green: 0 } });
    },
  );

  test('with everybody and whole it keeps them until blue has been calm', () => {
    expect(placed({ blue: 4, green: 4 }, 100)).toMatchObject({
      move: false,
      weights: { blue: 0, green: 100 },
    });
  });
});

describe('where users are to be, with all of them on blue as the aim', () => {
  const short = { blueTargets: [aTarget('healthy'), ...[1, 2, 3].map(() => aTarget('unhealthy'))] };
  const half = { forward: aForward([BLUE, 50], [GREEN, 50]) };

  test.each<[string, Parameters<typeof placedBack>[1], object]>([
    [
      'no route is left: nobody is to be moved',
      { routes: [] },
      { move: false, weights: { blue: 100, green: 0 } },
    ],
    ['blue carries them', { routes: [half] }, { move: true, weights: { blue: 100, green: 0 } }],
    ['blue is short', { ...short, routes: [half] }, { move: true, weights: { blue: 37, green: 63 } }],
    [
      'blue is short, and a person wants everybody there now',
      { ...short, routes: [half], commands: [aCommand('abort', NOW, { now: true })] },
      { move: true, weights: { blue: 100, green: 0 } },
    ],
    [
      'blue is short, and a person wants to go back',
      { ...short, routes: [half], commands: [aCommand('abort', NOW)] },
      { move: true, weights: { blue: 37, green: 63 } },
    ],
    [
      'the request lets nobody be moved',
      { plan: aPlan({ carry: 'off' }), routes: [half] },
      { move: false, reason: 'users are not moved: the request says `carry: "off"`' },
    ],
    [
      'routes differ, and green never served',
      { routes: [half, { forward: aForward([BLUE, 1]) }], neverServed: true },
      { move: true, weights: { blue: 100, green: 0 } },
    ],
  ])('%s', (_, changes, expected) => {
    expect(placedBack(4, changes)).toMatchObject(expected);
  });
});
