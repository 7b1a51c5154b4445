import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { quickHealthy, type SmallService } from '../../../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../../../verify/stage/small-world.ts';
import { runStage, type Stage } from '../../../verify/stage/stage.ts';

/** A recovery that fails again and again is tried ever more rarely, is never forgotten, and a person is named what to do. */

const service: SmallService = { name: 'web', routes: ['rule'], sticky: false, first: false };
const STOPPED_MS = MINUTE_MS;

type Recoveries = {
  /** When each started, in the six hours that a stage lasts. */
  atMinutes: number[];
  /** When the sweep last counted a lease that an ended execution holds, which pages. */
  countedAtMinute: number;
  /** Why the last one ended. */
  cause: string;
};

const recoveriesWith = async (breaks: (stage: Stage) => void): Promise<Recoveries> => {
  const atMinutes: number[] = [];
  let countedAtMinute = 0;
  let cause = '';
  await runStage({
    world: smallWorld([service]),
    behaviourOf: () => quickHealthy,
    deployments: [{ service, request: smallRequest(service), startAfterMs: 0 }],
    seed: 1,
    disturb: (stage) => {
      const { kernel } = stage.world;
      const { stepFunctions } = stage.orchestrator;
      const fromMs = kernel.scheduler.nowMs();
      const minute = (): number => Math.round((kernel.scheduler.nowMs() - fromMs) / MINUTE_MS);
      stepFunctions.onStatusChange((execution) => {
        if (execution.status === 'RUNNING' && execution.name.startsWith('recover-')) atMinutes.push(minute());
        if (execution.status !== 'RUNNING') cause = execution.cause ?? '';
      });
      kernel.onEvent(({ what }) => {
        if (what.includes('"EndedButHeld":1')) countedAtMinute = minute();
      });
      kernel.scheduler.after(STOPPED_MS, () => {
        breaks(stage);
        for (const { arn, status } of stepFunctions.executions())
          if (status === 'RUNNING') stepFunctions.stopExecution(arn, 'stopped by a person in the console');
      });
    },
  });
  return { atMinutes, countedAtMinute, cause };
};

test('a record that cannot be read', async () => {
  const found = await recoveriesWith(({ world, deployments }) => {
    const command = new UpdateItemCommand({
      TableName: 'cutover',
      Key: { pk: { S: `deployment#${deployments[0]?.deploymentId}` }, sk: { S: 'record' } },
      UpdateExpression: 'SET planJson = :text',
      ExpressionAttributeValues: { ':text': { S: '{"damaged' } },
    });
    world.dynamoDb.client.send(command).catch((error: Error) => expect.fail(error.message));
  });

  expect(found.atMinutes).toEqual([1, 2, 5, 10, 19, 36, 69, 134, 263]);
  expect(found.countedAtMinute).toBeGreaterThan(350);
  expect(found.cause).toContain("Restore the item from the table's point-in-time backup");
});

test('a recovery that fails before it has the lease', async () => {
  const found = await recoveriesWith(({ world }) => {
    world.kernel.intercept(({ by, operation }) =>
      by === 'AcquireLease' && operation === 'UpdateItem' ? 'denied' : undefined,
    );
  });

  expect(found.atMinutes).toEqual([1, 7, 18, 39, 79, 139, 200, 260, 320]);
  expect(found.countedAtMinute).toBeGreaterThan(350);
  expect(found.cause).toContain('Allow dynamodb:UpdateItem in the policy of the role');
});
