import { describe, expect, test } from 'vitest';
import { SECOND_MS } from '../../../core/clock.ts';
import { checkSnapshot } from '../../../core/safety/checks.ts';
import { checkEnd } from '../../../core/safety/convergence.ts';
import type { SafetyGroup, SafetyTaskSet, SafetyWrite } from '../../../core/safety/snapshot.ts';
import {
  type BareSnapshot,
  type SafetySnapshot,
  SEEN_MS,
  withMemory,
} from '../../../core/safety/snapshot.ts';
import type { Violation } from '../../../core/safety/violation.types.ts';
import type { OutcomeKind } from '../../../core/vocabulary/ending.types.ts';
import { BLUE, GREEN, NOW, THIRD } from '../a-deployment.ts';

const blueSet: SafetyTaskSet = {
  id: 'ecs-svc/1',
  colour: 'blue',
  externalId: 'last',
  status: 'PRIMARY',
  scalePercent: 100,
};
const greenSet: SafetyTaskSet = {
  id: 'ecs-svc/2',
  colour: 'green',
  externalId: 'me',
  status: 'ACTIVE',
  scalePercent: 100,
};

const group = (colour: SafetyGroup['colour'], arn: string, healthy: number, wanted: number): SafetyGroup => ({
  arn,
  colour,
  healthy,
  registered: wanted,
  wanted,
});

const route = (arn: string, blue: number, green: number) => ({
  arn,
  label: arn,
  groups: [
    { targetGroupArn: BLUE, weight: blue },
    { targetGroupArn: GREEN, weight: green },
  ],
  fingerprint: 'stickiness off',
});

/** Two routes at 90/10, both colours healthy, the lease ours. */
const world = (changes: Partial<BareSnapshot> = {}): BareSnapshot => ({
  atMs: NOW,
  routes: [route('default', 90, 10), route('api', 90, 10)],
  groups: [group('blue', BLUE, 2, 2), group('green', GREEN, 2, 2)],
  taskSets: [blueSet, greenSet],
  leaseHolder: 'me',
  firstDeployment: false,
  lastWrite: null,
  ...changes,
});

const write = (call: string, target: string, changes: Partial<SafetyWrite> = {}): SafetyWrite => ({
  by: 'cutover',
  call,
  target,
  step: 'ShiftTraffic',
  deploymentId: 'me',
  ...changes,
});

/** Plays worlds one after another and returns what the last event broke. */
const violationsBy = (...worlds: BareSnapshot[]): Violation[] => {
  let before: SafetySnapshot | null = null;
  let broken: Violation[] = [];
  for (const bare of worlds) {
    const after: SafetySnapshot = withMemory(before, bare);
    broken = before === null ? [] : checkSnapshot(before, after);
    before = after;
  }
  return broken;
};

/** The invariants of those. */
const brokenBy = (...worlds: BareSnapshot[]): number[] =>
  violationsBy(...worlds).map(({ invariant }) => invariant);

const shifted = (green: number, changes: Partial<BareSnapshot> = {}) =>
  world({
    atMs: NOW + SECOND_MS,
    routes: [route('default', 100 - green, green), route('api', 90, 10)],
    lastWrite: write('ModifyListener', 'default'),
    ...changes,
  });

describe('weights that were found, whatever their sum,', () => {
  const found = world({ routes: [route('default', 7, 0), route('api', 90, 10)] });
  const restored = (blue: number, step: string) =>
    shifted(0, {
      routes: [route('default', blue, 0), route('api', 90, 10)],
      lastWrite: write('ModifyListener', 'default', { step }),
    });

  test.each([
    ['are what a rollback may leave', restored(7, 'RollBack'), []],
    ['are not what a shift may write', restored(7, 'ShiftTraffic'), [1]],
    ['are not others of the same share', restored(8, 'RollBack'), [1]],
  ])('%s', (_what, after, invariants) => {
    expect(brokenBy(found, world(), after)).toEqual(invariants);
  });
});

