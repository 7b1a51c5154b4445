import { describe, expect, test } from 'vitest';
import type { RouteForward } from '../../../core/vocabulary/plan.types.ts';
import { followUsers, type Shares, sharesByWeight } from '../../../sim/traffic/stickiness.ts';

const forward = (weights: Record<string, number>, stickySeconds?: number): RouteForward => ({
  groups: Object.entries(weights).map(([targetGroupArn, weight]) => ({ targetGroupArn, weight })),
  stickiness:
    stickySeconds === undefined ? { enabled: false } : { enabled: true, durationSeconds: stickySeconds },
});
const plain = (shares: Shares) =>
  Object.fromEntries([...shares].map(([arn, share]) => [arn, Number(share.toFixed(6))]));
const allBlue = new Map([['blue', 1]]);

describe('shares by weight', () => {
  test.each([
    ['relative weights', { blue: 999, green: 333 }, { blue: 0.75, green: 0.25 }],
    ['a weight of 0', { blue: 1, green: 0 }, { blue: 1, green: 0 }],
    ['a group alone gets everything', { blue: 0 }, { blue: 1 }],
    ['all weights 0 send nobody anywhere', { blue: 0, green: 0 }, { blue: 0, green: 0 }],
  ])('%s', (_what, weights, shares) => {
    expect(plain(sharesByWeight(forward(weights)))).toEqual(shares);
  });
});

describe('users with a cookie [80]', () => {
  test('without stickiness users follow the weights at once', () => {
    const { mean, after } = followUsers(allBlue, forward({ blue: 0, green: 100 }), 300, 60);

    expect([plain(mean), plain(after)]).toEqual([
      { blue: 0, green: 1 },
      { blue: 0, green: 1 },
    ]);
  });

  test('weight 0 evicts nobody: users stay until they leave or their cookie expires', () => {
    const sticky = forward({ blue: 0, green: 100 }, 600);

    const atOnce = followUsers(allBlue, sticky, 300, 0);
    const later = followUsers(allBlue, sticky, 300, 200);

    expect(plain(atOnce.mean)).toEqual({ blue: 1, green: 0 });
    // One user in 300 s leaves and one cookie in 600 s expires: together one in 200 s.
    expect(later.after.get('blue')).toBeCloseTo(Math.exp(-1), 9);
    expect(later.mean.get('blue')).toBeCloseTo(1 - Math.exp(-1), 9);
  });

  test('two short stretches make one long one', () => {
    const sticky = forward({ blue: 30, green: 70 }, 900);

    const whole = followUsers(allBlue, sticky, 300, 100);
    const first = followUsers(allBlue, sticky, 300, 40);
    const second = followUsers(first.after, sticky, 300, 60);

    expect(plain(second.after)).toEqual(plain(whole.after));
    const mean = 0.4 * (first.mean.get('green') ?? 0) + 0.6 * (second.mean.get('green') ?? 0);
    expect(mean).toBeCloseTo(whole.mean.get('green') ?? 0, 9);
  });

  test('users of a group that left the action are free at once', () => {
    const { mean } = followUsers(allBlue, forward({ green: 100 }, 600), 300, 60);

    expect(plain(mean)).toEqual({ green: 1 });
  });
});
