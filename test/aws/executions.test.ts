import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeExecutions } from '../../aws/executions.ts';
import { anInvocation, awsError, lostResponse, sent } from './an-invocation.ts';
import { apiFailures } from './api-failures.ts';

const stepFunctionsClient = new SFNClient();
const stepFunctions = mockClient(stepFunctionsClient);
const executions = () => makeExecutions(stepFunctionsClient, anInvocation().call);

beforeEach(() => stepFunctions.reset());

const EXECUTION = 'arn:aws:states:eu-west-1:123456789012:execution:cutover:release-42';
const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:cutover';

describe('waking', () => {
  const wake = () => executions().wake('AQB8', 'alarm errors');

  test('spends the token and says who woke', async () => {
    stepFunctions.on(SendTaskSuccessCommand).resolves({});

    expect(await wake()).toBe('woken');
    expect(sent(stepFunctions, SendTaskSuccessCommand)).toStrictEqual([
      { taskToken: 'AQB8', output: '{"by":"alarm errors"}' },
    ]);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    '%s means that the wait is over already, which is no error',
    async (name) => {
      stepFunctions.on(SendTaskSuccessCommand).rejects(awsError(name));

      expect(await wake()).toBe('alreadyDecided');
    },
  );

  test('a lost answer is asked for again, and by then the token is spent', async () => {
    stepFunctions.on(SendTaskSuccessCommand).rejectsOnce(lostResponse()).rejects(awsError('TaskTimedOut'));

    expect(await wake()).toBe('alreadyDecided');
    expect(stepFunctions.calls()).toHaveLength(2);
  });

  test.each([
    ...apiFailures,
    [awsError('InvalidOutput'), 'Rejected'] as [Error, string],
    [awsError('KmsAccessDeniedException'), 'Rejected'] as [Error, string],
  ])('%s is %s: somebody would wait for nothing', async (error, name) => {
    stepFunctions.on(SendTaskSuccessCommand).rejects(error);

    await expect(wake()).rejects.toMatchObject({ name });
  });
});

describe('reading an execution', () => {
  const status = () => executions().status(EXECUTION);

  test.each([
    ['RUNNING', true],
    ['PENDING_REDRIVE', true],
    ['SUCCEEDED', false],
    ['FAILED', false],
    ['TIMED_OUT', false],
    ['ABORTED', false],
  ] as const)('that is %s: running %s', async (state, running) => {
    stepFunctions.on(DescribeExecutionCommand).resolves({ status: state });

    expect(await status()).toEqual({ running, reason: state });
    expect(sent(stepFunctions, DescribeExecutionCommand)).toEqual([{ executionArn: EXECUTION }]);
  });

  test('that failed has its error and its cause', async () => {
    stepFunctions
      .on(DescribeExecutionCommand)
      .resolves({ status: 'ABORTED', error: 'Stopped', cause: 'wrong version' });

    expect((await status()).reason).toBe('ABORTED: Stopped: wrong version');
  });

  test('that failed with an empty cause says no more than there is', async () => {
    stepFunctions.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', error: '', cause: '' });

    expect((await status()).reason).toBe('ABORTED');
  });

  test('that nobody knows any more has ended', async () => {
    stepFunctions.on(DescribeExecutionCommand).rejects(awsError('ExecutionDoesNotExist'));

    expect(await status()).toEqual({ running: false, reason: 'the execution is no longer known' });
  });

  test.each(apiFailures)('%s is %s, and not an end', async (error, name) => {
    stepFunctions.on(DescribeExecutionCommand).rejects(error);

    await expect(status()).rejects.toMatchObject({ name });
  });
});

describe('starting', () => {
  const start = () => executions().start(MACHINE, 'recover-1', { mode: 'rollBack' });

  test('sends the name with the input as JSON', async () => {
    stepFunctions.on(StartExecutionCommand).resolves({ startDate: new Date(7) });

    expect(await start()).toEqual({ kind: 'started', startedAtMs: 7 });
    expect(sent(stepFunctions, StartExecutionCommand)).toStrictEqual([
      { stateMachineArn: MACHINE, name: 'recover-1', input: '{"mode":"rollBack"}' },
    ]);
  });

  test('a name that is used already has started nothing', async () => {
    stepFunctions.on(StartExecutionCommand).rejects(awsError('ExecutionAlreadyExists'));

    expect(await start()).toEqual({ kind: 'existed' });
  });

  test('a lost answer is asked for again with the same name', async () => {
    stepFunctions
      .on(StartExecutionCommand)
      .rejectsOnce(lostResponse())
      .resolves({ startDate: new Date(7) });

    expect(await start()).toEqual({ kind: 'started', startedAtMs: 7 });
    const [first, again] = sent(stepFunctions, StartExecutionCommand);
    expect(again).toEqual(first);
  });

  test.each([
    ...apiFailures,
    [awsError('ExecutionLimitExceeded'), 'Rejected'] as [Error, string],
    [awsError('StateMachineDeleting'), 'Rejected'] as [Error, string],
    [awsError('InvalidName'), 'Rejected'] as [Error, string],
  ])('%s is %s', async (error, name) => {
    stepFunctions.on(StartExecutionCommand).rejects(error);

    await expect(start()).rejects.toMatchObject({ name });
  });
});
