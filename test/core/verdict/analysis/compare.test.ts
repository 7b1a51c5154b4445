import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../../core/clock.ts';
import { type CompareInput, compare } from '../../../../core/verdict/analysis/compare.ts';
import type { AnalysisPlan, ApplicationMetric } from '../../../../core/vocabulary/analysis.types.ts';
import type { MetricMinute } from '../../../../core/vocabulary/metrics.types.ts';

const START = 1_800_000_000_000 - (1_800_000_000_000 % MINUTE_MS);

const POLICY: AnalysisPlan = {
  errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
  latency: { use: 'advise', psi: 1.25, delta: 0.005 },
  alpha: 0.01,
  onInconclusive: 'advance',
  baseline: { minutes: 180, requests: 1_800_000, bad: 1_800, sigma: 0.25, slowOver: [0.2] },
};

type Rates = {
  blue?: [requests: number, bad: number];
  green?: [requests: number, bad: number];
  slow?: [number, number];
};

/** Minutes that are all alike: requests and bad ones of both colours, and percent of slow answers. */
const alike = (
  count: number,
  { blue = [9_000, 9], green = [1_000, 1], slow = [10, 10] }: Rates,
  from = 0,
): MetricMinute[] =>
  Array.from({ length: count }, (_, at) => ({
    startMs: START + (from + at) * MINUTE_MS,
    blue: { requests: blue[0], target5xx: blue[1], timed: blue[0], withinPercent: [100 - slow[0]] },
    green: { requests: green[0], target5xx: green[1], timed: green[0], withinPercent: [100 - slow[1]] },
  }));

const compared = (series: MetricMinute[], changes: Partial<CompareInput> = {}) =>
  compare({
    policy: POLICY,
    carried: null,
    series,
    sinceMs: START,
    shiftFromMs: START,
    alone: false,
    sticky: false,
    withBounds: true,
    nowMs: START + (series.length + 2) * MINUTE_MS,
    ...changes,
  });

describe('green with all users while blue answers nobody, in a shift that leaves blue some', () => {
  const lonely = (bad: number) => alike(3, { blue: [0, 0], green: [1_000, bad] });

  test('which fails far more than is usual for blue is suspect: nothing has compared it', () => {
    const found = compared(lonely(500));

    expect(found.kind).toBe('suspect');
    expect(found.reason).toMatch(
      /^green may be worse: 50 % of its 3,000 requests failed in minutes in which blue had none, and at most 0\.\d+ % would be usual/,
    );
  });

  test('is suspect for as long as no later minute has both: then that one decides', () => {
    const back = (minutes: number, bad: number) =>
      compared([...lonely(500), ...alike(minutes, { blue: [8_000, 8], green: [2_000, bad] }, 3)]);

    expect(
      compared([
        ...alike(3, {}),
        ...lonely(500).map((one, at) => ({ ...one, startMs: START + (3 + at) * MINUTE_MS })),
      ]).kind,
    ).toBe('suspect');
    expect(back(1, 2).kind).toBe('undecided');
    expect(back(1, 1_000).kind).toBe('worse');
  });

  test.each<[string, MetricMinute[], Partial<CompareInput>]>([
    ['fails as usual', lonely(1), {}],
    ['failed too few to say', alike(3, { blue: [0, 0], green: [12, 6] }), {}],
    ['has all users by the plan', lonely(500), { alone: true }],
    [
      'has errors that only advise',
      lonely(500),
      {
        policy: {
          ...POLICY,
          errors: { ...POLICY.errors, use: 'advise' },
          latency: { ...POLICY.latency, use: 'decide' },
        },
      },
    ],
    ['follows a blue of which nothing is known', lonely(500), { policy: { ...POLICY, baseline: null } }],
  ])('is not suspect if it %s', (_, series, changes) => {
    expect(compared(series, changes).reason).not.toContain('in minutes in which blue had none');
  });
});

