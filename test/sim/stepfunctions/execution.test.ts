import { describe, expect, test } from 'vitest';
import { MAX_PAYLOAD_BYTES } from '../../../sim/stepfunctions/history.ts';
import { aMachine, DONE, named, START_MS, task, waiting } from './a-machine.ts';

const types = (execution: { history: readonly { type?: string | undefined }[] }) =>
  execution.history.map((event) => event.type);

describe('a Task', () => {
  test('gets the state as it is and writes its result beside it', async () => {
    const world = aMachine(
      { Go: task('Go', 'Done', { ResultPath: '$.go' }), Done: DONE },
      { Go: [{ result: 7 }] },
    );

    const execution = await world.run({ a: 1 });

    expect(world.calls).toMatchObject([{ step: 'Go', payload: { a: 1 } }]);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { a: 1, go: 7 }, path: ['Go', 'Done'] });
  });

  test('that returns nothing writes null', async () => {
    const world = aMachine(
      { Go: task('Go', 'Done', { ResultPath: '$.go' }), Done: DONE },
      { Go: [{ result: undefined }] },
    );

    expect((await world.run()).output).toEqual({ go: null });
  });

  test('costs five history events, a state without a Lambda two, the execution two', async () => {
    const world = aMachine({ Go: task('Go', 'Done'), Done: DONE }, { Go: [{ result: 7 }] });

    const execution = await world.run();

    expect(types(execution)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
    expect(execution.historyEvents).toBe(9);
    expect(execution.transitions).toBe(2);
  });

  test("that nobody catches ends the execution with the function's error", async () => {
    const world = aMachine(
      { Go: task('Go', 'Done'), Done: DONE },
      { Go: [{ error: named('NotFound', 'no service shop') }] },
    );

    const execution = await world.run();

    expect(execution).toMatchObject({ status: 'FAILED', error: 'NotFound' });
    expect(JSON.parse(execution.cause as string)).toEqual({
      errorType: 'NotFound',
      errorMessage: 'no service shop',
      trace: [],
    });
    expect(types(execution).at(-1)).toBe('ExecutionFailed');
  });

  test('that cannot be invoked has a plain text as its cause', async () => {
    const world = aMachine(
      { Go: task('Go', 'Done'), Done: DONE },
      { Go: [{ error: named('Lambda.TooManyRequestsException', 'Rate Exceeded.') }] },
    );

    expect(await world.run()).toMatchObject({
      error: 'Lambda.TooManyRequestsException',
      cause: 'Rate Exceeded.',
    });
  });

  test('that does not answer in time has timed out, and its late answer changes nothing', async () => {
    const world = aMachine(
      {
        Go: task('Go', 'Done', {
          TimeoutSeconds: 75,
          Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Rest' }],
        }),
        Rest: { Type: 'Wait', Seconds: 600, Next: 'Done' },
        Done: DONE,
      },
      { Go: [{ result: 'late', afterMs: 76_000 }] },
    );

    const execution = await world.run();

    expect(execution.path).toEqual(['Go', 'Rest', 'Done']);
    expect(execution.output).toEqual({ failure: { Error: 'States.Timeout', Cause: '' } });
    expect(types(execution)).toContain('LambdaFunctionTimedOut');
    expect(types(execution)).not.toContain('LambdaFunctionSucceeded');
  });
});

