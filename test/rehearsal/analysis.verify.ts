import { describe, expect, test, vi } from 'vitest';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { expectConverged, type Run, run, worldOf } from './a-rehearsal.ts';

/** Whole deployments whose metrics decide, in the sample shop with another amount of traffic. */
vi.setConfig({ testTimeout: 120_000 });

const shopWith = (requestsPerSecond: number): WorldSeed => ({
  ...worldOf('shop'),
  traffic: { ...worldOf('shop').traffic, requestsPerSecond },
});

const shifts = [
  { greenPct: 5, bake: '30m' },
  { greenPct: 50, bake: '10m' },
  { greenPct: 100, bake: '10m' },
];

const reasonsOf = ({ report }: Run): string => report.decisions.map(({ reason }) => reason).join('\n');
const firstShiftAt = ({ report }: Run): number => report.weights[0]?.at ?? 0;

describe('a version that fails three times as often, at 5 %', () => {
  const regression = { world: shopWith(400), version: 'errors:3x@0.2%', request: { shifts } };

  test('is rolled back before any alarm, and a fiftieth of the users meet it', async () => {
    const guarded = await run(regression);
    const unguarded = await run({ ...regression, request: { shifts, analysis: 'off' } });

    expectConverged(guarded);
    expect(guarded.report).toMatchObject({ outcome: 'rolledBack' });
    expect(guarded.report.record?.reason).toMatch(
      /^green is worse: 0\.\d+ % of [\d,]+ requests of green failed/,
    );
    expect(guarded.events.some(({ event }) => / to ALARM/.test(event.what))).toBe(false);
    const back = guarded.report.weights.find(({ green }) => green === 0)?.at ?? Number.POSITIVE_INFINITY;
    expect(back - firstShiftAt(guarded)).toBeLessThan(12 * 60);
    // The alarm's threshold is 1 %, and such a version never reaches it.
    expect(unguarded.report.outcome).toBe('succeeded');
    expect(guarded.report.requests.green.failed).toBeLessThan(unguarded.report.requests.green.failed / 20);
  });
});

describe('a healthy version', () => {
  const byEvidence = [
    { greenPct: 0.5, atLeast: '3m', atMost: '2h', requests: 1_000 },
    { greenPct: 10, atLeast: '3m', atMost: '1h' },
    { greenPct: 100, bake: '5m' },
  ];

  test('ends its shifts early, by evidence', async () => {
    const healthy = await run({
      world: shopWith(400),
      version: 'errors:1x@0.1%',
      request: { shifts: byEvidence },
    });

    expectConverged(healthy);
    expect(healthy.report.outcome).toBe('succeeded');
    expect(reasonsOf(healthy)).toMatch(/green has had 1,\d+ of the 1,000 requests asked for/);
    expect(reasonsOf(healthy)).toMatch(/green is not worse: .*; its evidence ends it early/);
    expect(healthy.report.weights.map(({ green }) => green)).toEqual([0.5, 0.5, 10, 10, 100, 100]);
    // Of two hours and one at the longest.
    expect(healthy.report.virtualSeconds).toBeLessThan(60 * 60);
  });

  test('is not rolled back by an incident that hits blue as well', async () => {
    const incident = await run({
      world: shopWith(400),
      version: 'incident:20%',
      request: { shifts, alarms: [] },
    });

    expectConverged(incident);
    expect(incident.report.requests.failed).toBeGreaterThan(10_000);
    expect(incident.report.outcome).toBe('succeeded');
  });
});

describe('too little traffic', () => {
  const quiet = (onInconclusive: string) =>
    run({
      world: shopWith(0.5),
      request: {
        shifts: [
          { greenPct: 10, bake: '5m' },
          { greenPct: 100, bake: '5m' },
        ],
        analysis: { onInconclusive },
      },
    });

  test('advances by default, and each such decision names it', async () => {
    const advanced = await quiet('advance');

    expect(advanced.report.outcome).toBe('succeeded');
    expect(reasonsOf(advanced)).toMatch(
      /not proven: too few requests to tell: green has had \d+, 2,996 would show/,
    );
  });

  test('rolls back where the request wants proof', async () => {
    const refused = await quiet('rollBack');

    expectConverged(refused);
    expect(refused.report.record?.reason).toMatch(/^too few requests to tell/);
  });
});

