import { describe, expect, test } from 'vitest';
import {
  cannotStart,
  explainStopped,
  explainUncounted,
  isFailure,
} from '../../../core/health/stopped-tasks.ts';
import { aStoppedTask } from '../a-deployment.ts';

const web = (changes: { exitCode?: number; reason?: string }) => [
  { name: 'web', image: 'shop:v2', ...changes },
];

describe('what an operator reads', () => {
  test.each([
    ['nothing without tasks', [], ''],
    [
      'the image that cannot be pulled, once for three tasks',
      [1, 2, 3].map(() =>
        aStoppedTask('CannotPullContainerError: pull image manifest has been retried 5 time(s)'),
      ),
      '3 tasks stopped: CannotPullContainerError: pull image manifest has been retried 5 time(s) (image shop:v2)',
    ],
    [
      'the container that was killed, with its own reason',
      [
        aStoppedTask('Essential container in task exited', {
          containers: web({
            exitCode: 137,
            reason: 'OutOfMemoryError: Container killed due to memory usage',
          }),
        }),
      ],
      '1 task stopped: Essential container in task exited (container web exited with code 137 ' +
        '(OutOfMemoryError: Container killed due to memory usage), image shop:v2)',
    ],
    [
      'what an exit code means when nobody says',
      [aStoppedTask('Essential container in task exited', { containers: web({ exitCode: 127 }) })],
      '1 task stopped: Essential container in task exited (container web exited with code 127 (its ' +
        'command was not found in the image), image shop:v2)',
    ],
    [
      'an exit code of the application’s own, uninterpreted',
      [aStoppedTask('Essential container in task exited', { containers: web({ exitCode: 3 }) })],
      '1 task stopped: Essential container in task exited (container web exited with code 3, image shop:v2)',
    ],
    [
      'a service that ends by itself with code 0',
      [aStoppedTask('Essential container in task exited', { containers: web({ exitCode: 0 }) })],
      '1 task stopped: Essential container in task exited (container web exited with code 0 (it ended ' +
        'by itself; a service has to keep running), image shop:v2)',
    ],
    [
      'the sidecar that failed, not the container that was fine',
      [
        aStoppedTask('Essential container in task exited', {
          containers: [
            { name: 'web', image: 'shop:v2', exitCode: 0 },
            { name: 'proxy', image: 'envoy:1', exitCode: 1 },
          ],
        }),
      ],
      '1 task stopped: Essential container in task exited (container proxy exited with code 1, image envoy:1)',
    ],
    [
      'the container that gives a reason, without an exit code, before the one that has only the code',
      [
        aStoppedTask('Task failed to start', {
          containers: [
            { name: 'web', image: 'shop:v2', exitCode: 1 },
            { name: 'proxy', image: 'envoy:1', reason: 'CannotCreateContainerError: no such user' },
          ],
        }),
      ],
      '1 task stopped: Task failed to start (container proxy (CannotCreateContainerError: no such user), image ' +
        'envoy:1)',
    ],
    [
      'the essential container that ended, not the one beside it that was never started',
      [
        aStoppedTask('Essential container in task exited', {
          containers: [{ name: 'proxy', image: 'envoy:1' }, ...web({ exitCode: 0 })],
        }),
      ],
      '1 task stopped: Essential container in task exited (container web exited with code 0 (it ended by itself; a ' +
        'service has to keep running), image shop:v2)',
    ],
    [
      'no container where it ended because the task was stopped',
      [aStoppedTask('Task failed ELB health checks', { containers: web({ exitCode: 0 }) })],
      '1 task stopped: Task failed ELB health checks (image shop:v2)',
    ],
    [
      'no image where any of two may be meant',
      [
        aStoppedTask('Task failed ELB health checks', {
          containers: [
            { name: 'web', image: 'shop:v2' },
            { name: 'proxy', image: 'envoy:1' },
          ],
        }),
      ],
      '1 task stopped: Task failed ELB health checks',
    ],
    [
      'the stop code when there is no reason',
      [aStoppedTask('', { containers: [] })],
      '1 task stopped: TaskFailedToStart',
    ],
  ])('%s', (_, tasks, sentence) => {
    expect(explainStopped(tasks)).toBe(sentence);
  });

  test('reasons that differ only in ids and addresses are one reason', () => {
    const tasks = [
      aStoppedTask(
        'ResourceInitializationError: failed on eni-0123456789abcdef0, RequestId 11111111-2222-3333-4444-555555555555',
      ),
      aStoppedTask(
        'ResourceInitializationError: failed on eni-0fedcba9876543210, RequestId 99999999-2222-3333-4444-555555555555',
      ),
      aStoppedTask('Task failed ELB health checks for 10.0.0.7:8080'),
      aStoppedTask('Task failed ELB health checks for 10.0.1.9:8080'),
      aStoppedTask('Task failed ELB health checks for 10.0.1.8:8080'),
    ];

    const explained = explainStopped(tasks);

    expect(explained).toMatch(
      /^3 tasks stopped: Task failed ELB health checks .*; 2 tasks stopped: ResourceInitializationError/,
    );
  });

  test('at most three reasons are given and the rest is counted', () => {
    const tasks = ['one', 'two', 'three', 'four', 'five'].map((reason) =>
      aStoppedTask(reason, { containers: [] }),
    );

    expect(explainStopped(tasks)).toBe(
      '1 task stopped: one; 1 task stopped: two; 1 task stopped: three; 2 tasks stopped for other reasons',
    );
  });

  test('a page of agent output is cut and put on one line', () => {
    const explained = explainStopped([aStoppedTask(`first\nsecond ${'x'.repeat(2_000)}`)]);

    expect(explained.length).toBeLessThan(500);
    expect(explained).not.toContain('\n');
  });

  test('400 characters are given whole, without the blanks around them', () => {
    const explained = (length: number) =>
      explainStopped([aStoppedTask(`  ${'x'.repeat(length)}\n`, { containers: [] })]);

    expect(explained(400)).toBe(`1 task stopped: ${'x'.repeat(400)}`);
    expect(explained(401)).toBe(`1 task stopped: ${'x'.repeat(400)}...`);
  });
});

