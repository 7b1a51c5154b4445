import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import {
  LATE_READ_MS,
  THROTTLED_BLIND_MS,
  THROTTLED_TOLERANCE_MS,
  UNKNOWN_TOLERANCE_MS,
} from '../../../core/pace.ts';
import type { Verdict } from '../../../core/verdict/alarms.ts';
import {
  type JudgeInput,
  judge,
  type Observation,
  unknownLimitMs,
  unseenAlarm,
} from '../../../core/verdict/judge.ts';
import type { AnalysisPlan, Comparison } from '../../../core/vocabulary/analysis.types.ts';
import type { Carried } from '../../../core/vocabulary/placement.types.ts';
import type { Weights } from '../../../core/vocabulary/plan.types.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import type { Placement } from '../../../core/weights/placement.ts';
import {
  aDecision,
  anObservation,
  aPlan,
  aRoute,
  aStoppedTask,
  NOW,
  someHealth,
  someTraffic,
} from '../a-deployment.ts';

const LABEL = 'HTTPS:443 default';

const input = (seen: Partial<Observation> = {}, changes: Partial<JudgeInput> = {}): JudgeInput => ({
  plan: aPlan(),
  traffic: someTraffic(),
  previous: undefined,
  observed: anObservation(seen),
  lastAlarm: null,
  nowMs: NOW + 2 * MINUTE_MS,
  ...changes,
});

const alarm = (state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'): Partial<Observation> => ({
  alarms: {
    alarms: [{ name: 'shop-5xx', kind: 'metric', state, reason: '', updatedAtMs: NOW }],
    missing: [],
  },
});
const losses = (count: number): Partial<Observation> => ({
  greenStopped: Array.from({ length: count }, () =>
    aStoppedTask('Essential container in task exited', { stoppedAtMs: NOW + 1 }),
  ),
});

