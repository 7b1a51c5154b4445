import { expect, test } from 'vitest';
import { makeResponseTimes } from '../../local/response-times.ts';

test('quantiles are those of the answers, to five percent', () => {
  const times = makeResponseTimes();
  for (let ms = 1; ms <= 1_000; ms += 1) times.add(ms / 1_000);

  for (const share of [0.5, 0.9, 0.99, 1]) {
    const measured = times.quantile(share) ?? 0;
    expect(measured / share).toBeGreaterThanOrEqual(0.999);
    expect(measured / share).toBeLessThan(1.051);
  }
});

test('without answers there is none, and none is too short or too long', () => {
  const times = makeResponseTimes();
  expect(times.quantile(0.5)).toBeUndefined();

  times.add(0);
  times.add(1e9);

  expect(times.quantile(0)).toBeCloseTo(0.0001);
  expect(times.quantile(1)).toBeGreaterThan(3_600);
});