test.each<[string, string | undefined, boolean]>([
  ['Scaling activity initiated by (deployment ecs-svc/1)', 'ServiceSchedulerInitiated', false],
  ['Scaling activity initiated by (taskSet ecs-svc/1)', undefined, false],
  ['Your Spot Task was interrupted.', 'SpotInterruption', false],
  ['Task stopped by user', 'UserInitiated', false],
  ['ECS is performing maintenance on the underlying infrastructure hosting the task', undefined, false],
  ['Host EC2 (instance i-0abc) terminated.', undefined, false],
  ['Host EC2 (instance i-0abc) stopped/terminated.', 'ServiceSchedulerInitiated', false],
  ['Container instance deregistration forced by user', undefined, false],
  ['Container instance is in DRAINING state', undefined, false],
  ['Task stopped for Availability Zone rebalancing', undefined, false],
  ['a wording that nobody has seen yet', 'ServiceSchedulerInitiated', false],
  ['Task failed ELB health checks in (target-group x)', 'ServiceSchedulerInitiated', true],
  ['Task failed container health checks', 'ServiceSchedulerInitiated', true],
  ['CannotPullContainerError: no such image', 'TaskFailedToStart', true],
  ['ECS gave no reason', undefined, true],
  ['Essential container in task exited', 'EssentialContainerExited', true],
])('"%s" with %s counts as a failure of the version: %s', (reason, stopCode, counts) => {
  const { stopCode: _other, ...task } = aStoppedTask(reason, { containers: [] });
  expect(isFailure({ ...task, ...(stopCode === undefined ? {} : { stopCode }) })).toBe(counts);
});

test('what is not counted is named, but for what follows the desired count', () => {
  const host = aStoppedTask('Host EC2 (instance i-0abc) terminated.', { containers: [] });
  const scaling = aStoppedTask('Scaling activity initiated by (taskSet ecs-svc/1)', {
    containers: [],
    stopCode: 'ServiceSchedulerInitiated',
  });
  const crash = aStoppedTask('Essential container in task exited', { containers: [] });

  expect(explainUncounted([host, scaling, crash, host])).toBe(
    '; not counted against the version: 2 tasks stopped: Host EC2 (instance i-0abc) terminated.',
  );
  expect(explainUncounted([scaling, crash])).toBe('');
});

test.each([
  ['CannotPullContainerError: no such image', true],
  ['CannotPullImageManifestError: denied', true],
  ['ResourceInitializationError: unable to pull secrets', true],
  ['Essential container in task exited', false],
  ['Task failed container health checks', false],
])('"%s" is hopeless from the start: %s', (reason, hopeless) => {
  expect(cannotStart(aStoppedTask(reason))).toBe(hopeless);
});

test('a container that could not be created is hopeless even when the task only says it exited', () => {
  const task = aStoppedTask('Essential container in task exited', {
    containers: web({ reason: 'CannotStartContainerError: exec: "serve": executable file not found' }),
  });

  expect(cannotStart(task)).toBe(true);
});
