import { GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { proofHolds } from '../core/ending/recovery.ts';
import { DeploymentError } from '../core/errors.ts';
import type { ChainHead } from '../core/vocabulary/history.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import { type Item, number, readNumber, readText, readTexts, text, texts } from './item.ts';
import type { HeldLease, LeaseItem, Leases } from './store-verbs.ts';

/**
 * The one deployment that may change a service: one item per service, kept for good because it also remembers the
 * groups of the last deployment. It never expires by itself: a lease that ran out under a running deployment would
 * let two of them write. All leases share one partition, so that one query finds every live deployment: an alarm
 * event has to wake those that watch it, and the sweep searches for those whose execution has ended.
 */
const LEASES = 'leases';
const leaseKey = (serviceKey: string): Item => ({ pk: text(LEASES), sk: text(serviceKey) });

type Holding = Pick<Lease, 'serviceKey' | 'deploymentId' | 'executionArn'>;

export const makeLeases = (client: Sender, call: Call, table: string): Leases => {
  const read = async (serviceKey: string): Promise<Item | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key: leaseKey(serviceKey), ConsistentRead: true });
    return (await call(client, command, { what: `read the lease of service ${serviceKey}` })).Item;
  };

  /** False when the condition did not hold. */
  const update = async (
    serviceKey: string,
    what: string,
    change: { condition: string; update: string; values: Item },
  ): Promise<boolean> => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: leaseKey(serviceKey),
      ConditionExpression: change.condition,
      UpdateExpression: change.update,
      ExpressionAttributeValues: change.values,
    });
    try {
      await call(client, command, { what: `${what} of service ${serviceKey}` });
      return true;
    } catch (error) {
      if (causedBy(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  };

  return {
    read: async (serviceKey) => observedLease(await read(serviceKey)),

    take: ({ serviceKey, deploymentId, executionArn }, alarms) =>
      update(serviceKey, 'take the lease', {
        // Ours already when the first try's answer was lost. Not when a recovery has taken over: the Lambda of a
        // stopped execution may run on for a minute.
        condition: 'attribute_not_exists(holder) OR (holder = :me AND executionArn = :execution)',
        update:
          'SET holder = :me, executionArn = :execution, acquiredAtMs = if_not_exists(acquiredAtMs, ' +
          ':now), alarms = :alarms ' +
          'REMOVE waiter, waiterSeenMs',
        values: {
          ':me': text(deploymentId),
          ':execution': text(executionArn),
          ':now': number(call.clock.nowMs()),
          ':alarms': texts(alarms),
        },
      }),

    wait: ({ serviceKey, deploymentId }, first) =>
      update(serviceKey, 'stand in line for the lease', {
        // The latest to come takes the place; one that stands there already must not take it back.
        condition: first ? 'attribute_not_exists(holder) OR holder <> :me' : 'waiter = :me',
        update: 'SET waiter = :me, waiterSeenMs = :now',
        values: { ':me': text(deploymentId), ':now': number(call.clock.nowMs()) },
      }),

    async prove({ serviceKey, deploymentId, executionArn }, signalAtMs) {
      const found = await read(serviceKey);
      const madeAtMs = readNumber(found, 'recoveryProofAtMs') ?? 0;
      const given = readText(found, 'recoveryProof');
      const tries = given === undefined ? 0 : (readNumber(found, 'recoveryTries') ?? 1);
      if (given !== undefined && proofHolds({ madeAtMs, tries }, signalAtMs, call.clock.nowMs()))
        return given;
      const words = [call.clock.nowMs(), ...[1, 2, 3].map(() => Math.floor(call.random() * 2 ** 48))];
      const proof = words.map((word) => word.toString(16)).join('-');
      const put = await update(serviceKey, 'prepare the recovery', {
        condition:
          'holder = :me AND executionArn = :execution AND ' +
          `${given === undefined ? 'attribute_not_exists(recoveryProof)' : 'recoveryProof = :given'}`,
        update: 'SET recoveryProof = :proof, recoveryProofAtMs = :now, recoveryTries = :tries',
        values: {
          ':tries': number(tries + 1),
          ':me': text(deploymentId),
          ':execution': text(executionArn),
          ':proof': text(proof),
          ':now': number(call.clock.nowMs()),
          ...(given === undefined ? {} : { ':given': text(given) }),
        },
      });
      return put ? proof : null;
    },

    takeOver: ({ serviceKey, deploymentId, executionArn }, { endedExecutionArn, proof }, recoveries) =>
      update(serviceKey, 'take over the lease', {
        condition:
          'holder = :me AND ((executionArn = :ended AND recoveryProof = :proof) OR executionArn = :execution)',
        update:
          'SET executionArn = :execution, recoveries = :recoveries, recoveredAtMs = :now REMOVE ' +
          'recoveryProof, recoveryProofAtMs, recoveryTries',
        values: {
          ':proof': text(proof),
          ':recoveries': number(recoveries),
          ':now': number(call.clock.nowMs()),
          ':me': text(deploymentId),
          ':ended': text(endedExecutionArn),
          ':execution': text(executionArn),
        },
      }),

    async assertHolds(holding) {
      const lease = await read(holding.serviceKey);
      const holds =
        readText(lease, 'holder') === holding.deploymentId &&
        readText(lease, 'executionArn') === holding.executionArn;
      if (!holds) throw lost(holding, lease);
    },

    async release({ serviceKey, deploymentId, executionArn }, lastGroups, head) {
      // A deployment that was refused has no groups to remember, and must not make the service forget its last ones.
      const sets = [
        ...(lastGroups.length === 0 ? [] : ['lastGroups = :groups']),
        ...(head === undefined ? [] : ['lastEndNumber = :number', 'lastEndDigest = :digest']),
      ];
      const remember = sets.length === 0 ? '' : `SET ${sets.join(', ')} `;
      await update(serviceKey, 'free the lease', {
        // Free already, or another's by now: a repeat after a lost answer finds it so.
        condition: 'holder = :me AND executionArn = :execution',
        update:
          `${remember}REMOVE holder, executionArn, acquiredAtMs, alarms, recoveries, recoveredAtMs, ` +
          'recoveryProof, recoveryProofAtMs, recoveryTries',
        values: {
          ':me': text(deploymentId),
          ':execution': text(executionArn),
          ...(lastGroups.length === 0 ? {} : { ':groups': texts(lastGroups) }),
          ...(head === undefined ? {} : { ':number': number(head.number), ':digest': text(head.digest) }),
        },
      });
    },

    async leaveLine({ serviceKey, deploymentId }) {
      await update(serviceKey, 'leave the line for the lease', {
        condition: 'waiter = :me',
        update: 'REMOVE waiter, waiterSeenMs',
        values: { ':me': text(deploymentId) },
      });
    },

    held: async () => (await readLeases(client, call, table)).flatMap(heldLease),
  };
};

/**
 * Every service that was ever deployed here, whether a deployment holds it or not, by name.
 * @returns `cluster/service`, with the holder and its execution while there is one.
 */
export const readServices = async (
  client: Sender,
  call: Call,
  table: string,
): Promise<{ serviceKey: string; lease: LeaseItem }[]> =>
  (await readLeases(client, call, table)).flatMap((item) => {
    const serviceKey = readText(item, 'sk');
    return serviceKey === undefined ? [] : [{ serviceKey, lease: observedLease(item) }];
  });

const readLeases = async (client: Sender, call: Call, table: string): Promise<Item[]> => {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const command = new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :leases',
      ExpressionAttributeValues: { ':leases': text(LEASES) },
      ConsistentRead: true,
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    });
    const page = await call(client, command, { what: 'list the leases' });
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
};

