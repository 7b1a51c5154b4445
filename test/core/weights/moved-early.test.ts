import { expect, test } from 'vitest';
import type { Weights } from '../../../core/vocabulary/plan.types.ts';
import { movedEarly } from '../../../core/weights/moved-early.ts';
import { ALL_BLUE, ALL_GREEN } from '../../../core/weights/weights.ts';
import { aFirstDeployment, aPlan } from '../a-deployment.ts';

const found = (...weights: (Weights | null)[]) =>
  movedEarly(
    aPlan(),
    weights.map((one, at) => ({ label: `route ${at}`, weights: one })),
  );

test('before the first shift all weight on blue is as it should be', () => {
  expect(found(ALL_BLUE, ALL_BLUE)).toBeNull();
  expect(found()).toBeNull();
});

test.each([
  ['green has everybody', ALL_GREEN, '0 % blue, 100 % green'],
  ['green has a few', { blue: 99.9, green: 0.1 }, '99.9 % blue, 0.1 % green'],
  ['nobody has anybody, or a third group does', null, 'weights that are no split between blue and green'],
])('%s: somebody else wrote that', (_what, weights, words) => {
  expect(found(ALL_BLUE, weights)).toContain(
    `found ${words} on route 1, which this deployment did not write`,
  );
});

test('a first deployment has no blue that could have lost users', () => {
  expect(movedEarly(aFirstDeployment(), [{ label: 'default', weights: null }])).toBeNull();
});
