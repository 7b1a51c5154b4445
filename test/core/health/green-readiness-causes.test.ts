import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { greenLooks } from '../../../core/health/green-readiness.ts';
import { aCommand, aPlan, aStoppedTask, aTarget, aTaskSet, NOW } from '../a-deployment.ts';
import { healthy, observe, pending } from './observe-green.ts';

const timedOut = aTarget('unhealthy', 'Target.Timeout', 'Request timed out');
const found = 'Target.Timeout: Request timed out';
const byTheCheck = aStoppedTask('Task failed ELB health checks', { stopCode: 'ServiceSchedulerInitiated' });
const crashed = aStoppedTask('Essential container in task exited');

describe('what the load balancer’s check found', () => {
  test.each([
    ['code and description', [timedOut], found],
    ['a code alone', [aTarget('unhealthy', 'Target.Timeout')], 'Target.Timeout'],
    ['of the first that fails', [aTarget('initial', 'x'), timedOut], found],
    ['what it found before, where the target has gone', healthy(2), 'as before'],
  ])('is kept beside the wait: %s', (_, targets, checkFailure) => {
    expect(observe({ targets, previous: pending({ checkFailure: 'as before' }) })).toMatchObject({
      kind: 'pending',
      checkFailure,
    });
  });

  test('is kept through a pause, and absent where there was none', () => {
    const held = observe({ targets: [timedOut], commands: [aCommand('pause', NOW)] });

    expect(held).toMatchObject({ kind: 'held', checkFailure: found });
    expect(observe({ targets: healthy(1), previous: held })).toMatchObject({ checkFailure: found });
    expect(observe({ targets: healthy(1) })).not.toHaveProperty('checkFailure');
  });

  test.each([
    ['tasks that failed it', byTheCheck, [timedOut], `; the load balancer's check found ${found}`],
    ['tasks that failed it and are gone', byTheCheck, [], "; the load balancer's check found as before"],
    ['no task that crashed', crashed, [timedOut], ''],
  ])('explains %s', (_, stopped, targets, explained) => {
    const ready = observe({
      stopped: [stopped, stopped, stopped],
      targets,
      previous: pending({ checkFailure: 'as before' }),
    });

    expect(ready).toMatchObject({
      kind: 'failed',
      reason: `green's tasks keep stopping: 3 tasks stopped: ${stopped.stoppedReason} (image shop:v2)${explained}`,
    });
  });

  test('explains where one of the tasks failed it', () => {
    const ready = observe({ stopped: [byTheCheck, crashed, crashed], targets: [timedOut] });

    expect(ready.reason).toContain(`; the load balancer's check found ${found}`);
  });

  test('is not made up where nobody saw it', () => {
    const ready = observe({ stopped: [byTheCheck, byTheCheck, byTheCheck], targets: [] });

    expect(ready.reason).not.toContain("load balancer's check");
  });
});

