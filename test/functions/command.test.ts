import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CommandMessage } from '../../aws/command-function.ts';
import { commandKinds } from '../../core/vocabulary/command.types.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { Outcome } from '../../core/vocabulary/ending.types.ts';
import { command } from '../../functions/command.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aDecision, aPlan, NOW } from '../core/a-deployment.ts';
import { aHook } from '../core/hooks/a-hook.ts';
import { aCommand } from './a-command.ts';
import { aHost } from './a-handler.ts';
import { answering, failing, losingTheAnswerOf } from './faults.ts';
import {
  anEventsWorld,
  answerEventsFrom,
  deploying,
  type EventsWorld,
  invokingWith,
  leaseNameOf,
  recordNameOf,
} from './other-deployments.ts';
import { dynamoDb, sentCommands, sentOperations, writes } from './sent-commands.ts';

const invoke = invokingWith('Command', command);
const request = (changes: Partial<CommandMessage> = {}): CommandMessage => ({
  cluster: 'main',
  service: 'shop',
  command: 'abort',
  by: 'arn:aws:sts::1:assumed-role/Operators/ada',
  reason: 'the banner is wrong',
  id: 'c_1',
  ...changes,
});
const run = (changes: Partial<CommandMessage> = {}, atMs = NOW) =>
  invoke(request(changes), aHost({ nowMs: atMs }));

const ID = 'shop-8';
test('a command that is no text, and cannot be made one, is refused', async () => {
  const message = { ...request(), command: { toString: 1 } };

  await expect(invoke(message as unknown as CommandMessage)).rejects.toMatchObject({
    name: 'InvalidRequest',
  });
});

const plan = aPlan({
  shifts: [
    { greenPct: 10, bakeMs: 60_000, approval: true },
    { greenPct: 100, bakeMs: 60_000 },
  ],
});
const recordOf = (world: EventsWorld) => world.items[recordNameOf(ID)];
/** Null unless the record has accepted it. */
const written = (world: EventsWorld, id = 'c_1') =>
  recordOf(world)?.[`accepted_${id}`] === undefined
    ? null
    : JSON.parse(world.items[`deployment#${ID} command#${id}`]?.commandJson?.S ?? 'null');

const decided = (world: EventsWorld, decision: Decision): void => {
  const sk = `decision#${decision.evidence.observedAtMs}`;
  world.items[`deployment#${ID} ${sk}`] = {
    pk: { S: `deployment#${ID}` },
    sk: { S: sk },
    decisionJson: { S: JSON.stringify(decision) },
  };
};
const baking = (): EventsWorld => {
  const world = anEventsWorld();
  deploying(world, 'shop', ID, { record: { plan } });
  decided(world, aDecision());
  return world;
};

let world: EventsWorld;
beforeEach(() => {
  world = answerEventsFrom(baking());
});