describe('invariant 12: testers and users do not meet green side by side', () => {
  const tested = (blue: number, green: number) => ({ ...route('test', blue, green), test: true as const });
  const users = (green: number) => [route('default', 100 - green, green), route('api', 100, 0)];
  const playing = (
    before: BareSnapshot['routes'],
    after: BareSnapshot['routes'],
    target: string,
    step?: string,
  ) =>
    brokenBy(
      world({ routes: before }),
      world({ routes: before }),
      world({
        atMs: NOW + SECOND_MS,
        routes: after,
        lastWrite: write('ModifyRule', target, step === undefined ? {} : { step }),
      }),
    );

  test.each([
    ['opened while users are with blue', users(0), [...users(0), tested(0, 100)], 'test', []],
    ['opened beside users of green', users(50), [...users(50), tested(0, 100)], 'test', [12]],
  ])('%s', (_what, before, after, target, broken) => {
    expect(playing([...before, tested(100, 0)], after, target)).toEqual(broken);
  });

  test('what somebody else wrote a moment ago, and no read has shown, is not what it was made beside', () => {
    const unseen = users(50).map((one) => ({ ...one, unseen: true as const }));
    expect(playing([...unseen, tested(100, 0)], [...unseen, tested(0, 100)], 'test')).toEqual([]);
    const opened = { ...tested(0, 100), theirs: true as const };
    expect(playing([...users(0), opened], [...users(50), opened], 'default')).toEqual([]);
  });

  test('open while the first users come', () => {
    expect(playing([...users(0), tested(0, 100)], [...users(20), tested(0, 100)], 'default')).toEqual([12]);
    expect(playing([...users(0), tested(100, 0)], [...users(20), tested(100, 0)], 'default')).toEqual([]);
  });

  test('with all users on one route, the others still to follow, it is not open yet either', () => {
    const routes = [route('default', 0, 100), route('api', 50, 50)];
    expect(playing([...routes, tested(100, 0)], [...routes, tested(0, 100)], 'test')).toEqual([12]);
  });

  test('a rollback may leave it open for a moment: users go first', () => {
    expect(
      playing(
        [...users(50), tested(0, 100)],
        [route('default', 100, 0), route('api', 100, 0), tested(0, 100)],
        'default',
        'RollBack',
      ),
    ).toEqual([]);
  });

  test('users whom a rollback leaves to green, because blue is short, came before it was closed', () => {
    const [before, after] = [
      [...users(0), tested(0, 100)],
      [...users(20), tested(0, 100)],
    ];
    expect(playing(before, after, 'default', 'RollBack')).toEqual([]);
  });

  test('it may go back to a blue without a healthy target, and not to such a green', () => {
    const groups = [group('blue', BLUE, 0, 2), group('green', GREEN, 0, 2)];
    const going = (from: ReturnType<typeof tested>, to: ReturnType<typeof tested>) =>
      brokenBy(
        world({ groups, routes: [...users(0), tested(50, 50)] }),
        world({ groups, routes: [...users(0), from] }),
        world({
          groups,
          atMs: NOW + SECOND_MS,
          routes: [...users(0), to],
          lastWrite: write('ModifyRule', 'test'),
        }),
      );

    expect(going(tested(0, 100), tested(100, 0))).toEqual([]);
    expect(going(tested(100, 0), tested(0, 100))).toEqual([2]);
  });

  test('it goes back to what was found whatever the sum, and to a lone group whatever its weight', () => {
    const found = { ...route('test', 7, 0), test: true as const };
    expect(
      brokenBy(
        world({ routes: [...users(0), found] }),
        world({ routes: [...users(0), tested(0, 100)] }),
        world({
          atMs: NOW + SECOND_MS,
          routes: [...users(0), found],
          lastWrite: write('ModifyRule', 'test'),
        }),
      ),
    ).toEqual([]);
  });
});

describe('invariant 1: weights, and nothing else, of our routes alone', () => {
  test.each([
    ['a shift of one route', shifted(50), []],
    [
      'weights that sum to 90',
      shifted(50, { routes: [route('default', 40, 50), route('api', 90, 10)] }),
      [1],
    ],
    [
      'stickiness dropped on the way',
      shifted(50, { routes: [{ ...route('default', 50, 50), fingerprint: '' }, route('api', 90, 10)] }),
      [1],
    ],
    ['another route than the one written', shifted(50, { lastWrite: write('ModifyListener', 'api') }), [1]],
    ['a change that nobody made', shifted(50, { lastWrite: null }), [1]],
    [
      'a foreign writer, who may',
      shifted(50, { lastWrite: write('ModifyListener', 'default', { by: 'foreign' }) }),
      [],
    ],
    [
      'a group of somebody else added',
      shifted(50, {
        routes: [
          {
            ...route('default', 50, 50),
            groups: [...route('default', 50, 50).groups, { targetGroupArn: THIRD, weight: 0 }],
          },
          route('api', 90, 10),
        ],
      }),
      [1],
    ],
  ])('%s', (_, after, broken) => {
    expect(brokenBy(world(), after)).toEqual(broken);
  });
});

