import { describe, expect, test } from 'vitest';
import type { HookStage } from '../../core/vocabulary/hooks.types.ts';
import { expectHarmless, rehearsed, stagesForward } from './hooked-runs.ts';

/**
 * From the decision to go back to the weights: no call that a deployment without hooks does not make, whatever the hooks
 * do and at whichever stage. How long a call takes is chance; which are made is not.
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
const wayBack = async (hooks: object[] | undefined, behaviour: string[]) => {
  const calls: string[] = [];
  let written = false;
  const played = await rehearsed(hooks, behaviour, {
    request: { shifts: [{ greenPct: 100, bake: '2h' }] },
    inject: ['abort@+35m'],
    onWorld: ({ kernel }) =>
      kernel.onServed(({ by, service, operation }) => {
        if (by !== 'RollBack') return;
        calls.push(`${service} ${operation}`);
        written ||= operation.startsWith('Modify');
      }),
  });
  return { played, calls, written };
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

const withoutHooks = wayBack(undefined, []);

describe.each(stagesForward)('with a hook at %s', (stage) => {
  test.each(behaviours)(
    'that %s, users are back on blue by no call more than without hooks',
    async (behaviour) => {
      const without = await withoutHooks;
      const { played, calls, written } = await wayBack([hookAt(stage)], [`smoke=${behaviour}`]);

      expect(without.written).toBe(true);
      expect(played.report.outcome).toBe('rolledBack');
      expectHarmless(played);
      // A hook that refused before the first user leaves no weights to write.
      if (written) expect(besides(calls, without.calls)).toEqual([]);
      else expect(played.report.requests.green.requests).toBe(0);
    },
  );
});