describe('a command to a baking deployment', () => {
  test('is written with who, when and why, and then wakes it', async () => {
    const accepted = {
      id: 'c_1',
      kind: 'abort',
      by: 'arn:aws:sts::1:assumed-role/Operators/ada',
      reason: 'the banner is wrong',
      atMs: NOW,
    };

    expect(await run()).toEqual({ deploymentId: ID, command: accepted });

    expect(written(world)).toEqual(accepted);
    expect(world.woken).toEqual([
      { taskToken: 'token-shop-8', output: '{"by":"abort by arn:aws:sts::1:assumed-role/Operators/ada"}' },
    ]);
    expect(writes().map(([operation]) => operation)).toEqual(['PutItem', 'UpdateItem', 'SendTaskSuccess']);
  });

  test.each(commandKinds.filter((kind) => kind !== 'resume'))('may be %s', async (kind) => {
    expect((await run({ command: kind })).command.kind).toBe(kind);
  });

  test('may give the cluster and the service by ARN', async () => {
    const ecs = 'arn:aws:ecs:eu-west-1:123456789012';

    await run({ cluster: `${ecs}:cluster/main`, service: `${ecs}:service/main/shop` });

    expect(written(world)).toMatchObject({ kind: 'abort' });
  });

  test('may give a service of as many characters as an ARN has', async () => {
    await expect(run({ service: 's'.repeat(1_024) })).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('needs no reason', async () => {
    const { reason: _none, ...without } = request();

    await invoke(without);

    expect(written(world)).toMatchObject({ reason: '' });
  });

  test('is taken, although it has no token to spend yet: Bake searches for it', async () => {
    deploying(world, 'shop', ID, { record: { plan }, token: null });

    await run();

    expect(written(world)).toMatchObject({ kind: 'abort' });
    expect(world.woken).toEqual([]);
  });

  test('wakes the wait that began while it was written, not the one before', async () => {
    deploying(world, 'shop', ID, { record: { plan }, token: 'old' });
    // Bake stores its next token after the record was read and before the command is written.
    answering(dynamoDb, QueryCommand, () => {
      deploying(world, 'shop', ID, { record: { plan }, token: 'new' });
      return { Items: [] };
    });

    await run();

    expect(world.woken).toMatchObject([{ taskToken: 'new' }]);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'finds that something else woke it (%s), which is as good',
    async (name) => {
      failing('SendTaskSuccess', awsError(name));

      expect((await run()).deploymentId).toBe(ID);
    },
  );
});

describe('the same id twice', () => {
  test('is one command, with the time of the first, and wakes again', async () => {
    const first = await run({ command: 'skip' });
    deploying(world, 'shop', ID, { record: { plan }, token: 'later' });
    world.items[recordNameOf(ID)] = { ...recordOf(world), accepted_c_1: { N: String(NOW) } };

    const second = await run({ command: 'skip' }, NOW + 90_000);

    expect(second).toEqual(first);
    expect(written(world)).toMatchObject({ kind: 'skip', atMs: NOW });
    expect(world.woken.map(({ taskToken }) => taskToken)).toEqual(['token-shop-8', 'later']);
  });

  test('is no refusal, though the first has made the second impossible', async () => {
    await run({ command: 'abort' });

    expect((await run({ command: 'abort' })).command.atMs).toBe(NOW);
    await expect(run({ command: 'abort', id: 'c_2' })).rejects.toMatchObject({ name: 'Conflict' });
  });

  test.each(['UpdateItem', 'GetItem', 'Query', 'SendTaskSuccess'])(
    'comes of a lost answer of %s, and leaves one command',
    async (operation) => {
      losingTheAnswerOf(operation);

      await run();

      const commands = Object.keys(recordOf(world) ?? {}).filter((name) => name.startsWith('accepted_'));
      expect(commands).toEqual(['accepted_c_1']);
      expect(world.woken).toHaveLength(1);
    },
  );
});

describe('a command that cannot be taken is refused in a sentence', () => {
  const outcome: Outcome = { kind: 'rolledBack', reason: 'alarm shop-5xx is in ALARM', endedAtMs: NOW };

  test.each<[string, Partial<CommandMessage>, (world: EventsWorld) => void, string, string]>([
    [
      'nobody deploys the service',
      { service: 'other' },
      () => {},
      'NotFound',
      'expected a deployment of main/other, found none running; to go back from the last one: `cutover ' +
        'rollback main/other`',
    ],
    [
      'the deployment is only just starting',
      {},
      (world) => delete world.items[recordNameOf(ID)],
      'Conflict',
      'cannot abort deployment shop-8: it is only just starting; send it again in a few seconds',
    ],
    [
      'it has ended',
      {},
      (world) => deploying(world, 'shop', ID, { record: { plan, outcome } }),
      'Conflict',
      'cannot abort deployment shop-8: it has ended: alarm shop-5xx is in ALARM',
    ],
    [
      'it rolls back because somebody said so',
      { command: 'promote' },
      (world) =>
        deploying(world, 'shop', ID, { record: { plan, commands: [aCommand('abort', { id: 'c_0' })] } }),
      'Conflict',
      'cannot promote deployment shop-8: it is rolling back already: abort by ada (claimed); users are only ' +
        'moved to where they are answered, and `cutover watch main/shop` shows it',
    ],
    [
      'it rolls back by itself',
      {},
      (world) => decided(world, aDecision({ kind: 'rollBack', reason: 'alarm shop-5xx is in ALARM' })),
      'Conflict',
      'cannot abort deployment shop-8: it is rolling back already: alarm shop-5xx is in ALARM; ' +
        '`cutover abort main/shop --now` takes all users from green as soon as one task of blue is healthy',
    ],
    [
      'there is nothing to resume',
      { command: 'resume' },
      () => {},
      'Conflict',
      'cannot resume deployment shop-8: it is neither paused nor frozen',
    ],
    [
      'it is paused',
      { command: 'skip' },
      (world) =>
        deploying(world, 'shop', ID, { record: { plan, commands: [aCommand('pause', { id: 'c_0' })] } }),
      'Conflict',
      'cannot skip deployment shop-8: pause by ada (claimed); send resume first',
    ],
    [
      'no traffic has been shifted yet',
      { command: 'promote' },
      (world) => delete world.items[`deployment#${ID} decision#${NOW}`],
      'Conflict',
      'cannot promote deployment shop-8: no traffic has been shifted yet, so there is no bake to end ' +
        'and no gate to pass; send it after the first shift',
    ],
    [
      'nothing is planned yet that could wait for an approval',
      { command: 'approve' },
      (world) => {
        deploying(world, 'shop', ID);
        delete world.items[`deployment#${ID} decision#${NOW}`];
      },
      'Conflict',
      'cannot approve deployment shop-8: no traffic has been shifted yet, so there is no bake to end ' +
        'and no gate to pass; send it after the first shift',
    ],
    [
      'the shift has no gate',
      { command: 'approve' },
      (world) => decided(world, aDecision({ position: 1 })),
      'Conflict',
      'cannot approve deployment shop-8: the present shift asks for no approval; `skip` ends its bake',
    ],
    [
      'blue is about to go',
      { command: 'pause' },
      (world) => decided(world, aDecision({ kind: 'promote', position: 1 })),
      'Conflict',
      'cannot pause deployment shop-8: every shift has baked and blue is about to go; until its tasks ' +
        'stop, abort and freeze still can',
    ],
    [
      'blue has begun to go',
      { command: 'abort' },
      (world) => {
        const commitment = { to: 'finish' as const, reason: 'blue has begun to go', atMs: NOW };
        deploying(world, 'shop', ID, { record: { plan, commitment } });
      },
      'Conflict',
      'cannot abort deployment shop-8: blue has begun to go, so it only finishes; once it has ended, ' +
        '`cutover rollback main/shop` deploys the previous version',
    ],
    [
      'a step that failed sends it back, of which no decision tells',
      { command: 'freeze' },
      (world) => {
        const commitment = { to: 'rollBack' as const, reason: 'green’s tasks keep stopping', atMs: NOW };
        deploying(world, 'shop', ID, { record: { plan, commitment } });
      },
      'Conflict',
      'cannot freeze deployment shop-8: it is rolling back already: green’s tasks keep stopping; users ' +
        'are only moved to where they are answered, and `cutover watch main/shop` shows it',
    ],
    [
      'its execution was stopped',
      { command: 'pause' },
      (world) => {
        world.executions[ID] = 'ABORTED';
      },
      'Conflict',
      'cannot pause deployment shop-8: its execution has ended half-way, and a recovery gives all ' +
        'traffic back to blue, or finishes what was promoted; only abort applies',
    ],
    [
      'a recovery runs',
      { command: 'skip' },
      (world) => deploying(world, 'shop', ID, { record: { plan }, lease: { recoveries: { N: '1' } } }),
      'Conflict',
      'cannot skip deployment shop-8: its execution has ended half-way, and a recovery gives all ' +
        'traffic back to blue, or finishes what was promoted; only abort applies',
    ],
  ])('%s', async (_, changes, given, name, message) => {
    given(world);

    await expect(run(changes)).rejects.toMatchObject({ name, message });
    expect(writes()).toEqual([]);
  });

  test('it ended while the command was on its way', async () => {
    failing('UpdateItem', awsError('ConditionalCheckFailedException'));

    await expect(run()).rejects.toMatchObject({
      name: 'Conflict',
      message:
        'cannot abort deployment shop-8: it has just ended, or has just begun to finish or to roll ' +
        'back, has had as many commands as it takes, or was started by the release before this one; ' +
        '`cutover status main/shop` shows which. Stopping its execution rolls it back in any case',
    });
    expect(world.woken).toEqual([]);
  });
});

describe('a hook that waits for an approval, at a shift without a gate', () => {
  const hooked = aPlan({ ...plan, hooks: [aHook()] });
  const asking = { name: 'ops', stage: 'beforeShift', step: 1, kind: 'approval', startedAtMs: NOW };
  const hooks = (runs: object[], of = hooked): void => {
    deploying(world, 'shop', ID, { record: { plan: of } });
    decided(world, aDecision({ position: 1 }));
    for (const [index, { result, ...run }] of runs.entries() as Iterable<[number, { result?: object }]>) {
      const sk = `hook#beforeShift#1#${index}`;
      world.items[`deployment#${ID} ${sk}`] = {
        pk: { S: `deployment#${ID}` },
        sk: { S: sk },
        runJson: { S: JSON.stringify(run) },
        ...(result === undefined ? {} : { resultJson: { S: JSON.stringify(result) } }),
      };
    }
  };
  const passed = { status: 'SUCCEEDED', reason: 'fine', endedAtMs: NOW };

  test('is approved, also beside one that is over', async () => {
    hooks([{ ...asking, result: passed }, asking, { ...asking, kind: 'lambda' }]);

    expect((await run({ command: 'approve' })).command.kind).toBe('approve');
  });

  test.each<[string, () => void]>([
    ['has been approved', () => hooks([{ ...asking, result: passed }])],
    ['is a function that runs', () => hooks([{ ...asking, kind: 'lambda' }])],
    ['has not begun', () => hooks([])],
  ])('is none where it %s', async (_, given) => {
    given();

    await expect(run({ command: 'approve' })).rejects.toMatchObject({
      message: expect.stringContaining('asks for no approval'),
    });
  });

  test.each<[string, CommandMessage['command'], () => void]>([
    ['another command', 'pause', () => hooks([asking])],
    ['a plan without hooks', 'approve', () => hooks([asking], aPlan({ shifts: plan.shifts.toReversed() }))],
  ])('is not read for %s', async (_, kind, given) => {
    given();

    await run({ command: kind });
    const asked = sentCommands().map(([operation, input]) => `${operation} ${JSON.stringify(input)}`);
    expect(asked.filter((call) => call.includes('hook#'))).toEqual([]);
  });
});

describe('each alias of the function takes the command of its name', () => {
  const reached = new Error('reached');
  const deps = {
    ...aHost(),
    leases: {
      read: async () => {
        throw reached;
      },
    },
  } as unknown as Parameters<typeof command>[1];

  test.each([
    [
      'pause',
      { name: 'InvalidRequest', message: expect.stringMatching(/^expected pause, because .* found abort:/) },
    ],
    ['abort', reached],
    ['live', reached],
    [null, reached],
  ])('invoked as %s', async (qualifier, error) => {
    await expect(command(request(), deps, { qualifier })).rejects.toMatchObject(error);
  });
});

describe('an execution that cannot be read', () => {
  test.each(['AccessDeniedException', 'ThrottlingException'])(
    '(%s) keeps no command away: it counts as running',
    async (name) => {
      failing('DescribeExecution', awsError(name), 1);

      expect((await run({ command: 'freeze' })).command.kind).toBe('freeze');
    },
  );
});

test('a lease that names no execution, and was never recovered, counts as running', async () => {
  delete world.items[leaseNameOf('shop')]?.executionArn;

  expect((await run({ command: 'freeze' })).command.kind).toBe('freeze');
  expect(sentOperations()).not.toContain('DescribeExecution');
});

test('a fault of our own is no execution that cannot be read', async () => {
  const fault = new TypeError('a fault of our own');
  const deps = {
    ...aHost(),
    leases: { read: async () => ({ holder: ID, executionArn: 'arn', recoveries: 0 }) },
    record: {
      read: async () => ({ outcome: null, commitment: null, plan, commands: [] }),
      readLastDecision: async () => aDecision(),
      addCommand: async () => true,
    },
    executions: {
      status: async () => {
        throw fault;
      },
    },
  } as unknown as Parameters<typeof command>[1];

  await expect(command(request({ command: 'freeze' }), deps)).rejects.toBe(fault);
});

test('a record that is gone once the command is written has nobody to wake', async () => {
  answering(dynamoDb, UpdateItemCommand, () => {
    delete world.items[recordNameOf(ID)];
    return {};
  });

  expect((await run()).command.kind).toBe('abort');
  expect(world.woken).toEqual([]);
});

test('an abort is taken also while a recovery is due: it goes back in any case then', async () => {
  world.executions[ID] = 'ABORTED';

  expect((await run()).command.kind).toBe('abort');
  expect(sentOperations()).not.toContain('DescribeExecution');
});

describe('an abort that lets nobody wait', () => {
  test('is written as one', async () => {
    expect((await run({ now: true })).command).toMatchObject({ kind: 'abort', now: true });
    expect(written(world)).toMatchObject({ kind: 'abort', now: true });
  });

  test('is taken while it rolls back, where no other command is', async () => {
    const commitment = { to: 'rollBack' as const, reason: 'alarm shop-5xx is in ALARM', atMs: NOW };
    deploying(world, 'shop', ID, { record: { plan, commitment } });
    world.items[recordNameOf(ID)] = { ...recordOf(world), commitmentTo: { S: 'rollBack' } };

    await expect(run()).rejects.toMatchObject({ name: 'Conflict' });
    expect((await run({ now: true, id: 'c_2' })).command).toMatchObject({ now: true });
    expect(written(world, 'c_2')).toMatchObject({ now: true });
  });
});

describe('a request that is wrong', () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      'of no known kind',
      { command: 'stop' },
      'command: expected one of promote, skip, pause, resume, approve, abort, freeze, found stop',
    ],
    [
      'that hurries what cannot be hurried',
      { command: 'promote', now: true },
      'now: expected true, and only with abort, found true with promote',
    ],
    [
      'that hurries by a text',
      { now: 'yes' },
      'now: expected true, and only with abort, found yes with abort',
    ],
    ['without a kind', { command: undefined }, ', found undefined'],
    ['without a sender', { by: undefined }, 'by: expected who sends it, found nothing'],
    ['with an empty sender', { by: '' }, 'by: expected who sends it, found nothing'],
    [
      'with an id that could not be an attribute',
      { id: 'a-b' },
      'id: expected 1 to 64 letters, digits or _, found a-b',
    ],
    ['with an id that breaks out of the expression', { id: 'x = :y, z' }, 'found x = :y, z'],
    ['with an id too long', { id: 'x'.repeat(65) }, 'id: expected 1 to 64'],
    ['with a number for an id', { id: 7 }, 'id: expected 1 to 64 letters, digits or _, found 7'],
    ['without a cluster', { cluster: undefined }, 'cluster: expected its name or ARN, found nothing'],
    ['with a cluster that is no text', { cluster: 7 }, 'cluster: expected its name or ARN, found nothing'],
    [
      'with a service that is longer than any ARN',
      { service: 's'.repeat(1_025) },
      'service: expected its name or ARN, found nothing',
    ],
    ['with an empty service', { service: '' }, 'service: expected its name or ARN, found nothing'],
    [
      'with a reason that is no text',
      { reason: 7 },
      'reason: expected at most 256 printable characters, found a number',
    ],
    [
      'with a reason too long',
      { reason: 'x'.repeat(257) },
      'reason: expected at most 256 printable characters, found 257',
    ],
    [
      'with a line end in its reason',
      { reason: 'a\nb' },
      'reason: expected at most 256 printable characters, found U+000A',
    ],
    [
      'with an escape in its sender',
      { by: 'a\u001b[31m' },
      'by: expected at most 256 printable characters, found U+001B',
    ],
    ['with text that turns around', { by: '\u202eada' }, 'found U+202E'],
    ['with a sender too long', { by: 'x'.repeat(200_000) }, 'found 200000'],
    ['without an id', { id: undefined }, 'id: expected 1 to 64 letters, digits or _, found'],
  ])('%s is refused before anything is read', async (_, changes, message) => {
    await expect(invoke({ ...request(), ...changes })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining(message),
    });
    expect(sentOperations()).toEqual([]);
  });

  test.each([null, 7, 'abort', [], true])('that is %j is refused', async (message) => {
    await expect(invoke(message)).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('in several ways names all of them', async () => {
    const all = invoke({ ...request(), command: 'stop', by: '', id: '' });

    await expect(all).rejects.toThrow(/command: .*\nby: .*\nid: /);
  });
});

describe('when AWS does not answer as wished', () => {
  test.each(['GetItem', 'Query', 'UpdateItem'])(
    '%s that fails for good writes and wakes nothing',
    async (operation) => {
      failing(operation, awsError('AccessDeniedException'));

      await expect(run()).rejects.toMatchObject({ name: 'AccessDenied' });
      expect(written(world)).toBeNull();
      expect(world.woken).toEqual([]);
    },
  );

  test('a wake-up that is not allowed is said, though the command is written and will be found', async () => {
    failing('SendTaskSuccess', awsError('AccessDeniedException'));

    await expect(run()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(written(world)).toMatchObject({ kind: 'abort' });
  });
});