describe('invariant 2: no weight where too little is healthy', () => {
  const health = (blue: number, green: number) => [
    group('blue', BLUE, blue, 3),
    group('green', GREEN, green, 3),
  ];
  /** Green's targets pass their checks, and so many of them answer without an error. */
  const answered = (groups: SafetyGroup[], answering: number): SafetyGroup[] =>
    groups.map((one) =>
      one.colour === 'green' ? { ...one, answering } : { ...one, answering: one.healthy },
    );
  const shiftTo = (green: number, groups: SafetyGroup[]) =>
    [world({ groups }), shifted(green, { groups })] as const;
  /** Written by a step that does not follow the plan. */
  const backTo = (green: number, groups: SafetyGroup[], from = 10) =>
    [
      world({ groups, routes: [route('default', 100 - from, from), route('api', 100 - from, from)] }),
      {
        ...shifted(green, {
          groups,
          routes: [route('default', 100 - green, green), route('api', 100 - from, from)],
        }),
        lastWrite: write('ModifyRule', 'default', { step: 'RollBack' }),
      },
    ] as const;

  test.each([
    ['green gains, all healthy', shiftTo(50, health(3, 3)), []],
    ['green gains, one target short', shiftTo(50, health(3, 2)), [2]],
    ['green gains, with nothing healthy anywhere', shiftTo(50, health(0, 0)), [2]],
    ['green gains from a blue that has nothing', shiftTo(50, health(0, 1)), []],
    ['blue gains all with a task being replaced', backTo(0, health(2, 3)), []],
    ['blue gains all while short and green whole', backTo(0, health(1, 3)), [2]],
    ['blue gains all while short and green answers nobody', backTo(0, answered(health(1, 3), 0)), []],
    ['blue gains all while short and green answers every tenth', backTo(0, answered(health(1, 3), 0.3)), []],
    ['blue gains all while short and green answers more', backTo(0, answered(health(1, 3), 0.4)), [2]],
    ['blue gains all dead while green answers nobody', backTo(0, answered(health(0, 3), 0)), [2]],
    ['blue gains what it carries while short', backTo(50, health(1, 3), 100), []],
    ['blue gains a point more than it carries', backTo(48, health(1, 3), 100), [2]],
    ['blue gains its part of too little', backTo(50, health(0.5, 0.5), 100), []],
    ['blue gains more than its part of too little', backTo(40, health(0.5, 0.5), 100), [2]],
    ['blue gains with nothing healthy anywhere', backTo(0, health(0, 0)), []],
    ['blue gains dead while green answers', backTo(0, health(0, 3)), [2]],
    ['a dead blue gains a trial that asks whether it answers', backTo(90, health(0, 3), 100), []],
    ['green gains what a short blue cannot carry', backTo(50, health(1, 3), 0), []],
    ['green gains all from a dead blue', backTo(100, health(0, 1)), []],
  ])('%s', (_, [before, after], broken) => {
    expect(brokenBy(before, after)).toEqual(broken);
  });

  test.each([
    ['one healthy target of blue is enough', 1, true, []],
    ['no other person may say so for it', 1, false, [2]],
    ['a blue with none gets nobody', 0, true, [2]],
  ])('after an abort that waits for nobody: %s', (_what, healthy, abortNow, invariants) => {
    const short = { groups: [group('blue', BLUE, healthy, 4), group('green', GREEN, 4, 4)], abortNow };
    const half = [route('default', 40, 60), route('api', 40, 60)];
    const restored = world({
      ...short,
      atMs: NOW + SECOND_MS,
      routes: [route('default', 100, 0), route('api', 40, 60)],
      lastWrite: write('ModifyListener', 'default', { step: 'RollBack' }),
    });

    expect(brokenBy(world({ ...short, routes: half }), restored)).toEqual(invariants);
  });

  test('a first deployment may go back to routes that had nothing behind them', () => {
    const first = {
      firstDeployment: true,
      taskSets: [greenSet],
      groups: [group('blue', BLUE, 0, 0), group('green', GREEN, 2, 2)],
    };

    expect(brokenBy(world(first), shifted(0, first))).toEqual([]);
  });

  test('a first deployment may go back to routes that named green, and only by going back', () => {
    const first = {
      firstDeployment: true,
      taskSets: [greenSet],
      groups: [group('blue', BLUE, 0, 0), group('green', GREEN, 0, 2)],
    };
    const raised = (step: string) =>
      brokenBy(world(first), { ...shifted(100, first), lastWrite: write('ModifyRule', 'default', { step }) });

    expect(raised('RollBack')).toEqual([]);
    expect(raised('ShiftTraffic')).toEqual([2]);
  });

  test('once blue has gone green may be raised whatever its health: nobody else could serve', () => {
    const gone = [group('blue', BLUE, 0, 0), group('green', GREEN, 0, 2)];
    const start = world({ routes: [route('default', 100, 0)], groups: gone });
    const raised = (step: string) =>
      brokenBy(
        start,
        { ...start, lastWrite: write('UpdateTaskSet', 'ecs-svc/3', { step }) },
        { ...start, routes: [route('default', 0, 100)], lastWrite: write('ModifyRule', 'default') },
      );

    expect(raised('RetireBlue')).toEqual([]);
    expect(raised('LaunchGreen')).toEqual([2]);
  });

  test('a colour that has begun to go is judged like any other while there is some of it', () => {
    const raised = (groups: SafetyGroup[], to: number) =>
      brokenBy(
        world({ groups, routes: [route('default', 50, 50)] }),
        world({
          groups,
          routes: [route('default', 50, 50)],
          lastWrite: write('UpdateTaskSet', 'ecs-svc/1', { step: 'RetireBlue' }),
        }),
        world({
          groups,
          routes: [route('default', 100 - to, to)],
          lastWrite: write('ModifyRule', 'default', { step: 'RollBack' }),
        }),
      );
    const gone = [group('blue', BLUE, 0, 0), group('green', GREEN, 3, 3)];

    expect(raised(health(3, 1), 100)).toContain(2);
    expect(raised(gone, 0)).toContain(2);
    expect(raised(gone, 100)).not.toContain(2);
  });

  test.each([
    ['what blue carried a moment ago', false, health(3, 3), health(1, 3), 0, []],
    ['that it never did', false, health(1, 3), health(1, 3), 0, [2]],
    [
      'the one target that it had a moment ago, for who does not wait',
      true,
      health(1, 3),
      health(0, 3),
      0,
      [],
    ],
    ['a short green, whom nobody is to wait for', true, health(3, 1), health(3, 1), 60, [2]],
  ])('a rollback may go by %s', (_what, abortNow, seen, now, green, broken) => {
    const [start, back] = backTo(green, now, 40);

    expect(
      brokenBy(
        { ...start, groups: seen, abortNow },
        { ...start, groups: now, abortNow },
        { ...back, abortNow },
      ),
    ).toEqual(broken);
  });

  test('a task that dies between a step’s read and its write is not the step’s fault, for as long as a step may take', () => {
    const sick = { groups: health(3, 2) };
    const shiftAfter = (ms: number) =>
      brokenBy(
        world({ groups: health(3, 3) }),
        world({ ...sick, atMs: NOW + 1 }),
        shifted(50, { ...sick, atMs: NOW + 1 + ms }),
      );

    expect(shiftAfter(SEEN_MS)).toEqual([]);
    expect(shiftAfter(SEEN_MS + 1)).toEqual([2]);
  });
});

const allGreen = { routes: [route('default', 0, 100), route('api', 0, 100)] };
const blueAt = (scalePercent: number): SafetyTaskSet[] => [{ ...blueSet, scalePercent }, greenSet];
const scale = (changes: Partial<SafetyWrite> = {}) =>
  write('UpdateTaskSet', 'ecs-svc/1', { step: 'RetireBlue', ...changes });
