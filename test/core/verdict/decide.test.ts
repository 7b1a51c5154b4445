import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { UNKNOWN_TOLERANCE_MS } from '../../../core/pace.ts';
import { refuseToGoOn } from '../../../core/safety/invariants.ts';
import { MAX_OBSERVATIONS_PER_BAKE } from '../../../core/verdict/bake-observations.ts';
import { decide } from '../../../core/verdict/decide.ts';
import type { DecideInput } from '../../../core/verdict/decision.ts';
import type { Observation } from '../../../core/verdict/judge.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import {
  aDecision,
  aGreenSize,
  anObservation,
  aPlan,
  aRoute,
  NOW,
  someHealth,
  someTraffic,
} from '../a-deployment.ts';

const LABEL = 'HTTPS:443 default';

const observe = (changes: Partial<DecideInput> = {}, seen: Partial<Observation> = {}): Decision =>
  decide({
    plan: aPlan(),
    traffic: someTraffic(),
    previous: undefined,
    observed: anObservation(seen),
    lastAlarm: null,
    commands: [],
    nowMs: NOW + 2 * MINUTE_MS,
    ...changes,
  });

const red = {
  alarms: [
    {
      name: 'shop-5xx',
      kind: 'metric' as const,
      state: 'ALARM' as const,
      reason: 'Threshold Crossed',
      updatedAtMs: NOW,
    },
  ],
  missing: [],
};

describe('a healthy deployment', () => {
  test('bakes until the next sweep, saying how far it is', () => {
    const decision = observe();

    expect(decision).toMatchObject({ kind: 'hold', position: 0, waitSeconds: 60, unknownSinceMs: null });
    expect(decision.reason).toBe(
      'baked 2m of 5m at 10 %; green has 2 of 2 targets healthy; 1 of 1 counting alarms OK',
    );
  });

  test('goes to the next position when the bake is over, not a moment before', () => {
    expect(observe({ nowMs: NOW + 5 * MINUTE_MS - 1 })).toMatchObject({ kind: 'hold', waitSeconds: 1 });
    expect(observe({ nowMs: NOW + 5 * MINUTE_MS })).toMatchObject({
      kind: 'advance',
      position: 1,
      waitSeconds: 0,
    });
  });

  test('is promoted after the last bake', () => {
    const traffic = someTraffic({ position: 2, weights: { blue: 0, green: 100 } });
    const routes = [{ label: LABEL, weights: { blue: 0, green: 100 } }];

    expect(observe({ traffic, nowMs: NOW + HOUR_MS - 1 }, { routes }).kind).toBe('hold');
    expect(observe({ traffic, nowMs: NOW + HOUR_MS }, { routes })).toMatchObject({
      kind: 'promote',
      position: 2,
    });
  });

  test('advances at once from a shift without a bake', () => {
    const plan = aPlan({
      shifts: [
        { greenPct: 10, bakeMs: 0 },
        { greenPct: 100, bakeMs: 0 },
      ],
    });

    expect(observe({ plan, nowMs: NOW }).kind).toBe('advance');
  });

  test('does not count a clock that is behind as baking backwards', () => {
    expect(observe({ nowMs: NOW - 3 * SECOND_MS })).toMatchObject({ kind: 'hold', waitSeconds: 60 });
  });

  test('takes as many observations in a bake of two days as in one of ten minutes', () => {
    const plan = aPlan({
      shifts: [
        { greenPct: 10, bakeMs: 48 * HOUR_MS },
        { greenPct: 100, bakeMs: 0 },
      ],
    });
    let nowMs = NOW;
    let observations = 0;
    for (
      let decision = observe({ plan, nowMs });
      decision.kind === 'hold';
      decision = observe({ plan, nowMs })
    ) {
      nowMs += decision.waitSeconds * SECOND_MS;
      observations += 1;
      expect(observations).toBeLessThanOrEqual(MAX_OBSERVATIONS_PER_BAKE);
    }

    expect(nowMs - NOW).toBe(48 * HOUR_MS);
  });

  test('mentions a blue that is short of targets, and continues', () => {
    const decision = observe(
      { nowMs: NOW + 5 * MINUTE_MS },
      { blue: someHealth(1, 2, '1 not registered yet') },
    );

    expect(decision.kind).toBe('advance');
    expect(decision.reason).toContain('blue has only 1 of 2 targets healthy');
  });

  test('keeps what it read as evidence', () => {
    const { evidence } = observe({}, { blue: someHealth(1, 2) });

    expect(evidence).toEqual({
      observedAtMs: NOW,
      readiness: expect.objectContaining({ kind: 'ready', seconds: 16, carriesPct: 100 }),
      blue: { healthy: 1, wanted: 2 },
      green: { healthy: 2, wanted: 2 },
      alarms: [{ name: 'shop-5xx', state: 'OK' }],
      routes: [{ label: LABEL, weights: { blue: 90, green: 10 } }],
      commands: [],
    });
  });
});