describe('green beside blue', () => {
  test('with three times the errors is worse, in numbers that a person can check', () => {
    const found = compared(alike(12, { green: [1_000, 6] }));

    expect(found.kind).toBe('worse');
    expect(found.reason).toMatch(
      /^green is worse: 0\.6 % of 12,000 requests of green failed, 0\.1 % of 108,000 requests of blue \(6 times blue's\), 0\.\d+ to \d[\d.]* points more; 72 instead of 12 at blue's rate; evidence [\d,e^.]+, 100 decides \(p /,
    );
  });

  test('with as many errors is not worse, and proven so', () => {
    const found = compared(alike(12, {}));

    expect(found).toMatchObject({ kind: 'unharmed', shift: { minutes: 12, requests: 12_000 } });
    expect(found.difference?.lower).toBe(0);
  });

  test('is not proven unharmed by two minutes, whatever they say', () => {
    expect(compared(alike(2, { blue: [900_000, 900], green: [100_000, 100] })).kind).toBe('undecided');
  });

  test('that appears worse without proof is suspect: neither way', () => {
    const found = compared(alike(5, { green: [1_000, 4] }));

    expect(found.kind).toBe('suspect');
    expect(found.reason).toMatch(/: 100 rolls back, less than 10 advances$/);
  });

  test('while both fail is an incident, and no fault of green', () => {
    const found = compared(alike(30, { blue: [9_000, 2_700], green: [1_000, 300] }));

    expect(['unharmed', 'undecided']).toContain(found.kind);
    expect(found.metrics[0]?.maxLogE).toBeLessThan(Math.log(2));
  });

  test('stays worse when later minutes are good: the verdict is latched', () => {
    const bad = alike(12, { green: [1_000, 6] });
    const good = alike(120, {}, 12);

    expect(compared([...bad, ...good]).kind).toBe('worse');
  });

  test('with two failed requests is never worse, however rare they are', () => {
    const series = alike(6, { blue: [9_000_000, 0], green: [1_000, 0] });
    const [first, second] = series as [MetricMinute, MetricMinute];
    first.green.target5xx = 1;
    second.green.target5xx = 1;

    expect(
      compared(series, { policy: { ...POLICY, errors: { use: 'decide', psi: 1, delta: 0 } } }).kind,
    ).not.toBe('worse');
  });

  test('that fails half of one minute is an outage: no second minute is needed', () => {
    const [minute] = alike(1, { green: [1_000, 500] });

    const found = compared([minute as MetricMinute]);

    expect(found.kind).toBe('worse');
    expect(found.reason).toBe("500 of green's 1,000 requests failed in one minute, 0.1 % of blue's");
    expect(compared(alike(1, { blue: [9_000, 4_500], green: [1_000, 500] })).kind).not.toBe('worse');
  });
});

describe('what is known', () => {
  test('nothing, before a minute is two minutes old', () => {
    const series = alike(1, { green: [1_000, 900] });

    expect(compared(series, { nowMs: START + 3 * MINUTE_MS - 1 })).toMatchObject({
      kind: 'unread',
      minutes: 0,
    });
    expect(compared(series, { nowMs: START + 3 * MINUTE_MS })).toMatchObject({ kind: 'worse', minutes: 1 });
  });

  test('minutes that CloudWatch has not published are not minutes without errors', () => {
    const series = [
      ...alike(3, {}),
      ...alike(5, {}, 3).map(({ startMs }) => ({ startMs, blue: {}, green: {} })),
    ];

    expect(compared(series)).toMatchObject({ minutes: 3, shift: { minutes: 3, requests: 3_000 } });
  });

  test('a colour without a data point had no request when the other has one: the minute compares nothing', () => {
    const series = alike(6, {}).map((minute) => ({ ...minute, green: {} }));

    expect(compared(series)).toMatchObject({
      kind: 'undecided',
      minutes: 6,
      shift: { requests: 0 },
      difference: null,
    });
  });

  test('connection errors count as well, and never more than there were requests', () => {
    const series = alike(3, {}).map((minute) => ({
      ...minute,
      green: { requests: 1_000, target5xx: 600, connectionErrors: 900 },
    }));

    expect(compared(series).metrics[0]?.green).toEqual({ requests: 3_000, bad: 3_000 });
  });

  test('without a baseline the most careful sigma is taken', () => {
    const few = alike(8, { blue: [9_000, 900], green: [1_000, 200] });
    const evidence = (policy: AnalysisPlan) => compared(few, { policy }).metrics[0]?.logE ?? 0;

    expect(evidence({ ...POLICY, baseline: null })).toBeLessThan(evidence(POLICY));
  });

  test('on sticky routes users fail together, so that it takes more', () => {
    const few = alike(8, { blue: [9_000, 900], green: [1_000, 200] });

    expect(compared(few, { sticky: true }).metrics[0]?.logE).toBeLessThan(
      compared(few).metrics[0]?.logE ?? 0,
    );
  });
});

describe('slow answers', () => {
  const slower = alike(30, { slow: [10, 25] });

  test('are only reported when they advise', () => {
    const found = compared(slower);

    expect(found.kind).toBe('unharmed');
    expect(found.reason).toMatch(
      /; only reported: 25 % of 27,000 requests of green were slower than 0\.2 s, 10 % of/,
    );
  });

  test('roll back when they decide, and not in the first three minutes', () => {
    const policy: AnalysisPlan = { ...POLICY, latency: { ...POLICY.latency, use: 'decide' } };

    expect(compared(slower, { policy }).kind).toBe('worse');
    expect(compared(slower.slice(0, 3), { policy }).metrics[1]?.green.requests).toBe(0);
  });
});

describe('what the application counts', () => {
  const orders = {
    name: 'orders',
    use: 'decide',
    psi: 1.25,
    delta: 0.0001,
    requests: [],
    bad: [],
  } as const satisfies ApplicationMetric;
  const policy: AnalysisPlan = {
    ...POLICY,
    application: [orders],
    baseline: {
      minutes: 180,
      requests: 1_800_000,
      bad: 1_800,
      sigma: 0.25,
      slowOver: [0.2],
      application: [{ minutes: 180, requests: 180_000, bad: 360, sigma: 0.3 }],
    },
  };
  /** Healthy for the load balancer, with so many orders of each colour, and refused ones. */
  const ordering = (
    count: number,
    { blue, green }: { blue: [number, number]; green: [number, number] },
    from = 0,
  ): MetricMinute[] =>
    alike(count, {}, from).map((minute) => ({
      ...minute,
      blue: { ...minute.blue, application: [{ requests: blue[0], bad: blue[1] }] },
      green: { ...minute.green, application: [{ requests: green[0], bad: green[1] }] },
    }));

  test('decides where the load balancer sees nothing', () => {
    const found = compared(ordering(12, { blue: [900, 2], green: [100, 5] }), { policy });

    expect(found.kind).toBe('worse');
    expect(found.reason).toMatch(
      /^green is worse: 5 % of 1,200 requests of green were bad in orders, 0\.222 % of 10,800 requests of blue \(23 times blue's\); 60 instead of 3 at blue's rate; evidence/,
    );
    expect(found.metrics.map(({ metric }) => metric)).toEqual([
      'errors',
      'slower than 0.2 s',
      'bad in orders',
    ]);
  });

  test('is only reported where it advises', () => {
    const advising: AnalysisPlan = { ...policy, application: [{ ...orders, use: 'advise' }] };

    const found = compared(ordering(12, { blue: [900, 2], green: [100, 5] }), { policy: advising });

    expect(found.kind).toBe('unharmed');
    expect(found.reason).toMatch(/; only reported: 5 % of 1,200 requests of green were bad in orders/);
  });

  test('that has not been published proves nothing, and no minute of it is good', () => {
    const unpublished = alike(30, {}).map((minute) => ({
      ...minute,
      blue: { ...minute.blue, application: [{}] },
      green: { ...minute.green, application: [{}] },
    }));

    const found = compared(unpublished, { policy });

    expect(found.kind).toBe('undecided');
    expect(found.metrics.at(-1)).toMatchObject({ green: { requests: 0 }, logUnharmed: 0 });
  });

  test('of the last minutes may be late: they count when they come', () => {
    const late = [...ordering(6, { blue: [900, 2], green: [100, 5] }), ...alike(6, {}, 6)];

    expect(compared(late, { policy }).metrics.at(-1)?.green).toEqual({ requests: 600, bad: 30 });
  });

  test('of one colour alone in a minute compares nothing in it', () => {
    const silent = ordering(12, { blue: [900, 2], green: [100, 5] }).map((minute, at) =>
      at < 6 ? { ...minute, green: { ...minute.green, application: [{}] } } : minute,
    );

    expect(compared(silent, { policy }).metrics.at(-1)?.green).toEqual({ requests: 600, bad: 30 });
  });
});

describe('green alone', () => {
  const before = alike(10, {});
  const alone = (green: [number, number], count = 10) =>
    compared([...before, ...alike(count, { blue: [0, 0], green }, 10)], {
      alone: true,
      shiftFromMs: START + 10 * MINUTE_MS,
    });

  test('is judged against what was usual for blue', () => {
    expect(alone([10_000, 60]).kind).toBe('worse');
    expect(alone([10_000, 11]).kind).toBe('undecided');
  });

  test('is exposed no more: only requests before it count', () => {
    expect(alone([10_000, 10]).exposed).toEqual({ requests: 10_000, bad: 10 });
  });
});