const later = { atMs: NOW + SECOND_MS };

describe('invariants 3 and 4: blue loses nothing before green has everything', () => {
  test('blue does not go while green lacks targets, unless it has begun to', () => {
    const groups = [group('blue', BLUE, 3, 3), group('green', GREEN, 1, 3)];
    const from = (scalePercent: number) =>
      brokenBy(
        world({ ...allGreen, groups, taskSets: blueAt(scalePercent) }),
        world({ ...allGreen, groups, ...later, taskSets: [greenSet], lastWrite: scale() }),
      );

    expect(from(100)).toEqual([4]);
    expect(from(0)).toEqual([]);
  });

  test('a blue that drains has gone, whatever its scale, and goes only once', () => {
    const draining: SafetyTaskSet[] = [{ ...blueSet, status: 'DRAINING' }, greenSet];
    const lastWrite = write('DeleteTaskSet', 'ecs-svc/1', { step: 'RemoveGreen' });

    expect(brokenBy(world(), world({ ...later, taskSets: draining, lastWrite }))).toContain(3);
    expect(
      brokenBy(world({ taskSets: draining }), world({ ...later, taskSets: draining, lastWrite })),
    ).toEqual([]);
  });

  test('blue leaves a route before its retirement only where nothing of it answers, or testers alone are', () => {
    const alone = (changes: object) => ({
      ...route('default', 0, 100),
      groups: [{ targetGroupArn: GREEN, weight: 100 }],
      ...changes,
    });
    const out = (healthy: number, changes: object = {}) => {
      const groups = [group('blue', BLUE, healthy, 2), group('green', GREEN, 2, 2)];
      const before = { routes: [{ ...route('default', 0, 100), ...changes }], groups };
      return brokenBy(
        world(before),
        world({
          ...before,
          ...later,
          routes: [alone(changes)],
          lastWrite: write('ModifyListener', 'default'),
        }),
      );
    };
    const lone = { routes: [alone({})] };

    expect(out(2)).toEqual([3]);
    expect(out(0)).toEqual([]);
    expect(out(2, { test: true })).not.toContain(3);
    expect(
      brokenBy(world(lone), world({ ...later, ...lone, lastWrite: write('ModifyListener', 'default') })),
    ).toEqual([]);
  });

  test('green does not go while a route gives it weight', () => {
    const taskSets = [blueSet, { ...greenSet, scalePercent: 0 }];
    const lastWrite = write('UpdateTaskSet', 'ecs-svc/2', { step: 'RemoveGreen' });

    expect(brokenBy(world(), world({ ...later, taskSets, lastWrite }))).toEqual([4, 4]);
  });

  test.each([
    [
      'RetireBlue with green at 100',
      () =>
        brokenBy(world(allGreen), world({ ...allGreen, ...later, taskSets: blueAt(0), lastWrite: scale() })),
      [],
    ],
    [
      'RetireBlue while green lacks targets',
      () =>
        brokenBy(
          world({ ...allGreen, groups: [group('blue', BLUE, 3, 3), group('green', GREEN, 1, 3)] }),
          world({
            ...allGreen,
            groups: [group('blue', BLUE, 3, 3), group('green', GREEN, 1, 3)],
            ...later,
            taskSets: blueAt(0),
            lastWrite: scale(),
          }),
        ),
      [4],
    ],
    [
      'a blue that has begun to go, while green lacks targets',
      () =>
        brokenBy(
          world({
            ...allGreen,
            groups: [group('blue', BLUE, 3, 3), group('green', GREEN, 1, 3)],
            taskSets: blueAt(0),
          }),
          world({
            ...allGreen,
            groups: [group('blue', BLUE, 3, 3), group('green', GREEN, 1, 3)],
            ...later,
            taskSets: [greenSet],
            lastWrite: write('DeleteTaskSet', 'ecs-svc/1', { step: 'RetireBlue' }),
          }),
        ),
      [],
    ],
    [
      'RetireBlue too early',
      () => brokenBy(world(), world({ ...later, taskSets: blueAt(0), lastWrite: scale() })),
      [4, 4],
    ],
    [
      'RetireBlue with one route left',
      () =>
        brokenBy(
          world({ routes: [route('default', 0, 100), route('api', 1, 99)] }),
          world({
            ...later,
            routes: [route('default', 0, 100), route('api', 1, 99)],
            taskSets: blueAt(0),
            lastWrite: scale(),
          }),
        ),
      [4],
    ],
    [
      'another step scaling blue',
      () =>
        brokenBy(
          world(allGreen),
          world({ ...allGreen, ...later, taskSets: blueAt(50), lastWrite: scale({ step: 'PromoteGreen' }) }),
        ),
      [3],
    ],
    [
      'ECS or somebody else scaling blue',
      () => brokenBy(world(), world({ ...later, taskSets: blueAt(0), lastWrite: scale({ by: 'foreign' }) })),
      [],
    ],
    [
      'deleting blue',
      () =>
        brokenBy(
          world({ taskSets: blueAt(0) }),
          world({
            ...later,
            taskSets: [greenSet],
            lastWrite: write('DeleteTaskSet', 'ecs-svc/1', { step: 'RetireBlue' }),
          }),
        ),
      [4, 4],
    ],
    [
      'blue taken out of a route by a shift',
      () =>
        brokenBy(
          world(),
          shifted(100, {
            routes: [
              { ...route('default', 0, 100), groups: [{ targetGroupArn: GREEN, weight: 100 }] },
              route('api', 90, 10),
            ],
          }),
        ),
      [3],
    ],
    [
      'blue taken out of a sticky route by RetireBlue',
      () =>
        brokenBy(
          world(allGreen),
          world({
            ...later,
            routes: [
              { ...route('default', 0, 100), groups: [{ targetGroupArn: GREEN, weight: 100 }] },
              route('api', 0, 100),
            ],
            lastWrite: write('ModifyListener', 'default', { step: 'RetireBlue' }),
          }),
        ),
      [],
    ],
    [
      'blue scaled down while green lacks a target',
      () =>
        brokenBy(
          world({ ...allGreen, groups: [group('blue', BLUE, 2, 2), group('green', GREEN, 1, 2)] }),
          world({ ...later, ...allGreen, taskSets: blueAt(0), lastWrite: scale() }),
        ),
      [4],
    ],
    [
      'green scaled down while it has weight',
      () =>
        brokenBy(
          world(),
          world({
            ...later,
            taskSets: [blueSet, { ...greenSet, scalePercent: 0 }],
            lastWrite: write('UpdateTaskSet', 'ecs-svc/2', { step: 'RemoveGreen' }),
          }),
        ),
      [4, 4],
    ],
    [
      'green scaled down once blue has everything',
      () =>
        brokenBy(
          world({ routes: [route('default', 100, 0)] }),
          world({
            ...later,
            routes: [route('default', 100, 0)],
            taskSets: [blueSet, { ...greenSet, scalePercent: 0 }],
            lastWrite: write('UpdateTaskSet', 'ecs-svc/2', { step: 'RemoveGreen' }),
          }),
        ),
      [],
    ],
  ])('%s', (_, asked, expected) => {
    expect(asked()).toEqual(expected);
  });

  test('once RetireBlue has written, invariant 3 is over and 4 alone speaks for blue', () => {
    const evicted = { ...route('default', 0, 100), groups: [{ targetGroupArn: GREEN, weight: 0 }] };
    const began = write('ModifyListener', 'default', { step: 'RetireBlue' });
    const other = scale({ step: 'PromoteGreen' });

    const broken = brokenBy(
      world({ routes: [route('default', 0, 100)] }),
      world({ ...later, routes: [evicted], lastWrite: began }),
      world({ ...later, routes: [evicted], taskSets: blueAt(0), lastWrite: other }),
    );

    expect(broken).toEqual([]);
  });

  test('a group alone in a route has all its requests, whatever its weight says', () => {
    const lone = { ...route('default', 0, 100), groups: [{ targetGroupArn: GREEN, weight: 0 }] };

    expect(
      brokenBy(
        world({ routes: [lone] }),
        world({ ...later, routes: [lone], taskSets: blueAt(0), lastWrite: scale() }),
      ),
    ).toEqual([]);
  });

  test('a foreign writer between RetireBlue’s read and its write is not its fault, for as long as a step may take', () => {
    const reset = { routes: [route('default', 100, 0), route('api', 0, 100)] };
    const foreign = write('ModifyListener', 'default', { by: 'foreign' });
    const retireAfter = (ms: number) =>
      brokenBy(
        world(allGreen),
        world({ ...reset, ...later, lastWrite: foreign }),
        world({ ...reset, atMs: NOW + SECOND_MS + ms, taskSets: blueAt(0), lastWrite: scale() }),
      );

    expect(retireAfter(SEEN_MS)).toEqual([]);
    expect(retireAfter(SEEN_MS + 1)).toEqual([4]);
  });
});

