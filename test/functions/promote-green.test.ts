import { UpdateServicePrimaryTaskSetCommand } from '@aws-sdk/client-ecs';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { promoteGreen } from '../../functions/promote-green.ts';
import { leaseKey, TABLE } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet } from '../builders/ecs.ts';
import { aForwardAction } from '../builders/elbv2.ts';
import { BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { invoking } from './a-handler.ts';
import { CLUSTER, GREEN_ID, green, LISTENER, lease, RULE, SERVICE, shiftedTo, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { changesNothingTheSecondTime, meetsApiErrors, refusesWithoutLease } from './api-errors.ts';
import { ecs, sentCommands, writes } from './sent-commands.ts';

const run = invoking('PromoteGreen', promoteGreen);
const input = { lease, plan: theirPlan(), green, traffic: shiftedTo(2, 100) };
const allGreen = (): AwsWorld => aWorld({ routes: bothRoutesAt(0, 100) });

let world: AwsWorld;
beforeEach(() => {
  world = answerFrom(allGreen());
});

test('green becomes PRIMARY once every route gives it everything', async () => {
  expect(await run(input)).toEqual({ primaryTaskSetId: GREEN_ID, promotedAtMs: NOW });

  expect(sentCommands()).toStrictEqual([
    ['DescribeServices', { cluster: CLUSTER, services: [SERVICE] }],
    ['DescribeListeners', { ListenerArns: [LISTENER] }],
    ['DescribeRules', { RuleArns: [RULE] }],
    ['GetItem', { TableName: TABLE, Key: leaseKey, ConsistentRead: true }],
    ['UpdateServicePrimaryTaskSet', { cluster: CLUSTER, service: SERVICE, primaryTaskSet: GREEN_ID }],
  ]);
  expect(world.taskSets.map(({ status }) => status)).toEqual(['ACTIVE', 'PRIMARY']);
});

test('a green that is PRIMARY already is left so, and no lease is asked for', async () => {
  world.taskSets = [aBlueTaskSet({ status: 'ACTIVE' }), aGreenTaskSet({ status: 'PRIMARY' })];

  expect(await run(input)).toMatchObject({ primaryTaskSetId: GREEN_ID });
  expect(sentCommands().map(([operation]) => operation)).toEqual([
    'DescribeServices',
    'DescribeListeners',
    'DescribeRules',
  ]);
});

test('a plan that takes its own task set for blue is refused before any write', async () => {
  const plan = theirPlan();
  const confused = { ...plan, blue: plan.blue === null ? null : { ...plan.blue, id: GREEN_ID } };

  await expect(run({ ...input, plan: confused })).rejects.toMatchObject({ name: 'NotFound' });
  expect(writes()).toEqual([]);
});

test('the first PRIMARY of a service is given like any other', async () => {
  world.taskSets = [aGreenTaskSet()];

  await run({ ...input, plan: theirPlan({ blue: null }) });

  expect(ecs).toHaveReceivedCommandExactlyOnceWith(UpdateServicePrimaryTaskSetCommand, {
    cluster: CLUSTER,
    service: SERVICE,
    primaryTaskSet: GREEN_ID,
  });
});

test('once blue has begun to go, a rule that somebody deleted does not keep green from being PRIMARY', async () => {
  world.taskSets[0] = aBlueTaskSet({ scale: { value: 0, unit: 'PERCENT' }, computedDesiredCount: 0 });
  delete world.routes[RULE];

  expect(await run(input)).toMatchObject({ primaryTaskSetId: GREEN_ID });
});

test.each([
  ['blue still has some', [aForwardAction({ [BLUE]: 10, [GREEN]: 90 })], '10 % blue, 90 % green'],
  ['somebody moved it back', [aForwardAction({ [BLUE]: 100, [GREEN]: 0 })], '100 % blue, 0 % green'],
  ['both are at weight 0', [aForwardAction({ [BLUE]: 0, [GREEN]: 0 })], 'no split between blue and green'],
])('a route on which %s keeps green from being PRIMARY', async (_what, actions, found) => {
  world.routes[RULE] = actions;

  await expect(run(input)).rejects.toMatchObject({
    name: 'TrafficDrifted',
    message: expect.stringMatching(`HTTPS:443 path .* found .*${found}`),
  });
  expect(writes()).toEqual([]);
});

describe('every step’s duties', () => {
  const situation = { run, given: () => ({ world: allGreen(), input }) };
  changesNothingTheSecondTime<'PromoteGreen'>(situation);
  refusesWithoutLease<'PromoteGreen'>(situation);
  meetsApiErrors<'PromoteGreen'>({
    ...situation,
    operations: [
      'DescribeServices',
      'DescribeListeners',
      'DescribeRules',
      'GetItem',
      'UpdateServicePrimaryTaskSet',
    ],
  });
});