describe('the evidence', () => {
  const evidence = (seen: Partial<Observation>, changes: Partial<DecideInput> = {}) =>
    observe(changes, seen).evidence;

  test('of a first deployment has no blue', () => {
    const seen = evidence({ blue: null }, { plan: aPlan({ blue: null }) });

    expect(seen).toMatchObject({ blue: null, readiness: { kind: 'none' } });
  });

  test('of a green that could not be read counts none', () => {
    expect(evidence({ green: null }).green).toEqual({ healthy: 0, wanted: 0 });
  });

  test('names alarms that CloudWatch does not know', () => {
    const { alarms } = evidence({ alarms: { alarms: [], missing: ['shop-5xx'] } });

    expect(alarms).toEqual([{ name: 'shop-5xx', state: 'MISSING' }]);
  });

  test('has the test route where the plan has one', () => {
    const test = { label: 'HTTPS:8443 default', weights: { blue: 100, green: 0 } };

    expect(evidence({ test: { ...test, unreadable: 'Throttled' } }).test).toEqual(test);
    expect(evidence({})).not.toHaveProperty('test');
  });

  test('says what a rollback would come to only as far as both colours could be counted', () => {
    const { counts: _, ...uncounted } = anObservation();
    const { readiness } = decide({
      plan: aPlan(),
      traffic: someTraffic(),
      previous: undefined,
      observed: uncounted,
      lastAlarm: null,
      commands: [],
      nowMs: NOW,
    }).evidence;

    expect(readiness).toMatchObject({ kind: 'unknown', line: 'not known: blue could not be read' });
  });

  test('has the size of a green that grows, and of no other', () => {
    const greenSize = aGreenSize();
    const plan = aPlan({ capacity: { headroom: 1.25, minTasks: 2 } });

    expect(evidence({ greenSize }, { plan }).size).toMatchObject({ tasks: 2, of: 10, carriesPct: 16 });
    expect(evidence({ greenSize })).not.toHaveProperty('size');
    expect(evidence({}, { plan })).not.toHaveProperty('size');
  });
});

describe('a decision says', () => {
  test('nothing of blue on a first deployment, and that there is no way back where blue is gone', () => {
    const aside = 'green has 2 of 2 targets healthy; 1 of 1 counting alarms OK';

    expect(observe({ plan: aPlan({ blue: null }) }, { blue: null }).reason).toMatch(
      new RegExp(`; ${aside}$`),
    );
    expect(observe({}, { blueGone: true, blue: someHealth(0, 2) }).reason).toMatch(
      new RegExp(`; ${aside}; blue is gone, so there is nothing to roll back to$`),
    );
  });

  test('whose doing it answers, in a rollback and while it waits', () => {
    const taken = { greenTaken: 'scaled it down' } as const;

    expect(observe({}, { ...taken, green: someHealth(0, 2) })).toMatchObject({
      kind: 'rollBack',
      drift: 'taskSet',
    });
    expect(observe({}, { ...taken, green: someHealth(1, 2) })).toMatchObject({
      kind: 'hold',
      drift: 'taskSet',
    });
    expect(observe({}, { green: someHealth(0, 2) })).not.toHaveProperty('drift');
    expect(observe({}, { green: someHealth(1, 2) })).not.toHaveProperty('drift');
  });

  test('when the alarms were read, from the first time on that they could be', () => {
    expect(observe({}).alarmsReadAtMs).toBe(NOW);
    expect(observe({}, { alarms: { unreadable: 'Throttled' } })).not.toHaveProperty('alarmsReadAtMs');
  });

  test('nothing of metrics that are not compared', () => {
    expect(observe({})).not.toHaveProperty('analysis');
  });
});

