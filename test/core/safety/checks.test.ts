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

/** Plays worlds one after another and returns the invariants the last event broke. */
const brokenBy = (...worlds: BareSnapshot[]): number[] => {
  let before: SafetySnapshot | null = null;
  let broken: number[] = [];
  for (const bare of worlds) {
    const after: SafetySnapshot = withMemory(before, bare);
    broken = before === null ? [] : checkSnapshot(before, after).map(({ invariant }) => invariant);
    before = after;
  }
  return broken;
};

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
    const opened = { ...tested(0, 100), unseen: true as const };
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
