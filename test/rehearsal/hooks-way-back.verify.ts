import { describe, expect, test } from 'vitest';
import { type HookStage, hookStages } from '../../core/vocabulary/hooks.types.ts';
import { expectHarmless, rehearsed, stagesForward } from './hooked-runs.ts';

/**
 * From the decision to go back to the weights: as many milliseconds and no call that a deployment without hooks does
 * not make, whatever the hooks do and at whichever stage. All calls take the same time here, since how long one
 * takes is chance.
 */

const SMOKE = 'arn:aws:lambda:us-east-1:123456789012:function:smoke:live';
const hookAt = (stage: HookStage) => ({ name: 'smoke', stages: [stage], lambda: SMOKE, timeout: '20m' });

const behaviours = [
  'passes',
  'in-progress:3',
  'flaky:2',
  'fails',
  'crashes',
  'garbage',
  'huge',
  'hangs',
  'times-out',
  'late',
];

/** A person aborts when green has everything, where no hook has stopped it before. */
const ABORTED = 'abort@+35m';

const wayBack = async (hooks: object[] | undefined, behaviour: string[], fault = ABORTED) => {
  const calls: string[] = [];
  let decidedAtMs = Number.NaN;
  let rollsBack = false;
  let tookMs: number | null = null;
  const played = await rehearsed(hooks, behaviour, {
    request: { shifts: [{ greenPct: 100, bake: '2h' }] },
    inject: [fault],
    onWorld: ({ kernel }) => {
      kernel.evenTimes = true;
      kernel.onEvent(({ kind, atMs, data }) => {
        if (kind === 'step' && data?.phase === 'entered' && data.state === 'RollBack') rollsBack = true;
        if (kind === 'step' && data?.phase === 'succeeded' && !rollsBack) decidedAtMs = atMs;
      });
      kernel.onServed(({ by, service, operation }) => {
        if (by !== 'RollBack') return;
        calls.push(`${service} ${operation}`);
        if (operation.startsWith('Modify')) tookMs ??= kernel.scheduler.nowMs() - decidedAtMs;
      });
    },
  });
  return { played, calls, tookMs };
};

/** Calls of the one list that the other has not, or not so often; reads that go side by side end in any order. */
const besides = (calls: readonly string[], others: readonly string[]): string[] => {
  const left = [...others];
  return calls.filter((call) => {
    const at = left.indexOf(call);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
};

/** By a person, whose command RollBack reads, and by what the deployment sees itself. */
const withoutHooks = {
  byPerson: wayBack(undefined, []),
  byItself: wayBack(undefined, [], 'alarm@+35m'),
};

type Ends = keyof typeof withoutHooks | 'beforeUsers';

/** Who sends the deployment back: the hook, before its first user or after, or the person, who comes later. */
const endsBy = (stage: HookStage, behaviour: string): Ends => {
  if (stage === 'ROLLBACK' || ['passes', 'in-progress:3', 'flaky:2'].includes(behaviour)) return 'byPerson';
  return stage === 'POST_PRODUCTION_TRAFFIC_SHIFT' ? 'byItself' : 'beforeUsers';
};

test('the stages are all there are', () => {
  expect([...stagesForward, 'ROLLBACK'].sort()).toEqual([...hookStages].sort());
});

describe.each([...stagesForward, 'ROLLBACK' as const])('with a hook at %s', (stage) => {
  test.each(behaviours)(
    'that %s, users are back on blue as soon, to the millisecond, as without hooks',
    async (behaviour) => {
      const { played, calls, tookMs } = await wayBack([hookAt(stage)], [`smoke=${behaviour}`]);

      expect(played.report.outcome).toBe('rolledBack');
      expectHarmless(played);
      const ends = endsBy(stage, behaviour);
      const without = await withoutHooks[ends === 'beforeUsers' ? 'byPerson' : ends];
      expect(without.tookMs).toBeGreaterThan(0);
      expect(besides(calls, without.calls)).toEqual([]);
      // A hook that refused before the first user leaves no weights to write.
      expect(tookMs).toBe(ends === 'beforeUsers' ? null : without.tookMs);
      if (ends === 'beforeUsers') expect(played.report.requests.green.requests).toBe(0);
    },
  );
});
