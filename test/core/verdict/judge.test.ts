import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { UNKNOWN_TOLERANCE_MS } from '../../../core/pace.ts';
import type { Verdict } from '../../../core/verdict/alarms.ts';
import {
  type JudgeInput,
  judge,
  type Observation,
  unknownLimitMs,
  unseenAlarm,
} from '../../../core/verdict/judge.ts';
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