describe('Retry', () => {
  const retry = { ErrorEquals: ['Throttled'], IntervalSeconds: 2, MaxAttempts: 2, BackoffRate: 2 };
  const throttled = { error: named('Throttled') };

  test('waits longer each time and starts from the same input', async () => {
    const world = aMachine(
      { Go: task('Go', 'Done', { Retry: [retry] }), Done: DONE },
      { Go: [throttled, throttled, { result: 'ok' }] },
    );

    const execution = await world.run({ a: 1 });

    const [first, second, third] = world.calls.map((call) => call.atMs);
    expect([Number(second) - Number(first), Number(third) - Number(second)]).toEqual([2_000, 4_000]);
    expect(world.calls.map((call) => call.payload)).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }]);
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: 'ok',
      path: ['Go', 'Done'],
      transitions: 4,
    });
    expect(execution.historyEvents).toBe(9 + 2 * 3);
  });

  test('gives up after MaxAttempts and lets Catch decide', async () => {
    const world = aMachine(
      {
        Go: task('Go', 'Done', { Retry: [retry], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }] }),
        Done: DONE,
        Failed: { Type: 'Fail', Error: 'GaveUp', CausePath: '$.Error' },
      },
      { Go: [throttled, throttled, throttled] },
    );

    expect(await world.run()).toMatchObject({ status: 'FAILED', error: 'GaveUp', cause: 'Throttled' });
  });

  test('counts anew each time the state is entered', async () => {
    const world = aMachine(
      {
        Go: task('Go', 'More?', { ResultPath: '$.go', Retry: [{ ...retry, MaxAttempts: 1 }] }),
        'More?': {
          Type: 'Choice',
          Choices: [{ Variable: '$.go', StringEquals: 'more', Next: 'Go' }],
          Default: 'Done',
        },
        Done: DONE,
      },
      { Go: [throttled, { result: 'more' }, throttled, { result: 'enough' }] },
    );

    expect(await world.run()).toMatchObject({
      status: 'SUCCEEDED',
      path: ['Go', 'More?', 'Go', 'More?', 'Done'],
    });
  });

  test('with full jitter takes its delays from the seed', async () => {
    const retryTimes = async (seed: number) => {
      const world = aMachine(
        { Go: task('Go', 'Done', { Retry: [{ ...retry, JitterStrategy: 'FULL' }] }), Done: DONE },
        { Go: [throttled, throttled, { result: 'ok' }] },
        { seed },
      );
      await world.run();
      return world.calls.map((call) => call.atMs - START_MS);
    };

    expect(await retryTimes(7)).toEqual(await retryTimes(7));
    expect(await retryTimes(7)).not.toEqual(await retryTimes(8));
  });
});

describe('a Task that waits for its token', () => {
  const states = {
    Wait: waiting('Wait', 'Done', {
      TimeoutSecondsPath: '$.seconds',
      ResultPath: '$.wake',
      Catch: [
        { ErrorEquals: ['States.Timeout'], ResultPath: '$.wake', Next: 'Done' },
        { ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Done' },
      ],
    }),
    Done: DONE,
  };
  const tokenOf = (world: { calls: { taskToken?: string }[] }) => world.calls.at(-1)?.taskToken as string;

  test('hands the token out and continues with what is sent for it', async () => {
    const world = aMachine(states, { Wait: [{ result: 'ignored' }] });
    const execution = world.stepFunctions.startExecution({ input: { seconds: 600 } });
    await world.runFor(60_000);

    const delivery = world.stepFunctions.sendTaskSuccess(tokenOf(world), { by: 'alarm' });
    await world.runFor(60_000);

    expect(world.calls[0]?.payload).toEqual({ state: { seconds: 600 }, taskToken: tokenOf(world) });
    expect(delivery).toBe('delivered');
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { seconds: 600, wake: { by: 'alarm' } } });
    expect(types(execution).slice(1, 7)).toEqual([
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
    ]);
  });

  test('times out after the seconds of its path, and its token is closed', async () => {
    const world = aMachine(states, { Wait: [{ result: null }] });

    const execution = await world.run({ seconds: 48 * 3_600 });

    expect(execution.output).toMatchObject({ wake: { Error: 'States.Timeout', Cause: '' } });
    expect(Number(execution.endedAtMs) - START_MS).toBeGreaterThanOrEqual(48 * 3_600_000);
    expect(types(execution)).toContain('TaskTimedOut');
    expect(world.stepFunctions.sendTaskSuccess(tokenOf(world), {})).toBe('closed');
  });

  test('fails when its function fails', async () => {
    const world = aMachine(states, { Wait: [{ error: named('LeaseLost') }] });

    expect((await world.run({ seconds: 60 })).output).toMatchObject({ failure: { Error: 'LeaseLost' } });
    expect(world.stepFunctions.sendTaskSuccess(tokenOf(world), {})).toBe('closed');
  });

  test('fails with the error that is sent for it', async () => {
    const world = aMachine(states, { Wait: ['never'] });
    const execution = world.stepFunctions.startExecution({ input: { seconds: 60 } });
    await world.runFor(1_000);

    world.stepFunctions.sendTaskFailure(tokenOf(world), 'Aborted', 'by hand');
    await world.runFor(1_000);

    expect(execution.output).toMatchObject({ failure: { Error: 'Aborted', Cause: 'by hand' } });
  });

  test('gets a new token for each retry', async () => {
    const retrying = { ...states.Wait, Retry: [{ ErrorEquals: ['Throttled'] }] };
    const world = aMachine(
      { Wait: retrying, Done: DONE },
      { Wait: [{ error: named('Throttled') }, { result: null }] },
    );

    await world.run({ seconds: 60 });

    expect(new Set(world.calls.map((call) => call.taskToken)).size).toBe(2);
    expect(world.stepFunctions.sendTaskSuccess(world.calls[0]?.taskToken as string, {})).toBe('closed');
  });

  test.each([0, -1, 1.5, '60', null, undefined])(
    'with %j seconds to wait ends the execution, whatever it catches',
    async (seconds) => {
      const world = aMachine(states, { Wait: [] });

      expect(await world.run({ seconds })).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    },
  );
});

