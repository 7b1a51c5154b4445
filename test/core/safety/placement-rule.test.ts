import { describe, expect, test } from 'vitest';
import { refusePlacement } from '../../../core/safety/placement-rule.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import { placementOf } from '../../../core/weights/placement.ts';
import { NOW } from '../a-deployment.ts';

const count = (healthy: number) => ({ healthy, registered: 4, unchecked: false, running: 4 });
const usual = { needed: 4, blueAllowed: false, oneIsEnough: false };
const split = (green: number) => ({ blue: 100 - green, green });

describe('a write that moves users', () => {
  test.each<[string, number | null, number, number | null, number | null, object, boolean]>([
    ['away from a dead blue', 10, 100, 0, 4, {}, true],
    ['to a dead green', 10, 100, 4, 0, {}, false],
    ['to a dead green, as if by a trial', 0, 10, 4, 0, {}, false],
    ['to a dead green, whatever blue may get', 10, 50, 4, 0, { blueAllowed: true }, false],
    ['to a short green beside a blue that nobody has read', 10, 40, null, 1, {}, false],
    ['a little out of proportion, where both together carry too little', 100, 40, 1, 1, {}, false],
    ['to a dead blue', 50, 0, 0, 4, {}, false],
    ['to a dead blue, by a trial', 100, 90, 0, 4, {}, true],
    ['to a dead blue, by more than a trial', 100, 89, 0, 4, {}, false],
    ['to a dead blue beside a dead green', 50, 0, 0, 0, {}, true],
    ['to a blue that appears dead and answers', 50, 0, 0, 4, { blueAllowed: true }, true],
    ['to a green that nobody has read', 10, 50, 1, null, {}, false],
    ['to a blue that nobody has read', 50, 10, null, 4, {}, false],
    ['to a short blue beside a green that nobody has seen', null, 0, 2, null, {}, true],
    ['to as much as half of green carries', 0, 75, 1, 2, {}, true],
    ['to more than half of green carries, while blue carries the rest', 0, 80, 4, 2, {}, false],
    ['in proportion, where both together carry too little', 100, 50, 1, 1, {}, true],
    ['out of proportion', 100, 30, 1, 1, {}, false],
    ['to one healthy target, where one is enough', 100, 0, 1, 4, { oneIsEnough: true }, true],
    ['to one healthy target, where it is not', 100, 0, 1, 4, {}, false],
    [
      'to a blue with all the tasks that it has had, of a count that has grown',
      50,
      0,
      4,
      4,
      { needed: 14, shares: { blue: 4, green: 4 } },
      true,
    ],
    [
      'to a blue that has lost tasks of those',
      50,
      0,
      2,
      4,
      { needed: 14, shares: { blue: 4, green: 4 } },
      false,
    ],
    ['by nothing, however sick they are', 100, 100, 4, 0, {}, true],
    ['on routes that differ, to a dead green', null, 100, 4, 0, {}, false],
  ])('%s', (_how, from, to, blue, green, changes, allowed) => {
    const refusal = refusePlacement({
      ...usual,
      from: from === null ? null : split(from),
      to: split(to),
      blue: blue === null ? null : count(blue),
      green: green === null ? null : count(green),
      ...changes,
    });

    expect(refusal === null).toBe(allowed);
  });

  test('is refused in a sentence', () => {
    const refusal = refusePlacement({
      ...usual,
      from: split(0),
      to: split(100),
      blue: count(4),
      green: count(1),
    });

    expect(refusal).toBe(
      'expected green to carry what it gets at 0 % blue, 100 % green, found it with 1 of 4 tasks healthy',
    );
  });
});

test('the rule that decides never asks for what this one refuses', () => {
  const shares = [0, 10, 37, 50, 100];
  const counts = [null, 0, 1, 2, 3, 4];
  const refused: string[] = [];
  let moves = 0;
  for (const want of shares)
    for (const current of [null, ...shares])
      for (const blue of counts)
        for (const green of counts)
          for (const policy of ['on', 'deadOnly'] as const)
            for (const abortNow of [false, true]) {
              const [from, blueCount, greenCount] = [
                current === null ? null : split(current),
                blue === null ? null : count(blue),
                green === null ? null : count(green),
              ];
              const placed = placementOf({
                policy,
                loadBalancerKind: 'application',
                blue: blueCount,
                green: greenCount,
                needed: 4,
                want: split(want),
                current: from,
                answers: { blue: [], green: [] },
                healthCheckMs: 20_000,
                abortNow,
                frozen: false,
                memory: NO_MEMORY,
                nowMs: NOW,
              });
              if (!placed.move || placed.weights === null) continue;
              moves += 1;
              const refusal = refusePlacement({
                from,
                to: placed.weights,
                blue: blueCount,
                green: greenCount,
                needed: 4,
                blueAllowed: abortNow && (blue ?? 0) > 0,
                oneIsEnough: policy === 'deadOnly',
              });
              if (refusal !== null)
                refused.push(`${JSON.stringify({ want, from, policy, abortNow })}: ${refusal}`);
            }

  expect(refused).toEqual([]);
  expect(moves).toBeGreaterThan(1_000);
});
