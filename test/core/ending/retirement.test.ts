import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { decideRetirement } from '../../../core/ending/retirement.ts';
import type { Commitment } from '../../../core/vocabulary/command.types.ts';
import type { RouteForward } from '../../../core/vocabulary/plan.types.ts';
import {
  aCommand,
  aFirstDeployment,
  aForward,
  aPlan,
  aRoute,
  aStickyForward,
  aTaskSet,
  BLUE,
  GREEN,
  NOW,
  someHealth,
} from '../a-deployment.ts';

type Observed = Parameters<typeof decideRetirement>[0];

const whole = aTaskSet({ id: 'ecs-svc/1', targetGroupArn: BLUE });
const draining = aTaskSet({ ...whole, scalePercent: 0, computedDesiredCount: 0, runningCount: 1 });
const drained = aTaskSet({ ...draining, runningCount: 0 });
const deleting = aTaskSet({ ...drained, status: 'DRAINING' });

const at = (...forwards: RouteForward[]): Observed['live'] =>
  forwards.map((forward, index) => ({ route: aRoute(`route ${index}`), forward }));
const allGreen = aForward([BLUE, 0], [GREEN, 100]);
const sticky = aStickyForward([BLUE, 0], [GREEN, 100]);
const left = aStickyForward([GREEN, 100]);
const greenOf = (healthy: number, present = true): Observed['green'] => ({
  present,
  health: someHealth(healthy, 2),
});

const proceed = { kind: 'proceed' } as const;
const hold = {
  kind: 'hold',
  command: aCommand('freeze', NOW),
  reason: 'freeze by ada (claimed)',
  waitSeconds: 75,
  leftMs: MINUTE_MS,
} as const;
const goBack = { kind: 'goBack', command: aCommand('abort', NOW), reason: 'abort by ada (claimed)' } as const;
const finish: Commitment = { to: 'finish', reason: 'blue has begun to go', atMs: NOW };
const commit = { to: 'finish', reason: 'blue has begun to go and green serves everything' };

const theirBlue = () => {
  const { blue } = aPlan();
  if (blue === null) throw new Error('expected a blue');
  return blue;
};

/** Green has served everything for an hour, and nothing of blue has gone. */
const served: Observed = {
  plan: aPlan(),
  taskSet: whole,
  live: at(allGreen),
  order: proceed,
  commitment: null,
  green: greenOf(2),
  blueHealth: someHealth(2, 2),
  mayJudge: true,
  previous: undefined,
  writtenAtMs: NOW - 60 * MINUTE_MS,
  startedAtMs: NOW - MINUTE_MS,
  nowMs: NOW,
};
/** No command and no read of green matters any more. */
const going: Partial<Observed> = { commitment: undefined, green: null, blueHealth: null };
const first: Partial<Observed> = {
  plan: aFirstDeployment(),
  taskSet: null,
  live: at(aForward([GREEN, 100])),
  green: null,
};

/** Blue is another service, as a whole. */
const takenOver: Partial<Observed> = {
  plan: aPlan({ blue: { ...theirBlue(), service: 'classic' } }),
};

const drifted = { kind: 'refuse', error: 'TrafficDrifted' };
const unhealthy = { kind: 'refuse', error: 'NotEnoughHealthyTargets' };