describe('rolled back at once', () => {
  test.each([
    ['a red alarm', { alarms: red }, 'alarm shop-5xx is in ALARM: Threshold Crossed'],
    [
      'weights somebody reset',
      { routes: [{ label: LABEL, weights: { blue: 100, green: 0 } }] },
      'expected 90 % blue, 10 % green, found 100 % blue, 0 % green on HTTPS:443 default: somebody else ' +
        'changed the listener',
    ],
    [
      'weights that are no split of ours',
      { routes: [{ label: LABEL, weights: null }] },
      'somebody else changed the listener',
    ],
    [
      'green without a healthy target',
      { green: someHealth(0, 2, '2 unhealthy (Target.Timeout)') },
      'green has 0 of 2 targets healthy: 2 unhealthy (Target.Timeout), while it gets requests',
    ],
    ['a service scaled to zero', { green: someHealth(0, 0) }, 'green has 0 of 0 targets healthy'],
    ['green deleted', { greenGone: true, green: someHealth(0, 0) }, 'somebody deleted it'],
  ])('%s', (_, seen: Partial<Observation>, expected) => {
    const decision = observe({}, seen);

    expect(decision).toMatchObject({ kind: 'rollBack', position: 0, waitSeconds: 0 });
    expect(decision.reason).toContain(expected);
  });

  test('names every route that drifted, and only those', () => {
    const plan = aPlan({
      routes: [aRoute('HTTPS:443 default'), aRoute('HTTPS:443 path /api/*'), aRoute('HTTP:80 default')],
    });
    const routes = [
      { label: 'HTTPS:443 default', weights: { blue: 90, green: 10 } },
      { label: 'HTTPS:443 path /api/*', weights: { blue: 0, green: 100 } },
      { label: 'HTTP:80 default', weights: null },
    ];

    const { kind, reason } = observe({ plan }, { routes });

    expect(kind).toBe('rollBack');
    expect(reason).toContain('0 % blue, 100 % green on HTTPS:443 path /api/*');
    expect(reason).toContain('on HTTP:80 default');
    expect(reason).not.toContain('HTTPS:443 default');
  });

  test('drift is reported before a red alarm, and both are reported', () => {
    const { reason } = observe({}, { alarms: red, routes: [{ label: LABEL, weights: null }] });

    expect(reason).toMatch(/^expected .*; alarm shop-5xx is in ALARM/);
  });

  test('what is known to be bad weighs more than what could not be read', () => {
    expect(observe({}, { alarms: red, unreadable: ['blue: Throttled'] }).kind).toBe('rollBack');
  });

  test('a red alarm at the very end of the last bake', () => {
    const traffic = someTraffic({ position: 2, weights: { blue: 0, green: 100 } });
    const routes = [{ label: LABEL, weights: { blue: 0, green: 100 } }];

    expect(observe({ traffic, nowMs: NOW + HOUR_MS }, { routes, alarms: red }).kind).toBe('rollBack');
  });

  test.each([-1, 3, 99])('position %d, which is not in the plan', (position) => {
    const decision = observe({ traffic: someTraffic({ position }) });

    expect(decision.kind).toBe('rollBack');
    expect(decision.reason).toContain(`no position ${position}`);
  });
});

const unknowns: [string, Partial<Observation>][] = [
  ['alarms that could not be read', { alarms: { unreadable: 'Throttled' } }],
  ['an alarm that does not exist', { alarms: { alarms: [], missing: ['shop-5xx'] } }],
  ['a task ECS is replacing', { green: someHealth(1, 2, '1 initial') }],
  ['green’s health unread', { green: null }],
  ['a route unread', { routes: [{ label: LABEL, weights: null, unreadable: 'Throttled' }] }],
  ['a route nobody asked for', { routes: [] }],
  ['anything else unread', { unreadable: ['blue: Throttled'] }],
];