describe('invariant 5: one deployment, its own task sets', () => {
  const twin: SafetyTaskSet = { ...greenSet, id: 'ecs-svc/9' };
  const stranger: SafetyTaskSet = { ...greenSet, id: 'ecs-svc/7', colour: 'other', externalId: 'other' };
  const create = write('CreateTaskSet', 'me', { step: 'LaunchGreen' });

  test.each([
    ['green created', world({ taskSets: [blueSet] }), world({ ...later, lastWrite: create }), []],
    [
      'created twice',
      world(),
      world({ ...later, taskSets: [blueSet, greenSet, twin], lastWrite: create }),
      [5],
    ],
    [
      'a stranger’s task set scaled',
      world({ taskSets: [blueSet, stranger] }),
      world({
        ...later,
        taskSets: [blueSet, { ...stranger, scalePercent: 0 }],
        lastWrite: write('UpdateTaskSet', 'ecs-svc/7'),
      }),
      [5],
    ],
    ['a write after the lease was lost', world(), shifted(50, { leaseHolder: 'other' }), [5]],
    [
      'blue made PRIMARY again',
      world(),
      world({ ...later, lastWrite: write('UpdateServicePrimaryTaskSet', 'ecs-svc/1') }),
      [],
    ],
  ])('%s', (_, before, after, broken) => {
    expect(brokenBy(before, after)).toEqual(broken);
  });
});