describe('one observation', () => {
  test.each<[string, Partial<Observation>, Verdict, string]>([
    ['at a world that is well', {}, 'healthy', 'green has 2 of 2 targets healthy; 1 of 1 counting alarms OK'],
    [
      'with blue short of targets',
      { blue: someHealth(0, 2) },
      'healthy',
      'green has 2 of 2 targets healthy; 1 of 1 counting alarms OK',
    ],
    [
      'at an alarm without data',
      alarm('INSUFFICIENT_DATA'),
      'healthy',
      'green has 2 of 2 targets healthy; 0 of 1 counting alarms OK; without data: alarm shop-5xx',
    ],
    ['at a red alarm', alarm('ALARM'), 'unhealthy', 'alarm shop-5xx is in ALARM'],
    [
      'at alarms that could not be read',
      { alarms: { unreadable: 'Throttled' } },
      'unknown',
      'alarms could not be read: Throttled',
    ],
    [
      'at an alarm nobody knows',
      { alarms: { alarms: [], missing: ['shop-5xx'] } },
      'unknown',
      'not found in CloudWatch: alarm shop-5xx',
    ],
    [
      'at a green with a task too few',
      { green: someHealth(1, 2, '1 initial') },
      'unknown',
      'green has 1 of 2 targets healthy: 1 initial',
    ],
    [
      'at a green without a healthy task',
      { green: someHealth(0, 2) },
      'unhealthy',
      'green has 0 of 2 targets healthy, while it gets requests',
    ],
    ['at a green nobody could read', { green: null }, 'unknown', "green's health could not be read"],
    [
      'at a green that is gone',
      { greenGone: true },
      'unhealthy',
      "green's task set is gone: somebody deleted it",
    ],
    [
      'at weights of somebody else',
      { routes: [{ label: LABEL, weights: { blue: 0, green: 100 } }] },
      'unhealthy',
      'expected 90 % blue, 10 % green, found 0 % blue, 100 % green on HTTPS:443 default: somebody else ' +
        'changed the listener',
    ],
    ['without a read of a route', { routes: [] }, 'unknown', 'HTTPS:443 default was not read'],
    [
      'at a route that could not be read',
      { routes: [{ label: LABEL, weights: null, unreadable: 'Throttled' }] },
      'unknown',
      'could not be read: HTTPS:443 default: Throttled',
    ],
    [
      'that could not read something else',
      { unreadable: ['blue: Throttled', 'stopped tasks: Throttled'] },
      'unknown',
      'could not be read: blue: Throttled, stopped tasks: Throttled',
    ],
    [
      'at two tasks lost',
      losses(2),
      'healthy',
      'green has 2 of 2 targets healthy; 1 of 1 counting alarms OK',
    ],
  ])('%s', (_, seen, verdict, reason) => {
    // Whose doing it is has cases of its own, below.
    const { drift: _drift, ...judged } = judge(input(seen));

    expect(judged).toEqual({ verdict, reason, ignoredUntilOk: [] });
  });

  test.each<[string, Partial<Observation>, string | undefined]>([
    ['weights of somebody else', { routes: [{ label: LABEL, weights: { blue: 0, green: 100 } }] }, 'weights'],
    ['a green that is gone', { greenGone: true }, 'taskSet'],
    ['a green that somebody deletes', { green: someHealth(0, 2), greenTaken: 'deletes it' }, 'taskSet'],
    [
      'a green that somebody scaled down',
      { green: someHealth(1, 2), greenTaken: 'scaled it down' },
      'taskSet',
    ],
    ['a green that is short by itself', { green: someHealth(1, 2) }, undefined],
    ['a green that has enough tasks all the same', { greenTaken: 'scaled it down' }, undefined],
  ])('what somebody else wrote is a fact: %s', (_, seen, drift) => {
    expect(judge(input(seen)).drift).toBe(drift);
  });

  test('at three tasks lost, all replaced by now, is not well', () => {
    const { verdict, reason } = judge(input(losses(3)));

    expect(verdict).toBe('unhealthy');
    expect(reason).toMatch(/^green's tasks keep stopping while they get requests: 3 tasks stopped/);
  });

  test('at three tasks that stopped with the shift itself, or nobody knows when, is not well', () => {
    const stopped = (changes: { stoppedAtMs?: number }) => ({
      greenStopped: Array.from({ length: 3 }, () =>
        aStoppedTask('Essential container in task exited', changes),
      ),
    });

    expect(judge(input(stopped({ stoppedAtMs: NOW }))).verdict).toBe('unhealthy');
    expect(judge(input(stopped({}))).verdict).toBe('unhealthy');
    expect(judge(input(stopped({ stoppedAtMs: NOW - 1 }))).verdict).toBe('healthy');
  });

  test('names what somebody else does to green’s task set', () => {
    expect(judge(input({ green: someHealth(1, 2), greenTaken: 'scaled it down' })).reason).toBe(
      'green has 1 of 2 targets healthy; somebody else scaled it down',
    );
    expect(judge(input({ green: someHealth(0, 2), greenTaken: 'deletes it' })).reason).toBe(
      'green has 0 of 2 targets healthy, while it gets requests; somebody else deletes it',
    );
  });

  test('keeps what is somebody else’s doing, though something else is named before it', () => {
    const seen: Partial<Observation> = {
      routes: [{ label: LABEL, weights: { blue: 100, green: 0 } }],
      green: someHealth(1, 2),
      greenTaken: 'scaled it down',
    };

    expect(judge(input(seen, { nowMs: NOW + 1 }))).toMatchObject({ verdict: 'unknown', drift: 'taskSet' });
  });

  test('at two routes of which one was not read cannot tell', () => {
    const plan = aPlan({ routes: [aRoute(LABEL), aRoute('other')] });

    expect(judge(input({}, { plan }))).toMatchObject({ verdict: 'unknown', reason: 'other was not read' });
  });

  test('does not take one route’s weights from before the shift for those of another', () => {
    const plan = aPlan({ routes: [aRoute(LABEL), aRoute('other')] });
    const after = { blue: 90, green: 10 };
    const traffic = someTraffic({
      routes: [
        { label: LABEL, before: { blue: 100, green: 0 }, after },
        { label: 'other', before: { blue: 95, green: 5 }, after },
      ],
    });
    const routes = [
      { label: LABEL, weights: after },
      { label: 'other', weights: { blue: 100, green: 0 } },
    ];

    expect(judge(input({ routes }, { plan, traffic, nowMs: NOW + 1 }))).toMatchObject({
      verdict: 'unhealthy',
      drift: 'weights',
    });
  });

  test('says everything of the worst kind and nothing of the others', () => {
    const { verdict, reason } = judge(
      input({ ...alarm('ALARM'), green: someHealth(0, 2), unreadable: ['blue: Throttled'] }),
    );

    expect(verdict).toBe('unhealthy');
    expect(reason).toBe(
      'green has 0 of 2 targets healthy, while it gets requests; alarm shop-5xx is in ALARM',
    );
  });

  test('passes on which alarms do not count yet', () => {
    const plan = aPlan({ alarms: { ...aPlan().alarms, ignoredUntilOk: ['shop-5xx'] } });

    expect(judge(input(alarm('ALARM'), { plan }))).toMatchObject({
      verdict: 'healthy',
      ignoredUntilOk: ['shop-5xx'],
    });
    expect(judge(input({ alarms: { unreadable: 'x' } }, { plan })).ignoredUntilOk).toEqual(['shop-5xx']);
    expect(judge(input(alarm('OK'), { plan })).ignoredUntilOk).toEqual([]);
  });

  test('at two routes, one of which still reads as before the shift, cannot tell', () => {
    const plan = aPlan({ routes: [aRoute(LABEL), aRoute('other')] });
    const routes = [
      { label: LABEL, weights: { blue: 100, green: 0 } },
      { label: 'other', weights: { blue: 90, green: 10 } },
    ];

    expect(judge(input({ routes }, { plan, nowMs: NOW + 1 }))).toMatchObject({
      verdict: 'unknown',
      reason: 'HTTPS:443 default still reads as it was before the last shift',
    });
  });
});

describe('a route that reads as before the last write', () => {
  const before = { blue: 100, green: 0 };
  const placedWith = (blue: 'gone' | 'alive'): Placement => ({
    move: false,
    weights: null,
    carry: { blue: 0, green: 1, trial: false },
    kinds: { blue, green: 'alive' },
    counts: { blue: null, green: null, needed: 2 },
    reason: '',
    memory: NO_MEMORY,
  });
  const carried: Carried = {
    shiftedAtMs: NOW,
    weights: { blue: 0, green: 100 },
    before: { blue: 90, green: 10 },
    writtenAtMs: NOW,
    sinceMs: NOW,
    totalMs: 0,
  };
  const read = (weights: Weights, changes: Partial<JudgeInput>) => {
    const seen = { routes: [{ label: LABEL, weights }] };
    return judge(input(seen, { nowMs: NOW + 1, placed: placedWith('gone'), ...changes }));
  };
  const drift = {
    verdict: 'unhealthy',
    drift: 'weights',
    reason:
      'HTTPS:443 default still reads as it was before the last shift, or somebody else put that back, and blue is gone',
  };
  const late = {
    verdict: 'unknown',
    reason: 'HTTPS:443 default still reads as it was before the last shift',
  };

  test('may be late while blue answers, and is taken for somebody’s hand when blue is gone', () => {
    expect(read(before, { placed: placedWith('alive') })).toMatchObject(late);
    expect(read(before, { placed: null })).toMatchObject(late);
    expect(read(before, {})).toMatchObject(drift);
  });

  test('is late where what it reads gives a gone blue nothing', () => {
    const all = { blue: 0, green: 100 };
    const traffic = someTraffic({ routes: [{ label: LABEL, before: all, after: { blue: 90, green: 10 } }] });

    expect(read(all, { traffic })).toMatchObject(late);
  });

  test('is somebody’s hand after a move beside the plan only when that is known to have been written', () => {
    const written = aDecision({ placement: { ...NO_MEMORY, carried } });
    const another = aDecision({ placement: { ...NO_MEMORY, carried: { ...carried, writtenAtMs: NOW - 1 } } });

    expect(read(carried.before, { carried })).toMatchObject(late);
    expect(read(carried.before, { carried, previous: another })).toMatchObject(late);
    expect(read(carried.before, { carried, previous: written })).toMatchObject(drift);
  });

  test('is late while the last decision knows of no move, or of nothing at all', () => {
    expect(read(carried.before, { carried, previous: aDecision() })).toMatchObject(late);
    expect(read(carried.before, { carried, previous: aDecision({ placement: NO_MEMORY }) })).toMatchObject(
      late,
    );
  });

  test('is somebody’s hand as soon as one of several routes gives a gone blue requests', () => {
    const all = { blue: 0, green: 100 };
    const after = { blue: 90, green: 10 };
    const routes = [
      { label: 'other', weights: all },
      { label: LABEL, weights: before },
    ];
    const traffic = someTraffic({
      routes: [
        { label: LABEL, before, after },
        { label: 'other', before: all, after },
      ],
    });

    expect(judge(input({ routes }, { nowMs: NOW + 1, placed: placedWith('gone'), traffic }))).toMatchObject({
      verdict: 'unhealthy',
      drift: 'weights',
    });
  });

  test('of somebody else is only unknown where the plan’s weights are written back', () => {
    const foreign = { blue: 50, green: 50 };
    const placed: Placement = { ...placedWith('alive'), reasserts: true };

    expect(read(foreign, { placed })).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringMatching(
        /somebody else changed the listener, and the plan's weights are written back/,
      ),
    });
    expect(read(foreign, { placed })).not.toHaveProperty('drift');
    expect(read(foreign, { placed: placedWith('alive') })).toMatchObject({ verdict: 'unhealthy' });
  });

  test('is of no account where green answers nobody', () => {
    const lostGreen = { startMs: NOW, requests: 100, answered: 3 };
    const placed: Placement = { ...placedWith('alive'), memory: { ...NO_MEMORY, lostGreen } };

    expect(judge(input({}, { placed }))).toMatchObject({
      verdict: 'unhealthy',
      reason: 'green answered 3 of 100 requests in a minute',
    });
    expect(judge(input({}, { placed: placedWith('alive') })).verdict).toBe('healthy');
  });

  test('is late on a first deployment, where no one answered before', () => {
    expect(read(before, { plan: aPlan({ blue: null, blueTargetGroupArn: null }) })).toMatchObject(late);
  });
});

