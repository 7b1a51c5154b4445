import { describe, expect, test } from 'vitest';
import {
  holdsStickyClients,
  regroups,
  regroupsSoon,
  setsClientsFree,
} from '../../../core/weights/sticky-clients.ts';
import { aForward, aPlan, aStickyForward, BLUE, GREEN } from '../a-deployment.ts';

type Placed = Parameters<typeof setsClientsFree>[0];

/** Blue as an observation has it: how it appears, its tasks that run, and whether nobody checks them. */
const placed = (blue: Placed['kinds']['blue'], running: number, unchecked = false): Placed => ({
  kinds: { blue, green: 'alive' },
  counts: { blue: { healthy: 0, registered: running, running, unchecked }, green: null, needed: 2 },
});
const unread: Placed = { ...placed('gone', 0), counts: { blue: null, green: null, needed: 2 } };

const gone = placed('gone', 0);
const back = placed('gone', 1, true);

test('clients are set free once no task of a blue that is gone runs', () => {
  expect(setsClientsFree(gone)).toBe(true);
  expect(setsClientsFree(unread)).toBe(true);
  expect(setsClientsFree(placed('gone', 1))).toBe(false);
  expect(setsClientsFree(placed('unwell', 0))).toBe(false);
});

describe('with the routes at hand', () => {
  test.each<[string, Placed, boolean, boolean, boolean]>([
    ['a blue that is gone leaves', gone, true, false, true],
    ['a blue that has left stays out', gone, false, false, false],
    ['a blue whose tasks run again returns', back, false, false, true],
    ['one that is in the routes has nothing to return to', back, true, false, false],
    ['one without a task does not return', placed('gone', 0, true), false, false, false],
    ['one that is checked is in the routes already', placed('gone', 1), false, false, false],
    ['one that could not be read does not return', unread, false, false, false],
    ['a freeze leaves it in', gone, true, true, false],
    ['a freeze leaves it out', back, false, true, false],
  ])('%s', (_what, of, holdsBlueClients, frozen, expected) => {
    expect(regroups(of, { holdsBlueClients, frozen })).toBe(expected);
  });
});

describe('without them', () => {
  const [route] = aPlan().routes;
  if (route === undefined) throw new Error('expected a route in the plan');
  const ofRoute = (enabled: boolean) => ({
    ...route,
    original: { ...route.original, stickiness: { enabled } },
  });
  const sticky = [ofRoute(false), ofRoute(true)];
  const news = { seenGone: false, frozen: false };

  test.each<[string, Parameters<typeof regroupsSoon>, boolean]>([
    ['its end is news', [{ routes: sticky }, gone, news], true],
    [
      'its end is no news once a step has seen it',
      [{ routes: sticky }, gone, { ...news, seenGone: true }],
      false,
    ],
    ['its return is, whatever was seen', [{ routes: sticky }, back, { ...news, seenGone: true }], true],
    ['a blue that runs is none', [{ routes: sticky }, placed('gone', 2), news], false],
    ['no route is sticky', [{ routes: [ofRoute(false)] }, gone, news], false],
    ['users stay where they are', [{ routes: sticky, carry: 'off' }, gone, news], false],
    ['dead colours alone are left', [{ routes: sticky, carry: 'deadOnly' }, gone, news], true],
    ['a freeze leaves all as it is', [{ routes: sticky }, gone, { ...news, frozen: true }], false],
  ])('%s', (_what, asked, expected) => {
    expect(regroupsSoon(...asked)).toBe(expected);
  });
});

test.each([
  ['a sticky route that names blue’s group among others', aStickyForward([GREEN, 100], [BLUE, 0]), true],
  ['a sticky route that does not name it', aStickyForward([GREEN, 100]), false],
  ['a route that is not sticky', aForward([BLUE, 100], [GREEN, 0]), false],
])('blue’s clients are held by %s: %s', (_, forward, holds) => {
  expect(holdsStickyClients(aPlan(), forward)).toBe(holds);
});
