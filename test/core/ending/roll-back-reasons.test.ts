import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { checkedGroups } from '../../../core/ending/restored-routes.ts';
import { commitmentOf, mayLeaveGreen } from '../../../core/ending/roll-back.ts';
import type { RollBackDecision } from '../../../core/ending/roll-back.types.ts';
import type { ObservedTaskSet } from '../../../core/vocabulary/observed.types.ts';
import type { RouteForward } from '../../../core/vocabulary/plan.types.ts';
import type { Placement } from '../../../core/weights/placement.ts';
import {
  aFirstDeployment,
  aForward,
  aPlan,
  aRollBack,
  aRoute,
  aStickyForward,
  aTaskSet,
  BLUE,
  GREEN,
  NOW,
  pairsOf,
  someHealth,
  THIRD,
} from '../a-deployment.ts';
import { blueSet, decideOn, type Input } from './decide-on.ts';
import { placedBack } from './placed-back.ts';

const on = (...forwards: RouteForward[]): Input['routes'] =>
  forwards.map((forward, index) => ({ route: aRoute(`route ${index}`), forward }));
const allGreen = aForward([BLUE, 0], [GREEN, 100]);
const allBlue = aForward([BLUE, 100], [GREEN, 0]);
const off = aPlan({ carry: 'off' });

describe('what a person reads of a rollback', () => {
  test.each<[string, Partial<Input>, RollBackDecision['kind'], string]>([
    ['blue takes everything', {}, 'restore', 'blue takes all traffic with 2 of 2 targets healthy'],
    ['blue has it', { routes: on(allBlue) }, 'restore', 'blue serves everything already'],
    [
      'no route is blue’s alone, and one is',
      { routes: on(allBlue, allGreen) },
      'restore',
      'blue takes all traffic with 2 of 2 targets healthy',
    ],
    [
      'a first deployment',
      { plan: aFirstDeployment(), blue: null, blueHealth: null },
      'restore',
      'a first deployment: the routes get back what they had',
    ],
    [
      'another deployment has the routes',
      { leavesRoutes: true, blue: null },
      'restore',
      "the routes stay as they are: they are another deployment's",
    ],
    [
      'off, and blue has it',
      { plan: off, routes: on(allBlue), blueHealth: someHealth(0, 2) },
      'restore',
      'blue serves everything already',
    ],
    [
      'off, and blue is fit',
      { plan: off, blueHealth: someHealth(2, 3) },
      'restore',
      'blue takes all traffic with 2 of 3 targets healthy',
    ],
    [
      'off, and green is no better than a sick blue',
      { plan: off, blueHealth: someHealth(1, 2), greenHealth: someHealth(1, 2) },
      'restore',
      'blue takes all traffic although it has only 1 of 2 targets healthy, because green is no better: 1 of 2 ' +
        'targets healthy',
    ],
    [
      'off, and nobody knows green',
      { plan: off, blueHealth: someHealth(1, 2), greenHealth: null },
      'restore',
      'blue takes all traffic although it has only 1 of 2 targets healthy, because green is of unknown health',
    ],
    [
      'off, and green is healthier',
      { plan: off, blueHealth: someHealth(1, 2) },
      'held',
      'blue is the sicker of the two: it has 1 of 2 targets healthy, green has 2 of 2 targets healthy; traffic ' +
        'stays where it is',
    ],
    [
      'off, and one of two routes is all blue',
      { plan: off, routes: on(allBlue, allGreen), blueHealth: someHealth(1, 2) },
      'held',
      'blue is the sicker of the two: it has 1 of 2 targets healthy, green has 2 of 2 targets healthy; traffic ' +
        'stays where it is',
    ],
    [
      'blue has begun to go',
      { blue: null, routes: on(allGreen) },
      'finishForward',
      'blue is beyond its point of return and green has 2 of 2 targets healthy: finishing forward',
    ],
    [
      'a recovery of what was promoted',
      { recovering: true, green: aTaskSet({ status: 'PRIMARY' }), routes: on(allGreen) },
      'finishForward',
      'green was PRIMARY with all traffic when the execution ended and green has 2 of 2 targets healthy: ' +
        'finishing forward',
    ],
    [
      'blue has begun to go, and green fails its checks',
      { blue: null, greenHealth: someHealth(0, 2, '2 unhealthy') },
      'held',
      'blue is beyond its point of return and green cannot serve yet: 0 of 2 targets healthy: 2 unhealthy; ' +
        'traffic stays where it is',
    ],
    [
      'blue has begun to go, and green’s health is not known',
      { blue: null, greenHealth: null },
      'held',
      'blue is beyond its point of return and green cannot serve yet: its health is not known; traffic stays ' +
        'where it is',
    ],
    [
      'blue does not go',
      {
        blue: null,
        routes: on(allGreen),
        previous: aRollBack({ kind: 'finishForward', startedAtMs: NOW - 2 * HOUR_MS }),
      },
      'stuck',
      'blue could not be removed in 2h; green serves with 2 of 2 targets healthy',
    ],
    [
      'blue does not stay whole',
      { previous: aRollBack({ kind: 'restored', startedAtMs: NOW - 48 * HOUR_MS }) },
      'stuck',
      'blue has all weight and does not stay whole, or somebody keeps giving green traffic, for 2d',
    ],
    [
      'neither becomes healthy',
      {
        blueHealth: someHealth(0, 2),
        routes: on(allGreen),
        previous: aRollBack({ startedAtMs: NOW - 48 * HOUR_MS }),
      },
      'stuck',
      'blue has 0 of 2 tasks healthy, green has 2 of 2 tasks healthy, for 2d',
    ],
  ])('%s', (_, changes, kind, reason) => {
    expect(decideOn(changes)).toMatchObject({ kind, reason });
  });
});

