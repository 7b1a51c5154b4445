import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { TaskSet } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_MEMORY } from '../../core/weights/carry.ts';
import { retireBlue } from '../../functions/retire-blue.ts';
import { awsError } from '../aws/an-invocation.ts';
import { aRecord, leaseKey, RECORD } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { aForwardAction, targetsIn } from '../builders/elbv2.ts';
import { aForward, BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { aCommand } from './a-command.ts';
import { invoking } from './a-handler.ts';
import { GREEN_ID, green, lease, RULE, ruleRoute, shiftedTo, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { answering, failing } from './faults.ts';
import { dynamoDb, elbv2, sentCommands, writes } from './sent-commands.ts';

const run = invoking('RetireBlue', retireBlue);
const traffic = shiftedTo(2, 100, { shiftedAtMs: NOW - 3_600_000 });
const input = { lease, plan: theirPlan(), green, traffic };
const promoted = (changes: Partial<TaskSet> = {}): TaskSet =>
  aGreenTaskSet({ status: 'PRIMARY', ...changes });
const drained = (): TaskSet =>
  aBlueTaskSet({
    status: 'ACTIVE',
    scale: { value: 0, unit: 'PERCENT' },
    computedDesiredCount: 0,
    runningCount: 0,
  });

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(
    aWorld({ routes: bothRoutesAt(0, 100), taskSets: [aBlueTaskSet({ status: 'ACTIVE' }), promoted()] }),
  );
});

const written = () => writes().map(([operation]) => operation);

describe('a green that is as small as an earlier weight took', () => {
  const growing = theirPlan({ capacity: { headroom: 1.2, minTasks: 1 } });
  /** It finishes before its last shift, because there is no blue to go back to. */
  const finishing = {
    lease,
    plan: growing,
    green,
    traffic: shiftedTo(1, 50, { shiftedAtMs: NOW - 3_600_000 }),
  };
  const small = { value: 60, unit: 'PERCENT' as const };
  beforeEach(() => {
    world.taskSets[1] = promoted({ scale: small });
  });

  test.each<[string, () => void, string]>([
    ['blue loses anything', () => {}, 'waiting'],
    ['blue loses more', () => (world.taskSets[0] = drained()), 'draining'],
  ])('gets all of its tasks before %s', async (_what, given, kind) => {
    given();

    expect(await run(finishing)).toMatchObject({
      kind,
      waitSeconds: 30,
      reason: 'green gets all of its tasks before it is alone',
    });
    expect(writes()).toEqual([
      [
        'UpdateTaskSet',
        expect.objectContaining({ taskSet: GREEN_ID, scale: { value: 100, unit: 'PERCENT' } }),
      ],
    ]);
  });

  test('gets them also where it is the first', async () => {
    world.taskSets = [promoted({ scale: small })];

    const first = { ...finishing, plan: { ...growing, blue: null } };

    expect(await run(first)).toMatchObject({ kind: 'waiting', waitSeconds: 30 });
    expect(written()).toEqual(['UpdateTaskSet']);
  });

  test('gets none while a person holds the deployment, or has aborted it', async () => {
    world.items[RECORD] = aRecord({ commands: [aCommand('freeze')] });
    expect(await run(finishing)).toMatchObject({ kind: 'waiting', waitSeconds: 3_600 });

    world.items[RECORD] = aRecord({ commands: [aCommand('abort')] });
    await expect(run(finishing)).rejects.toMatchObject({ name: 'Aborted' });
    expect(writes()).toEqual([]);
  });
});

describe('a test route that leads to blue', () => {
  const plan = theirPlan({
    test: { route: ruleRoute(aForward([BLUE, 1])) },
    routes: theirPlan().routes.slice(0, 1),
  });
  const tested = { ...input, plan };
  beforeEach(() => {
    world.routes[RULE] = [aForwardAction({ [BLUE]: 1 })];
  });

  test('is left alone while blue stays', async () => {
    world.targets = { [BLUE]: targetsIn('healthy', 'healthy'), [GREEN]: targetsIn('healthy', 'initial') };
    expect(await run(tested)).toMatchObject({ kind: 'short' });

    world.items[RECORD] = aRecord({ commands: [aCommand('freeze')] });
    expect(await run(tested)).toMatchObject({ kind: 'waiting' });
    expect(writes()).toEqual([]);
  });

  test('makes a blue that drains wait, and is said to', async () => {
    world.taskSets[0] = drained();

    expect(await run(tested)).toMatchObject({
      kind: 'draining',
      waitSeconds: 10,
      reason: 'the test route HTTPS:443 path /api/* follows',
    });
  });

  test('that cannot be written keeps blue for five minutes, and the record has it', async () => {
    failing('ModifyRule', awsError('AccessDeniedException'));
    expect(await run(tested)).toMatchObject({
      kind: 'waiting',
      waitSeconds: 10,
      reason: expect.stringContaining('trying again'),
    });

    const { testOpen, kind } = await run({
      ...tested,
      retirement: {
        kind: 'waiting',
        startedAtMs: NOW - 300_000,
        waitSeconds: 10,
        runningCount: 2,
        reason: '',
      },
    });
    expect(kind).toBe('draining');
    expect(testOpen).toContain('could not be taken from blue');
  });

  test('has nothing to tell once it leads to green', async () => {
    world.routes[RULE] = [aForwardAction({ [BLUE]: 0, [GREEN]: 100 })];

    const retirement = await run(tested);

    expect(retirement).toMatchObject({ kind: 'draining' });
    expect(retirement).not.toHaveProperty('testOpen');
  });
});