describe('invariant 6: the end is what the record says', () => {
  const start = world({ routes: [route('default', 100, 0)], taskSets: [blueSet], leaseHolder: null });
  const promoted: SafetyTaskSet = { ...greenSet, status: 'PRIMARY' };
  const succeeded = world({ routes: [route('default', 0, 100)], taskSets: [promoted], leaseHolder: null });
  const evicted = { ...route('default', 100, 0), groups: [{ targetGroupArn: BLUE, weight: 100 }] };

  test.each([
    ['succeeded', succeeded, 'succeeded', 0],
    ['succeeded, but blue is left', { ...succeeded, taskSets: [blueSet, promoted] }, 'succeeded', 1],
    ['succeeded, but green is not PRIMARY', { ...succeeded, taskSets: [greenSet] }, 'succeeded', 1],
    [
      'succeeded, but a percent goes to blue',
      { ...succeeded, routes: [route('default', 1, 99)] },
      'succeeded',
      1,
    ],
    ['rolled back', start, 'rolledBack', 0],
    ['rolled back, with green taken out of a sticky route', { ...start, routes: [evicted] }, 'rolledBack', 0],
    ['rolled back, but green is left', { ...start, taskSets: [blueSet, greenSet] }, 'rolledBack', 1],
    ['rolled back, but weights are stuck', { ...start, routes: [route('default', 80, 20)] }, 'rolledBack', 1],
    ['rolled back, but blue is smaller', { ...start, taskSets: blueAt(50).slice(0, 1) }, 'rolledBack', 1],
    [
      'rolled back, but blue is no longer PRIMARY',
      { ...start, taskSets: [{ ...blueSet, status: 'ACTIVE' }] },
      'rolledBack',
      1,
    ],
    ['refused', start, 'refused', 0],
    ['refused, but green was attached', { ...start, routes: [evicted] }, 'refused', 1],
    ['stuck', start, 'stuck', 1],
    ['unrecorded', start, null, 1],
    ['the lease kept', { ...start, leaseHolder: 'me' }, 'rolledBack', 1],
    [
      'a task set of nobody left over',
      { ...start, taskSets: [blueSet, { ...greenSet, id: 'ecs-svc/7', colour: 'other' }] },
      'rolledBack',
      1,
    ],
  ] satisfies [string, BareSnapshot, OutcomeKind | null, number][])('%s', (_, end, outcome, problems) => {
    const violations = checkEnd({ start, end, outcome });

    expect(violations.map(({ invariant }) => invariant)).toEqual(Array(problems).fill(6));
  });
});

describe('invariant 1, to the weight', () => {
  const nobody = { lastWrite: null };
  const only = (...groups: [string, number][]) => ({
    ...route('default', 0, 0),
    groups: groups.map(([targetGroupArn, weight]) => ({ targetGroupArn, weight })),
  });
  const from = (
    before: BareSnapshot['routes'][number],
    after: BareSnapshot['routes'][number],
    step = 'ShiftTraffic',
  ) =>
    brokenBy(
      world({ routes: [before] }),
      world({ routes: [before] }),
      shifted(0, { routes: [after], lastWrite: write('ModifyListener', 'default', { step }) }),
    );

  test('a change that nobody wrote is one, of the weights or of anything else', () => {
    const other = { ...route('default', 90, 10), fingerprint: 'stickiness on' };

    expect(brokenBy(world(), shifted(20, nobody))).toEqual([1]);
    expect(brokenBy(world(), shifted(10, { ...nobody, routes: [other, route('api', 90, 10)] }))).toEqual([1]);
    expect(brokenBy(world(), shifted(10, nobody))).toEqual([]);
  });

  test('a route that is gone is nobody’s change, and breaks no other check', () => {
    expect(brokenBy(world(), shifted(10, { routes: [route('api', 90, 10)] }))).toEqual([]);
  });

  test.each([
    ['thousandths of a share with a decimal', only([BLUE, 905], [GREEN, 95]), []],
    ['thousandths of which one is whole', only([BLUE, 505], [GREEN, 95], [THIRD, 400]), []],
    ['thousandths of a share without one', only([BLUE, 900], [GREEN, 100]), [1]],
    ['decimals of another sum', only([BLUE, 995], [GREEN, 104]), [1]],
  ])('%s', (_what, after, broken) => {
    const third = after.groups.length === 3 ? ([[THIRD, 400]] as [string, number][]) : [];
    expect(from(only([BLUE, 360], [GREEN, 40], ...third), after)).toEqual(broken);
  });

  test('a lone group has all requests, whatever its weight; a group that joined has none', () => {
    expect(from(only([BLUE, 100]), only([BLUE, 7]))).toEqual([]);
    expect(from(only([BLUE, 7]), only([BLUE, 7], [GREEN, 0]), 'RollBack')).toEqual([]);
    expect(from(only([BLUE, 7]), only([BLUE, 7], [GREEN, 1]), 'RollBack')).toContain(1);
  });
});