describe('metrics that are not there', () => {
  type Lie = (group: string, value: number | undefined, startMs: number) => number | undefined;
  const deployed = (onInconclusive: string, lieFrom: (nowMs: number) => Lie) =>
    run({
      world: shopWith(400),
      request: {
        alarms: [],
        shifts: [
          { greenPct: 10, bake: '10m' },
          { greenPct: 100, bake: '1m' },
        ],
        analysis: { onInconclusive },
      },
      onWorld: ({ cloudWatch, kernel }) => {
        const lie = lieFrom(kernel.scheduler.nowMs());
        cloudWatch.disturbMetrics({ lie: (_, group, value, startMs) => lie(group, value, startMs) });
      },
    });
  const stopped =
    (nowMs: number): Lie =>
    (_, value, startMs) =>
      startMs > nowMs + 6 * 60_000 ? undefined : value;
  const renamed = (): Lie => (group, value) => (group.includes('green') ? undefined : value);

  test('because they have stopped to come, end a shift as it says, whatever came before', async () => {
    const advanced = await deployed('advance', stopped);
    const refused = await deployed('rollBack', stopped);

    expect(advanced.report.outcome).toBe('succeeded');
    expect(reasonsOf(advanced)).toMatch(/not proven: nothing is known of the last 5m: 24,000 requests/);
    expectConverged(refused);
    expect(refused.report.record?.reason).toMatch(/^nothing is known of the last 5m/);
  });

  test('of a green that nobody reaches, or has another name, are asked about by default', async () => {
    const asked = await deployed('advance', renamed);

    expect(asked.report.outcome).toBe('rolledBack');
    expect(asked.report.weights.map(({ green }) => green)).not.toContain(100);
    expect(reasonsOf(asked)).toMatch(/the metrics do not tell: green has had none of the [\d,]+ requests/);
  });
});

describe('a version that answers half as slowly again', () => {
  const slower = (analysis: object) =>
    run({
      world: shopWith(400),
      version: 'slower:1.5x',
      request: {
        shifts: [
          { greenPct: 10, bake: '15m' },
          { greenPct: 100, bake: '1m' },
        ],
        alarms: [],
        analysis,
      },
    });

  test('is deployed, and its decisions report it', async () => {
    const advised = await slower({});

    expect(advised.report.outcome).toBe('succeeded');
    expect(reasonsOf(advised)).toMatch(
      /; only reported: [\d.]+ % of [\d,]+ requests of green were slower than [\d.]+ s, [\d.]+ % of/,
    );
  });

  test('is rolled back where latency decides', async () => {
    const decided = await slower({ latency: 'decide' });

    expectConverged(decided);
    expect(decided.report.record?.reason).toMatch(
      /^green is worse: [\d.]+ % of [\d,]+ requests of green were slower than [\d.]+ s/,
    );
  });
});

describe('a version whose answers are wrong, with 200', () => {
  const published = (metric: string) => ({
    namespace: 'Shop',
    metric,
    dimensions: { Service: 'shop', Revision: '{taskDefinitionRevision}' },
  });
  const orders = {
    name: 'orders',
    requests: [published('OrdersPlaced'), published('OrdersRefused')],
    bad: [published('OrdersRefused')],
  };
  const deployed = (use?: string) =>
    run({
      world: shopWith(400),
      version: 'wrong-answers:3%',
      request: {
        shifts,
        ...(use === undefined ? {} : { analysis: { application: [{ ...orders, use }] } }),
      },
    });

  test('is rolled back where the application’s own metric decides, and by nothing else', async () => {
    const guarded = await deployed('decide');

    expectConverged(guarded);
    expect(guarded.report.outcome).toBe('rolledBack');
    expect(guarded.report.record?.reason).toMatch(/requests of green were bad in orders, 0\.\d+ % of/);
    expect(guarded.report.requests.failed).toBe(0);
    expect((await deployed()).report.outcome).toBe('succeeded');
  });

  test('is deployed where it advises, and its decisions report it', async () => {
    const advised = await deployed('advise');

    expect(advised.report.outcome).toBe('succeeded');
    expect(reasonsOf(advised)).toMatch(
      /; only reported: [\d.]+ % of [\d,]+ requests of green were bad in orders/,
    );
  });
});

test('an exposure budget ends what it bounds, with little more than it allows', async () => {
  const bounded = await run({
    world: shopWith(400),
    request: { shifts, analysis: { exposure: { requests: 4_000 } } },
  });

  expectConverged(bounded);
  expect(bounded.report.record?.reason).toMatch(/^the exposure budget is used up/);
  // 1,200 requests a minute, and at most four and a half minutes of them.
  expect(bounded.report.requests.green.requests).toBeLessThan(4_000 + 4.5 * 1_200);
});

test('a deployment with the defaults costs less than a cent', async () => {
  const { report } = await run({
    request: { shifts: undefined, strategy: undefined, keepBlue: undefined },
  });

  expect(report.outcome).toBe('succeeded');
  expect(report.costUsd.total).toBeLessThan(0.01);
  expect(report.costUsd.cloudWatch).toBeGreaterThan(0);
});