describe('what cannot be read is tolerated', () => {
  const short = someHealth(1, 2);
  const bothShort = { blue: { healthy: 1, wanted: 2 }, green: { healthy: 1, wanted: 2 } };
  const lastSaw = (counts: Partial<typeof bothShort>) =>
    aDecision({ evidence: { ...aDecision().evidence, ...counts } });

  test.each<[string, Partial<Observation>, Partial<JudgeInput>, number]>([
    ['three minutes', { green: short }, {}, UNKNOWN_TOLERANCE_MS],
    ['as long as green’s start while blue is short too', { green: short, blue: short }, {}, 10 * MINUTE_MS],
    ['three minutes when only blue is short', { blue: short }, {}, UNKNOWN_TOLERANCE_MS],
    [
      'as long while green catches up after blue',
      { green: short },
      { previous: lastSaw(bothShort) },
      10 * MINUTE_MS,
    ],
    ['three minutes once green is complete', {}, { previous: lastSaw(bothShort) }, UNKNOWN_TOLERANCE_MS],
    ['three minutes when green cannot be read', { green: null, blue: short }, {}, UNKNOWN_TOLERANCE_MS],
    [
      'three minutes on a first deployment, which has no blue to compare with',
      { green: short, blue: null },
      {},
      UNKNOWN_TOLERANCE_MS,
    ],
    [
      'three minutes when the last observation saw only green short',
      { green: short },
      { previous: lastSaw({ green: bothShort.green }) },
      UNKNOWN_TOLERANCE_MS,
    ],
    [
      'half an hour where the account’s rate limits are the reason',
      { throttled: true },
      {},
      THROTTLED_TOLERANCE_MS,
    ],
    [
      'less where they keep the alarms from being read',
      { throttled: true, alarms: { unreadable: 'Rate exceeded' } },
      {},
      THROTTLED_BLIND_MS,
    ],
    [
      'never less, however short green’s start may be',
      { green: short, blue: short },
      { plan: aPlan({ timeToHealthyMs: MINUTE_MS }) },
      UNKNOWN_TOLERANCE_MS,
    ],
  ])('%s', (_, seen, changes, limitMs) => {
    expect(unknownLimitMs(input(seen, changes))).toBe(limitMs);
  });
});

