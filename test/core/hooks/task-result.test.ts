import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { isOverdue, newRun, overdueResult } from '../../../core/hooks/runs.ts';
import { refusalOf } from '../../../core/hooks/task-refusal.ts';
import { taskResult } from '../../../core/hooks/task-result.ts';
import type { ObservedHookTask } from '../../../core/vocabulary/hooks.types.ts';
import { NOW } from '../a-deployment.ts';
import { aRun, aTaskHook } from './a-hook.ts';

const run = aRun({ name: 'migrate', kind: 'task', launch: aTaskHook().launch });

const aTask = (changes: Partial<ObservedHookTask> = {}): ObservedHookTask => ({
  taskArn: 'arn:aws:ecs:eu-west-1:1:task/main/1',
  lastStatus: 'STOPPED',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [
    { name: 'logger', exitCode: 0 },
    { name: 'web', exitCode: 0 },
  ],
  ...changes,
});

describe('how a task ended', () => {
  test('is said by the deciding container alone', () => {
    const failed = aTask({
      containers: [
        { name: 'logger', exitCode: 0 },
        { name: 'web', exitCode: 2 },
      ],
    });
    const beside = aTask({
      containers: [
        { name: 'logger', exitCode: 143 },
        { name: 'web', exitCode: 0 },
      ],
    });

    expect(taskResult(run, failed, NOW)).toMatchObject({ status: 'FAILED' });
    expect(taskResult(run, beside, NOW)).toMatchObject({ status: 'SUCCEEDED', reason: 'web exited with 0' });
  });

  describe('beside another essential container', () => {
    const both = aRun({ kind: 'task', launch: { ...aTaskHook().launch, beside: ['logger'] } });
    const ended = (logger: object, web: object = { exitCode: 0 }) =>
      taskResult(
        both,
        aTask({
          containers: [
            { name: 'logger', status: 'STOPPED', ...logger },
            { name: 'web', status: 'STOPPED', ...web },
          ],
        }),
        NOW,
      );

    test.each([143, 137])('which ECS stopped, by its exit code %i, is a success', (exitCode) => {
      expect(ended({ exitCode })).toMatchObject({ status: 'SUCCEEDED', reason: 'web exited with 0' });
    });

    test('which ended with 0 as well is a success that names what is not known', () => {
      expect(ended({ exitCode: 0 })).toMatchObject({
        status: 'SUCCEEDED',
        reason: 'web exited with 0, and so did logger; that web was the first to end ECS does not report',
      });
    });

    test.each([
      [{ exitCode: 1 }, 'logger with 1'],
      [{}, 'logger without an exit code'],
      [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed' }, 'logger with 137 (OutOfMemoryError'],
    ])('which may have ended the task, %o, is no success', (logger, found) => {
      const result = ended(logger);

      expect(result).toMatchObject({ status: 'FAILED' });
      expect(result?.reason).toContain(`web exited with 0, but ${found}`);
      expect(result?.reason).toContain('its log is the stream app/web/1');
    });

    test('of which nobody makes the task end is judged alone', () => {
      expect(
        taskResult(
          run,
          aTask({
            containers: [
              { name: 'logger', exitCode: 1 },
              { name: 'web', exitCode: 0 },
            ],
          }),
          NOW,
        ),
      ).toMatchObject({
        status: 'SUCCEEDED',
      });
    });

    test('that ends while it still runs has cut it short, whatever both exit with', () => {
      const task = (web: string, logger: string) =>
        aTask({
          lastStatus: 'DEACTIVATING',
          containers: [
            { name: 'logger', status: logger, exitCode: 0 },
            { name: 'web', status: web },
          ],
        });

      expect(taskResult(both, task('RUNNING', 'STOPPED'), NOW)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringContaining('logger with 0 ended while web still ran'),
      });
      expect(taskResult(both, task('STOPPED', 'RUNNING'), NOW)).toBeNull();
      expect(taskResult(both, task('RUNNING', 'RUNNING'), NOW)).toBeNull();
      expect(taskResult(run, task('RUNNING', 'STOPPED'), NOW)).toBeNull();
    });
  });

  test('is kept as it came, with the place of its output', () => {
    expect(taskResult(run, aTask(), NOW)).toEqual({
      status: 'SUCCEEDED',
      reason: 'web exited with 0',
      answer: JSON.stringify(aTask()),
      log: { group: '/ecs/shop', stream: 'app/web/1' },
      endedAtMs: NOW,
    });
  });

  test('is not known while it runs, or has just been started', () => {
    expect(taskResult(run, aTask({ lastStatus: 'DEPROVISIONING' }), NOW)).toBeNull();
    expect(taskResult(run, null, NOW + MINUTE_MS)).toBeNull();
    expect(taskResult(run, null, NOW + 60 * MINUTE_MS)).toMatchObject({ status: 'FAILED' });
  });

  test('names no log of a container that never ran', () => {
    const result = taskResult(run, aTask({ stopCode: 'TaskFailedToStart', containers: [] }), NOW);

    expect(result).toMatchObject({
      status: 'FAILED',
      reason: 'web has no exit code: TaskFailedToStart: Essential container in task exited',
    });
    expect(result).not.toHaveProperty('log');
  });
});

describe('a task that was not started', () => {
  test.each([
    ['RESOURCE:MEMORY', /no container instance has enough memory left \(RESOURCE:MEMORY\)/, true],
    ['AGENT', /agents of the container instances are not connected/, true],
    ['Capacity is unavailable at this time', /started no task: Capacity is unavailable at this time$/, true],
    ['ATTRIBUTE', /has what the task definition asks for/, false],
    ['MISSING', /started no task: MISSING/, false],
  ])('because of %s', (reason, sentence, again) => {
    const refusal = refusalOf([{ reason }]);

    expect(refusal.reason).toMatch(sentence);
    expect(refusal.again).toBe(again);
  });
});

describe('a run of a task', () => {
  const plan = {
    service: 'shop',
    test: { url: 'https://shop.example/', header: { name: 'x-test', value: 'green' } },
  };
  const begun = newRun({
    plan: plan as never,
    deploymentId: 'd-1',
    hook: aTaskHook({ stages: ['POST_TEST_TRAFFIC_SHIFT'] }),
    moment: { stage: 'POST_TEST_TRAFFIC_SHIFT', step: 0, after: 0 },
    greenTaskSetArn: null,
    greenPct: 0,
    nowMs: NOW,
    digest: () => '0123456789abcdef0123456789abcdef',
    executionArnOf: (runId) => runId,
  });

  test('has what it is started with, and how to reach green', () => {
    expect(begun).toMatchObject({ kind: 'task', event: null });
    expect(begun).not.toHaveProperty('executionArn');
    expect(begun.launch?.environment).toEqual({
      SUITE: 'full',
      CUTOVER_HOOK: 'migrate',
      CUTOVER_STAGE: 'POST_TEST_TRAFFIC_SHIFT',
      CUTOVER_STEP: '0',
      CUTOVER_RUN_ID: begun.runId,
      CUTOVER_DEPLOYMENT_ID: 'd-1',
      CUTOVER_SERVICE: 'shop',
      CUTOVER_TEST_URL: 'https://shop.example/',
      CUTOVER_TEST_HEADER: 'x-test: green',
    });
  });

  test('is overdue at its deadline: nobody else ends it', () => {
    expect(isOverdue(begun, begun.deadlineMs - 1)).toBe(false);
    expect(isOverdue(begun, begun.deadlineMs)).toBe(true);
    expect(overdueResult(begun, begun.deadlineMs)).toMatchObject({
      status: 'TIMED_OUT',
      reason: 'its task did not end within 10m',
    });
  });
});
