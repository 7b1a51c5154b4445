import { DescribeServicesCommand, type Service } from '@aws-sdk/client-ecs';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { judgeHealth } from '../../functions/judge-health.ts';
import { removeGreen } from '../../functions/remove-green.ts';
import { retireBlue } from '../../functions/retire-blue.ts';
import { rollBack } from '../../functions/roll-back.ts';
import { aGreenTaskSet } from '../builders/ecs.ts';
import { targetsIn, weightsIn } from '../builders/elbv2.ts';
import { aRollBack, BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { invoking } from './a-handler.ts';
import { CLUSTER, green, LISTENER, lease, shiftedTo, theirPlan } from './a-plan.ts';
import { type AwsWorld, answerFrom, aWorld, bothRoutesAt } from './answers.ts';
import { ecs, sentCommands, writes } from './sent-commands.ts';

/** Blue is a service with ECS's own controller, as a whole; the service that is deployed has green alone. */

const OLD = 'arn:aws:ecs:eu-west-1:1:service/main/classic';
const { blue } = theirPlan();
const plan = theirPlan({
  blue: blue === null ? null : { ...blue, id: 'service/classic', arn: OLD, service: 'classic' },
});
const classic = (changes: Partial<Service> = {}): Service => ({
  serviceArn: OLD,
  serviceName: 'classic',
  clusterArn: CLUSTER,
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 2,
  taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:7',
  loadBalancers: [{ targetGroupArn: BLUE, containerName: 'web', containerPort: 8080 }],
  ...changes,
});

let world: AwsWorld;
const withOld = (changes: Partial<AwsWorld>, old: Service | null = classic()): void => {
  world = answerFrom(aWorld({ taskSets: [aGreenTaskSet({ status: 'PRIMARY' })], ...changes }));
  ecs
    .on(DescribeServicesCommand, { services: ['classic'] })
    .resolves(old === null ? { failures: [{ reason: 'MISSING' }] } : { services: [old] });
};
beforeEach(() => withOld({ routes: bothRoutesAt(0, 100) }));

const served = { lease, plan, green, traffic: shiftedTo(2, 100, { shiftedAtMs: NOW - 3_600_000 }) };

test('RetireBlue closes the record, and takes nothing from the service whose users it has taken over', async () => {
  const retirement = await invoking('RetireBlue', retireBlue)(served);

  expect(retirement).toMatchObject({ kind: 'retired', reason: 'the service classic keeps its tasks' });
  expect(writes().map(([operation]) => operation)).toEqual(['UpdateItem']);
});

describe('a bake', () => {
  const judge = invoking('JudgeHealth', judgeHealth);

  test('counts the tasks of the old service as blue', async () => {
    withOld({ routes: bothRoutesAt(90, 10) });

    const decision = await judge({ lease, plan, green, traffic: shiftedTo(0, 10) });

    expect(decision).toMatchObject({ kind: 'hold', evidence: { blue: { healthy: 2, wanted: 2 } } });
    expect(sentCommands()).toContainEqual([
      'DescribeServices',
      { cluster: plan.clusterArn, services: ['classic'] },
    ]);
  });

  test('moves everybody to green when all of them die', async () => {
    withOld({
      routes: bothRoutesAt(90, 10),
      targets: { [BLUE]: [], [GREEN]: targetsIn('healthy', 'healthy') },
    });

    await judge({ lease, plan, green, traffic: shiftedTo(0, 10) });

    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 0, [GREEN]: 100 });
  });
});

describe('the way back', () => {
  const back = invoking('RollBack', rollBack);
  const failure = { Error: 'Unhealthy', Cause: '{"errorMessage":"green fails"}' };

  test('gives all users to the old service', async () => {
    withOld({ routes: bothRoutesAt(50, 50) });

    expect(await back({ lease, plan, green, failure })).toMatchObject({ kind: 'restored' });
    expect(weightsIn(world.routes[LISTENER])).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('goes forward when the old service was deleted', async () => {
    withOld({ routes: bothRoutesAt(0, 100) }, null);

    expect(await back({ lease, plan, green, failure })).toMatchObject({ kind: 'finishForward' });
  });

  test('makes nothing of the old service PRIMARY, and removes green', async () => {
    withOld({ routes: bothRoutesAt(100, 0) });

    await invoking(
      'RemoveGreen',
      removeGreen,
    )({
      lease,
      plan,
      green,
      rolledBack: aRollBack({ kind: 'restored', startedAtMs: NOW - 600_000 }),
    });

    expect(writes()).toEqual([
      [
        'UpdateTaskSet',
        {
          cluster: plan.clusterArn,
          service: plan.serviceArn,
          taskSet: 'ecs-svc/2',
          scale: expect.anything(),
        },
      ],
    ]);
  });
});