describe('the event of an alarm that cannot be read', () => {
  const lastAlarm = { atMs: NOW + MINUTE_MS, name: 'shop-5xx' };
  const unread: Partial<Observation> = { alarms: { unreadable: 'Rate exceeded' }, throttled: true };

  test.each<[string, Partial<Observation>, Partial<JudgeInput>, boolean]>([
    ['before the first observation', unread, {}, true],
    ['after the alarms were last read', unread, { previous: aDecision({ alarmsReadAtMs: NOW }) }, true],
    ['as they were read', unread, { previous: aDecision({ alarmsReadAtMs: lastAlarm.atMs }) }, true],
    [
      'before they were last read',
      unread,
      { previous: aDecision({ alarmsReadAtMs: lastAlarm.atMs + 1 }) },
      false,
    ],
    ['which can be read', alarm('OK'), {}, false],
    ['none', unread, { lastAlarm: null }, false],
    ['nobody watches', unread, { lastAlarm: { ...lastAlarm, name: 'other' } }, false],
    [
      'that does not count yet',
      unread,
      { previous: aDecision({ alarmsReadAtMs: NOW, ignoredUntilOk: ['shop-5xx'] }) },
      false,
    ],
    [
      'that does not count at all',
      unread,
      {
        plan: aPlan({
          alarms: {
            names: ['shop-5xx'],
            redAtStart: { kind: 'override', reason: 'known' },
            withoutData: 'ignore',
            ignoredUntilOk: ['shop-5xx'],
          },
        }),
      },
      false,
    ],
  ])('%s', (_, seen, changes, unseen) => {
    expect(unseenAlarm(input(seen, { lastAlarm, ...changes }))).toEqual(unseen ? lastAlarm : null);
  });
});

