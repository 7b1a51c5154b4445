import { expect, test } from 'vitest';
import { runMove } from '../../../cli/moving/run-move.ts';
import type { ApiCall, MoveObservation } from '../../../core/adoption/adoption.types.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import { at, made, plan, short } from '../../core/adoption/a-move.ts';

/** A move whose reads are made up, on a clock that only its own waits move; when it wrote what, in seconds. */
const moved = async (observedAt: (second: number, shifted: boolean) => MoveObservation) => {
  let nowMs = 0;
  const written: [number, string][] = [];
  const end = await runMove(
    'step',
    plan,
    {
      clock: {
        nowMs: () => nowMs,
        sleep: async (ms) => {
          nowMs += ms;
        },
      },
      interruption: new AbortController().signal,
      observe: async () => observedAt(nowMs / SECOND_MS, written.length > 0),
      perform: async (_call: ApiCall, what: string) => {
        written.push([nowMs / SECOND_MS, what]);
      },
      alarms: async () => ({ red: [], gone: [] }),
      say: () => undefined,
    },
    { bakeMs: 60 * SECOND_MS, timeoutMs: 600 * SECOND_MS },
  );
  return { end, written };
};

const whole = (shifted: boolean): MoveObservation => made(shifted ? { routes: at(10) } : {});

test('users get to the new service once it has been whole for half a minute, as green in a deployment', async () => {
  const { end, written } = await moved((_second, shifted) => whole(shifted));

  expect(end.kind).toBe('stepped');
  expect(written).toEqual([[30, 'users: 10 % to shop-x']]);
});

test('a target that is lost meanwhile begins that time anew', async () => {
  const { written } = await moved((second, shifted) =>
    second >= 20 && second < 30 ? made({ groups: short('shop-x-blue', 3) }) : whole(shifted),
  );

  expect(written).toEqual([[60, 'users: 10 % to shop-x']]);
});
