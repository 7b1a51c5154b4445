import { describe, expect, test } from 'vitest';
import type { Sender } from '../../aws/call.ts';
import { commandKinds } from '../../core/vocabulary/command.types.ts';
import { armFaults, type FaultHooks } from '../../rehearsal/faults/arm-faults.ts';
import { faultProblems, requestProblems } from '../../rehearsal/faults/check-faults.ts';
import type { Fault } from '../../rehearsal/faults/fault.types.ts';
import { faultHelp, parseFault } from '../../rehearsal/faults/parse-fault.ts';
import { makeFakeClient } from '../../sim/kernel/fake-client.ts';
import { type Kernel, makeKernel } from '../../sim/kernel/kernel.ts';

const read = (text: string): Fault => {
  const parsed = parseFault(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.fault;
};

describe('reading a fault', () => {
  test.each([
    ['alarm@shift:2', { kind: 'alarm', name: undefined }, { kind: 'shift', shift: 2 }],
    ['alarm:team:5xx@+90s', { kind: 'alarm', name: 'team:5xx' }, { kind: 'after', ms: 90_000 }],
    ['kill-task:green@+5m', { kind: 'world', name: 'green-task-dies' }, { kind: 'after', ms: 300_000 }],
    ['scale:6@state:Bake', { kind: 'scale', desiredCount: 6 }, { kind: 'state', state: 'Bake' }],
    ['load:2.5x@shift:1', { kind: 'load', factor: 2.5 }, { kind: 'shift', shift: 1 }],
    ['foreign-weights@shift:3', { kind: 'world', name: 'foreign-weights' }, { kind: 'shift', shift: 3 }],
    [
      'foreign-weights:0/100:one-route@shift:3',
      { kind: 'world', name: 'foreign-weights:0/100:one-route' },
      { kind: 'shift', shift: 3 },
    ],
    ['foreign-swap@+1m', { kind: 'world', name: 'foreign-swap' }, { kind: 'after', ms: 60_000 }],
    [
      'foreign-delete:green@+1m',
      { kind: 'world', name: 'foreign-delete:green' },
      { kind: 'after', ms: 60_000 },
    ],
    [
      'throttle:elbv2@call:9',
      { kind: 'throttle', service: 'elbv2', operation: undefined, forMs: 60_000 },
      { kind: 'call', call: 9 },
    ],
    [
      'throttle:ecs:DescribeServices:2m@+1m',
      { kind: 'throttle', service: 'ecs', operation: 'DescribeServices', forMs: 120_000 },
      { kind: 'after', ms: 60_000 },
    ],
    [
      'throttle:ecs:30s@+1m',
      { kind: 'throttle', service: 'ecs', operation: undefined, forMs: 30_000 },
      { kind: 'after', ms: 60_000 },
    ],
    ['stop-execution@state:Bake', { kind: 'world', name: 'stopped' }, { kind: 'state', state: 'Bake' }],
    ...commandKinds.map((command): [string, object, object] => [
      `${command}@shift:1`,
      { kind: 'command', command },
      { kind: 'shift', shift: 1 },
    ]),
    [
      'lost:ecs:CreateTaskSet',
      { kind: 'call', fault: 'lost', service: 'ecs', operation: 'CreateTaskSet' },
      { kind: 'call', call: 1 },
    ],
    [
      'server-error:elbv2:ModifyRule@call:3',
      { kind: 'call', fault: 'serverError', service: 'elbv2', operation: 'ModifyRule' },
      { kind: 'call', call: 3 },
    ],
  ])('%s', (text, action, when) => {
    expect(read(text)).toEqual({ text, action, when });
  });

  test.each([
    ['', 'expected one of alarm, kill-task,'],
    ['alarm', 'after "@", found nothing'],
    ['alarm@', 'after "@", found nothing'],
    ['alarm@noon', 'found "noon"'],
    ['alarm@shift:0', 'expected a number from 1 after "shift:", found "0"'],
    ['alarm@shift:x', 'found "x"'],
    ['alarm@+soon', 'expected a duration'],
    ['alarm@state:', 'expected a state after "state:", found nothing'],
    ['killtask:green@+1m', 'did you mean kill-task?'],
    ['kill-task@+1m', 'expected kill-task:blue|green, found "kill-task"'],
    ['kill-task:red@+1m', 'found "kill-task:red"'],
    ['scale:many@+1m', 'expected a number of tasks from 0 to 5000, found "many"'],
    ['scale:-1@+1m', 'found "-1"'],
    ['throttle:elb@+1m', 'expected a service, one of ecs, elbv2,'],
    ['throttle:elbv2:modify@+1m', 'expected an API operation'],
    ['lost:ecs', 'expected an API operation such as CreateTaskSet, found nothing'],
    ['lost:ecs:CreateTaskSet:now', 'expected lost:SERVICE:Operation'],
    ['foreign-weights:1@+1m', 'expected foreign-weights or foreign-weights:BLUE/GREEN[:one-route]'],
    ['foreign-scale:red@+1m', 'expected foreign-scale:blue|green'],
    ['stop-execution:now@+1m', 'expected stop-execution, found "stop-execution:now"'],
    ['abort:now@+1m', 'expected "abort" alone'],
    ['aborts@+1m', 'did you mean abort?'],
  ])('%j is refused: %s', (text, message) => {
    const parsed = parseFault(text);

    expect(parsed.ok ? '' : parsed.message).toContain(message);
  });

  test('help lists every fault in a form that can be read', () => {
    const examples = faultHelp.map(({ form }) =>
      form
        .replace(/\[.*?\]/g, '')
        .replace(/blue\|green(\|other)?/, 'blue')
        .replace(commandKinds.join('|'), 'promote')
        .replace('suspended|resumed', 'resumed')
        .replace('COUNT', '2')
        .replace('FACTOR', '2')
        .replace('BLUE/GREEN', '0/100')
        .replace('SERVICE', 'ecs')
        .replace('Operation', 'CreateTaskSet')
        .replace('@WHEN', '@+1m'),
    );

    expect(examples.map((text) => parseFault(text))).toEqual(
      examples.map(() => expect.objectContaining({ ok: true })),
    );
  });
});

describe('faults that could never come', () => {
  const context = {
    alarms: ['errors'],
    states: ['Bake'],
    operations: ['ecs:CreateTaskSet', 'ecs:DescribeServices', 'elbv2:ModifyRule'],
  };

  test.each([
    ['alarm:latency@shift:1', 'expected an alarm of the world (errors), found "latency"'],
    ['alarm@state:Bakery', 'expected a state of the workflow (Bake), found "Bakery"'],
    ['lost:ecs:CreateTaskset', 'an operation of ecs that a deployment may call, found "CreateTaskset"'],
    ['lost:ecs:CreateTaskset', 'did you mean CreateTaskSet?'],
    ['throttle:ecs:ModifyRule:10s@+1m', 'found "ModifyRule"'],
  ])('%s', (text, message) => {
    expect(faultProblems([read(text)], context)).toEqual([expect.stringContaining(message)]);
  });

  test('an operation that the world serves, or every call of a service, may go wrong', () => {
    const faults = ['lost:ecs:CreateTaskSet', 'throttle:elbv2:ModifyRule@+1m', 'throttle:elbv2@+1m'];
    expect(faultProblems(faults.map(read), context)).toEqual([]);
  });

  test('a deployment has to have the shift, and an alarm where the fault names none', () => {
    const deployed = { watched: ['errors'], shifts: 5 };
    expect(requestProblems([read('alarm@shift:6')], deployed)).toEqual([
      expect.stringContaining('expected a shift from 1 to 5, found 6'),
    ]);
    expect(requestProblems([read('alarm@shift:5')], { ...deployed, watched: [] })).toEqual([
      expect.stringContaining('expected an alarm in the request or a name'),
    ]);
    expect(requestProblems([read('alarm@shift:5')], deployed)).toEqual([]);
  });

  test('real users cannot be made to send more', () => {
    expect(faultProblems([read('load:2x@shift:1')], context)).toEqual([]);
    expect(faultProblems([read('load:2x@shift:1')], { ...context, realUsers: true })).toEqual([
      expect.stringContaining('expected a fault of the service, found one of its users'),
    ]);
  });
});

class TouchCommand {
  readonly input = {};
}

/** A kernel with an ecs client whose one operation counts, and hooks that note what was done and when. */
const aRun = (...texts: string[]) => aRunWith({}, ...texts);

const aRunWith = (more: Partial<FaultHooks>, ...texts: string[]) => {
  const kernel = makeKernel(1, 0);
  const done: string[] = [];
  let touched = 0;
  const ecs = makeFakeClient(kernel, 'ecs', { Touch: () => ({ touched: ++touched }) });
  const at = (what: string): void => void done.push(`${what} at ${kernel.scheduler.nowMs()}`);
  const hooks: FaultHooks = {
    setDesiredCount: (count) => at(`scale ${count}`),
    setLoad: (factor) => at(`load ${factor}`),
    setAlarm: (name, state) => at(`${name} ${state}`),
    worldFault: (name, announce) => {
      at(name);
      announce(`nothing was done to ${name}`);
    },
    command: (kind) => at(kind),
    firstAlarm: 'errors',
    ...more,
  };
  const trace: string[] = [];
  kernel.onEvent(({ kind, what }) => void trace.push(`${kind} ${what}`));
  const disarm = armFaults(kernel, texts.map(read), hooks);
  return { disarm, kernel, ecs, done, trace, touched: () => touched };
};

const step = (kernel: Kernel, state: string, phase: string, position?: number): void =>
  kernel.emit({ kind: 'step', what: state, data: { state, phase, result: { position } } });

/** Sends one call and runs virtual time until it is answered: its output, or the error's name. */
const send = async (kernel: Kernel, client: Sender): Promise<unknown> => {
  let answer: unknown;
  client.send(new TouchCommand()).then(
    (output) => {
      answer = output;
    },
    (error: Error) => {
      answer = error.name;
    },
  );
  await kernel.scheduler.run(() => answer !== undefined);
  return answer;
};

const runAll = (kernel: Kernel): Promise<void> => kernel.scheduler.run(() => false);

describe('faults that come', () => {
  test('so long after the start', async () => {
    const { kernel, done } = aRun(
      'alarm@+5m',
      'scale:6@+1m',
      'foreign-weights@+2m',
      'pause@+3m',
      'stop-execution@+4m',
    );

    await runAll(kernel);

    expect(done).toEqual([
      'scale 6 at 60000',
      'foreign-weights at 120000',
      'pause at 180000',
      'stopped at 240000',
      'errors ALARM at 300000',
    ]);
  });

  test('when their shift has been written and read back, once', async () => {
    const { kernel, done } = aRun('alarm:latency@shift:2');

    step(kernel, 'ShiftTraffic', 'succeeded', 0);
    step(kernel, 'ShiftTraffic', 'entered');
    await runAll(kernel);
    expect(done).toEqual([]);

    step(kernel, 'ShiftTraffic', 'succeeded', 1);
    step(kernel, 'ShiftTraffic', 'succeeded', 1);
    await runAll(kernel);
    expect(done).toEqual(['latency ALARM at 0']);
  });

  test('when their state is entered, and not when it is left', async () => {
    const { kernel, done } = aRun('kill-task:blue@state:Bake');

    step(kernel, 'Bake', 'succeeded');
    await runAll(kernel);
    expect(done).toEqual([]);

    step(kernel, 'Bake', 'entered');
    await runAll(kernel);
    expect(done).toEqual(['blue-task-dies at 0']);
  });

  test('at the N-th call of the run', async () => {
    const { kernel, ecs, done } = aRun('kill-task:blue@call:2');

    await send(kernel, ecs);
    expect(done).toEqual([]);
    await send(kernel, ecs);

    expect(done).toEqual([expect.stringMatching(/^blue-task-dies/)]);
  });

  test('a fault that finds nothing to strike says so', async () => {
    const { kernel, trace } = aRun('kill-task:green@+1m');

    await runAll(kernel);

    expect(trace.at(-1)).toBe('fault nothing was done to green-task-dies');
  });

  test('the event of a fault names it as it was written, and comes before its effect', async () => {
    const { kernel } = aRun('alarm@+1m');
    const seen: unknown[] = [];
    kernel.onEvent(({ kind, data, why }) => void seen.push([kind, data, why]));

    await runAll(kernel);

    expect(seen).toEqual([['fault', { fault: 'alarm@+1m' }, 'injected: alarm@+1m']]);
  });
});

describe('faults of calls', () => {
  test('throttling lasts as long as it was asked to', async () => {
    const { kernel, ecs, touched } = aRun('throttle:ecs:Touch:60s@+10s');

    expect(await send(kernel, ecs)).toEqual({ touched: 1 });
    await kernel.scheduler.run(() => false, 11_000);
    expect(await send(kernel, ecs)).toBe('ThrottlingException');
    kernel.scheduler.after(61_000, () => {});
    await runAll(kernel);
    expect(await send(kernel, ecs)).toEqual({ touched: 2 });
    expect(touched()).toBe(2);
  });

  test.each([
    { text: 'lost:ecs:Touch@call:2', answer: 'TimeoutError', times: 2 },
    { text: 'unsent:ecs:Touch@call:2', answer: 'TimeoutError', times: 1 },
    { text: 'server-error:ecs:Touch@call:2', answer: 'InternalFailure', times: 1 },
    { text: 'twice:ecs:Touch@call:2', answer: { touched: 3 }, times: 3 },
  ])('$text strikes the second call and no other', async ({ text, answer, times }) => {
    const { kernel, ecs, touched } = aRun(text);

    expect(await send(kernel, ecs)).toEqual({ touched: 1 });
    expect(await send(kernel, ecs)).toEqual(answer);
    expect(touched()).toBe(times);
    expect(await send(kernel, ecs)).toEqual({ touched: times + 1 });
  });

  test('a fault of one call with a time strikes the first call after it', async () => {
    const { kernel, ecs } = aRun('unsent:ecs:Touch@state:Bake');

    expect(await send(kernel, ecs)).toEqual({ touched: 1 });
    step(kernel, 'Bake', 'entered');
    await runAll(kernel);

    expect(await send(kernel, ecs)).toBe('TimeoutError');
  });

  test('where others call, too, only calls of the deployment are struck and counted', async () => {
    const isOfDeployment: FaultHooks['isOfDeployment'] = ({ by }) => by !== undefined;
    const texts = ['unsent:ecs:Touch@call:2', 'kill-task:blue@call:3'];
    const { kernel, ecs, done } = aRunWith({ isOfDeployment }, ...texts);
    const sendAsStep = (): Promise<unknown> =>
      kernel.runAs({ step: 'Bake', executionArn: 'an execution', die: () => {} }, () => send(kernel, ecs));

    for (let times = 0; times < 3; times += 1) await send(kernel, ecs);
    expect(await sendAsStep()).toEqual({ touched: 4 });
    expect(await sendAsStep()).toBe('TimeoutError');
    expect(done).toEqual([]);
    await send(kernel, ecs);
    await sendAsStep();
    await sendAsStep();
    expect(done).toEqual([expect.stringMatching(/^blue-task-dies/)]);
  });

  test('what has not come when the deployment is over never does', async () => {
    const texts = ['alarm@+5m', 'kill-task:blue@state:Bake', 'unsent:ecs:Touch@+1m', 'pause@call:1'];
    const { kernel, ecs, done, disarm } = aRun(...texts);

    disarm();
    step(kernel, 'Bake', 'entered');
    await runAll(kernel);

    expect(await send(kernel, ecs)).toEqual({ touched: 1 });
    expect(done).toEqual([]);
  });
});
