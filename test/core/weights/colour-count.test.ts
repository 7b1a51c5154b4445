import { describe, expect, test } from 'vitest';
import type { ObservedTaskSet } from '../../../core/vocabulary/observed.types.ts';
import { commonWeights, countColour, isGoing } from '../../../core/weights/colour-count.ts';
import { aForward, aPlan, aTarget, aTaskSet, BLUE, GREEN, THIRD } from '../a-deployment.ts';

const targets = (...states: Parameters<typeof aTarget>[0][]) => states.map((state) => aTarget(state));

describe('a colour is counted by its targets and its running tasks', () => {
  const none = { healthy: 0, registered: 0, unchecked: false, running: 0 };
  const two = aTaskSet();

  test.each<[string, ReturnType<typeof targets>, ObservedTaskSet | null, object]>([
    ['all healthy', targets('healthy', 'healthy'), two, { ...none, healthy: 2, registered: 2, running: 2 }],
    ['one starts', targets('healthy', 'initial'), two, { ...none, healthy: 1, registered: 2, running: 2 }],
    [
      'one is replaced, which drains',
      targets('healthy', 'initial', 'draining'),
      two,
      { ...none, healthy: 1, registered: 2, running: 2 },
    ],
    [
      'in no action: nobody checks them',
      targets('unused', 'unused'),
      two,
      { ...none, registered: 2, unchecked: true, running: 2 },
    ],
    [
      'one of two is checked already',
      targets('unused', 'initial'),
      two,
      { ...none, registered: 2, running: 2 },
    ],
    ['no target yet', [], two, { ...none, running: 2 }],
    ['no task set, whatever is registered', targets('healthy'), null, none],
    ['on its way out', targets('healthy', 'healthy'), { ...two, status: 'DRAINING' }, none],
    ['scaled to nothing', targets('healthy', 'healthy'), { ...two, scalePercent: 0 }, none],
  ])('%s', (_, found, of, counted) => {
    expect(countColour(found, of)).toEqual(counted);
    expect(isGoing(of)).toBe(of?.status !== 'ACTIVE' || of.scalePercent === 0);
  });
});

test.each([
  ['no route', [], null],
  ['one', [aForward([BLUE, 9], [GREEN, 1])], { blue: 90, green: 10 }],
  [
    'two of one split',
    [aForward([BLUE, 9], [GREEN, 1]), aForward([BLUE, 90], [GREEN, 10])],
    { blue: 90, green: 10 },
  ],
  ['two that differ', [aForward([BLUE, 9], [GREEN, 1]), aForward([BLUE, 1])], null],
  ['one that is no split', [aForward([BLUE, 1]), aForward([THIRD, 1])], null],
])('what routes have in common: %s', (_, forwards, weights) => {
  expect(
    commonWeights(
      aPlan(),
      forwards.map((forward) => ({ forward })),
    ),
  ).toEqual(weights);
});
