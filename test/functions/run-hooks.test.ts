import {
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import type { HookResult, PlannedHook } from '../../core/vocabulary/hooks.types.ts';
import { endHooks } from '../../functions/end-hooks.ts';
import { runHooks } from '../../functions/run-hooks.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aRecord, LEASE, RECORD } from '../builders/dynamodb.ts';
import { targetsIn } from '../builders/elbv2.ts';
import { aRollBack, BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { aHook, anApproval, aTaskHook } from '../core/hooks/a-hook.ts';
import { aCommand } from './a-command.ts';
import { aHost, invoking } from './a-handler.ts';
import { BLUE_ID, CLUSTER, DEPLOYMENT, green, lease, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { answering, failing } from './faults.ts';
import { ecs, sentCommands, stepFunctions } from './sent-commands.ts';

const running = invoking('RunHooks', runHooks);
const ending = invoking('EndHooks', endHooks);

const TASK = 'arn:aws:ecs:eu-west-1:1:task/main/1';

/** What RunTask started, as DescribeTasks shows it. */
let tasks: Task[];
let world: AwsWorld;
beforeEach(() => {
  tasks = [];
  world = answerFrom(aWorld());
  answering(ecs, RunTaskCommand, ({ clientToken, group, startedBy }) => {
    if (tasks.length === 0)
      tasks.push({
        taskArn: TASK,
        group: group ?? clientToken ?? '',
        startedBy: startedBy ?? '',
        lastStatus: 'RUNNING',
      });
    return { tasks, failures: [] };
  });
  answering(ecs, DescribeTasksCommand, () => ({ tasks, failures: [] }));
  answering(ecs, ListTasksCommand, () => ({ taskArns: tasks.map(({ taskArn }) => taskArn ?? '') }));
  answering(ecs, StopTaskCommand, () => ({}));
  answering(stepFunctions, StartExecutionCommand, () => ({ startDate: new Date(NOW) }));
  answering(stepFunctions, StopExecutionCommand, () => ({}));
  answering(stepFunctions, DescribeExecutionCommand, () => ({
    status: 'ABORTED' as const,
    cause: 'by hand',
  }));
});

const planWith = (...hooks: PlannedHook[]) => theirPlan({ hooks });
const at = (ms: number) => aHost({ nowMs: NOW + ms });

/** Before green's first user. */
const run = (hooks: PlannedHook[], ms = 0) => running({ lease, plan: planWith(...hooks), green }, at(ms));
const end = (hooks: PlannedHook[], ms = 0) => ending({ lease, plan: planWith(...hooks) }, at(ms));

const sentOf = (operation: string): object[] =>
  sentCommands().flatMap(([name, input]) => (name === operation ? [input as object] : []));

const resultsIn = ({ items }: AwsWorld): HookResult[] =>
  Object.values(items).flatMap(({ resultJson }) =>
    resultJson?.S === undefined ? [] : [JSON.parse(resultJson.S)],
  );

const stopped = (exitCode?: number, more: Partial<Task> = {}): void => {
  const container = { name: 'web', ...(exitCode === undefined ? {} : { exitCode }) };
  tasks = tasks.map((task) => ({
    ...task,
    lastStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [container],
    ...more,
  }));
};

describe('users whose blue dies while a hook or a person holds the deployment before its first shift', () => {
  const hooks = () => [anApproval()];
  const blueDies = (): void => {
    world.taskSets = world.taskSets.map((set) =>
      set.id === BLUE_ID ? { ...set, runningCount: 0, pendingCount: 2 } : set,
    );
    world.targets[BLUE] = [];
  };

  test('do not wait for that: it goes back, and RollBack gives them to green', async () => {
    expect(await run(hooks())).toMatchObject({ kind: 'waiting' });
    blueDies();

    expect(await run(hooks())).toEqual({
      kind: 'failed',
      waitSeconds: 0,
      reason: 'blue has no task left, and green answers with 2 healthy targets: its users cannot wait',
    });
  });

  test('wait where green answers nobody either, where a person froze it, and where the request moves nobody', async () => {
    blueDies();
    world.targets[GREEN] = [];
    expect(await run(hooks())).toMatchObject({ kind: 'waiting' });

    world.targets[GREEN] = targetsIn('healthy', 'healthy');
    const off = { lease, plan: theirPlan({ hooks: hooks(), carry: 'off' }), green };
    expect(await running(off, at(0))).toMatchObject({ kind: 'waiting' });
    world.items[RECORD] = aRecord({ commands: [aCommand('freeze')] });
    expect(await run(hooks())).toMatchObject({ kind: 'waiting' });
  });

  test('wait where the reads fail', async () => {
    blueDies();
    failing('DescribeTargetHealth', awsError('AccessDenied'));

    expect(await run(hooks())).toMatchObject({ kind: 'waiting' });
  });
});

describe('users who are moved by somebody else while hooks are waited for', () => {
  const moved = { kind: 'failed', reason: expect.stringContaining('somebody else changed the listener') };
  const said = (kind: 'pause' | 'freeze') => {
    world.items[RECORD] = aRecord({ commands: [aCommand(kind)] });
  };

  test.each([
    [0, 0],
    [0, 100],
    [50, 50],
  ])('to %i/%i: the deployment goes back', async (blue, green) => {
    world.routes = bothRoutesAt(blue, green);

    expect(await run([aHook()])).toMatchObject(moved);
  });

  test('also while a person has paused it, and not in a freeze', async () => {
    world.routes = bothRoutesAt(0, 0);
    said('pause');
    expect(await run([aHook()])).toMatchObject(moved);
    said('freeze');
    expect(await run([aHook()])).toMatchObject({
      kind: 'waiting',
      reason: expect.stringContaining('freeze'),
    });
  });

  test('a read that fails changes nothing', async () => {
    failing('DescribeRules', awsError('ThrottlingException'));

    expect(await run([aHook()])).toMatchObject({ kind: 'waiting' });
  });
});

describe('users who are moved by somebody else while the hooks of a rollback run', () => {
  const undo = aHook({ stages: ['ROLLBACK'] });

  test.each([
    [0, 100],
    [50, 50],
  ])('to %i/%i: nothing is asked about hooks, and they go back first', async (blue, green) => {
    world.routes = bothRoutesAt(blue, green);

    await expect(end([undo])).rejects.toMatchObject({
      name: 'TrafficDrifted',
      message: expect.stringContaining('somebody else changed the listener'),
    });
    expect(sentOf('Query')).toEqual([]);
  });

  test('not where the routes are another deployment’s', async () => {
    world.routes = bothRoutesAt(0, 100);
    const rolledBack = aRollBack({ kind: 'restored', leavesRoutes: true });

    expect(await ending({ lease, plan: planWith(undo), rolledBack }, at(0))).toMatchObject({
      kind: 'waiting',
    });
  });

  test('a read that fails keeps no hook from its end', async () => {
    failing('DescribeRules', awsError('AccessDenied'));

    expect(await end([undo])).toMatchObject({ kind: 'waiting' });
  });
});

describe('a hook that is a function', () => {
  test('is started in an execution of its own, by the id of its run', async () => {
    const hooks = await run([aHook()]);

    expect(hooks).toMatchObject({ kind: 'waiting', reason: 'waits for hook smoke (POST_SCALE_UP)' });
    const [start] = sentOf('StartExecution') as { name: string; input: string }[];
    expect(JSON.parse(start?.input ?? '')).toMatchObject({ runId: start?.name, name: 'smoke' });
  });

  test('is asked for again by the same start, and is started once', async () => {
    await run([aHook()]);
    await run([aHook()], MINUTE_MS);

    const [first, second] = sentOf('StartExecution');
    expect(second).toEqual(first);
  });

  test.each([
    ['AccessDeniedException', 'not authorized to perform: states:StartExecution', /states:StartExecution/],
    ['StateMachineDoesNotExist', 'State Machine Does Not Exist', /Does Not Exist/],
  ])(
    'that may not be started, %s, has failed; one that runs nevertheless is stopped',
    async (name, message, reason) => {
      answering(stepFunctions, StartExecutionCommand, () => {
        throw awsError(name, message);
      });

      expect(await run([aHook()])).toMatchObject({ kind: 'failed', reason: expect.stringMatching(reason) });
      expect(resultsIn(world)).toMatchObject([{ status: 'FAILED' }]);
      expect(sentOf('StopExecution')).toHaveLength(1);
    },
  );

  test('that ended without a result has failed, with how it ended', async () => {
    answering(stepFunctions, StartExecutionCommand, () => {
      throw awsError('ExecutionAlreadyExists', 'exists');
    });

    const hooks = await run([aHook()]);

    expect(hooks).toMatchObject({ kind: 'failed' });
    expect(hooks.reason).toMatch(/ended without a result: ABORTED: by hand/);
  });

  test('that is overdue is stopped', async () => {
    await run([aHook()]);
    const hooks = await run([aHook()], 11 * MINUTE_MS);

    expect(sentOf('StopExecution')).toHaveLength(1);
    expect(hooks).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/did not answer within 10m/),
    });
  });

  test('is cancelled, and no hook of ROLLBACK runs, where there was no blue to go back to', async () => {
    const undo = aHook({ name: 'undo', stages: ['ROLLBACK'] });
    await run([aHook(), undo]);
    const retirement = {
      kind: 'retired' as const,
      startedAtMs: NOW,
      waitSeconds: 0,
      runningCount: 0,
      reason: '',
    };
    const rolledBack = aRollBack({ kind: 'finishForward' });

    const ended = await ending({ lease, plan: planWith(aHook(), undo), retirement, rolledBack }, at(0));

    expect(ended).toMatchObject({ kind: 'ended' });
    expect(resultsIn(world)).toMatchObject([
      { status: 'CANCELLED', reason: 'the deployment finished without a way back while it ran' },
    ]);
    expect(sentOf('StartExecution')).toHaveLength(1);
  });

  test('that could not be stopped has no result yet, so that a repeat stops it', async () => {
    await run([aHook()]);
    answering(stepFunctions, StopExecutionCommand, () => {
      throw awsError('ValidationException', 'no');
    });
    await expect(end([aHook()], MINUTE_MS)).rejects.toThrow();
    expect(resultsIn(world)).toEqual([]);

    answering(stepFunctions, StopExecutionCommand, () => ({}));
    await end([aHook()], 2 * MINUTE_MS);

    expect(resultsIn(world)).toMatchObject([{ status: 'CANCELLED' }]);
  });

  test('is not begun by who no longer holds the lease', async () => {
    delete world.items[LEASE];

    await expect(run([aHook()])).rejects.toMatchObject({ name: 'LeaseLost' });
    expect(sentOf('StartExecution')).toEqual([]);
  });
});