describe('the other states', () => {
  const choice = {
    Type: 'Choice',
    Choices: [{ Variable: '$.kind', StringEquals: 'ready', Next: 'Ready' }],
    Default: 'Other',
  };
  const around = { Choose: choice, Ready: DONE, Other: DONE };

  test.each([
    ['ready', ['Choose', 'Ready']],
    ['pending', ['Choose', 'Other']],
    [7, ['Choose', 'Other']],
  ])('Choice takes %j to %j', async (kind, path) => {
    expect((await aMachine(around).run({ kind })).path).toEqual(path);
  });

  test('Choice on a field that is not there ends the execution', async () => {
    const execution = await aMachine(around).run({});

    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(execution.cause).toContain("Invalid path '$.kind'");
  });

  test('Choice without a match and without a Default ends the execution', async () => {
    const { Default: _none, ...strict } = choice;

    expect(await aMachine({ ...around, Choose: strict, Other: DONE }).run({ kind: 'x' })).toMatchObject({
      error: 'States.Runtime',
    });
  });

  test('Wait takes as long as it says, and keeps its input', async () => {
    const world = aMachine({ Wait: { Type: 'Wait', SecondsPath: '$.s', Next: 'Done' }, Done: DONE });

    const execution = await world.run({ s: 90 });

    expect(execution.output).toEqual({ s: 90 });
    expect(Number(execution.endedAtMs) - START_MS).toBeGreaterThanOrEqual(90_000);
    expect(Number(execution.endedAtMs) - START_MS).toBeLessThan(91_000);
  });

  test('Pass makes its output from the input and the context object', async () => {
    const world = aMachine({
      Begin: {
        Type: 'Pass',
        Parameters: { 'request.$': '$', 'name.$': '$$.Execution.Name', 'at.$': '$$.Execution.StartTime' },
        Next: 'Done',
      },
      Done: DONE,
    });

    expect((await world.run([1])).output).toEqual({
      request: [1],
      name: 'test',
      at: '2026-01-05T09:00:00.000Z',
    });
  });

  test('Fail without the field its CausePath names ends with that as the error', async () => {
    const world = aMachine({ End: { Type: 'Fail', Error: 'RolledBack', CausePath: '$.reason' } });

    expect(await world.run({})).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('Fail names its error and takes its cause from the state', async () => {
    const world = aMachine({ End: { Type: 'Fail', Error: 'RolledBack', CausePath: '$.reason' } });

    expect(await world.run({ reason: 'alarm' })).toMatchObject({ error: 'RolledBack', cause: 'alarm' });
  });
});

describe('limits', () => {
  const large = 'x'.repeat(MAX_PAYLOAD_BYTES);
  const catching = (names: string[]) => ({
    Go: task('Go', 'Done', { ResultPath: '$.go', Catch: [{ ErrorEquals: names, Next: 'Caught' }] }),
    Done: DONE,
    Caught: DONE,
  });

  test('too large a result is caught by its name only', async () => {
    const byAll = await aMachine(catching(['States.ALL']), { Go: [{ result: large }] }).run();
    const byName = await aMachine(catching(['States.DataLimitExceeded']), { Go: [{ result: large }] }).run();

    expect(byAll).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(byName.path).toEqual(['Go', 'Caught']);
  });

  test('a result that fits, but not beside the rest of the state, is too large as well', async () => {
    const half = 'x'.repeat(MAX_PAYLOAD_BYTES / 2);

    const execution = await aMachine(catching(['States.ALL']), { Go: [{ result: half }] }).run({ half });

    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded', path: ['Go'] });
  });

  test('the history ends with event 25,000, whatever the machine catches', async () => {
    const world = aMachine({
      Rest: { Type: 'Wait', Seconds: 1, Next: 'Again' },
      Again: { Type: 'Pass', Next: 'Rest' },
    });

    const execution = await world.run();

    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime', historyEvents: 25_000 });
    expect(execution.cause).toContain('maximum number of history events (25000)');
    expect(types(execution).at(-1)).toBe('ExecutionFailed');
  });
});

describe('stopping', () => {
  const states = {
    Go: task('Go', 'Done', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Undo' }] }),
    Undo: task('Undo', 'Done'),
    Done: DONE,
  };

  test('runs no Catch and ignores what the running Lambda answers', async () => {
    const world = aMachine(states, { Go: [{ result: 1, afterMs: 30_000 }], Undo: [{ result: 1 }] });
    const execution = world.stepFunctions.startExecution({ input: {} });
    await world.runFor(1_000);

    world.stepFunctions.stopExecution(execution.arn, 'by hand');
    await world.runFor(60_000);

    expect(execution).toMatchObject({ status: 'ABORTED', cause: 'by hand', path: ['Go'] });
    expect(world.calls.map((call) => call.step)).toEqual(['Go']);
    expect(types(execution).at(-1)).toBe('ExecutionAborted');
  });

  test('an execution that has ended changes nothing', async () => {
    const world = aMachine(states, { Go: [{ result: 1 }], Undo: [] });
    const execution = await world.run();

    world.stepFunctions.stopExecution(execution.arn, 'too late');

    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(execution.cause).toBeUndefined();
  });
});

test('listeners hear of the start and of the end', async () => {
  const world = aMachine({ Done: DONE });
  const heard: string[] = [];
  world.stepFunctions.onStatusChange((execution) => heard.push(execution.status));

  await world.run();

  expect(heard).toEqual(['RUNNING', 'SUCCEEDED']);
});

test('the trace says what was entered, what came of it, and why it failed', async () => {
  const world = aMachine(
    {
      Go: task('Go', 'Done', {
        Retry: [{ ErrorEquals: ['Throttled'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }],
      }),
      Done: DONE,
    },
    { Go: [{ error: named('Throttled', 'slow down') }, { error: named('Rejected', 'no such group') }] },
  );
  const heard: { what: string; why?: string | undefined; phase: unknown; detail?: boolean | undefined }[] =
    [];
  world.kernel.onEvent(({ what, why, data, detail }) =>
    heard.push({ what, why, phase: data?.phase, detail }),
  );

  await world.run();

  expect(heard).toEqual([
    { what: 'Go', phase: 'entered', detail: true },
    { what: 'Go failed with Throttled, retry 1 of 1 in 1.0 s', why: 'slow down', phase: 'retried' },
    { what: 'Go failed with Rejected, continues with Done', why: 'no such group', phase: 'caught' },
    { what: 'Done', phase: 'entered', detail: true },
    { what: 'the execution succeeded', phase: 'ended' },
  ]);
});

test('the end of a bake by its timeout is no news, an uncaught one is', async () => {
  const news = async (more: object) => {
    const world = aMachine(
      { Bake: waiting('Bake', 'Done', { TimeoutSeconds: 60, ...more }), Done: DONE },
      { Bake: [{ result: null }] },
    );
    const heard: { what: string; detail?: boolean | undefined }[] = [];
    world.kernel.onEvent(({ what, detail }) => heard.push({ what, detail }));
    await world.run();
    return heard.filter(({ what }) => what.startsWith('Bake failed'));
  };

  expect(await news({ Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Done' }] })).toEqual([
    { what: 'Bake failed with States.Timeout, continues with Done', detail: true },
  ]);
  expect(await news({})).toEqual([{ what: 'Bake failed with States.Timeout' }]);
});
