import {
  DescribeServicesCommand,
  ECSClient,
  ListTasksCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  FIRST_WAIT_MS,
  MAX_FIRST_ATTEMPTS,
  MAX_THROTTLED_ATTEMPTS,
  MAX_WAIT_MS,
  YIELDS_AFTER_MS,
} from '../../aws/call.ts';
import { anInvocation, awsError, lostResponse, START_MS } from './an-invocation.ts';

const client = new ECSClient();
const ecs = mockClient(client);
const command = new DescribeServicesCommand({ cluster: 'shop', services: ['web'] });
const context = { what: 'read service web' };

const balancers = new ElasticLoadBalancingV2Client();
const elb = mockClient(balancers);
const listeners = new DescribeListenersCommand({ LoadBalancerArn: 'arn' });

beforeEach(() => {
  ecs.reset();
  elb.reset();
});

test('a first answer is returned without waiting', async () => {
  const { call, waits, logs } = anInvocation();
  ecs.on(DescribeServicesCommand).resolves({ services: [] });

  expect(await call(client, command, context)).toEqual({ services: [] });
  expect(waits).toEqual([]);
  expect(logs).toEqual([]);
});

test('throttling is waited out, longer each time, and logged', async () => {
  const { call, waits, logs } = anInvocation();
  const throttled = awsError('ThrottlingException', 'Rate exceeded');
  ecs
    .on(DescribeServicesCommand)
    .rejectsOnce(throttled)
    .rejectsOnce(throttled)
    .rejectsOnce(throttled)
    .rejectsOnce(throttled)
    .resolves({ services: [] });

  await call(client, command, context);

  expect(waits).toEqual([999, 1_999, 3_999, 4_999]);
  expect(logs).toHaveLength(4);
  expect(logs[0]).toEqual({
    message: 'DescribeServices is tried again',
    attempt: 1,
    waitMs: 999,
    error: 'ThrottlingException: Rate exceeded',
  });
});

test('a call throttled to the end stands in line for as long as the Lambda lives, then is Throttled', async () => {
  const { call, waits } = anInvocation();
  ecs.on(DescribeServicesCommand).rejects(awsError('ThrottlingException', 'Rate exceeded'));

  await expect(call(client, command, context)).rejects.toMatchObject({
    name: 'Throttled',
    message: expect.stringContaining('Could not read service web: Amazon ECS still limited the rate'),
  });
  const waitedMs = waits.reduce((sum, wait) => sum + wait, 0);
  expect(waitedMs).toBeGreaterThan(45_000);
  expect(waitedMs).toBeLessThan(55_000);
  expect(ecs).toHaveReceivedCommandTimes(DescribeServicesCommand, waits.length + 1);
  expect(Math.max(...waits)).toBeLessThanOrEqual(MAX_WAIT_MS);
});

test('waits that chance makes short are bounded by a number of tries', async () => {
  const { call } = anInvocation({ random: () => 0 });
  ecs.on(DescribeServicesCommand).rejects(awsError('ThrottlingException', 'Rate exceeded'));

  await expect(call(client, command, context)).rejects.toMatchObject({ name: 'Throttled' });
  expect(ecs).toHaveReceivedCommandTimes(DescribeServicesCommand, MAX_THROTTLED_ATTEMPTS);
});