describe('invariant 2, target by target', () => {
  const at = (blue: number, green: number, changes: Partial<BareSnapshot> = {}): BareSnapshot =>
    world({
      routes: [route('default', 100 - green, green), route('api', 100, 0)],
      groups: [group('blue', BLUE, blue, 4), group('green', GREEN, 4, 4)],
      ...changes,
    });
  const counts = (blue: SafetyGroup, green: SafetyGroup) => ({ groups: [blue, green] });
  const raise = (from: number, to: number, groups: object, step = 'JudgeHealth', more: object = {}) =>
    brokenBy(
      at(4, from, { ...groups, ...more }),
      at(4, from, { ...groups, ...more }),
      at(4, to, {
        ...groups,
        ...more,
        atMs: NOW + SECOND_MS,
        lastWrite: write('ModifyListener', 'default', { step }),
      }),
    );
  const [B, G] = [
    (healthy: number, wanted = 4) => group('blue', BLUE, healthy, wanted),
    (healthy: number, wanted = 4) => group('green', GREEN, healthy, wanted),
  ];

  test('a green without a healthy target gets nothing beside a blue that has some, not even as a trial', () => {
    expect(raise(0, 5, counts(B(4), G(0)))).toEqual([2]);
    expect(raise(0, 50, counts(B(4), G(0)))).toEqual([2]);
  });

  test('a green that answers nobody takes no more than its tasks carry', () => {
    expect(raise(10, 90, counts(B(4), { ...G(1), answering: 0 }))).toEqual([2]);
  });

  test('blue gets everything beside a green that answers a tenth, and not beside one that answers more', () => {
    const ten = (answering: number) => counts(B(1, 10), { ...G(10, 10), answering });

    expect(raise(100, 0, ten(1))).toEqual([]);
    expect(raise(100, 0, ten(2))).toEqual([2]);
  });

  test('of a colour that is scaled to 0 what still answers only finishes what it has begun', () => {
    expect(raise(0, 100, counts(B(2, 0), G(1)))).toEqual([]);
  });

  test('on a first deployment any step may give the other group what it had', () => {
    const nothing = counts(B(0, 0), G(4));
    expect(raise(100, 0, nothing, 'JudgeHealth', { firstDeployment: true })).toEqual([]);
  });

  test('a shift may give a short blue more where it is all that is left', () => {
    expect(raise(50, 0, counts(B(1), G(0)), 'ShiftTraffic')).toEqual([]);
  });

  test('a service that wants no task for a moment has not become smaller by it', () => {
    const none = counts(B(0, 0), G(0, 0));
    const short = counts(B(2), G(4));
    const ago = (ms: number) => ({ atMs: NOW - ms });
    const lastWrite = write('ModifyListener', 'default', { step: 'JudgeHealth' });

    expect(
      brokenBy(
        at(4, 100, { ...none, ...ago(3 * SEEN_MS) }),
        at(4, 100, { ...none, ...ago(3 * SEEN_MS) }),
        at(2, 100, { ...short, ...ago(2 * SEEN_MS) }),
        at(2, 100, short),
        at(2, 0, { ...short, lastWrite }),
      ),
    ).toEqual([2]);
  });

  test('an observation counts for as long as a step may take, and no longer', () => {
    const dead = counts(B(0), G(4));
    const writes = (afterMs: number) =>
      brokenBy(
        at(4, 100),
        at(0, 100, { ...dead, atMs: NOW }),
        at(0, 0, {
          ...dead,
          atMs: NOW + afterMs,
          lastWrite: write('ModifyListener', 'default', { step: 'JudgeHealth' }),
        }),
      );

    expect(writes(SEEN_MS)).toEqual([]);
    expect(writes(SEEN_MS + 1)).toEqual([2]);
  });
});

describe('what is remembered of a moment ago', () => {
  const of = (changes: Partial<SafetyGroup>, colour: 'blue' | 'green' = 'blue') =>
    world({
      groups: [
        { ...group('blue', BLUE, 4, 4), answering: 4, ...(colour === 'blue' ? changes : {}) },
        { ...group('green', GREEN, 4, 4), answering: 4, ...(colour === 'green' ? changes : {}) },
      ],
    });
  const remembered = (...worlds: BareSnapshot[]): number => {
    let last: SafetySnapshot | null = null;
    for (const bare of worlds) last = withMemory(last, bare);
    return last?.memory.carried.length ?? 0;
  };

  test.each<[string, BareSnapshot, number]>([
    ['the same', of({}), 1],
    ['what blue answers', of({ answering: 2 }), 2],
    ['what blue answers of nothing that matters', of({ answering: 3 }), 1],
    ['what blue carries', of({ healthy: 2 }), 2],
    ['blue’s healthy targets, and nothing by it', of({ healthy: 3 }), 2],
    ['green’s healthy targets, and nothing by it', of({ healthy: 3 }, 'green'), 2],
    ['whether green answers', of({ answering: 0 }, 'green'), 2],
    ['the tasks that are wanted, beyond what there were', of({ wanted: 5 }), 2],
  ])('%s', (_what, next, entries) => {
    expect(remembered(of({}), next, next)).toBe(entries);
  });
});

describe('invariant 13: green has the tasks for its users', () => {
  const sized = (green: number, pct: number, changes: Partial<BareSnapshot> = {}) =>
    world({
      routes: [route('default', 100 - pct, pct), route('api', 50, 50)],
      groups: [group('blue', BLUE, 4, 4), group('green', GREEN, green, green)],
      headroom: 1,
      ...changes,
    });
  const shift = (
    green: number,
    from: number,
    to: number,
    changes: Partial<BareSnapshot> = {},
    step = 'ShiftTraffic',
  ) =>
    violationsBy(
      sized(green, from, changes),
      sized(green, from, changes),
      sized(green, to, {
        ...changes,
        atMs: NOW + SECOND_MS,
        lastWrite: write('ModifyListener', 'default', { step }),
      }),
    ).filter(({ invariant }) => invariant === 13);

  test.each([
    ['half of the users on half of the tasks', 2, 50, {}, 0],
    ['half of the users on a quarter of them', 1, 50, {}, 1],
    ['a quarter of the users on a quarter of them', 1, 25, {}, 0],
    ['three fifths, which take three tasks', 3, 60, {}, 0],
    ['three fifths on two tasks', 2, 60, {}, 1],
    ['four fifths with a quarter to spare, on three tasks', 3, 80, { headroom: 1.25 }, 1],
    ['four fifths with a quarter to spare, on all', 4, 80, { headroom: 1.25 }, 0],
    ['no more than all, whatever is to spare', 4, 80, { headroom: 2 }, 0],
    ['everybody of a first deployment', 1, 100, { firstDeployment: true }, 0],
  ])('%s', (_what, green, to, changes: Partial<BareSnapshot>, broken) => {
    expect(shift(green, 0, to, changes)).toHaveLength(broken);
  });

  test('a plan whose green has full size from the beginning is judged by invariant 2 alone', () => {
    const whole = ({ headroom: _none, ...rest }: BareSnapshot) => rest;
    const to = { atMs: NOW + SECOND_MS, lastWrite: write('ModifyListener', 'default') };

    expect(brokenBy(whole(sized(1, 0)), whole(sized(1, 0)), whole(sized(1, 50, to)))).toEqual([]);
  });

  test('is said with what green had and what its users take', () => {
    expect(shift(1, 0, 62.5).map(({ message }) => message)).toEqual([
      'default gave green 62.5 % before it had the tasks for it: 1 healthy of 3',
    ]);
  });

  test('only a shift that gives green more is judged, by users’ routes, while blue has a target', () => {
    expect(shift(1, 60, 50)).toEqual([]);
    expect(shift(1, 0, 50, {}, 'RollBack')).toEqual([]);
    const test = { routes: [{ ...route('default', 0, 100), test: true as const }] };
    const closed = { routes: [{ ...route('default', 100, 0), test: true as const }] };
    const last = { atMs: NOW + SECOND_MS, lastWrite: write('ModifyListener', 'default') };
    expect(brokenBy(sized(1, 0, closed), sized(1, 0, closed), sized(1, 0, { ...test, ...last }))).toEqual([]);
    const dead = { groups: [group('blue', BLUE, 0, 4), group('green', GREEN, 1, 1)] };
    expect(shift(1, 0, 100, dead)).toEqual([]);
  });
});

