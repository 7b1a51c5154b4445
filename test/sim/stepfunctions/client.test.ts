import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListActivitiesCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { aMachine, DONE, settled, waiting } from './a-machine.ts';

const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:cutover';
const states = {
  Wait: waiting('Wait', 'Done', { TimeoutSeconds: 600, ResultPath: '$.wake' }),
  Done: DONE,
};

const aWaitingMachine = () => {
  const world = aMachine(states, { Wait: [{ result: null }, { result: null }, { result: null }] });
  const send = (command: object) => settled(world.kernel, world.stepFunctions.client.send(command));
  const start = (name: string, input: string) =>
    send(new StartExecutionCommand({ stateMachineArn, name, input }));
  return { ...world, send, start };
};

test('of executions that have ended only the newest are kept, where a world asks for that; those that run are kept all', async () => {
  const world = aMachine(states, { Wait: Array(4).fill({ result: null }) }, { mostEnded: 1 });
  world.stepFunctions.startExecution({ name: 'first', input: {} });
  world.stepFunctions.startExecution({ name: 'second', input: {} });
  world.stepFunctions.startExecution({ name: 'third', input: {} });
  for (const name of ['first', 'second']) world.stepFunctions.stopExecution(world.stepFunctions.arnOf(name));

  world.stepFunctions.startExecution({ name: 'fourth', input: {} });

  expect(world.stepFunctions.executions().map(({ name, status }) => [name, status])).toEqual([
    ['second', 'ABORTED'],
    ['third', 'RUNNING'],
    ['fourth', 'RUNNING'],
  ]);
});

const errorName = (answer: { value: unknown } | { error: Error }): string =>
  'error' in answer ? answer.error.name : 'no error';

