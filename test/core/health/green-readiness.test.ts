import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import {
  describeHealth,
  enoughHealthy,
  fitToServe,
  groupHealth,
  healthyShare,
} from '../../../core/health/group-health.ts';
import type { ObservedTaskSet } from '../../../core/vocabulary/observed.types.ts';
import { greenChecked } from '../../../statemachine/sentences.ts';
import { aPlan, aStoppedTask, aTarget, aTaskSet, NOW, someHealth } from '../a-deployment.ts';
import { healthy, observe, pending } from './observe-green.ts';

describe('a group’s health', () => {
  test.each([
    ['all healthy', healthy(2), aTaskSet(), 2, 2, []],
    [
      'the same fault is named once',
      [
        aTarget('unhealthy', 'Target.Timeout', 'Request timed out'),
        aTarget('unhealthy', 'Target.Timeout', 'Request timed out'),
      ],
      aTaskSet(),
      0,
      2,
      ['2 unhealthy (Target.Timeout: Request timed out)'],
    ],
    [
      'the most frequent fault comes first',
      [
        aTarget('initial', 'Elb.InitialHealthChecking'),
        aTarget('unhealthy', 'Target.FailedHealthChecks'),
        aTarget('unhealthy', 'Target.FailedHealthChecks'),
      ],
      aTaskSet({ computedDesiredCount: 3 }),
      0,
      3,
      ['2 unhealthy (Target.FailedHealthChecks)', '1 initial (Elb.InitialHealthChecking)'],
    ],
    [
      'targets that are not there yet',
      healthy(1),
      aTaskSet({ computedDesiredCount: 3 }),
      1,
      3,
      ['2 not registered yet'],
    ],
    ['targets that drain belong to nobody', [...healthy(2), aTarget('draining')], aTaskSet(), 2, 2, []],
    [
      'the live count is wanted, not the planned one',
      healthy(2),
      aTaskSet({ computedDesiredCount: 4 }),
      2,
      4,
      ['2 not registered yet'],
    ],
    [
      'a state without a reason, and a reason without a description',
      [aTarget('initial'), aTarget('unhealthy', 'Target.Timeout', '')],
      aTaskSet(),
      0,
      2,
      ['1 initial', '1 unhealthy (Target.Timeout)'],
    ],
    ['no task set', healthy(1), null, 1, 0, ['its task set is not found']],
  ])('%s', (_, targets, taskSet, healthyCount, wanted, reasons) => {
    expect(groupHealth(targets, taskSet)).toEqual({ healthy: healthyCount, wanted, reasons });
  });

  test.each([
    [2, 2, true, true],
    [3, 2, true, true],
    [2, 3, false, true],
    [1, 2, false, false],
    [66, 100, false, false],
    [67, 100, false, true],
    [0, 1, false, false],
    [1, 1, true, true],
    [0, 0, false, false],
    [1, 0, false, false],
  ])(
    '%d healthy of %d wanted: enough for green %s, fit to take traffic back %s',
    (have, wanted, enough, fit) => {
      expect(enoughHealthy(someHealth(have, wanted))).toBe(enough);
      expect(fitToServe(someHealth(have, wanted))).toBe(fit);
    },
  );

  test('reads as a sentence', () => {
    expect(describeHealth(someHealth(1, 2, '1 draining'))).toBe('1 of 2 targets healthy: 1 draining');
    expect(describeHealth(someHealth(2, 2))).toBe('2 of 2 targets healthy');
    expect(describeHealth(someHealth(83, 3))).toBe('83 targets healthy, 3 needed');
    // Five tasks are on their way and two are enough: "1 of 2" beside four that are missing would not add up.
    expect(describeHealth({ ...someHealth(1, 2, '4 not registered yet'), tasks: 5 })).toBe(
      '1 target healthy, 2 needed: 4 not registered yet',
    );
    expect(healthyShare(someHealth(4, 2))).toBe(1);
    expect([healthyShare(someHealth(1, 0)), healthyShare(someHealth(0, 0))]).toEqual([0, 0]);
  });
});

test('a task set that ECS does not show yet, right after its launch, is no count of zero targets', () => {
  const ready = observe({ taskSet: null, targets: [], nowMs: NOW + SECOND_MS });

  expect(ready).toMatchObject({ kind: 'pending', wanted: 0, reason: 'ECS does not show its task set' });
  expect(greenChecked(ready).what).toBe('green is not ready');
});

test.each([
  ['0 of 4 targets healthy: 4 not registered yet', '4 not registered yet'],
  ['2 of 4 targets healthy for 31s', '2 of 4 targets healthy for 31s'],
  ['0 of 4 targets healthy', ''],
  ['a task stopped: exit code 1', 'a task stopped: exit code 1'],
])('the count of targets is said once: %s', (reason, why) => {
  const sentence = greenChecked(pending({ healthyTargets: 0, wanted: 4, reason }));

  expect(sentence).toMatchObject({ what: 'green is not ready: 0 of 4 healthy', why });
});