describe('beyond blue’s return, a green that no route names', () => {
  const unseen = {
    blue: null,
    greenHealth: someHealth(0, 2, '2 unused'),
    routes: on(aForward([BLUE, 100]), aForward([BLUE, 1], [THIRD, 0])),
  };

  test('gets them all unchecked', () => {
    expect(decideOn(unseen)).toMatchObject({ kind: 'finishForward', raiseGreen: true });
  });

  test.each<[string, Partial<Input>]>([
    ['one of its routes names it', { routes: on(aForward([BLUE, 100]), aForward([BLUE, 1], [GREEN, 0])) }],
    ['none of its tasks runs', { green: aTaskSet({ runningCount: 0 }) }],
    ['its task set is gone', { green: null }],
  ])('but not where %s', (_, changes) => {
    expect(decideOn({ ...unseen, ...changes }).kind).toBe('held');
  });

  test('of two routes one still sends blue requests: green gets that one first', () => {
    expect(decideOn({ blue: null, routes: on(allGreen, aForward([BLUE, 1], [GREEN, 99])) })).toMatchObject({
      kind: 'finishForward',
      raiseGreen: true,
    });
  });

  test('is asked about ever more rarely', () => {
    const visit = (ms: number) =>
      decideOn({ blue: null, routes: on(allGreen), previous: aRollBack({ startedAtMs: NOW - ms }) });

    expect([visit(0), visit(5 * MINUTE_MS), visit(HOUR_MS)].map(({ waitSeconds }) => waitSeconds)).toEqual([
      15, 30, 60,
    ]);
  });
});

describe('the wait after blue has everything', () => {
  const previous = (leavesUntilMs?: number) =>
    aRollBack({ kind: 'restored', ...(leavesUntilMs === undefined ? {} : { leavesUntilMs }) });
  const back = { routes: on(allBlue) };

  test.each<[string, Partial<Input>, number]>([
    ['what is left of it', { ...back, previous: previous(NOW + 20_001) }, 21],
    ['all of it, where an earlier release kept no time', { ...back, previous: previous() }, 120],
    [
      'all of it, where one of two routes was given green again',
      { routes: on(allBlue, aForward([BLUE, 1], [GREEN, 1])), previous: previous(NOW + 20_000) },
      120,
    ],
    ['all of it, once it is over', { ...back, previous: previous(NOW) }, 120],
    ['none but a moment for a green that goes', { ...back, green: null, previous: previous() }, 15],
    ['all of it, the first time, also for a green that goes', { ...back, green: null }, 120],
    ['a second, where the routes are another deployment’s', { leavesRoutes: true }, 1],
  ])('is %s', (_, changes, waitSeconds) => {
    const decision = decideOn(changes);

    expect(decision).toMatchObject({ kind: 'restore', waitSeconds });
    const leavesInMs = 'leavesUntilMs' in decision ? decision.leavesUntilMs - NOW : Number.NaN;
    expect(Math.ceil(leavesInMs / 1_000)).toBe(waitSeconds);
  });

  test('leaves the routes to another deployment, whatever they have', () => {
    expect(decideOn({ leavesRoutes: true })).toMatchObject({ leavesRoutes: true });
    expect(decideOn()).not.toHaveProperty('leavesRoutes');
  });

  test('what nothing serves is said again when the wait is cut short', () => {
    const nobody = { blue: null, green: null, blueHealth: someHealth(0, 0), greenHealth: someHealth(0, 0) };
    const later = { kind: 'restored', startedAtMs: NOW - HOUR_MS, leavesUntilMs: NOW + 5_000 } as const;

    expect(decideOn({ ...nobody, ...back, previous: aRollBack(later) })).toMatchObject({
      kind: 'restore',
      waitSeconds: 5,
      nothingServes: true,
    });
  });
});