describe('one visit of RetireBlue', () => {
  test.each<[string, Partial<Observed>, object]>([
    ['scales a whole blue to 0, and commits first', {}, { kind: 'remove', step: 'scaleToZero', commit }],
    ['commits once', { commitment: finish }, { kind: 'remove', step: 'scaleToZero', commit: null }],
    ['needs no record', { commitment: undefined }, { kind: 'remove', step: 'scaleToZero', commit: null }],
    [
      'waits while tasks drain',
      { ...going, taskSet: draining },
      { kind: 'remove', step: 'wait', commit: null },
    ],
    ['deletes a drained blue', { ...going, taskSet: drained }, { kind: 'remove', step: 'delete' }],
    ['waits for the deletion', { ...going, taskSet: deleting }, { kind: 'remove', step: 'waitDeleted' }],
    ['finds blue gone', { ...going, taskSet: null }, { kind: 'remove', step: 'gone' }],
    [
      'takes nothing from a service whose users it took over, and closes the record all the same',
      takenOver,
      {
        kind: 'end',
        reason: 'the service classic keeps its tasks',
        commit: { to: 'finish', reason: 'green serves everything' },
      },
    ],
    [
      'ends where that service has gone by itself',
      { ...takenOver, ...going, taskSet: null },
      { kind: 'end' },
    ],
    [
      'does not end while that service has users',
      { ...takenOver, live: at(aForward([BLUE, 1], [GREEN, 99])) },
      drifted,
    ],
    [
      'first takes its group out of a sticky route',
      { ...takenOver, live: at(sticky) },
      { kind: 'evict', whole: true },
    ],

    [
      'refuses while a route gives blue requests',
      { live: at(allGreen, aForward([BLUE, 1], [GREEN, 99])) },
      drifted,
    ],
    ['refuses without a route while blue is whole', { live: [] }, drifted],
    ['needs no route once blue is going', { ...going, taskSet: drained, live: [] }, { step: 'delete' }],
    [
      'refuses once blue is going, too',
      { ...going, taskSet: drained, live: at(aForward([BLUE, 1], [GREEN, 99])) },
      drifted,
    ],
    [
      'refuses drift before it obeys a pause',
      { order: { ...hold, command: aCommand('pause', NOW) }, live: at(aForward([BLUE, 0], [GREEN, 0])) },
      drifted,
    ],
    [
      'moves nothing while a person froze it, and says who did not',
      { order: hold, live: at(aForward([BLUE, 0], [GREEN, 0])) },
      {
        kind: 'hold',
        waitSeconds: 75,
        reason: expect.stringContaining('somebody else changed the listener'),
      },
    ],
    [
      'refuses drift once blue is going, whatever was said before',
      { ...going, taskSet: drained, order: hold, live: at(aForward([BLUE, 0], [GREEN, 0])) },
      drifted,
    ],

    [
      'ends at an abort',
      { order: goBack },
      { kind: 'refuse', error: 'Aborted', reason: 'abort by ada (claimed)' },
    ],
    [
      'stays while a person holds it, whatever green is',
      { order: hold, green: null },
      { kind: 'hold', waitSeconds: 75, reason: 'freeze by ada (claimed); blue stays until resume or abort' },
    ],

    ['refuses without a green', { green: greenOf(2, false) }, unhealthy],
    ['refuses with none of green healthy', { green: greenOf(0) }, unhealthy],
    ['refuses when green was not read', { green: null }, unhealthy],
    [
      'waits for a green that carries everything and is not whole',
      { green: { present: true, health: someHealth(2, 3) } },
      { kind: 'wait', waitSeconds: 30 },
    ],
    [
      'goes back after two hours of that',
      { green: { present: true, health: someHealth(2, 3) }, startedAtMs: NOW - 120 * MINUTE_MS },
      unhealthy,
    ],
    ['asks for another judgement of one that does not', { green: greenOf(1) }, { kind: 'short' }],
    [
      'waits for it where nobody can judge',
      { green: greenOf(1), mayJudge: false },
      { kind: 'wait', waitSeconds: 30 },
    ],
    [
      'waits for it beside a blue that nobody knows',
      { green: greenOf(1), blueHealth: null },
      { kind: 'wait', waitSeconds: 30 },
    ],
    [
      'waits for it beside a blue that is no better',
      { green: greenOf(1), blueHealth: someHealth(1, 2) },
      { kind: 'wait', waitSeconds: 30 },
    ],
    [
      'waits until the load balancer follows the last shift',
      { writtenAtMs: NOW - 20 * SECOND_MS },
      { kind: 'wait', waitSeconds: 100 },
    ],

    [
      'takes blue out of sticky routes alone',
      { live: at(allGreen, sticky) },
      { kind: 'evict', routes: [{ forward: sticky }], waitSeconds: 120 },
    ],
    [
      'waits as long when blue has left them, but nobody knows since when',
      { live: at(left) },
      { kind: 'evict', routes: [], waitSeconds: 120 },
    ],
    [
      'goes ahead once that is known',
      { live: at(left), previous: { leftAtMs: NOW - 2 * MINUTE_MS } },
      { step: 'scaleToZero' },
    ],
    [
      'waits for the rest of that time when a signal ended it early',
      { live: at(left), previous: { leftAtMs: NOW - 20 * SECOND_MS } },
      { kind: 'wait', waitSeconds: 100 },
    ],
    [
      'takes it out again while blue goes',
      { ...going, taskSet: draining, live: at(sticky), previous: { leftAtMs: NOW } },
      { kind: 'evict', routes: [{ forward: sticky }], waitSeconds: 10 },
    ],

    [
      'ends a first deployment, and commits first',
      first,
      { kind: 'end', commit: { to: 'finish', reason: 'green serves everything' } },
    ],
    [
      'does not end a first deployment that is held',
      { ...first, order: hold },
      { kind: 'hold', reason: 'freeze by ada (claimed); it does not end until resume or abort' },
    ],
    ['does not end one that is aborted', { ...first, order: goBack }, { kind: 'refuse', error: 'Aborted' }],
  ])('%s', (_, changes, expected) => {
    const decision = decideRetirement({ ...served, ...changes });

    expect(decision).toMatchObject(expected);
    expect(decision.reason).not.toBe('');
  });
});

