import { describe, expect, test } from 'vitest';
import type { HookStage } from '../../core/vocabulary/hooks.types.ts';
import { backOnBlueAt, expectHarmless, rehearsed, results, stagesForward } from './hooked-runs.ts';

/** Each behaviour of a hook at each stage: how the deployment ends, who is hurt, and when users are back on blue. */

const SMOKE = 'arn:aws:lambda:us-east-1:123456789012:function:smoke:live';

const hookAt = (...stages: HookStage[]) => ({ name: 'smoke', stages, lambda: SMOKE, timeout: '20m' });

const behaviours: [behaviour: string, outcome: 'succeeded' | 'rolledBack', reason: RegExp][] = [
  ['passes', 'succeeded', /green serves all traffic/],
  ['in-progress:3', 'succeeded', /green serves all traffic/],
  ['flaky:2', 'succeeded', /green serves all traffic/],
  ['fails:the banner is wrong', 'rolledBack', /the banner is wrong/],
  ['crashes', 'rolledBack', /failed with TypeError/],
  ['garbage', 'rolledBack', /found succeeded/],
  ['huge', 'rolledBack', /ended without a result: .*DataLimitExceeded/],
  ['hangs', 'rolledBack', /timed out after 900/],
  ['times-out', 'rolledBack', /did not succeed within 20m/],
  ['late', 'rolledBack', /did not succeed within 20m/],
];

describe.each(stagesForward)('a hook at %s', (stage) => {
  test.each(behaviours)('that %s', async (behaviour, outcome, reason) => {
    const played = await rehearsed([hookAt(stage)], [`smoke=${behaviour}`]);

    expect(played.report.outcome).toBe(outcome);
    expect(played.report.reason).toMatch(reason);
    expectHarmless(played);
    const before = ['PRE_PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'].includes(stage) ? 1 : 0;
    if (outcome === 'rolledBack' && before === 0) expect(played.report.requests.green.requests).toBe(0);
  });
});

describe('a hook at ROLLBACK', () => {
  const rolledBack = (hooks: object[] | undefined, behaviour: string[] = []) =>
    rehearsed(hooks, behaviour, { version: 'errors:20%' });

  test.each(behaviours)(
    'that %s delays no user, and its end is named',
    async (behaviour, outcome, reason) => {
      const without = await rolledBack(undefined);
      const played = await rolledBack([hookAt('ROLLBACK')], [`smoke=${behaviour}`]);

      expect(backOnBlueAt(played)).toBeGreaterThan(0);
      expect(backOnBlueAt(played)).toBe(backOnBlueAt(without));
      expect(played.report.requests.failed).toBe(without.report.requests.failed);
      expect(played.report.outcome).toBe('rolledBack');
      const named = outcome === 'succeeded' ? '' : expect.stringMatching(reason);
      expect(played.report.reason.startsWith(without.report.reason)).toBe(true);
      expect(played.report.reason.slice(without.report.reason.length)).toEqual(named);
      expect(played.report.leftovers).toEqual([]);
      expect(results(played)).toHaveLength(1);
    },
  );
});
