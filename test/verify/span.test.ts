import { expect, test } from 'vitest';
import { strikeAt } from '../../verify/faults/span.ts';
import type { Point } from '../../verify/stage/points.ts';
import type { Stage } from '../../verify/stage/stage.ts';

/** A run that enters ten states, and what a fault at the second one does to it. */
const played = (strikes: (at: number) => boolean, later: readonly number[]) => {
  const point: Point = { kind: 'state', at: 1, state: 'CheckGreen', task: true };
  const struckAt: number[] = [];
  const nothingAt: number[] = [];
  const ended: string[] = [];
  let enter = (_event: object): void => undefined;
  const stage = {
    world: {
      kernel: {
        intercept: () => undefined,
        onEvent: (hear: typeof enter) => {
          enter = hear;
        },
        scheduler: { after: (_ms: number, event: () => void) => event() },
      },
    },
    nothingToDo: (why: string) => ended.push(why),
  } as unknown as Stage;
  const strike = (at: number): string | null => {
    if (!strikes(at)) return `nothing at ${at}`;
    struckAt.push(at);
    return null;
  };

  strikeAt(stage, point, strike, { later: new Set(later), nothingAt: (at) => nothingAt.push(at) });
  for (let at = 0; at < 10; at += 1) {
    if (ended.length === 0) enter({ kind: 'step', data: { phase: 'entered', state: 'CheckGreen' } });
  }
  return { struckAt, nothingAt, ended };
};

test('a fault that strikes at its point strikes once, and no later point is asked', () => {
  expect(played(() => true, [2, 3])).toEqual({ struckAt: [1], nothingAt: [], ended: [] });
});

test('a run whose fault finds nothing shows every later point at which it finds nothing either', () => {
  const { struckAt, nothingAt, ended } = played(() => false, [2, 5, 9]);

  expect(struckAt).toEqual([]);
  expect(nothingAt).toEqual([1, 2, 5, 9]);
  expect(ended).toEqual(['nothing at 1']);
});

test('it ends at the first later point at which the fault would strike, which is played anew', () => {
  const { nothingAt, ended } = played((at) => at === 5, [2, 5, 9]);

  expect(nothingAt).toEqual([1, 2]);
  expect(ended).toEqual(['nothing at 1']);
});

test('points that are known already are not asked', () => {
  const { struckAt, nothingAt } = played((at) => at === 3, [2, 5]);

  expect(struckAt).toEqual([]);
  expect(nothingAt).toEqual([1, 2, 5]);
});

test('with no later point it ends at its own', () => {
  expect(played(() => false, [])).toEqual({ struckAt: [], nothingAt: [1], ended: ['nothing at 1'] });
});