describe('the test route', () => {
  const ROUTE = 'HTTPS:8443 default';
  const ALL_BLUE = { blue: 100, green: 0 };
  const ALL_GREEN = { blue: 0, green: 100 };
  /** The route is open at position 0, closed at 1, and green's at 2. */
  const plan = aPlan({
    shifts: [
      { greenPct: 0, bakeMs: MINUTE_MS, test: true },
      { greenPct: 10, bakeMs: MINUTE_MS },
      { greenPct: 100, bakeMs: MINUTE_MS },
    ],
  });
  const users = [ALL_BLUE, { blue: 90, green: 10 }, ALL_GREEN];
  const at = (
    position: number,
    weights: Weights | null,
    { unreadable, agoMs = 2 * MINUTE_MS }: { unreadable?: string; agoMs?: number } = {},
  ) =>
    judge(
      input(
        {
          routes: [{ label: LABEL, weights: users[position] ?? null }],
          test: { label: ROUTE, weights, ...(unreadable === undefined ? {} : { unreadable }) },
        },
        {
          plan,
          traffic: someTraffic({ position, test: { label: ROUTE, before: ALL_BLUE, after: ALL_GREEN } }),
          nowMs: NOW + agoMs,
        },
      ),
    );
  const WELL = 'green has 2 of 2 targets healthy; 1 of 1 counting alarms OK';

  test.each([
    ['open', 0, ALL_GREEN],
    ['closed while users come', 1, ALL_BLUE],
    ["green's at the end", 2, ALL_GREEN],
  ])('as the plan has it is nothing to speak of: %s', (_, position, weights) => {
    expect(at(position, weights)).toMatchObject({ verdict: 'healthy', reason: WELL });
  });

  test('that somebody else changed while it is open makes the test void', () => {
    expect(at(0, ALL_BLUE)).toEqual({
      verdict: 'unhealthy',
      drift: 'weights',
      reason:
        'expected 0 % blue, 100 % green on the test route HTTPS:8443 default, found 100 % blue, 0 % green: ' +
        'somebody else changed it, so what was tried may not have been green',
      ignoredUntilOk: [],
    });
  });

  test('that somebody else changed afterwards is only noted', () => {
    const noted =
      'expected 100 % blue, 0 % green on the test route HTTPS:8443 default, found 50 % blue, 50 % green: ' +
      'somebody else changed it';

    expect(at(1, { blue: 50, green: 50 })).toEqual({
      verdict: 'healthy',
      reason: `${noted}; ${WELL}`,
      ignoredUntilOk: [],
    });
  });

  test('may read as before for a minute', () => {
    const late = 'the test route HTTPS:8443 default still reads as it was before';

    expect(at(0, ALL_BLUE, { agoMs: LATE_READ_MS - 1 })).toMatchObject({ verdict: 'unknown', reason: late });
    expect(at(0, ALL_BLUE, { agoMs: LATE_READ_MS })).toMatchObject({ verdict: 'unhealthy' });
    expect(at(0, { blue: 50, green: 50 }, { agoMs: 1 })).toMatchObject({ verdict: 'unhealthy' });
    expect(at(2, ALL_BLUE, { agoMs: 1 })).toMatchObject({ verdict: 'healthy', reason: `${late}; ${WELL}` });
  });

  test('that was never written cannot read as before', () => {
    const seen = {
      routes: [{ label: LABEL, weights: ALL_BLUE }],
      test: { label: ROUTE, weights: ALL_BLUE },
    };
    const written = { label: ROUTE, before: null, after: ALL_GREEN };

    for (const traffic of [someTraffic(), someTraffic({ test: written })])
      expect(judge(input(seen, { plan, traffic, nowMs: NOW + 1 }))).toMatchObject({ verdict: 'unhealthy' });
  });

  test('that cannot be read holds the test, and nothing else', () => {
    const unread = 'the test route HTTPS:8443 default could not be read: Throttled';

    expect(at(0, null, { unreadable: 'Throttled' })).toMatchObject({ verdict: 'unknown', reason: unread });
    expect(at(1, null, { unreadable: 'Throttled' })).toMatchObject({
      verdict: 'healthy',
      reason: `${unread}; ${WELL}`,
    });
  });
});

