import { setTimeout } from 'node:timers/promises';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { deploymentIdOf } from '../../core/deployment/deployment-id.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { Outcome } from '../../core/vocabulary/ending.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { type Account, GIVE_UP_MS } from './account.ts';

/** As the table has it at the end. */
type Lease = { holder: string | undefined; lastGroups: string[] };

type Deployment = {
  executionArn: string;
  /** Waits, in real time, for the execution's end. */
  ended(): Promise<{ status: string | undefined; error: string | undefined; cause: string | undefined }>;
};

const POLL_EVERY_MS = 50;

export const until = async <T>(what: string, poll: () => Promise<T | undefined>): Promise<T> => {
  const deadlineMs = Date.now() + GIVE_UP_MS;
  for (;;) {
    const found = await poll();
    if (found !== undefined) return found;
    if (Date.now() > deadlineMs) throw new Error(`${what}: not within ${GIVE_UP_MS / 1_000} s`);
    await setTimeout(POLL_EVERY_MS);
  }
};

/** As the console and the command line start one. */
export const deploy = async (
  account: Account,
  name: string,
  request: object,
): Promise<Deployment & { deploymentId: string }> => {
  const { executionArn = '', startDate } = await account.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: account.installation.stateMachineArn,
      name,
      input: JSON.stringify(request),
    }),
  );
  if (startDate === undefined) throw new Error(`${name} was started without a start date`);
  const deploymentId = deploymentIdOf({ arn: executionArn, startedAtMs: startDate.getTime() }, sha256);
  return { ...theDeployment(account, executionArn), deploymentId };
};

export const theDeployment = ({ sfn }: Account, executionArn: string): Deployment => ({
  executionArn,
  ended: () =>
    until(`the end of ${executionArn}`, async () => {
      const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING' ? undefined : { status, error, cause };
    }),
});

/** The states it entered, in order. */
export const statesOf = async ({ sfn }: Account, executionArn: string): Promise<string[]> => {
  const states: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, ...(nextToken === undefined ? {} : { nextToken }) }),
    );
    states.push(
      ...(page.events ?? []).flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []),
    );
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return states;
};

export const readLease = async ({ dynamoDb, installation }: Account, service: string): Promise<Lease> => {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({
      TableName: installation.tableName,
      Key: { pk: { S: 'leases' }, sk: { S: `shop/${service}` } },
      ConsistentRead: true,
    }),
  );
  return {
    holder: Item?.holder?.S,
    lastGroups: (Item?.lastGroups?.L ?? []).flatMap(({ S }) => S ?? []).toSorted(),
  };
};

/** Everything the table has about a deployment. */
export const readRecord = async ({ dynamoDb, installation }: Account, deploymentId: string) => {
  const { Items = [] } = await dynamoDb.send(
    new QueryCommand({
      TableName: installation.tableName,
      KeyConditionExpression: 'pk = :deployment',
      ExpressionAttributeValues: { ':deployment': { S: `deployment#${deploymentId}` } },
    }),
  );
  const record = Items.find(({ sk }) => sk?.S === 'record');
  const outcome = record?.outcomeJson?.S;
  return {
    outcome: outcome === undefined ? null : (JSON.parse(outcome) as Outcome),
    decisions: Items.flatMap(({ decisionJson }) =>
      decisionJson?.S === undefined ? [] : [JSON.parse(decisionJson.S) as Decision],
    ),
  };
};