describe('what a person who holds it sees of the way back', () => {
  const ready = { kind: 'ready' as const, healthyTargets: 2, wanted: 2, reason: '', launchMs: 60_000 };
  beforeEach(() => {
    world.items[RECORD] = aRecord({ commands: [aCommand('freeze')] });
  });

  test('is the time that blue’s tasks take to start, where blue is short of them', async () => {
    world.targets[BLUE] = targetsIn('healthy', 'unhealthy', 'unhealthy', 'unhealthy');

    const readiness = { kind: 'short', seconds: 16 + 60 + 60, carriesPct: 75 };
    expect(await run({ ...input, ready })).toMatchObject({ readiness });
    expect(await run(input)).toMatchObject({ readiness: { kind: 'short', seconds: null } });
  });

  test('is nothing where blue cannot be read, which changes nothing else', async () => {
    failing('DescribeServices', awsError('AccessDeniedException'));

    const retirement = await run(input);

    expect(retirement).toMatchObject({ kind: 'waiting', waitSeconds: 3_600 });
    expect(retirement).not.toHaveProperty('readiness');
  });
});

describe('a record that changes between the read and the commitment', () => {
  /** After the step has read the record, and before it commits. */
  const meanwhile = (change: () => void): void =>
    answering(elbv2, DescribeTargetHealthCommand, () => {
      change();
      return { TargetHealthDescriptions: targetsIn('healthy', 'healthy') };
    });
  const commands = [aCommand('freeze', { id: 'late' })];

  test.each<[string, () => void]>([
    ['is gone', () => delete world.items[RECORD]],
    [
      'is closed, although a command came as well',
      () => {
        const outcome = { kind: 'stuck' as const, reason: 'by hand', endedAtMs: NOW };
        world.items[RECORD] = aRecord({ commands, outcome });
      },
    ],
  ])('and %s is an error: somebody wrote it by hand', async (_how, change) => {
    meanwhile(change);

    await expect(run(input)).rejects.toMatchObject({
      name: 'Conflict',
      message: expect.stringContaining('expected the record to be open'),
    });
    expect(written()).not.toContain('UpdateTaskSet');
  });

  test('by a command has a reason to say', async () => {
    meanwhile(() => {
      world.items[RECORD] = aRecord({ commands });
    });

    expect(await run(input)).toMatchObject({ reason: 'a command came as blue was about to go' });
  });
});

describe('a first deployment', () => {
  const first = { ...input, plan: theirPlan({ blue: null }) };

  test('ends without a read of the lease: the record is closed on its own condition', async () => {
    expect(await run(first)).toEqual({
      kind: 'retired',
      startedAtMs: NOW,
      waitSeconds: 0,
      runningCount: 0,
      reason: 'a first deployment has no blue',
    });
    expect(sentCommands()).not.toContainEqual(['GetItem', expect.objectContaining({ Key: leaseKey })]);
  });

  test('does not end when a command comes as it is about to', async () => {
    answering(dynamoDb, UpdateItemCommand, () => {
      world.items[RECORD] = aRecord({ commands: [aCommand('freeze', { id: 'late' })] });
      throw awsError('ConditionalCheckFailedException');
    });

    expect(await run(first)).toMatchObject({
      kind: 'waiting',
      waitSeconds: 1,
      reason: 'a command came as it was about to end',
    });
  });
});

test('users who were never moved beside the plan have no later write to wait for', async () => {
  world.items[RECORD] = aRecord({ placement: NO_MEMORY });

  expect(await run(input)).toMatchObject({ kind: 'draining' });
});

test('a recovery, which knows no green, has nobody to judge it again', async () => {
  world.targets[GREEN] = targetsIn('healthy', 'initial');

  expect(await run({ lease, plan: input.plan, traffic } as typeof input)).toMatchObject({
    kind: 'waiting',
    waitSeconds: 30,
  });
});
