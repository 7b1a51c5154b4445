import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { settleMs, settleSecondsLeft, usualSettleMs } from '../../../core/weights/propagation.ts';
import { aPlan, NOW } from '../a-deployment.ts';

describe.each([
  ['application', 2 * MINUTE_MS],
  ['network', 10 * MINUTE_MS],
] as const)('behind a load balancer of type %s', (loadBalancerKind, wholeMs) => {
  const plan = aPlan({ loadBalancerKind });
  const left = (sinceMs: number): number => settleSecondsLeft(plan, NOW, NOW + sinceMs);

  test('weights are surely followed after a while', () => {
    expect(settleMs(plan)).toBe(wholeMs);
  });

  test('what is left of it is whole seconds, rounded up, and never negative', () => {
    expect(left(0)).toBe(wholeMs / 1_000);
    expect(left(wholeMs - 1)).toBe(1);
    expect(left(wholeMs)).toBe(0);
    expect(left(10 * wholeMs)).toBe(0);
  });

  test('a write in the future, by a clock that is behind, is waited out too', () => {
    expect(left(-1_500)).toBe(wholeMs / 1_000 + 2);
  });
});

test.each(['application', 'network'] as const)(
  'as long as the request says, behind a load balancer of type %s',
  (loadBalancerKind) => {
    const asked = (ms: number) => aPlan({ loadBalancerKind, settleMs: ms });

    expect(settleMs(asked(30 * MINUTE_MS))).toBe(30 * MINUTE_MS);
    expect(settleSecondsLeft(asked(MINUTE_MS), NOW, NOW)).toBe(60);
    expect(usualSettleMs(asked(5_000))).toBe(5_000);
  },
);
