import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { carriedNext } from '../../../core/verdict/carried-next.ts';
import { decide } from '../../../core/verdict/decide.ts';
import type { Observation } from '../../../core/verdict/judge.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import { anObservation, aPlan, NOW, someTasks, someTraffic } from '../a-deployment.ts';

const { blue } = aPlan();
const taken = aPlan({ blue: blue === null ? null : { ...blue, service: 'classic' } });
const countsOf = (healthy: number, needed: number): Observation['counts'] => ({
  blue: null,
  green: { healthy, registered: healthy, unchecked: false, running: healthy },
  needed,
});
const gate = (counts: Observation['counts'], changes: Partial<Parameters<typeof carriedNext>[0]> = {}) =>
  carriedNext({ plan: taken, counts, greenPct: 100, previous: undefined, nowMs: NOW, ...changes });

test('a shift that green carries, with half as much again as its share, waits for nothing', () => {
  expect(gate(countsOf(4, 6))).toEqual({ kind: 'open' });
  expect(gate(countsOf(4, 12), { greenPct: 50 })).toEqual({ kind: 'open' });
  expect(gate(countsOf(4, 12), { plan: aPlan() })).toEqual({ kind: 'open' });
});

test('one that it does not carry waits, and says what is missing', () => {
  expect(gate(countsOf(4, 7))).toEqual({
    kind: 'hold',
    reason:
      'classic has grown to 7 tasks, and green needs 5 of them for 100 %: it has 4 healthy; raise the desired count ' +
      'of the new service',
    waitSeconds: 60,
    growth: { greenPct: 100, tasks: 5, enoughSinceMs: null, waitedSinceMs: NOW },
  });
  expect(gate(undefined)).toEqual({ kind: 'open' });
  expect(gate({ blue: null, green: null, needed: 4 }, { previous: {} })).toMatchObject({
    kind: 'hold',
    growth: { tasks: 3, waitedSinceMs: NOW },
  });
});

test('it waits as long as green may take to start, counted from its first wait, and then goes back', () => {
  const { growth } = gate(countsOf(4, 12)) as {
    growth: NonNullable<Parameters<typeof carriedNext>[0]['previous']>['growth'];
  };
  const previous = growth === undefined ? {} : { growth };
  const later = (minutes: number) => gate(countsOf(4, 12), { previous, nowMs: NOW + minutes * MINUTE_MS });

  expect(later(9)).toMatchObject({ kind: 'hold', growth: { waitedSinceMs: NOW } });
  expect(later(10)).toEqual({
    kind: 'rollBack',
    reason: 'classic has grown to 12 tasks, and green needs 8 of them for 100 %: it has 4 healthy, after 10m',
  });
});

test('a decision that would advance waits for it, and goes back once green had the time to grow', () => {
  const [weights, SHIFT_MS] = [{ blue: 90, green: 10 }, 5 * MINUTE_MS];
  const at = (nowMs: number, previous?: Decision) =>
    decide({
      plan: taken,
      traffic: someTraffic({ weights }),
      previous,
      observed: anObservation({
        observedAtMs: nowMs,
        routes: [{ label: 'HTTPS:443 default', weights }],
        counts: { blue: someTasks(12), green: someTasks(2), needed: 12 },
      }),
      lastAlarm: null,
      commands: [],
      nowMs,
    });

  const held = at(NOW + SHIFT_MS);
  expect(held).toMatchObject({
    kind: 'hold',
    reason: expect.stringMatching(/^10 % baked healthy.*; classic has grown to 12 tasks, .*; raise .*; /),
    growth: { tasks: 4, waitedSinceMs: NOW + SHIFT_MS },
  });
  expect(at(NOW + SHIFT_MS + 10 * MINUTE_MS, held)).toMatchObject({
    kind: 'rollBack',
    reason: expect.stringMatching(/^classic has grown to 12 tasks, .*, after 10m; /),
  });
});