describe('green is given up with the sentence that a person needs', () => {
  const late = NOW + 10 * MINUTE_MS;

  test.each<[string, Parameters<typeof observe>[0], string]>([
    [
      'its task set was deleted',
      { taskSet: null },
      "green's task set ecs-svc/2 is gone: somebody deleted it",
    ],
    [
      'its task set is being deleted',
      { taskSet: aTaskSet({ status: 'DRAINING' }) },
      "green's task set ecs-svc/2 is being deleted by somebody",
    ],
    [
      'somebody scaled it down',
      { taskSet: aTaskSet({ scalePercent: 50 }) },
      "green's task set ecs-svc/2 was launched at 100 % and is now at 50 %: somebody scaled it",
    ],
    [
      'somebody gave it users before its first shift',
      { routes: [{ label: 'HTTPS:443 default', weights: { blue: 90, green: 10 } }] },
      "expected blue to hold all weight until green's first shift, found 90 % blue, 10 % green on HTTPS:443 " +
        'default, which this deployment did not write: somebody else changed the listener',
    ],
    [
      'two tasks could not start',
      {
        taskSet: aTaskSet({ runningCount: 0, pendingCount: 2, steady: false }),
        stopped: [1, 2].map(() => aStoppedTask('CannotPullContainerError: no such image')),
      },
      "green's tasks cannot start: 2 tasks stopped: CannotPullContainerError: no such image (image shop:v2)",
    ],
    [
      'its time is over with a task that stopped and one of the platform',
      {
        nowMs: late,
        targets: [timedOut, aTarget('healthy')],
        stopped: [crashed, aStoppedTask('Spot', { stopCode: 'SpotInterruption' })],
      },
      'green was not healthy within 10m of its launch: 1 of 2 targets healthy: 1 unhealthy (Target.Timeout: ' +
        'Request timed out), in target group shop-green; 1 task stopped: Essential container in task exited ' +
        '(image shop:v2); not counted against the version: 1 task stopped: Spot (image shop:v2). Read the ' +
        "stopped tasks' logs.",
    ],
    [
      'its time is over, and only a target that drains timed out',
      { nowMs: late, targets: [aTarget('healthy'), aTarget('draining', 'Target.Timeout')] },
      'green was not healthy within 10m of its launch: 1 of 2 targets healthy: 1 not registered yet, in target ' +
        "group shop-green. Read the service's events for tasks that could not be placed, and the tasks' logs.",
    ],
  ])('%s', (_, changes, reason) => {
    expect(observe(changes)).toMatchObject({ kind: 'failed', reason });
  });

  test('a set that was made larger is none of its failures', () => {
    expect(observe({ taskSet: aTaskSet({ scalePercent: 100.004 }) }).kind).toBe('pending');
  });

  test('a first task set that no read shows is waited for no longer than green may take', () => {
    const plan = aPlan({ timeToHealthyMs: 30 * SECOND_MS });
    const unseen = { plan, taskSet: null, targets: [] };

    expect(observe({ ...unseen, nowMs: NOW + 30 * SECOND_MS - 1 }).kind).toBe('pending');
    expect(observe({ ...unseen, nowMs: NOW + 30 * SECOND_MS }).kind).toBe('failed');
  });
});

test('a green that grows is measured by its first weight and by the service as it is now', () => {
  const grows = {
    plan: aPlan({
      capacity: { headroom: 1.25, minTasks: 2 },
      shifts: [{ greenPct: 50, bakeMs: 0 }],
      desiredCount: 10,
    }),
    desiredCount: 10,
    taskSet: aTaskSet({ scalePercent: 62.5, computedDesiredCount: 7 }),
    targets: healthy(7),
  };

  expect(observe(grows)).toMatchObject({ healthyTargets: 7, wanted: 7, healthySinceMs: NOW + MINUTE_MS });
  // A plan without a shift takes all of green.
  expect(observe({ ...grows, plan: { ...grows.plan, shifts: [] } })).toMatchObject({ kind: 'failed' });
});

describe('the wait is described', () => {
  test.each<[string, Parameters<typeof observe>[0], string]>([
    [
      'enough targets of a task set that is not steady',
      { taskSet: aTaskSet({ steady: false }) },
      '2 of 2 targets healthy, task set not steady yet',
    ],
    ['enough for a part of healthyFor', {}, '2 of 2 targets healthy for 0s of 30s'],
    [
      'a task that the platform stopped',
      { targets: healthy(1), stopped: [aStoppedTask('Spot', { stopCode: 'SpotInterruption' })] },
      '1 of 2 targets healthy: 1 not registered yet; not counted against the version: 1 task stopped: Spot ' +
        '(image shop:v2)',
    ],
  ])('%s', (_, changes, reason) => {
    expect(observe(changes)).toMatchObject({ kind: 'pending', reason });
  });
});

test.each([
  ['none for no time', 10 * MINUTE_MS, 0, 0],
  ['one within the first seconds', 10 * MINUTE_MS, 5 * SECOND_MS, 1],
  ['ever fewer a minute', 10 * MINUTE_MS, 2 * MINUTE_MS, 17],
  ['the most there are, however long green may take', 24 * 60 * MINUTE_MS, 24 * 60 * MINUTE_MS, 240],
])('observations until green has been there for so long: %s', (_, timeToHealthyMs, lastingMs, reads) => {
  expect(greenLooks({ timeToHealthyMs }, lastingMs)).toBe(reads);
});