describe('what the deployment is bound to from then on', () => {
  const restore = decideOn();
  const forward = decideOn({ blue: null, routes: on(allGreen) });
  const held = decideOn({ blueHealth: someHealth(0, 2) });
  const finish = { to: 'finish', reason: 'blue is beyond its point of return', atMs: NOW };
  const back = { to: 'rollBack', reason: 'the alarm', atMs: NOW };
  const going = { ...blueSet, scalePercent: 0 };

  test.each<[string, RollBackDecision, ObservedTaskSet | null, object | null]>([
    ['it goes back', restore, blueSet, back],
    ['it goes back, as far as blue carries', held, blueSet, back],
    ['it finishes what blue’s retirement began', forward, null, finish],
    ['it finishes, and is held', held, going, finish],
    ['nothing serves: its routes get back what they had', restore, null, back],
    ['it was promoted, and RetireBlue still asks', forward, blueSet, null],
    [
      'it goes, and leaves the routes to another deployment',
      decideOn({ leavesRoutes: true }),
      blueSet,
      { ...back, leavesRoutes: true },
    ],
  ])('%s', (_, decision, blue, commitment) => {
    const bound = commitmentOf({ plan: aPlan(), blue, nowMs: NOW }, decision, 'the alarm');

    expect(bound).toStrictEqual(commitment);
  });

  test('a first deployment has no blue that could have begun to go', () => {
    const of = { plan: aFirstDeployment(), blue: null, nowMs: NOW };

    expect(commitmentOf(of, held, 'the alarm')).toEqual(back);
    expect(commitmentOf(of, forward, 'the alarm')).toBeNull();
  });
});

test('a green that no shift gave users, and that got them from a dead blue, gives back what blue carries', () => {
  const back = { blueHealth: someHealth(1, 4), greenHealth: someHealth(4, 4), routes: on(allGreen) };

  expect(decideOn({ ...back, neverServed: true })).toMatchObject({
    kind: 'held',
    weights: { blue: 37, green: 63 },
  });
});

describe('green may go', () => {
  const plan = aPlan();
  const whole = placedBack(2);
  const short = { ...whole, carry: { ...whole.carry, blue: 0.75 } };
  const unwell = { ...short, kinds: { blue: 'unwell', green: 'unwell' } } as const;
  const began = (agoMs: number) => aRollBack({ startedAtMs: NOW - agoMs });

  test.each<[string, Placement, Partial<Parameters<typeof mayLeaveGreen>[0]>, boolean]>([
    ['when blue carries everything', whole, {}, true],
    ['not while blue is short', short, {}, false],
    [
      'when it is lost',
      { ...short, memory: { ...short.memory, lostGreen: { startMs: 0, requests: 50, answered: 0 } } },
      {},
      true,
    ],
    ['when it is gone', { ...short, kinds: { ...short.kinds, green: 'gone' } }, {}, true],
    ['when it never served, and a task of blue answers', short, { neverServed: true }, true],
    [
      'not when it never served, and no task of blue answers',
      { ...short, kinds: { blue: 'unwell', green: 'alive' } },
      { neverServed: true },
      false,
    ],
    [
      'when it has been unwell as long as green may take',
      unwell,
      { previous: began(plan.timeToHealthyMs) },
      true,
    ],
    ['not before that', unwell, { previous: began(plan.timeToHealthyMs - 1) }, false],
    ['not at the first observation', unwell, {}, false],
    ['not after that time, while it answers', short, { previous: began(plan.timeToHealthyMs) }, false],
  ])('%s', (_, placed, changes, may) => {
    const rolling = { plan, previous: undefined, neverServed: false, nowMs: NOW, ...changes };

    expect(mayLeaveGreen(rolling, placed)).toBe(may);
  });
});

describe('while it holds, each of our groups is in every action, so that its targets are checked', () => {
  test.each<[string, RouteForward, [string, number][] | null]>([
    [
      'blue joins a sticky route that it has left',
      aStickyForward([GREEN, 100]),
      [
        [GREEN, 100],
        [BLUE, 0],
      ],
    ],
    [
      'green joins one that somebody took it out of',
      aForward([BLUE, 1]),
      [
        [BLUE, 100],
        [GREEN, 0],
      ],
    ],
    ['weights that are no split are somebody else’s', aForward([BLUE, 1], [THIRD, 1]), null],
  ])('%s', (_, forward, groups) => {
    const found = checkedGroups(aPlan(), forward);

    expect(found === null ? null : pairsOf(found)).toEqual(groups);
  });

  test('a first deployment has no other colour to read', () => {
    expect(checkedGroups(aFirstDeployment(), aForward([GREEN, 1]))).toBeNull();
  });
});