const observedLease = (item: Item | undefined): LeaseItem => {
  const acquiredAtMs = readNumber(item, 'acquiredAtMs');
  return {
    ...defined({
      holder: readText(item, 'holder'),
      executionArn: readText(item, 'executionArn'),
      acquiredAtMs,
      since: acquiredAtMs === undefined ? undefined : new Date(acquiredAtMs).toISOString(),
      waiter: readText(item, 'waiter'),
      waiterSeenMs: readNumber(item, 'waiterSeenMs'),
      head: headIn(item),
    }),
    lastGroups: readTexts(item, 'lastGroups'),
    recoveries: readNumber(item, 'recoveries') ?? 0,
  };
};

const headIn = (item: Item | undefined): ChainHead | undefined => {
  const [number, digest] = [readNumber(item, 'lastEndNumber'), readText(item, 'lastEndDigest')];
  return number === undefined || digest === undefined ? undefined : { number, digest };
};

const heldLease = (item: Item): HeldLease[] => {
  const serviceKey = readText(item, 'sk');
  const deploymentId = readText(item, 'holder');
  const executionArn = readText(item, 'executionArn');
  if (serviceKey === undefined || deploymentId === undefined || executionArn === undefined) return [];
  return [
    {
      serviceKey,
      deploymentId,
      executionArn,
      alarms: readTexts(item, 'alarms'),
      recoveries: readNumber(item, 'recoveries') ?? 0,
      recoveredAtMs: readNumber(item, 'recoveredAtMs') ?? 0,
    },
  ];
};

const lost = ({ serviceKey, deploymentId }: Holding, lease: Item | undefined): DeploymentError => {
  const holder = readText(lease, 'holder');
  const found =
    holder === undefined
      ? 'it free'
      : holder === deploymentId
        ? `that execution ${readText(lease, 'executionArn')} has taken this deployment over`
        : `that ${holder} holds it`;
  return new DeploymentError(
    'LeaseLost',
    `Expected deployment ${deploymentId} to hold the lease of service ${serviceKey}, found ${found}. ` +
      'This execution may write no more; read the service before you start another one.',
  );
};