describe('why blue is still there, for people', () => {
  const short: Partial<Observed> = { green: { present: true, health: someHealth(2, 3) } };
  const notAll = aForward([BLUE, 1], [GREEN, 99]);
  const found =
    'expected green to have all weight on every route before blue goes, found 1 % blue, 99 % green on route 0';

  test.each<[string, Partial<Observed>, string]>([
    ['it goes', {}, 'blue has begun to go and green serves everything'],
    ['it goes, as was committed before', { commitment: finish }, 'blue has begun to go'],
    ['a first deployment has none', first, 'a first deployment has no blue'],
    ['green is not whole', short, 'blue stays until green is whole: it has 2 of 3 targets healthy'],
    [
      'green was not whole for two hours',
      { ...short, startedAtMs: NOW - 120 * MINUTE_MS },
      'expected green to be whole within 2h before blue goes: it has 2 of 3 targets healthy',
    ],
    [
      'green carries too little',
      { green: greenOf(1) },
      'green no longer carries all users: it has 1 of 2 targets healthy',
    ],
    [
      'green is not healthy',
      { green: greenOf(0) },
      'expected a healthy green before blue goes, found 0 of 2 targets healthy',
    ],
    [
      'green was not read',
      { green: null },
      'expected a healthy green before blue goes, found that it was not read',
    ],
    [
      'the last shift was a moment ago',
      { writtenAtMs: NOW - 20 * SECOND_MS },
      'blue stays until the load balancer surely follows the last shift',
    ],
    [
      'its clients have just left',
      { live: at(left), previous: { leftAtMs: NOW - 20 * SECOND_MS } },
      'blue stays until its sticky clients have surely moved on',
    ],
    [
      'its clients leave',
      { live: at(sticky) },
      "blue's group leaves the sticky routes, and its clients move on before it drains",
    ],
    [
      'somebody gave it users',
      { live: at(notAll) },
      `somebody else changed the listener before blue went: ${found}`,
    ],
    [
      'somebody gave it users as it went',
      { ...going, taskSet: drained, live: at(notAll) },
      `somebody else changed the listener while blue was going: ${found}`,
    ],
    [
      'somebody froze it, and somebody gave it users',
      { order: hold, live: at(notAll) },
      'freeze by ada (claimed); blue stays until resume or abort; somebody else changed the listener before blue ' +
        `went: ${found}`,
    ],
  ])('%s', (_, changes, reason) => {
    expect(decideRetirement({ ...served, ...changes }).reason).toBe(reason);
  });
});

describe('sticky routes', () => {
  test.each<[string, Partial<Observed>, object]>([
    ['lose a blue that is whole', { live: at(sticky) }, { kind: 'evict', whole: true }],
    [
      'lose one that goes and was put back, at once',
      { ...going, taskSet: draining, live: at(sticky) },
      { kind: 'evict', whole: false, waitSeconds: 10 },
    ],
    [
      'that it has left hold up no blue that goes, even where somebody else took it out',
      { ...going, taskSet: drained, live: at(left) },
      { kind: 'remove', step: 'delete' },
    ],
    [
      'that it left a moment ago hold up no blue that goes',
      { ...going, taskSet: drained, live: at(left), previous: { leftAtMs: NOW } },
      { kind: 'remove', step: 'delete' },
    ],
    [
      'beside another one: one that is not sticky changes nothing',
      { live: at(allGreen, left) },
      { kind: 'evict', routes: [], whole: true },
    ],
    ['are no matter where none is sticky', { live: at(allGreen, allGreen) }, { kind: 'remove' }],
  ])('%s', (_, changes, expected) => {
    expect(decideRetirement({ ...served, ...changes })).toMatchObject(expected);
  });
});

test('the record is closed to commands before the first loss, and once', () => {
  const commits = (commitment: Observed['commitment']) =>
    decideRetirement({ ...served, commitment }) as { commit?: unknown };
  const back: Commitment = { to: 'rollBack', reason: 'the alarm', atMs: NOW };

  expect(
    [commits(null), commits(back), commits(finish), commits(undefined)].map((one) => one.commit),
  ).toEqual([commit, commit, null, null]);
});