describe('green is ready', () => {
  test('only after its targets have been enough for the whole of healthyFor', () => {
    const first = observe();
    const early = observe({
      previous: pending({ healthySinceMs: NOW + MINUTE_MS }),
      nowMs: NOW + 89 * SECOND_MS,
    });
    const last = observe({
      previous: pending({ healthySinceMs: NOW + MINUTE_MS }),
      nowMs: NOW + 90 * SECOND_MS,
    });

    expect(first).toMatchObject({ kind: 'pending', healthySinceMs: NOW + MINUTE_MS });
    expect(early).toMatchObject({ kind: 'pending', healthySinceMs: NOW + MINUTE_MS, waitSeconds: 1 });
    expect(last).toMatchObject({ kind: 'ready', healthyTargets: 2, wanted: 2 });
  });

  test('at once when healthyFor is 0', () => {
    expect(observe({ plan: aPlan({ healthyForMs: 0 }) }).kind).toBe('ready');
  });

  test.each([
    ['no target is healthy', { targets: [aTarget('unhealthy'), aTarget('unhealthy')] }],
    ['one of two is healthy', { targets: [aTarget('healthy'), aTarget('unhealthy')] }],
    ['its task set is not steady', { taskSet: aTaskSet({ steady: false }) }],
  ])('not when healthyFor is 0 and %s', (_, changes) => {
    expect(observe({ plan: aPlan({ healthyForMs: 0 }), ...changes }).kind).toBe('pending');
  });

  test.each([
    ['a target too few', { targets: healthy(1) }],
    ['a task set that is not steady', { taskSet: aTaskSet({ steady: false }) }],
    ['more wanted, because the service scaled out', { taskSet: aTaskSet({ computedDesiredCount: 3 }) }],
  ])('and starts over after %s', (_, changes) => {
    const broken = observe({ previous: pending({ healthySinceMs: NOW }), ...changes });
    const again = observe({ previous: broken, nowMs: NOW + 2 * MINUTE_MS });

    expect(broken).toMatchObject({ kind: 'pending', healthySinceMs: null });
    expect(again).toMatchObject({ kind: 'pending', healthySinceMs: NOW + 2 * MINUTE_MS });
  });

  test('never with no tasks at all, however steady that is', () => {
    const none: ObservedTaskSet = aTaskSet({ computedDesiredCount: 0, runningCount: 0, steady: true });

    const ready = observe({
      taskSet: none,
      targets: [],
      plan: aPlan({ healthyForMs: 0 }),
      nowMs: NOW + 5 * MINUTE_MS,
    });

    expect(ready.kind).toBe('failed');
    expect(ready.reason).toContain('desired count is 0');
  });
});

describe('waiting for green', () => {
  test.each([
    [0, 5],
    [30 * SECOND_MS, 5],
    [80 * SECOND_MS, 10],
    [5 * MINUTE_MS, 15],
    [10 * MINUTE_MS - 4_200, 5],
    [10 * MINUTE_MS - 1, 1],
  ])('%d ms after its launch the next observation is in %d s', (elapsedMs, waitSeconds) => {
    expect(observe({ targets: [], nowMs: NOW + elapsedMs })).toMatchObject({ kind: 'pending', waitSeconds });
  });

  test('takes few observations even when green may take a day', () => {
    const plan = aPlan({ timeToHealthyMs: 24 * 60 * MINUTE_MS });

    expect(observe({ plan, targets: [] })).toMatchObject({ kind: 'pending', waitSeconds: 360 });
  });

  test('says why it waits, also of a task that stopped', () => {
    const ready = observe({
      targets: [aTarget('initial', 'Elb.RegistrationInProgress')],
      stopped: [aStoppedTask('Task failed to start')],
    });

    expect(ready.reason).toBe(
      '0 of 2 targets healthy: 1 initial (Elb.RegistrationInProgress), 1 not registered yet; 1 task ' +
        'stopped: Task failed to start (image shop:v2)',
    );
  });

  test.each([
    ['a task set that reads do not show yet', { taskSet: null, targets: [] }],
    [
      'a desired count the scheduler has not filled in',
      { taskSet: aTaskSet({ computedDesiredCount: 0, steady: false }), targets: [] },
    ],
  ])('puts up with %s, for the first minute', (_, changes) => {
    expect(observe({ ...changes, nowMs: NOW + 59 * SECOND_MS }).kind).toBe('pending');
    expect(observe({ ...changes, nowMs: NOW + 61 * SECOND_MS }).kind).toBe('failed');
  });
});

