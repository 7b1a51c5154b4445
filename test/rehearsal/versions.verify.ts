import { describe, expect, test } from 'vitest';
import type { FailureCause } from '../../sim/parts.types.ts';
import { type Example, examples, expectConverged, run } from './a-rehearsal.ts';

type Version = {
  version: string;
  /** What may cost users requests, and only in green's group. */
  costs: FailureCause[];
  /** Where the outcome is certain whatever the seed. */
  outcome?: Partial<Record<Example, 'succeeded' | 'rolledBack'>>;
};

const all = (outcome: 'succeeded' | 'rolledBack'): NonNullable<Version['outcome']> =>
  Object.fromEntries(examples.map((example) => [example, outcome]));
const DEATHS: FailureCause[] = ['emptyGroup', 'sickTarget', 'deadTarget'];

const versions: Version[] = [
  { version: 'healthy', costs: [], outcome: all('succeeded') },
  {
    version: 'slow-start:90s',
    costs: [],
    outcome: { shop: 'succeeded', canary: 'succeeded', sticky: 'succeeded' },
  },
  { version: 'never-healthy:404', costs: [], outcome: all('rolledBack') },
  { version: 'crash-loop:1@20s', costs: [], outcome: all('rolledBack') },
  { version: 'no-image', costs: [], outcome: all('rolledBack') },
  {
    version: 'errors:20%',
    costs: ['versionError'],
    outcome: { shop: 'rolledBack', canary: 'rolledBack', sticky: 'rolledBack' },
  },
  {
    version: 'errors-under-load:5rps',
    costs: ['versionError'],
    outcome: { shop: 'rolledBack', canary: 'rolledBack' },
  },
  // Slower than any health check waits: no target gets healthy.
  { version: 'latency:8s', costs: [], outcome: all('rolledBack') },
  { version: 'latency:800ms', costs: [], outcome: { shop: 'rolledBack', canary: 'succeeded' } },
  {
    version: 'memory-leak:10m',
    costs: DEATHS,
    outcome: { shop: 'rolledBack', canary: 'rolledBack', sticky: 'rolledBack' },
  },
  { version: 'flaky-health', costs: DEATHS, outcome: { shop: 'rolledBack', sticky: 'rolledBack' } },
];
const seeds = [1, 2, 3];

describe.each(versions)('$version', ({ version, costs, outcome }) => {
  const cases = examples.flatMap((example) => seeds.map((seed) => ({ example, seed })));

  test.each(cases)(
    'ends well on $example, seed $seed, and costs users only what the version does',
    async ({ example, seed }) => {
      const done = await run({ example, version, seed });

      expectConverged(done);
      const { report } = done;
      expect(outcome?.[example] ?? report.outcome).toBe(report.outcome);
      expect(report.requests.blue.failed).toBe(0);
      expect(report.requests.failed).toBe(report.requests.green.failed);
      expect(costs).toEqual(expect.arrayContaining(Object.keys(report.requests.failedBecause)));
    },
  );
});

describe('a healthy version loses no request', () => {
  const cases = examples.flatMap((example) =>
    Array.from({ length: 20 }, (_, index) => ({ example, seed: 100 + index })),
  );

  test.each(cases)('of $example, seed $seed', async ({ example, seed }) => {
    const { report } = await run({ example, seed });

    expect(report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
    expect(report.requests.green.requests).toBeGreaterThan(example === 'first-deployment' ? -1 : 10_000);
  });
});
