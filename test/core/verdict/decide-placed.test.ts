import { describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { decide } from '../../../core/verdict/decide.ts';
import type { DecideInput } from '../../../core/verdict/decision.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import type { Carried } from '../../../core/vocabulary/placement.types.ts';
import type { Weights } from '../../../core/vocabulary/plan.types.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import type { Placement } from '../../../core/weights/placement.ts';
import { aCommand, aGreenSize, anObservation, aPlan, NOW, someTraffic } from '../a-deployment.ts';
import { aHook, aRun, ended } from '../hooks/a-hook.ts';

const PLANNED: Weights = { blue: 90, green: 10 };
const ALL_GREEN: Weights = { blue: 0, green: 100 };
const ALL_BLUE: Weights = { blue: 100, green: 0 };

const placedAt = (weights: Weights | null, changes: Partial<Placement> = {}): Placement => ({
  move: false,
  weights,
  carry: { blue: 0, green: 1, trial: false },
  kinds: { blue: 'gone', green: 'alive' },
  counts: { blue: null, green: null, needed: 2 },
  reason: 'blue carries nothing',
  memory: NO_MEMORY,
  ...changes,
});

const carriedSince = (sinceMs: number | null, weights: Weights): Carried => ({
  shiftedAtMs: NOW,
  weights,
  before: PLANNED,
  writtenAtMs: NOW,
  sinceMs,
  totalMs: 0,
});

/** Users have been beside the first shift's 10 % for so long. */
const away = (awayMs: number, weights: Weights, changes: Partial<DecideInput> = {}): Decision =>
  decide({
    plan: aPlan(),
    traffic: someTraffic(),
    previous: undefined,
    observed: anObservation({ routes: [{ label: 'HTTPS:443 default', weights }] }),
    lastAlarm: null,
    commands: [],
    placed: placedAt(weights),
    carried: carriedSince(NOW, weights),
    nowMs: NOW + awayMs,
    ...changes,
  });

const SEEN = 'blue carries nothing; green has 2 of 2 targets healthy; 1 of 1 counting alarms OK';
const AWAY = `users are at 0 % blue, 100 % green instead of 90 % blue, 10 % green: ${SEEN}`;

describe('while all users are on green because blue is gone', () => {
  test.each([
    ['the bake stands still, observed every 15 seconds at first', MINUTE_MS, 'hold', 15, AWAY],
    ['also when its time is over', 8 * MINUTE_MS, 'hold', 60, AWAY],
    ['up to the time in which ECS should have brought blue back', 10 * MINUTE_MS - 1, 'hold', 60, AWAY],
    [
      'then a person is asked',
      10 * MINUTE_MS,
      'awaitOperator',
      60,
      `${AWAY}; blue does not come back, promote or abort`,
    ],
    ['for a day', DAY_MS - 1, 'awaitOperator', 300, `${AWAY}; blue does not come back, promote or abort`],
  ])('%s', (_, awayMs, kind, waitSeconds, reason) => {
    expect(away(awayMs, ALL_GREEN)).toMatchObject({ kind, position: 0, waitSeconds, reason });
  });

  test('after a day nobody waits for a blue that does not come: the last shift is made', () => {
    expect(away(DAY_MS, ALL_GREEN)).toMatchObject({
      kind: 'advance',
      position: 2,
      waitSeconds: 0,
      reason: `no blue to go back to for 1d; ${AWAY}`,
    });
  });

  test('whose move is only about to be written are waited for from now on', () => {
    const observed = anObservation({ routes: [{ label: 'HTTPS:443 default', weights: PLANNED }] });

    expect(away(DAY_MS, ALL_GREEN, { carried: null, observed })).toMatchObject({
      kind: 'hold',
      waitSeconds: 15,
      reason: AWAY,
    });
  });

  test('a promote is followed at once: it does not wait for a blue that nobody needs', () => {
    const commands = [aCommand('promote', NOW + SECOND_MS)];

    expect(away(MINUTE_MS, ALL_GREEN, { commands })).toMatchObject({ kind: 'advance', position: 2 });
  });

  test('the hooks before the last shift run first, and one that fails rolls back', () => {
    const hook = aHook({ stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] });
    const plan = aPlan({ hooks: [hook] });
    const run = { stage: hook.stages[0] ?? 'ROLLBACK', step: 3 } as const;

    expect(away(DAY_MS, ALL_GREEN, { plan })).toMatchObject({
      kind: 'runHooks',
      hooks: { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', step: 3, after: 1 },
      reason: `waits for hook smoke (PRE_PRODUCTION_TRAFFIC_SHIFT 3); ${AWAY}`,
    });
    expect(
      away(DAY_MS, ALL_GREEN, { plan, hookRuns: [aRun({ ...run, result: ended('FAILED') })] }),
    ).toMatchObject({
      kind: 'rollBack',
      reason: `hook smoke (PRE_PRODUCTION_TRAFFIC_SHIFT 3): it is FAILED; ${AWAY}`,
    });
    expect(
      away(DAY_MS, ALL_GREEN, { plan, hookRuns: [aRun({ ...run, result: ended('SUCCEEDED') })] }),
    ).toMatchObject({ kind: 'advance', position: 2 });
  });

  test('a green that grows gets the tasks for everybody before the last shift is made', () => {
    const plan = aPlan({ capacity: { headroom: 1.25, minTasks: 1 } });
    const ofTen = (healthy: number, scalePercent: number) =>
      anObservation({
        routes: [{ label: 'HTTPS:443 default', weights: ALL_GREEN }],
        greenSize: aGreenSize({ scalePercent, computedDesiredCount: healthy, healthy }),
      });
    const grown = { growth: { greenPct: 100, tasks: 10, enoughSinceMs: NOW } };

    expect(away(DAY_MS, ALL_GREEN, { plan, observed: ofTen(7, 70) })).toMatchObject({
      kind: 'hold',
      reason: AWAY,
      waitSeconds: 300,
      growTo: 100,
    });
    const previous = { ...away(DAY_MS, ALL_GREEN), ...grown };
    expect(away(DAY_MS, ALL_GREEN, { plan, observed: ofTen(10, 100), previous })).toMatchObject({
      kind: 'advance',
      position: 2,
    });
  });
});

test('while users are on blue because green is short, the plan waits for as long as that takes', () => {
  const short = placedAt(ALL_BLUE, { reason: 'green carries nothing' });

  for (const awayMs of [MINUTE_MS, 10 * MINUTE_MS, 2 * DAY_MS]) {
    expect(away(awayMs, ALL_BLUE, { placed: short })).toMatchObject({
      kind: 'hold',
      position: 0,
      reason: expect.stringMatching(/^users are at 100 % blue, 0 % green instead of 90 % blue, 10 % green: /),
    });
  }
});

describe('users who should be where the plan wants them', () => {
  const back = placedAt(PLANNED, { move: true, reason: 'blue is whole again' });

  test('are waited for until the routes say that they are there', () => {
    expect(away(MINUTE_MS, PLANNED, { placed: back })).toMatchObject({
      kind: 'hold',
      waitSeconds: 15,
      reason: expect.stringMatching(
        /^users are at 90 % blue, 10 % green instead of 90 % blue, 10 % green: blue is whole again/,
      ),
    });
  });

  test('are waited for without asking anybody: blue is there', () => {
    expect(away(20 * MINUTE_MS, PLANNED, { placed: back })).toMatchObject({ kind: 'hold', waitSeconds: 60 });
  });

  test.each<[string, Partial<DecideInput>]>([
    ['with nothing to write', { placed: placedAt(PLANNED) }],
    ['with a write that is over', { placed: back, carried: carriedSince(null, PLANNED) }],
    ['with a write that nothing was beside the plan before', { placed: back, carried: null }],
    ['where nobody knows where they should be', { placed: placedAt(null) }],
    ['on a first deployment, which has no second colour', { placed: null }],
  ])('let the bake continue %s', (_, changes) => {
    expect(away(MINUTE_MS, PLANNED, changes).reason).toMatch(/^baked /);
  });

  test('were away for a time that does not count as baked', () => {
    const carried = { ...carriedSince(null, PLANNED), totalMs: 4 * MINUTE_MS };
    const paused = [aCommand('pause', NOW), aCommand('resume', NOW + MINUTE_MS)];
    const at = (minutes: number, commands = paused) =>
      away(minutes * MINUTE_MS, PLANNED, { carried, placed: placedAt(PLANNED), commands });

    expect(at(9, []).kind).toBe('advance');
    expect(at(9)).toMatchObject({
      kind: 'hold',
      reason: expect.stringMatching(/^baked 4m of 5m at 10 %, and was held for 5m; /),
    });
    expect(at(10).kind).toBe('advance');
  });
});

describe('what the rule for the weights knows', () => {
  test('is kept for the next observation', () => {
    const memory = { ...NO_MEMORY, movedAtMs: [NOW] };

    expect(away(MINUTE_MS, PLANNED, { placed: placedAt(PLANNED, { memory }) }).placement).toBe(memory);
    expect(away(MINUTE_MS, PLANNED, { placed: null })).not.toHaveProperty('placement');
  });

  test('brings the next observation soon while ECS and the load balancer disagree', () => {
    const late = placedAt(PLANNED, { countsAreLate: true });
    const plain = { carried: null, placed: placedAt(PLANNED) };

    expect(away(MINUTE_MS, PLANNED, plain).waitSeconds).toBe(60);
    expect(away(MINUTE_MS, PLANNED, { ...plain, placed: late }).waitSeconds).toBe(5);
    expect(away(5 * MINUTE_MS - 2_000, PLANNED, { ...plain, placed: late }).waitSeconds).toBe(2);
    expect(away(5 * MINUTE_MS, PLANNED, { ...plain, placed: late })).toMatchObject({
      kind: 'advance',
      waitSeconds: 0,
    });
  });

  test('is in the words of a freeze that keeps users where they are not served', () => {
    const commands = [aCommand('freeze')];
    const frozen = placedAt(PLANNED, { frozen: true, reason: 'blue carries nothing, but for the freeze' });
    const reason = 'freeze by ada (claimed): the banner is wrong; nothing moves until resume or abort';

    expect(away(2 * MINUTE_MS, PLANNED, { commands, placed: frozen }).reason).toBe(
      `${reason}; blue carries nothing, but for the freeze`,
    );
    expect(away(2 * MINUTE_MS, PLANNED, { commands, placed: placedAt(PLANNED) }).reason).toBe(reason);
  });

  test('is in the evidence of what a rollback would have come to', () => {
    const readiness = (changes: Partial<Placement>, seen = {}) =>
      away(MINUTE_MS, PLANNED, {
        placed: placedAt(PLANNED, changes),
        observed: anObservation(seen),
      }).evidence.readiness;
    const counts = {
      blue: { healthy: 2, registered: 2, unchecked: false, running: 2 },
      green: { healthy: 4, registered: 4, unchecked: false, running: 4 },
      needed: 4,
    };
    const lostGreen = { startMs: NOW, requests: 100, answered: 0 };

    expect(readiness({}, { counts })).toMatchObject({ kind: 'short' });
    // The service scales out: the two tasks of blue are all that it had before.
    expect(
      readiness({ memory: { ...NO_MEMORY, shares: { needed: 4, blue: 2, green: 4 } } }, { counts }),
    ).toMatchObject({ kind: 'ready', carriesPct: 75 });
    // Green answers nobody: blue gets everybody, whatever it carries.
    expect(readiness({ memory: { ...NO_MEMORY, lostGreen } }, { counts })).toMatchObject({ kind: 'ready' });
    expect(readiness({}, { counts, blueGone: true })).toMatchObject({ kind: 'gone' });
    expect(readiness({}, { counts, blueIsGoing: true })).toMatchObject({ kind: 'gone' });
  });
});