describe('invariants 3, 4, 5 and 12, write by write', () => {
  const last = (changes: Partial<SafetyWrite>, call = 'UpdateTaskSet', target = greenSet.id) => ({
    atMs: NOW + SECOND_MS,
    lastWrite: write(call, target, changes),
  });

  test('what others do to blue in the same moment is not the write’s', () => {
    const halved = { taskSets: [{ ...blueSet, scalePercent: 50 }, greenSet] };

    expect(brokenBy(world(), world({ ...halved, ...last({ step: 'JudgeHealth' }) }))).toEqual([]);
  });

  test('blue may leave a route for its clients’ sake as soon as one observation had nothing of it', () => {
    const dead = { groups: [group('blue', BLUE, 0, 2), group('green', GREEN, 2, 2)] };
    const alone = { ...route('default', 0, 100), groups: [{ targetGroupArn: GREEN, weight: 100 }] };
    const routes = [alone, route('api', 90, 10)];
    const step = { ...dead, routes, ...last({ step: 'JudgeHealth' }, 'ModifyListener', 'default') };

    expect(brokenBy(world(), world(), world(dead), world(dead), world(step))).toEqual([]);
  });

  test('who wrote and whose it was is named where it is known', () => {
    const messages = (...worlds: BareSnapshot[]) => violationsBy(...worlds).map(({ message }) => message);
    const { step: _step, ...nameless } = write('UpdateTaskSet', blueSet.id);
    const halved = [{ ...blueSet, scalePercent: 50 }, greenSet];
    const orphan = { ...greenSet, id: 'ecs-svc/7', externalId: null };

    expect(messages(world(), world({ taskSets: halved, atMs: NOW, lastWrite: nameless }))[0]).toBe(
      'UpdateTaskSet by a step took capacity from blue before its retirement',
    );
    expect(messages(world(), shifted(50, { leaseHolder: null }))).toEqual([
      'ModifyListener by deployment me, while the lease is held by nobody',
    ]);
    expect(
      messages(
        world({ taskSets: [blueSet, orphan] }),
        world({ taskSets: [blueSet, orphan], ...last({}, 'UpdateTaskSet', orphan.id) }),
      ),
    ).toEqual(['UpdateTaskSet on task set ecs-svc/7, which belongs to nobody known']);
  });

  test('a label makes nothing the deployment’s, nor does its absence from a write', () => {
    const labelled: SafetyTaskSet = { ...greenSet, id: 'ecs-svc/7', colour: 'other' };
    const taskSets = [blueSet, greenSet, labelled];
    const { deploymentId: _me, ...anonymous } = write('ModifyListener', 'default');

    expect(brokenBy(world({ taskSets }), world({ taskSets, ...last({}) }))).toEqual([]);
    expect(
      brokenBy(world({ taskSets }), world({ taskSets, ...last({}, 'UpdateTaskSet', labelled.id) })),
    ).toEqual([5]);
    expect(brokenBy(world(), world(), shifted(20, { lastWrite: anonymous }))).toEqual([]);
    const others = { taskSets: [blueSet, { ...greenSet, externalId: 'other' }] };
    expect(brokenBy(world(others), world({ ...others, ...last({}) }))).toEqual([5]);
  });

  const tested = (blue: number, green: number) => ({ ...route('test', blue, green), test: true as const });
  const users = (one: number, two: number) => [
    route('default', 100 - one, one),
    route('api', 100 - two, two),
  ];
  const shifts = (before: BareSnapshot['routes'], after: BareSnapshot['routes'], target: string) =>
    brokenBy(
      world({ routes: before }),
      world({ routes: before }),
      world({ routes: after, ...last({}, 'ModifyRule', target) }),
    );
  const open = tested(0, 100);

  test.each([
    ['all users of a route come at once', [...users(0, 0), open], [...users(100, 0), open], 'default', [12]],
    ['the rest of a route’s users come', [...users(50, 0), open], [...users(100, 0), open], 'default', []],
    [
      'the second route’s first users come',
      [...users(100, 0), open],
      [...users(100, 100), open],
      'api',
      [12],
    ],
    [
      'the test route is half open itself',
      [...users(0, 0), tested(100, 0)],
      [...users(0, 0), tested(50, 50)],
      'test',
      [],
    ],
    ['something else is written', [...users(50, 0), open], [...users(50, 0), open], 'nowhere', []],
  ])('while the test route is open %s', (_what, before, after, target, broken) => {
    expect(shifts(before, after, target)).toEqual(broken);
  });
});