describe.each(unknowns)('unknown: %s', (_, seen) => {
  test('holds, reads again soon, and says when it gives up', () => {
    const decision = observe({}, seen);

    expect(decision).toMatchObject({
      kind: 'hold',
      position: 0,
      waitSeconds: 30,
      unknownSinceMs: NOW + 2 * MINUTE_MS,
    });
    expect(decision.reason).toContain('rolling back in 3m');
  });

  test('never continues, though the bake is over', () => {
    const decision = observe({ nowMs: NOW + 5 * MINUTE_MS }, seen);

    expect(decision.kind).toBe('hold');
    expect(refuseToGoOn({ kind: 'advance' }, anObservation(seen))).not.toBeNull();
  });

  test('rolls back when it lasts, exactly at the limit', () => {
    const since = { unknownSinceMs: NOW + 2 * MINUTE_MS };
    const at = (ms: number) => observe({ previous: aDecision(since), nowMs: NOW + 2 * MINUTE_MS + ms }, seen);

    expect(at(UNKNOWN_TOLERANCE_MS - 1)).toMatchObject({ kind: 'hold', waitSeconds: 1, ...since });
    expect(at(UNKNOWN_TOLERANCE_MS).kind).toBe('rollBack');
    expect(at(UNKNOWN_TOLERANCE_MS).reason).toContain('not known to be healthy for 3m');
  });

  test('is forgotten after one healthy observation', () => {
    const recovered = observe({ previous: aDecision({ unknownSinceMs: NOW }) });

    expect(recovered.unknownSinceMs).toBeNull();
  });

  test('of another position does not count against this one', () => {
    const previous = aDecision({ position: 1, unknownSinceMs: NOW - HOUR_MS });

    expect(observe({ previous }, seen)).toMatchObject({ kind: 'hold', unknownSinceMs: NOW + 2 * MINUTE_MS });
  });
});

describe('both colours short of targets, as when the service scales out', () => {
  const short = { blue: someHealth(2, 4), green: someHealth(2, 4) };
  const since = NOW - 5 * MINUTE_MS;

  test('is given the time green may take to be healthy', () => {
    expect(observe({ previous: aDecision({ unknownSinceMs: since }) }, short).kind).toBe('hold');
    expect(observe({ previous: aDecision({ unknownSinceMs: NOW - 8 * MINUTE_MS }) }, short).kind).toBe(
      'rollBack',
    );
  });

  test('and green may be an observation later than blue, not more', () => {
    const evidence = {
      ...aDecision().evidence,
      blue: { healthy: 2, wanted: 4 },
      green: { healthy: 2, wanted: 4 },
    };
    const blueDone = { blue: someHealth(4, 4), green: someHealth(3, 4) };
    const first = observe({ previous: aDecision({ unknownSinceMs: since, evidence }) }, blueDone);

    expect(first.kind).toBe('hold');
    expect(observe({ previous: first }, blueDone).kind).toBe('rollBack');
  });
});

describe('a route that still reads as before the shift', () => {
  const late = { routes: [{ label: LABEL, weights: { blue: 100, green: 0 } }] };

  test('is a late read for a minute, which holds, and a foreign writer after it', () => {
    expect(observe({ nowMs: NOW + 59 * SECOND_MS }, late)).toMatchObject({ kind: 'hold', waitSeconds: 30 });
    expect(observe({ nowMs: NOW + 60 * SECOND_MS }, late).kind).toBe('rollBack');
  });

  test('does not excuse another route that reads as something else', () => {
    const plan = aPlan({ routes: [aRoute(LABEL), aRoute('other')] });
    const routes = [...late.routes, { label: 'other', weights: { blue: 0, green: 100 } }];

    expect(observe({ plan, nowMs: NOW + SECOND_MS }, { routes }).kind).toBe('rollBack');
  });
});

describe('alarms that were red at the start', () => {
  const plan = aPlan({
    alarms: {
      names: ['shop-5xx'],
      redAtStart: { kind: 'ignoreUntilOk' },
      withoutData: 'ignore',
      ignoredUntilOk: ['shop-5xx'],
    },
  });

  test('are ignored from the plan on, and count once they were OK, across positions', () => {
    const first = observe({ plan }, { alarms: red });
    const ok = observe({ plan, previous: first });
    const later = observe({ plan, previous: { ...ok, position: 0 } }, { alarms: red });

    expect(first).toMatchObject({ kind: 'hold', ignoredUntilOk: ['shop-5xx'] });
    expect(ok).toMatchObject({ kind: 'hold', ignoredUntilOk: [] });
    expect(later.kind).toBe('rollBack');
  });

  test('stay ignored over an observation that could not read them', () => {
    const unread = observe({ plan }, { alarms: { unreadable: 'Throttled' } });

    expect(unread.ignoredUntilOk).toEqual(['shop-5xx']);
    expect(unread.evidence.alarms).toEqual([{ name: 'shop-5xx', state: 'UNREADABLE' }]);
  });
});

