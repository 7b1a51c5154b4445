import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeTaskSetsCommand } from '@aws-sdk/client-ecs';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { FIRST_WAIT_MS, MAX_WAIT_MS, YIELDS_AFTER_MS } from '../../aws/call.ts';
import { DeploymentError, errorNames } from '../../core/errors.ts';
import { bake } from '../../functions/bake.ts';
import { checkRetired } from '../../functions/check-retired.ts';
import { logLine } from '../../functions/log-line.ts';
import { type Step, toHandler } from '../../functions/step.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aDecision, NOW } from '../core/a-deployment.ts';
import { aContext, aHost, connectors } from './a-handler.ts';
import { lease, shiftedTo, theirPlan } from './a-plan.ts';
import { answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { failing, hanging } from './faults.ts';
import { dynamoDb, ecs } from './sent-commands.ts';

const retirement = { kind: 'due' as const, startedAtMs: NOW, waitSeconds: 0, runningCount: 0, reason: '' };
const input = { lease, plan: theirPlan(), retirement };
const retired = { ...retirement, kind: 'retired' as const, reason: 'gone' };

beforeEach(() => {
  answerFrom(aWorld({ routes: bothRoutesAt(0, 100) }));
});

const handlerOf = (step: Step<'CheckRetired', 'listener' | 'taskSets'>, host = aHost()) =>
  toHandler('CheckRetired', step, connectors, host);

test('a step’s result is the handler’s answer, and nothing is logged', async () => {
  const host = aHost();

  expect(await handlerOf(async () => retired, host)(input, aContext())).toEqual(retired);
  expect(host.logs).toEqual([]);
});

describe('an error of a step', () => {
  test.each(errorNames)('named %s leaves the handler under this name, never as a success', async (name) => {
    const host = aHost();
    const handler = handlerOf(async () => {
      throw new DeploymentError(name, 'expected one thing, found another');
    }, host);

    await expect(handler(input, aContext())).rejects.toMatchObject({
      name,
      message: 'expected one thing, found another',
    });
    expect(host.logs).toEqual([
      {
        step: 'CheckRetired',
        deployment: lease.deploymentId,
        ecsService: lease.serviceKey,
        requestId: 'request-1',
        message: 'expected one thing, found another',
        error: name,
      },
    ]);
  });

  test('that is a mistake of our own leaves as what it is', async () => {
    const host = aHost();
    const handler = handlerOf(async () => {
      throw new TypeError('undefined is not a function');
    }, host);

    await expect(handler(input, aContext())).rejects.toBeInstanceOf(TypeError);
    expect(host.logs).toHaveLength(1);
  });

  test('thrown before its first await leaves the same way', async () => {
    const handler = handlerOf(() => {
      throw new DeploymentError('LeaseLost', 'expected the lease, found none');
    });

    await expect(handler(input, aContext())).rejects.toMatchObject({ name: 'LeaseLost' });
  });
});

describe('log lines', () => {
  test('one of each invocation that went well, with deployment, service, trace and what came of it', async () => {
    const done: Record<string, unknown>[] = [];
    const host = aHost({ done: (entry) => done.push(entry), traceId: () => '1-5759e988-bd862e3f' });

    await handlerOf(async () => retired, host)(input, aContext());

    expect(done).toEqual([
      {
        message: 'CheckRetired is done',
        step: 'CheckRetired',
        deployment: lease.deploymentId,
        ecsService: 'main/shop',
        traceId: '1-5759e988-bd862e3f',
        requestId: 'request-1',
        durationMs: 0,
        kind: 'retired',
        reason: 'gone',
      },
    ]);
  });

  test('of a wait have the deployment, too, whose state lies beside its token', async () => {
    const done: Record<string, unknown>[] = [];
    const host = aHost({ done: (entry) => done.push(entry) });
    const waits = toHandler('Bake', async () => null, connectors, host);

    await waits({ taskToken: 'AQB8', state: input }, aContext());

    expect(done).toMatchObject([{ step: 'Bake', deployment: lease.deploymentId }]);
  });

  test('are under the names of Powertools when they reach the log', () => {
    const line = logLine(
      'INFO',
      { message: 'Bake is done', requestId: 'r', traceId: 't', deployment: 'd' },
      NOW,
    );

    expect(JSON.parse(line)).toEqual({
      level: 'INFO',
      timestamp: new Date(NOW).toISOString(),
      service: 'cutover',
      message: 'Bake is done',
      function_request_id: 'r',
      xray_trace_id: 't',
      deployment_id: 'd',
    });
  });

  test('of a call that is tried again carry the step and the request they belong to', async () => {
    const host = aHost();
    failing('DescribeTaskSets', awsError('ThrottlingException', 'Rate exceeded'), 2);

    await toHandler('CheckRetired', checkRetired, connectors, host)(input, aContext());

    expect(host.logs).toMatchObject([
      {
        step: 'CheckRetired',
        requestId: 'request-1',
        message: 'DescribeTaskSets is tried again',
        attempt: 1,
      },
      {
        step: 'CheckRetired',
        requestId: 'request-1',
        message: 'DescribeTaskSets is tried again',
        attempt: 2,
      },
    ]);
  });
});

describe('in line at a rate limit', () => {
  /** Chance is a half here: the longest wait of the first in line is twice the ones seen. */
  const waitsOf = async (name: string, event: object = {}): Promise<number[]> => {
    const host = aHost();
    failing('DescribeTaskSets', awsError('ThrottlingException', 'Rate exceeded'));
    const handler = toHandler(name, checkRetired, connectors, host);
    await expect(handler({ ...input, ...event }, aContext())).rejects.toMatchObject({ name: 'Throttled' });
    return host.waits;
  };
  const sum = (waits: number[]): number => waits.reduce((total, wait) => total + wait, 0);

  test('a step leaves before long, because the state machine runs it again', async () => {
    expect(sum(await waitsOf('CheckRetired'))).toBeLessThan(YIELDS_AFTER_MS);
  });

  test('a rollback stays, and is ahead of the steps', async () => {
    const waits = await waitsOf('RollBack');

    expect(sum(waits)).toBeGreaterThan(50_000);
    expect(Math.max(...waits)).toBe(FIRST_WAIT_MS / 2);
  });

  test('the watch leaves as soon: the schedule runs it again in a minute', async () => {
    expect(sum(await waitsOf('Watch', { detail: {} }))).toBeLessThan(YIELDS_AFTER_MS);
  });

  test.each([
    ['OnAlarm', {}],
    ['Watch', { detail: { group: 'service:web' } }],
  ])('an event handler, which is not run again soon, stays in its place: %s', async (name, event) => {
    const waits = await waitsOf(name, event);

    expect(sum(waits)).toBeGreaterThan(45_000);
    expect(Math.max(...waits)).toBe(MAX_WAIT_MS / 2);
  });
});

describe('near the end of its Lambda', () => {
  /** As much time as the runtime needs for itself: middy's timer is due at once. */
  const dying = aContext(1_000);

  test('a step that waits for AWS is aborted and ends as Unavailable, which is tried again', async () => {
    const host = aHost();
    hanging('DescribeTaskSets');

    await expect(
      toHandler('CheckRetired', checkRetired, connectors, host)(input, dying),
    ).rejects.toMatchObject({
      name: 'Unavailable',
      message: "CheckRetired did not finish within its Lambda's time; it is safe to run again",
    });
    const [, options] = ecs.call(0).args as unknown as [unknown, { abortSignal: AbortSignal }];
    expect(options.abortSignal.aborted).toBe(true);
    expect(host.logs.filter(({ error }) => error === 'Unavailable')).toHaveLength(1);
  });

  test('a step that is aborted between two calls sends no other', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const { promise: finished, resolve: finish } = Promise.withResolvers<unknown>();
    const lastly: Step<'CheckRetired', 'listener' | 'taskSets'> = async ({ plan }, { taskSets }) => {
      await aborted;
      await taskSets.read(plan, 'ecs-svc/1').then(finish, finish);
      return retired;
    };
    failing('DescribeTaskSets', Object.assign(new Error('Request aborted'), { name: 'AbortError' }));

    await expect(handlerOf(lastly)(input, dying)).rejects.toMatchObject({ name: 'Unavailable' });
    resolve();

    expect(await finished).toMatchObject({ name: 'Unavailable', message: expect.stringContaining('time') });
    expect(ecs).toHaveReceivedCommandTimes(DescribeTaskSetsCommand, 1);
  });

  test('a call that is throttled is not waited for beyond it', async () => {
    const host = aHost();
    failing('DescribeTaskSets', awsError('ThrottlingException', 'Rate exceeded'));

    await expect(
      toHandler('CheckRetired', checkRetired, connectors, host)(input, aContext(2_100)),
    ).rejects.toMatchObject({
      name: 'Throttled',
      message: expect.stringContaining('Amazon ECS still limited the rate after 2 attempts'),
    });
    expect(host.waits).toEqual([500]);
  });

  test('the simulator, which times its own tasks out, is left alone', async () => {
    const host = aHost({ timeoutEarlyInMillis: 0 });

    expect(await handlerOf(async () => retired, host)(input, dying)).toEqual(retired);
  });
});

test('one invocation’s time and chance reach the adapters: what is stored is stored by the host’s clock', async () => {
  const host = aHost({ nowMs: NOW + 5_000 });
  const state = {
    lease,
    plan: theirPlan(),
    traffic: shiftedTo(0, 10),
    decision: aDecision({ waitSeconds: 60 }),
  };

  await toHandler('Bake', bake, connectors, host)({ state, taskToken: 'AQB8' }, aContext());

  expect(dynamoDb).toHaveReceivedCommandWith(UpdateItemCommand, {
    ExpressionAttributeValues: {
      ':token': { S: 'AQB8' },
      ':tokenExpiresAtMs': { N: String(NOW + 65_000) },
      ':execution': { S: lease.executionArn },
      ':expiresAt': { N: String((NOW + 5_000) / 1_000 + 90 * 86_400) },
    },
  });
});