describe('a step in line with a thousand others', () => {
  const throttled = awsError('ThrottlingException', 'Rate exceeded');
  const listTasks = new ListTasksCommand({ cluster: 'shop' });

  test('leaves soon while the API has not answered it once', async () => {
    const { call, waits } = anInvocation({ turn: 'yielding' });
    ecs.on(DescribeServicesCommand).rejects(throttled);

    await expect(call(client, command, context)).rejects.toMatchObject({ name: 'Throttled' });
    expect(waits).toEqual([999]);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(YIELDS_AFTER_MS);
  });

  test('stays to the end once it has an answer to lose, and asks more often than the others', async () => {
    const { call, waits } = anInvocation({ turn: 'yielding' });
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    ecs.on(DescribeServicesCommand).rejects(throttled);

    await call(client, listTasks, context);
    await expect(call(client, command, context)).rejects.toMatchObject({ name: 'Throttled' });

    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(50_000);
    expect(new Set(waits)).toEqual(new Set([FIRST_WAIT_MS - 1]));
  });

  test('the watch leaves soon although it has been answered: it comes again in a minute', async () => {
    const { call, waits } = anInvocation({ turn: 'aside' });
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    ecs.on(DescribeServicesCommand).rejects(throttled);

    await call(client, listTasks, context);
    await expect(call(client, command, context)).rejects.toMatchObject({ name: 'Throttled' });

    expect(waits).toEqual([999]);
  });

  test("another API's answer is none of this one's", async () => {
    const { call, waits } = anInvocation({ turn: 'yielding' });
    elb.on(DescribeListenersCommand).rejects(throttled);
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });

    await call(client, listTasks, context);
    await expect(call(balancers, listeners, context)).rejects.toMatchObject({ name: 'Throttled' });

    expect(waits).toEqual([999]);
  });

  test("but a caller that has an answer of the load balancer's API yields nowhere", async () => {
    const { call, waits } = anInvocation({ turn: 'yielding' });
    elb.on(DescribeListenersCommand).resolves({ Listeners: [] });
    ecs.on(DescribeServicesCommand).rejectsOnce(throttled).rejectsOnce(throttled).resolves({});

    await call(balancers, listeners, context);
    await call(client, command, context);

    expect(waits).toEqual([FIRST_WAIT_MS - 1, FIRST_WAIT_MS - 1]);
  });

  test.each([
    ['a rollback', { turn: 'first' as const }, {}],
    ['a read of the alarms', { turn: 'yielding' as const }, { first: true }],
    ['the watch of the alarms', { turn: 'aside' as const }, { first: true }],
  ])('%s is first from the beginning', async (_name, invocation, more) => {
    const { call, waits } = anInvocation(invocation);
    ecs.on(DescribeServicesCommand).rejectsOnce(throttled).rejectsOnce(throttled).resolves({});

    await call(client, command, { ...context, ...more });

    expect(waits).toEqual([FIRST_WAIT_MS - 1, FIRST_WAIT_MS - 1]);
  });

  test('the first in line gives up, too, when chance makes its waits short', async () => {
    const { call } = anInvocation({ turn: 'first', random: () => 0 });
    ecs.on(DescribeServicesCommand).rejects(throttled);

    await expect(call(client, command, context)).rejects.toMatchObject({ name: 'Throttled' });
    expect(ecs).toHaveReceivedCommandTimes(DescribeServicesCommand, MAX_FIRST_ATTEMPTS);
  });

  test.each(['yielding', 'first'] as const)('%s: an outage is waited out as by anybody', async (turn) => {
    const { call, waits } = anInvocation({ turn });
    ecs.on(DescribeServicesCommand).rejects(awsError('ServerException', 'oops', 500));

    await expect(call(client, command, context)).rejects.toMatchObject({ name: 'Unavailable' });
    expect(waits).toEqual([99, 199, 399, 799, 1_599]);
  });
});

test('a server fault is tried again sooner than throttling, and is Unavailable in the end', async () => {
  const { call, waits } = anInvocation();
  ecs.on(DescribeServicesCommand).rejects(awsError('ServerException', 'oops', 500));

  await expect(call(client, command, context)).rejects.toMatchObject({ name: 'Unavailable' });
  expect(waits).toEqual([99, 199, 399, 799, 1_599]);
});

test('jitter is full: chance alone says how much of the wait is waited', async () => {
  const chances = [0, 0.5, 0.25];
  const { call, waits } = anInvocation({ random: () => chances.shift() ?? 0 });
  ecs
    .on(DescribeServicesCommand)
    .rejectsOnce(lostResponse())
    .rejectsOnce(lostResponse())
    .rejectsOnce(lostResponse())
    .resolves({});

  await call(client, command, context);

  expect(waits).toEqual([0, 100, 100]);
});

test('a lost answer is asked for again: the same command goes out twice', async () => {
  const { call } = anInvocation();
  const update = new UpdateTaskSetCommand({
    cluster: 'shop',
    service: 'web',
    taskSet: 'ecs-svc/1',
    scale: { value: 0, unit: 'PERCENT' },
  });
  const scales: number[] = [];
  ecs.on(UpdateTaskSetCommand).callsFake((input) => {
    scales.push(input.scale.value);
    if (scales.length === 1) throw lostResponse();
    return {};
  });

  await call(client, update, { what: 'scale task set ecs-svc/1 to zero' });

  expect(scales).toEqual([0, 0]);
});