test('over every combination of evidence, only an observation that read everything as healthy continues', () => {
  const greens = [someHealth(2, 2), someHealth(1, 2), someHealth(0, 2), someHealth(0, 0), null];
  const alarms = [anObservation().alarms, red, { unreadable: 'x' }, { alarms: [], missing: ['shop-5xx'] }];
  const routes = [
    anObservation().routes,
    [{ label: LABEL, weights: null }],
    [{ label: LABEL, weights: { blue: 50, green: 50 } }],
    [{ label: LABEL, weights: null, unreadable: 'x' }],
    [],
  ];
  const times = [0, MINUTE_MS, 5 * MINUTE_MS, HOUR_MS];
  let wentOn = 0;

  for (const green of greens) {
    for (const alarm of alarms) {
      for (const route of routes) {
        for (const unreadable of [[], ['x']]) {
          for (const ms of times) {
            const seen = { green, alarms: alarm, routes: route, unreadable };
            const decision = observe({ nowMs: NOW + ms }, seen);
            const well =
              green === greens[0] && alarm === alarms[0] && route === routes[0] && unreadable.length === 0;
            const over = ms >= 5 * MINUTE_MS;
            expect(decision.kind === 'advance').toBe(well && over);
            expect(refuseToGoOn(decision, anObservation(seen))).toBeNull();
            expect(decision.waitSeconds > 0).toBe(decision.kind === 'hold');
            expect(decision.reason).not.toBe('');
            if (decision.kind === 'advance') wentOn += 1;
          }
        }
      }
    }
  }
  expect(wentOn).toBe(2);
});

describe('alarms that stay throttled', () => {
  const unread: Partial<Observation> = { alarms: { unreadable: 'Rate exceeded' }, throttled: true };
  const event = { atMs: NOW + 12 * MINUTE_MS, name: 'shop-5xx' };
  /** Unknown since the second minute; everything but the alarms could be read. */
  const before = aDecision({ unknownSinceMs: NOW + 2 * MINUTE_MS, alarmsReadAtMs: NOW });
  const at = (ms: number, changes: Partial<DecideInput> = {}): Decision =>
    observe({ previous: before, nowMs: NOW + ms, ...changes }, unread);

  test('are tolerated for half an hour while nobody says that one is red', () => {
    expect(at(31 * MINUTE_MS)).toMatchObject({ kind: 'hold', waitSeconds: 60 });
    expect(at(32 * MINUTE_MS).kind).toBe('rollBack');
  });

  test('are tolerated for a minute from the event that says so, and asked for again soon', () => {
    expect(at(12 * MINUTE_MS, { lastAlarm: event })).toMatchObject({
      kind: 'hold',
      waitSeconds: 10,
      unknownSinceMs: NOW + 2 * MINUTE_MS,
      reason: expect.stringMatching(
        /^alarm shop-5xx turned red, by its event; cannot tell whether green is healthy, rolling back in 1m unless/,
      ),
    });
    expect(at(13 * MINUTE_MS - 1, { lastAlarm: event })).toMatchObject({ kind: 'hold', waitSeconds: 1 });
    expect(at(13 * MINUTE_MS, { lastAlarm: event })).toMatchObject({
      kind: 'rollBack',
      reason: expect.stringMatching(
        /^alarm shop-5xx turned red, by its event; not known to be healthy for 1m: alarms could not be read/,
      ),
    });
  });

  test('are asked for at least twice, however old the event is', () => {
    const first = at(20 * MINUTE_MS, { previous: undefined, lastAlarm: event });

    expect(first).toMatchObject({ kind: 'hold', unknownSinceMs: NOW + 20 * MINUTE_MS, waitSeconds: 10 });
    expect(at(21 * MINUTE_MS, { previous: first, lastAlarm: event }).kind).toBe('rollBack');
  });

  test('decide by themselves as soon as they can be read, whatever the event said', () => {
    const ok = observe({
      previous: before,
      nowMs: NOW + 4 * MINUTE_MS,
      lastAlarm: { ...event, atMs: NOW + 1 },
    });

    expect(ok).toMatchObject({ kind: 'hold', unknownSinceMs: null, alarmsReadAtMs: NOW });
  });

  test('an event from before they were last read shortens nothing', () => {
    const previous = { ...before, alarmsReadAtMs: event.atMs + 1 };

    expect(at(14 * MINUTE_MS, { previous, lastAlarm: event }).kind).toBe('hold');
    expect(at(14 * MINUTE_MS, { previous }).alarmsReadAtMs).toBe(event.atMs + 1);
  });
});
