import { expect, test } from 'vitest';
import { baseNamed } from '../../../verify/exhaust/bases.ts';
import { prove, undisturbed } from '../../../verify/exhaust/prove.ts';
import { faultNamed } from '../../../verify/faults/faults.ts';
import type { Point } from '../../../verify/stage/points.ts';

/**
 * What others do, and the checkers must not hold against the deployment: each failed a run of the exhaust in which the
 * deployment did what it should.
 */

type Where = (points: readonly Point[]) => Point | undefined;

const entering =
  (state: string, which: 'first' | 'last'): Where =>
  (points) => {
    const found = points.filter((point) => point.kind === 'state' && point.state === state);
    return which === 'first' ? found[0] : found.at(-1);
  };

test.each<[what: string, base: string, fault: string, where: Where]>([
  [
    "a task set of somebody's that carries its externalId is not its green",
    'grows',
    'foreign-twin',
    (points) => points.find((point) => point.kind === 'call' && point.step === 'PlanDeployment'),
  ],
  [
    'a green that somebody else makes smaller in a bake gets the time that every short green gets',
    'grows',
    'foreign-scale:green',
    (points) => {
      const shift = entering('ShiftTraffic', 'last')(points);
      return points.find(
        (point) => point.kind === 'state' && point.state === 'Bake' && point.at > (shift?.at ?? 0),
      );
    },
  ],
  [
    "users who have green by somebody else's hand when its shift comes have it from then on",
    'all-at-once',
    'foreign-weights:0/100:one-route',
    entering('ShiftTraffic', 'first'),
  ],
])('%s', async (_what, baseName, faultName, where) => {
  const base = baseNamed(baseName);
  const fault = faultNamed(faultName);
  if (base === undefined || fault === undefined) throw new Error(`there is no ${baseName}, or ${faultName}`);
  const before = await undisturbed(base);
  const point = where(before.points);
  if (point === undefined) throw new Error('there is no such point');

  expect(await prove(base, before, point, fault)).toEqual({ kind: 'passed' });
});