test.each([
  ['AccessDeniedException', 'AccessDenied'],
  ['ClusterNotFoundException', 'NotFound'],
  ['ServiceNotActiveException', 'Conflict'],
  ['InvalidParameterException', 'Rejected'],
  ['LimitExceededException', 'Rejected'],
])('%s is not tried again and becomes %s', async (awsName, name) => {
  const { call, waits } = anInvocation();
  ecs.on(DescribeServicesCommand).rejects(awsError(awsName));

  await expect(call(client, command, context)).rejects.toMatchObject({ name });
  expect(ecs).toHaveReceivedCommandTimes(DescribeServicesCommand, 1);
  expect(waits).toEqual([]);
});

test('a mistake in our own code comes out as it is', async () => {
  const { call } = anInvocation();
  const mistake = new TypeError('x is not a function');
  ecs.on(DescribeServicesCommand).rejects(mistake);

  await expect(call(client, command, context)).rejects.toBe(mistake);
});

test('a wait that would end after the deadline is not begun', async () => {
  const { call, waits } = anInvocation({ deadlineMs: START_MS + 1_500 });
  ecs.on(DescribeServicesCommand).rejects(awsError('ThrottlingException', 'Rate exceeded'));

  await expect(call(client, command, context)).rejects.toMatchObject({ name: 'Throttled' });
  expect(waits).toEqual([999]);
});

test('an aborted call is not tried again and says that the time was up', async () => {
  const abort = new AbortController();
  const { call, waits, logs } = anInvocation({ signal: abort.signal });
  ecs.on(DescribeServicesCommand).callsFake(() => {
    abort.abort();
    throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
  });

  await expect(call(client, command, context)).rejects.toMatchObject({
    name: 'Unavailable',
    message: expect.stringContaining('the time of this invocation was up'),
  });
  expect(waits).toEqual([]);
  expect(logs).toEqual([]);
});

test('an abort during a wait ends the call with what AWS said last', async () => {
  const { clock } = anInvocation().invocation;
  const { call } = anInvocation({
    clock: { nowMs: clock.nowMs, sleep: () => Promise.reject(new Error('aborted')) },
  });
  ecs.on(DescribeServicesCommand).rejects(awsError('ServerException', 'oops', 500));

  await expect(call(client, command, context)).rejects.toMatchObject({
    name: 'Unavailable',
    message: expect.stringContaining('ServerException: oops'),
  });
});

test('the signal of the invocation goes with every command', async () => {
  const { call, invocation } = anInvocation();
  ecs.on(DescribeServicesCommand).resolves({});

  await call(client, command, context);

  expect(ecs.commandCalls(DescribeServicesCommand)[0]?.args.at(1)).toMatchObject({
    abortSignal: invocation.signal,
  });
});

test('a failure inside a successful answer is classified and tried again like any other', async () => {
  const { call, waits } = anInvocation();
  ecs
    .on(DescribeServicesCommand)
    .resolvesOnce({ failures: [{ reason: 'later' }] })
    .resolves({ services: [] });

  const answer = await call(client, command, {
    ...context,
    faultIn: ({ failures }) =>
      failures === undefined ? undefined : awsError('ServerException', 'later', 500),
  });

  expect(answer).toEqual({ services: [] });
  expect(waits).toHaveLength(1);
});

describe('a call that is neither answered nor refused', () => {
  /** Silence that lasts as long as asked, unless an answer comes first. */
  const silent = () => {
    const asked: number[] = [];
    const silence = (ms: number, answered: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        asked.push(ms);
        answered.addEventListener('abort', () => reject(answered.reason));
        setImmediate(resolve);
      });
    return { asked, silence };
  };

  test('is given up after two sends, whatever its client waits for', async () => {
    const { asked, silence } = silent();
    const { call } = anInvocation({ silence });
    ecs.on(DescribeServicesCommand).callsFake(() => new Promise(() => {}));

    await expect(call(client, command, context)).rejects.toMatchObject({
      name: 'Unavailable',
      message: expect.stringContaining('no answer for 8 s'),
    });
    expect(asked).toEqual([8_000, 8_000]);
  });

  test('an answer in time is the answer, and ends the wait', async () => {
    const ended: boolean[] = [];
    const silence = (_ms: number, answered: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) =>
        answered.addEventListener('abort', () => {
          ended.push(true);
          reject(answered.reason);
        }),
      );
    const { call } = anInvocation({ silence });
    ecs.on(DescribeServicesCommand).resolves({ services: [] });

    expect(await call(client, command, context)).toMatchObject({ services: [] });
    expect(ended).toEqual([true]);
  });
});