describe('a hook that is an approval', () => {
  test('waits, and asks nobody but a person', async () => {
    const hooks = await run([anApproval()]);

    expect(hooks).toMatchObject({ kind: 'waiting', asks: true });
    expect(sentOf('StartExecution')).toEqual([]);
  });

  test('that nobody gave in time has timed out', async () => {
    await run([anApproval()]);
    const hooks = await run([anApproval()], 10 * MINUTE_MS);

    expect(hooks).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/nobody approved it within 10m/),
    });
  });
});

describe('a hook that is a task', () => {
  test('is run once with the id of its run as token, in the name of the deployment', async () => {
    const hooks = await run([aTaskHook()]);

    expect(hooks).toMatchObject({ kind: 'waiting' });
    const [input] = sentOf('RunTask') as Record<string, string>[];
    expect(input).toMatchObject({
      cluster: CLUSTER,
      count: 1,
      startedBy: DEPLOYMENT,
      group: `cutover:${input?.clientToken}`,
      launchType: 'FARGATE',
      overrides: {
        containerOverrides: [
          {
            name: 'web',
            command: ['migrate'],
            environment: expect.arrayContaining([
              { name: 'SUITE', value: 'full' },
              { name: 'CUTOVER_STAGE', value: 'POST_SCALE_UP' },
            ]),
          },
        ],
      },
    });
    await run([aTaskHook()], MINUTE_MS);
    expect(sentOf('RunTask')).toHaveLength(1);
  });

  test('that exited with 0 lets the deployment continue', async () => {
    await run([aTaskHook()]);
    stopped(0);

    expect(await run([aTaskHook()], MINUTE_MS)).toMatchObject({ kind: 'check' });
    expect(resultsIn(world)).toMatchObject([{ status: 'SUCCEEDED', reason: 'web exited with 0' }]);
  });

  test.each<[string, number | undefined, Partial<Task>, RegExp]>([
    ['exited with 3', 3, {}, /web exited with 3; its log is the stream app\/web\/1 of the group \/ecs\/shop/],
    [
      'has no exit code',
      undefined,
      { stopCode: 'TaskFailedToStart' },
      /web has no exit code: TaskFailedToStart/,
    ],
    [
      'was stopped by Spot, and ended well',
      0,
      { stopCode: 'SpotInterruption' },
      /stopped before web had ended/,
    ],
  ])('that %s has failed', async (_what, exitCode, more, reason) => {
    await run([aTaskHook()]);
    stopped(exitCode, more);

    const hooks = await run([aTaskHook()], MINUTE_MS);

    expect(hooks.kind).toBe('failed');
    expect(hooks.reason).toMatch(reason);
  });

  test('that is overdue is stopped', async () => {
    await run([aTaskHook()]);
    const hooks = await run([aTaskHook()], 10 * MINUTE_MS);

    expect(sentOf('StopTask')).toMatchObject([{ cluster: CLUSTER, task: TASK }]);
    expect(hooks.reason).toMatch(/its task did not end within 10m/);
  });

  test('that ECS does not know yet is waited for', async () => {
    await run([aTaskHook()]);
    tasks = [];

    expect(await run([aTaskHook()], MINUTE_MS)).toMatchObject({ kind: 'waiting' });
  });

  test.each<[string, string, RegExp]>([
    ['AccessDeniedException', 'not authorized to perform: ecs:RunTask', /ecs:RunTask/],
    ['ClientException', 'TaskDefinition is inactive', /inactive/],
    ['BlockedException', 'Your account is blocked', /blocked/],
  ])('that ECS refuses with %s has failed', async (name, message, reason) => {
    answering(ecs, RunTaskCommand, () => {
      throw awsError(name, message);
    });

    const hooks = await run([aTaskHook()]);

    expect(hooks.kind).toBe('failed');
    expect(hooks.reason).toMatch(reason);
  });

  test('whose token ECS knows with other parameters is the task that there is', async () => {
    answering(ecs, RunTaskCommand, () => {
      throw Object.assign(awsError('ConflictException', 'token'), { resourceIds: [TASK] });
    });
    tasks = [{ taskArn: TASK, lastStatus: 'RUNNING' }];
    await run([aTaskHook()]);
    stopped(0);

    expect(await run([aTaskHook()], MINUTE_MS)).toMatchObject({ kind: 'check' });
  });

  test('for which there is no room is started as soon as there is', async () => {
    answering(ecs, RunTaskCommand, () => ({ tasks: [], failures: [{ reason: 'RESOURCE:CPU' }] }));
    expect(await run([aTaskHook()])).toMatchObject({ kind: 'waiting' });
    answering(ecs, RunTaskCommand, () => ({ tasks: [{ taskArn: TASK }], failures: [] }));

    expect(await run([aTaskHook()], MINUTE_MS)).toMatchObject({ kind: 'waiting' });
    expect(Object.values(world.items).map(({ taskArn }) => taskArn?.S)).toContain(TASK);
  });
});

