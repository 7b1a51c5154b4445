import { describe, expect, test, vi } from 'vitest';
import { expectConverged, type RunOptions, run, worldOf } from './a-rehearsal.ts';

/** A version that fails users while its health checks pass, and no alarm: what a person gets. */
vi.setConfig({ testTimeout: 120_000 });

const shifts = [
  { greenPct: 10, bake: '10m' },
  { greenPct: 100, bake: '10m' },
];

const unwatched = (request: object, options: Partial<RunOptions> = {}) =>
  run({ version: 'errors:10%', request: { shifts, alarms: [], ...request }, ...options });

describe('a version that answers 5xx to one request in ten, with no alarm', () => {
  test('is rolled back by the comparison with blue', async () => {
    const compared = await unwatched({});

    expectConverged(compared);
    expect(compared.report.outcome).toBe('rolledBack');
    expect(compared.report.record?.reason).toMatch(/^green is worse: /);
  });

  test('is deployed where the comparison is off, and the outcome counts what it cost', async () => {
    const { report } = await unwatched({ analysis: 'off' });

    expect(report.outcome).toBe('succeeded');
    expect(report.record?.reason).toMatch(
      /^green serves all traffic and blue is gone; meanwhile green failed [\d,]+ of [\d,]+ requests \(10 %\), and blue 0 of /,
    );
    const [failed = 0] = /green failed ([\d,]+)/.exec(report.record?.reason ?? '')?.slice(1) ?? [];
    // All but the minutes at the end that CloudWatch has not published.
    const counted = Number(String(failed).replaceAll(',', ''));
    expect(counted).toBeGreaterThan(0.5 * report.requests.green.failed);
    expect(counted).toBeLessThanOrEqual(report.requests.green.failed);
  });

  test('is named by a first deployment, too, which has no blue to be compared with', async () => {
    const world = worldOf('first-deployment');
    const { report } = await run({
      example: 'first-deployment',
      world: { ...world, traffic: { ...world.traffic, requestsPerSecond: 20 } },
      version: 'errors:10%',
      request: { alarms: [], keepBlue: '10m' },
    });

    expect(report.outcome).toBe('succeeded');
    expect(report.record?.reason).toMatch(
      /^green serves all traffic; meanwhile green failed [\d,]+ of [\d,]+ requests \(1[01](\.\d+)? %\)$/,
    );
  });
});

test('where the metrics cannot be read the outcome says so, and nothing waits for them', async () => {
  const { report } = await unwatched(
    { analysis: 'off' },
    { inject: ['throttle:cloudwatch:GetMetricData:2h@+1s'] },
  );

  expect(report.outcome).toBe('succeeded');
  expect(report.record?.reason).toMatch(/; how many of green's requests failed is not known: /);
});
