import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Stage, StagedDeployment } from '../stage/stage.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';
import { strikeAt } from './span.ts';

/** What somebody who may write the table does to a deployment that runs. */

/** No deployment enters a state more often: a state that no wait can change would be. */
const MOST_STATES = 1_000;

/** What he writes is to be true: once blue has begun to go nothing is rolled back any more. */
const whyNot = (record: Record<string, unknown> | undefined): string | null => {
  if (record === undefined) return 'the record is not open yet';
  if (record.outcomeJson !== undefined) return 'the record is closed';
  return record.commitmentTo === 'finish' ? 'blue has begun to go' : null;
};

const close = (stage: Stage, { deploymentId }: StagedDeployment): string | null => {
  const { dynamoDb, kernel } = stage.world;
  const why = whyNot(dynamoDb.item(`deployment#${deploymentId}`, 'record'));
  if (why !== null) return why;
  const endedAtMs = kernel.scheduler.nowMs();
  const outcome = { kind: 'rolledBack', reason: 'closed by hand', endedAtMs };
  dynamoDb.client
    .send(
      new UpdateItemCommand({
        TableName: 'cutover',
        Key: { pk: { S: `deployment#${deploymentId}` }, sk: { S: 'record' } },
        UpdateExpression: 'SET outcomeJson = :outcome',
        ExpressionAttributeValues: { ':outcome': { S: JSON.stringify(outcome) } },
      }),
    )
    .catch((error: Error) => stage.problem(error.message));
  let entered = 0;
  kernel.onEvent(({ kind, data }) => {
    if (kind !== 'step' || data?.phase !== 'entered') return;
    entered += 1;
    if (entered === MOST_STATES)
      stage.problem(`${MOST_STATES} states after its record was closed by hand it still runs`);
  });
  return null;
};

export const closedByHand: ProofFault = {
  name: 'closed-by-hand',
  description:
    'somebody closes the record of the deployment that runs, in the table: it goes back while it can, and ends',
  mayLose: NOTHING,
  endsAlike: false,
  arm: (point, span) => {
    if (point.kind === 'call') return null;
    return (stage) => {
      const [deployment] = stage.deployments;
      if (deployment !== undefined) strikeAt(stage, point, () => close(stage, deployment), span);
    };
  },
};