describe('a deployment that went back', () => {
  test('stops a function’s execution and a task, and keeps that they were cancelled', async () => {
    const hooks = [aHook(), aTaskHook()];
    await run(hooks);

    expect(await end(hooks, MINUTE_MS)).toMatchObject({ kind: 'ended' });
    expect(sentOf('StopTask')).toMatchObject([{ task: TASK }]);
    expect(sentOf('StopExecution')).toHaveLength(1);
    expect(resultsIn(world).map(({ status }) => status)).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test('keeps the result of a task that has ended meanwhile', async () => {
    await run([aTaskHook()]);
    stopped(0);

    await end([aTaskHook()], MINUTE_MS);

    expect(sentOf('StopTask')).toEqual([]);
    expect(resultsIn(world)).toMatchObject([{ status: 'SUCCEEDED' }]);
  });

  test('waits for a task that is to end by itself', async () => {
    const hooks = [aTaskHook({ onAbort: 'wait' })];
    await run(hooks);

    expect(await end(hooks, MINUTE_MS)).toMatchObject({ kind: 'waiting' });
    expect(sentOf('StopTask')).toEqual([]);
    expect(await end(hooks, 10 * MINUTE_MS)).toMatchObject({ kind: 'ended' });
    expect(sentOf('StopTask')).toHaveLength(1);
  });
});