describe('StartExecution', () => {
  test('runs the execution and answers with its ARN', async () => {
    const world = aWaitingMachine();

    const answer = await world.start('one', '{"a":1}');

    const [execution] = world.stepFunctions.executions();
    expect(answer).toMatchObject({ value: { executionArn: execution?.arn } });
    expect(execution).toMatchObject({ name: 'one', input: '{"a":1}', status: 'RUNNING' });
  });

  test('repeated with the same input while it runs gives the same execution', async () => {
    const world = aWaitingMachine();

    const answers = [await world.start('one', '{}'), await world.start('one', '{}')];

    expect(answers[0]).toEqual(answers[1]);
    expect(world.stepFunctions.executions()).toHaveLength(1);
  });

  test('repeated with another input, or after the end, is refused', async () => {
    const world = aWaitingMachine();
    await world.start('one', '{}');

    const otherInput = await world.start('one', '{"a":1}');
    await world.runFor(700_000);
    const afterTheEnd = await world.start('one', '{}');

    expect(errorName(otherInput)).toBe('ExecutionAlreadyExists');
    expect(errorName(afterTheEnd)).toBe('ExecutionAlreadyExists');
  });

  test.each(['a b', 'a/b', 'a:b', 'a"b', 'x'.repeat(81), ''])('refuses the name %j', async (name) => {
    expect(errorName(await aWaitingMachine().start(name, '{}'))).toBe('InvalidName');
  });

  test('refuses an input that is not JSON, another machine, and members it does not model', async () => {
    const world = aWaitingMachine();

    expect(errorName(await world.start('one', 'nonsense'))).toBe('InvalidExecutionInput');
    expect(
      errorName(await world.send(new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}x` }))),
    ).toBe('StateMachineDoesNotExist');
    expect(
      await world.send(new StartExecutionCommand({ stateMachineArn, traceHeader: 'Root=1' })),
    ).toMatchObject({ error: { message: 'sim does not model StartExecution.traceHeader' } });
  });
});

describe('SendTaskSuccess and SendTaskFailure', () => {
  test('wake the task once; after that it is closed', async () => {
    const world = aWaitingMachine();
    await world.start('one', '{}');
    await world.runFor(5_000);
    const taskToken = world.calls[0]?.taskToken;

    const first = await world.send(new SendTaskSuccessCommand({ taskToken, output: '{"by":"alarm"}' }));
    const second = await world.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
    const third = await world.send(new SendTaskFailureCommand({ taskToken, error: 'E', cause: 'c' }));
    await world.runFor(1_000);

    expect(first).toEqual({ value: {} });
    expect([second, third].map(errorName)).toEqual(['TaskTimedOut', 'TaskTimedOut']);
    expect(world.stepFunctions.executions()[0]?.output).toEqual({ wake: { by: 'alarm' } });
  });

  test('know a token that was never given out from one that cannot be one', async () => {
    const world = aWaitingMachine();
    await world.start('one', '{}');
    await world.runFor(5_000);
    const stranger = world.calls[0]?.taskToken?.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

    const unknown = await world.send(new SendTaskSuccessCommand({ taskToken: stranger, output: '{}' }));
    const malformed = await world.send(new SendTaskSuccessCommand({ taskToken: 'abc', output: '{}' }));

    expect([unknown, malformed].map(errorName)).toEqual(['TaskDoesNotExist', 'InvalidToken']);
  });

  test('refuse an output that is not JSON, and the task waits on', async () => {
    const world = aWaitingMachine();
    await world.start('one', '{}');
    await world.runFor(5_000);

    const answer = await world.send(
      new SendTaskSuccessCommand({ taskToken: world.calls[0]?.taskToken, output: '{' }),
    );

    expect(errorName(answer)).toBe('InvalidOutput');
    expect(world.stepFunctions.executions()[0]?.status).toBe('RUNNING');
  });
});

test('StopExecution aborts, and DescribeExecution says so within a second', async () => {
  const world = aWaitingMachine();
  await world.start('one', '{}');
  const executionArn = world.stepFunctions.executions()[0]?.arn;

  await world.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'by hand' }));
  await world.runFor(1_100);
  const answer = await world.send(new DescribeExecutionCommand({ executionArn }));

  expect(answer).toMatchObject({
    value: { status: 'ABORTED', error: 'Stopped', cause: 'by hand', name: 'one' },
  });
});

test('DescribeExecution may still say RUNNING right after the end', async () => {
  const seen = new Set<string>();
  for (let run = 0; run < 10; run += 1) {
    const world = aMachine(states, { Wait: [{ result: null }] }, { seed: run });
    const { arn } = world.stepFunctions.startExecution({ input: {} });
    await world.runFor(1_000);
    world.stepFunctions.stopExecution(arn);
    const answer = await settled(
      world.kernel,
      world.stepFunctions.client.send(new DescribeExecutionCommand({ executionArn: arn })),
    );
    if ('value' in answer) seen.add((answer.value as { status: string }).status);
  }

  expect([...seen].sort()).toEqual(['ABORTED', 'RUNNING']);
});

test('GetExecutionHistory pages by five, in either direction', async () => {
  const world = aWaitingMachine();
  await world.start('one', '{}');
  await world.runFor(700_000);
  const executionArn = world.stepFunctions.executions()[0]?.arn;
  const readAll = async (reverseOrder: boolean) => {
    const pages: (number | undefined)[][] = [];
    let nextToken: string | undefined;
    do {
      const answer = await world.send(
        new GetExecutionHistoryCommand({ executionArn, reverseOrder, nextToken, maxResults: 1000 }),
      );
      if ('error' in answer) throw answer.error;
      const page = answer.value as { events: { id?: number }[]; nextToken?: string };
      pages.push(page.events.map((event) => event.id));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return pages;
  };

  const ids = world.stepFunctions.executions()[0]?.history.map((event) => event.id);
  expect((await readAll(false)).flat()).toEqual(ids);
  expect((await readAll(true)).flat()).toEqual(ids?.toReversed());
  expect((await readAll(false))[0]).toHaveLength(5);
});

test('ListExecutions shows the newest first, with their states, five a page', async () => {
  const world = aWaitingMachine();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await world.start(name, '{}');
  world.stepFunctions.stopExecution(world.stepFunctions.executions()[0]?.arn ?? '', 'over');
  await world.runFor(5_000);

  const list = async (nextToken?: string) => {
    const input = { stateMachineArn, ...(nextToken === undefined ? {} : { nextToken }) };
    const answer = await world.send(new ListExecutionsCommand(input));
    if ('error' in answer) throw answer.error;
    return answer.value as { executions: { name: string; status: string }[]; nextToken?: string };
  };
  const first = await list();
  const second = await list(first.nextToken);

  expect(first.executions.map(({ name }) => name)).toEqual(['f', 'e', 'd', 'c', 'b']);
  expect(second.executions).toMatchObject([{ name: 'a', status: 'ABORTED' }]);
  expect(second.nextToken).toBeUndefined();
});

test('an execution that is not there and an operation that is not modelled are refused', async () => {
  const world = aWaitingMachine();

  expect(errorName(await world.send(new DescribeExecutionCommand({ executionArn: 'arn:x' })))).toBe(
    'ExecutionDoesNotExist',
  );
  expect(await world.send(new ListActivitiesCommand({}))).toMatchObject({
    error: { message: 'sim does not model sfn ListActivities' },
  });
});

test('the state machine can be listed and described, with its definition', async () => {
  const world = aWaitingMachine();

  const listed = await world.send(new ListStateMachinesCommand({}));
  const described = await world.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const unknown = await world.send(
    new DescribeStateMachineCommand({ stateMachineArn: `${stateMachineArn}x` }),
  );

  expect(listed).toMatchObject({ value: { stateMachines: [{ stateMachineArn, name: 'cutover' }] } });
  expect(described).toMatchObject({
    value: {
      status: 'ACTIVE',
      definition: expect.stringContaining('"StartAt":"Wait"'),
      roleArn: 'arn:aws:iam::123456789012:role/cutover',
    },
  });
  expect(errorName(unknown)).toBe('StateMachineDoesNotExist');
});
