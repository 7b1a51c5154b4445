import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DeploymentError } from '../core/errors.ts';
import type { Execution, Lease } from '../core/state.types.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import { type Item, number, readNumber, readText, readTexts, text, texts } from './item.ts';

/**
 * The one deployment that may change a service: one item per service, kept for good because it also remembers the
 * groups of the last deployment. It never expires by itself: a lease that ran out under a running deployment would
 * let two of them write.
 */
const leaseKey = (serviceKey: string): Item => ({ pk: text(`service#${serviceKey}`), sk: text('lease') });

type Holding = Pick<Lease, 'serviceKey' | 'deploymentId'>;

/** Repeatable by the same deployment: it keeps its first time, and a repeat after a lost answer is not refused. */
export const takeLease = async (
  client: Sender,
  call: Call,
  table: string,
  { serviceKey, deploymentId }: Holding,
  execution: Execution,
): Promise<{ acquiredAtMs: number; lastGroups: string[] }> => {
  const what = `take the lease of service ${serviceKey}`;
  const nowMs = call.clock.nowMs();
  try {
    await call(
      client,
      new UpdateItemCommand({
        TableName: table,
        Key: leaseKey(serviceKey),
        ConditionExpression: 'attribute_not_exists(holder) OR holder = :me',
        UpdateExpression:
          'SET holder = :me, executionArn = :execution, acquiredAtMs = if_not_exists(acquiredAtMs, :now)',
        ExpressionAttributeValues: {
          ':me': text(deploymentId),
          ':execution': text(execution.id),
          ':now': number(nowMs),
        },
      }),
      { what },
    );
  } catch (error) {
    if (!causedBy(error, 'ConditionalCheckFailedException')) throw error;
    throw busy(serviceKey, await readLease(client, call, table, serviceKey), error);
  }

  const lease = await readLease(client, call, table, serviceKey);
  if (readText(lease, 'holder') !== deploymentId) throw busy(serviceKey, lease);
  return {
    acquiredAtMs: readNumber(lease, 'acquiredAtMs') ?? nowMs,
    lastGroups: readTexts(lease, 'lastGroups'),
  };
};

export const assertLease = async (
  client: Sender,
  call: Call,
  table: string,
  holding: Holding,
): Promise<void> => {
  const lease = await readLease(client, call, table, holding.serviceKey);
  if (readText(lease, 'holder') !== holding.deploymentId) throw lost(holding, lease);
};

/** A lease that is free already, or another deployment's by now, is left as it is: a repeat after a lost answer finds it so. */
export const freeLease = async (
  client: Sender,
  call: Call,
  table: string,
  { serviceKey, deploymentId }: Holding,
  lastGroups: readonly string[],
): Promise<void> => {
  // A deployment that was refused has no groups to remember, and must not make the service forget its last ones.
  const remember = lastGroups.length === 0 ? '' : 'SET lastGroups = :groups ';
  try {
    await call(
      client,
      new UpdateItemCommand({
        TableName: table,
        Key: leaseKey(serviceKey),
        ConditionExpression: 'holder = :me',
        UpdateExpression: `${remember}REMOVE holder, executionArn, acquiredAtMs`,
        ExpressionAttributeValues: {
          ':me': text(deploymentId),
          ...(lastGroups.length === 0 ? {} : { ':groups': texts(lastGroups) }),
        },
      }),
      { what: `free the lease of service ${serviceKey}` },
    );
  } catch (error) {
    if (!causedBy(error, 'ConditionalCheckFailedException')) throw error;
  }
};

const readLease = async (
  client: Sender,
  call: Call,
  table: string,
  serviceKey: string,
): Promise<Item | undefined> => {
  const command = new GetItemCommand({ TableName: table, Key: leaseKey(serviceKey), ConsistentRead: true });
  const answer = await call(client, command, { what: `read the lease of service ${serviceKey}` });
  return answer.Item;
};

const busy = (serviceKey: string, lease: Item | undefined, cause?: unknown): DeploymentError => {
  const holder = readText(lease, 'holder');
  const sinceMs = readNumber(lease, 'acquiredAtMs');
  const execution = readText(lease, 'executionArn');
  const message =
    holder === undefined
      ? `Service ${serviceKey} was being deployed by another deployment, which has ended since. Start this one again.`
      : `Service ${serviceKey} is being deployed by ${holder}${sinceMs === undefined ? '' : ` since ${new Date(sinceMs).toISOString()}`}; one deployment at a time may change a service. ` +
        `Wait until it has ended, or watch it with \`aws stepfunctions describe-execution --execution-arn ${execution ?? holder}\`.`;
  return new DeploymentError('ServiceBusy', message, { cause });
};

const lost = ({ serviceKey, deploymentId }: Holding, lease: Item | undefined): DeploymentError => {
  const holder = readText(lease, 'holder');
  return new DeploymentError(
    'LeaseLost',
    `Expected deployment ${deploymentId} to hold the lease of service ${serviceKey}, found ${holder === undefined ? 'it free' : `that ${holder} holds it`}. ` +
      'This deployment may write no more; look at the service before you start another one.',
  );
};