describe('green has failed', () => {
  test('at the deadline, with counts, causes and where to read on', () => {
    const ready = observe({
      targets: [
        aTarget('unhealthy', 'Target.ResponseCodeMismatch', 'Health checks failed with these codes: [500]'),
        aTarget('unhealthy', 'Target.ResponseCodeMismatch', 'Health checks failed with these codes: [500]'),
      ],
      nowMs: NOW + 10 * MINUTE_MS,
    });

    expect(ready).toMatchObject({ kind: 'failed', healthyTargets: 0, wanted: 2 });
    expect(ready.reason).toBe(
      'green was not healthy within 10m of its launch: 0 of 2 targets healthy: 2 unhealthy ' +
        '(Target.ResponseCodeMismatch: Health checks failed with these codes: [500]), in target group ' +
        "shop-green. The application answers the health check with another code than the target group's " +
        'matcher takes: check its path.',
    );
  });

  test.each([
    ['security group', aTarget('unhealthy', 'Target.Timeout', 'Request timed out')],
    ['Availability Zone', aTarget('unused', 'Target.NotInUse')],
    ["service's events", aTarget('initial', 'Elb.InitialHealthChecking')],
    ["service's events", aTarget('unhealthy', 'Elb.InternalError', 'not a Target.Timeout')],
  ])('and points at the %s where the reason code does', (where, target) => {
    expect(observe({ targets: [target], nowMs: NOW + 10 * MINUTE_MS }).reason).toContain(where);
  });

  test('not at the deadline when it got healthy before, but then it has no second chance', () => {
    const previous = pending({ healthySinceMs: NOW + 9.9 * MINUTE_MS });

    expect(observe({ previous, nowMs: NOW + 10 * MINUTE_MS })).toMatchObject({
      kind: 'pending',
      waitSeconds: 15,
    });
    expect(observe({ previous, targets: healthy(1), nowMs: NOW + 10 * MINUTE_MS }).kind).toBe('failed');
  });

  test('not at the first observation after the deadline that finds it healthy: nobody may have observed it for long', () => {
    const previous = pending({ healthySinceMs: null });
    const late = NOW + 25 * MINUTE_MS;

    const ready = observe({ previous, nowMs: late });
    expect(ready).toMatchObject({ kind: 'pending', healthySinceMs: late });
    expect(observe({ previous: ready, nowMs: late + MINUTE_MS }).kind).toBe('ready');
    expect(observe({ previous: ready, targets: healthy(1), nowMs: late + MINUTE_MS }).kind).toBe('failed');
  });

  test('at the deadline although its targets are healthy, when its task set is not steady', () => {
    const ready = observe({ taskSet: aTaskSet({ steady: false }), nowMs: NOW + 10 * MINUTE_MS });

    expect(ready.kind).toBe('failed');
    expect(ready.reason).toContain('but its task set is not steady');
  });

  test.each([
    ['its task set was deleted', { taskSet: null }, 'is gone'],
    ['its task set is being deleted', { taskSet: aTaskSet({ status: 'DRAINING' }) }, 'being deleted'],
    ['its task set was scaled down', { taskSet: aTaskSet({ scalePercent: 50 }) }, 'now at 50 %'],
  ] as const)('early when %s', (_, changes, explained) => {
    const ready = observe({ ...changes, nowMs: NOW + 2 * MINUTE_MS });

    expect(ready.kind).toBe('failed');
    expect(ready.reason).toContain(explained);
  });

  const unpullable = aStoppedTask('CannotPullContainerError: shop:v2 not found');
  const crashed = aStoppedTask('Essential container in task exited', {
    stopCode: 'EssentialContainerExited',
    containers: [{ name: 'web', image: 'shop:v2', exitCode: 1 }],
  });
  const starting = aTaskSet({ runningCount: 0, pendingCount: 2, steady: false });

  test.each([
    ['one image that cannot be pulled', [unpullable], starting, 'pending'],
    ['two images that cannot be pulled', [unpullable, unpullable], starting, 'failed'],
    [
      'two, while another task runs',
      [unpullable, unpullable],
      aTaskSet({ runningCount: 1, steady: false }),
      'pending',
    ],
    ['two crashes of two tasks', [crashed, crashed], starting, 'pending'],
    ['three crashes of two tasks', [crashed, crashed, crashed], starting, 'failed'],
    [
      'three crashes of ten tasks',
      [crashed, crashed, crashed],
      aTaskSet({ computedDesiredCount: 10 }),
      'pending',
    ],
    [
      'many tasks reclaimed by Spot',
      Array(9).fill(aStoppedTask('Spot', { stopCode: 'SpotInterruption' })),
      starting,
      'pending',
    ],
    [
      'many tasks on hosts that failed',
      Array(9).fill(
        aStoppedTask('Host EC2 (instance i-0abc) terminated.', { stopCode: 'ServiceSchedulerInitiated' }),
      ),
      starting,
      'pending',
    ],
  ])('%s', (_, stopped, taskSet, kind) => {
    expect(observe({ stopped, taskSet, targets: [] }).kind).toBe(kind);
  });

  test('tasks that the platform stopped are named, and that they do not count', () => {
    const stopped = [aStoppedTask('Task is being moved', { stopCode: 'ServiceSchedulerInitiated' })];

    expect(observe({ stopped, taskSet: starting, targets: [] }).reason).toContain(
      'not counted against the version: 1 task stopped: Task is being moved',
    );
  });

  test('and the stopped tasks’ reason, exit code and image reach the reader', () => {
    expect(observe({ stopped: [crashed, crashed, crashed], taskSet: starting, targets: [] }).reason).toBe(
      "green's tasks keep stopping: 3 tasks stopped: Essential container in task exited (container web " +
        'exited with code 1, image shop:v2)',
    );
  });
});