describe('what the metrics say', () => {
  const comparison: Comparison = {
    kind: 'undecided',
    reason: 'evidence 1 of 100',
    sinceMs: NOW,
    shiftFromMs: NOW,
    minutes: 5,
    shift: { minutes: 5, requests: 1_200 },
    exposed: { requests: 1_200, bad: 3 },
    metrics: [],
    difference: null,
  };
  const off = { use: 'off', psi: 1, delta: 0 } as const;
  const compared = (
    changes: Partial<Comparison>,
    exposure?: AnalysisPlan['exposure'],
    position = 0,
    greenPct = 10,
  ) => {
    const analysis: AnalysisPlan = {
      errors: off,
      latency: off,
      alpha: 0.01,
      onInconclusive: 'advance',
      baseline: null,
      ...(exposure === undefined ? {} : { exposure }),
    };
    const { verdict, reason } = judge(
      input(
        { routes: [{ label: LABEL, weights: { blue: 100 - greenPct, green: greenPct } }] },
        {
          plan: aPlan({ analysis }),
          traffic: someTraffic({ position }),
          comparison: { ...comparison, ...changes },
        },
      ),
    );
    return `${verdict}: ${reason.replace('green has 2 of 2 targets healthy; 1 of 1 counting alarms OK; ', '')}`;
  };
  const budget = { requests: 1_200, onUsedUp: 'hold' } as const;

  test.each<[string, () => string, string]>([
    ['proven harm rolls back', () => compared({ kind: 'worse' }), 'unhealthy: evidence 1 of 100'],
    ['what proves nothing stands beside the verdict', () => compared({}), 'healthy: evidence 1 of 100'],
    [
      'with what is left of the budget',
      () => compared({}, { ...budget, requests: 1_201 }),
      'healthy: evidence 1 of 100; exposure 1,200 of 1,201 requests',
    ],
    [
      'a budget that is used up is a person’s to decide on',
      () => compared({}, budget),
      'healthy: evidence 1 of 100',
    ],
    [
      'or rolls back',
      () => compared({}, { ...budget, onUsedUp: 'rollBack' }),
      'unhealthy: the exposure budget is used up: green has had 1,200 of 1,200 requests; evidence 1 of 100',
    ],
    [
      'but not once green has everybody',
      () => compared({}, { ...budget, onUsedUp: 'rollBack' }, 2, 100),
      'healthy: evidence 1 of 100',
    ],
    [
      'when nothing of it is counted any more',
      () => compared({}, { ...budget, requests: 9_000 }, 2, 100),
      'healthy: evidence 1 of 100',
    ],
  ])('%s', (_, said, expected) => {
    expect(said()).toBe(expected);
  });
});
