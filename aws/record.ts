import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DAY_MS, SECOND_MS } from '../core/clock.ts';
import type { Outcome } from '../core/state.types.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import { type Item, json, number, readText, text } from './item.ts';
import { assertLease, freeLease, takeLease } from './lease.ts';
import type { DeploymentRecord } from './verbs.ts';

/**
 * How long a deployment's items outlive its last write. As long as Step Functions keeps the execution's history [aws-facts 93]:
 * longer, and the record would point at an execution nobody can open.
 */
export const KEPT_MS = 90 * DAY_MS;

/** Digits of a time in a key: with 15, keys sort by time until the year 33658. */
const TIME_DIGITS = 15;

/**
 * The table's items beside the lease (lease.ts). Every write is of one item, and absolute or conditional,
 * so that it may be sent twice:
 *   deployment#<id>  record                   the request, the plan, the task token in use, the outcome
 *   deployment#<id>  decision#<milliseconds>  one decision with its evidence
 */
export const makeRecord = (client: Sender, call: Call, table: string): DeploymentRecord => {
  const expiry = () => number(Math.ceil((call.clock.nowMs() + KEPT_MS) / SECOND_MS));

  const update = async (deploymentId: string, what: string, change: Change): Promise<void> => {
    const sets = [...change.set, 'expiresAt = :expiresAt'].join(', ');
    const removes = change.remove === undefined ? '' : ` REMOVE ${change.remove.join(', ')}`;
    await call(
      client,
      new UpdateItemCommand({
        TableName: table,
        Key: recordKey(deploymentId),
        UpdateExpression: `SET ${sets}${removes}`,
        ExpressionAttributeValues: { ...change.values, ':expiresAt': expiry() },
        ...(change.condition === undefined ? {} : { ConditionExpression: change.condition }),
      }),
      { what: `${what} of deployment ${deploymentId}` },
    );
  };

  return {
    async acquire(serviceKey, deploymentId, execution, request) {
      // The lease first: a record without a lease would be a deployment that never was.
      const taken = await takeLease(client, call, table, { serviceKey, deploymentId }, execution);
      // What a first try wrote stays.
      await update(deploymentId, 'open the record', {
        set: [
          'serviceKey = if_not_exists(serviceKey, :serviceKey)',
          'executionArn = if_not_exists(executionArn, :execution)',
          'requestJson = if_not_exists(requestJson, :request)',
          'openedAtMs = if_not_exists(openedAtMs, :openedAtMs)',
        ],
        values: {
          ':serviceKey': text(serviceKey),
          ':execution': text(execution.id),
          ':request': json(request),
          ':openedAtMs': number(taken.acquiredAtMs),
        },
      });
      return taken;
    },

    assertHolds: (lease) => assertLease(client, call, table, lease),

    async savePlan(deploymentId, plan) {
      await update(deploymentId, 'save the plan', {
        set: ['planJson = :plan'],
        values: { ':plan': json(plan) },
      });
    },

    async appendDecision(deploymentId, decision) {
      const at = String(decision.evidence.observedAtMs).padStart(TIME_DIGITS, '0');
      await call(
        client,
        new PutItemCommand({
          TableName: table,
          Item: {
            pk: text(`deployment#${deploymentId}`),
            sk: text(`decision#${at}`),
            decisionKind: text(decision.kind),
            decisionReason: text(decision.reason),
            decisionJson: json(decision),
            expiresAt: expiry(),
          },
        }),
        { what: `record a decision of deployment ${deploymentId}` },
      );
    },

    async storeTaskToken(deploymentId, taskToken, expiresAtMs) {
      await update(deploymentId, 'store the task token', {
        set: ['taskToken = :token', 'taskTokenExpiresAtMs = :tokenExpiresAtMs'],
        values: { ':token': text(taskToken), ':tokenExpiresAtMs': number(expiresAtMs) },
      });
    },

    async close(deploymentId, outcome) {
      try {
        await update(deploymentId, 'close the record', {
          condition: 'attribute_not_exists(outcomeJson)',
          set: ['outcomeJson = :outcome', 'closedAtMs = :closedAtMs'],
          remove: ['taskToken', 'taskTokenExpiresAtMs'],
          values: { ':outcome': json(outcome), ':closedAtMs': number(outcome.endedAtMs) },
        });
        return outcome;
      } catch (error) {
        if (!causedBy(error, 'ConditionalCheckFailedException')) throw error;
        return readOutcome(client, call, table, deploymentId, error);
      }
    },

    release: (lease, lastGroups) => freeLease(client, call, table, lease, lastGroups),
  };
};

type Change = {
  set: string[];
  remove?: string[];
  values: Item;
  condition?: string;
};

const recordKey = (deploymentId: string): Item => ({
  pk: text(`deployment#${deploymentId}`),
  sk: text('record'),
});

/** The outcome that stands: an earlier try's, or what another execution of the same deployment recorded first. */
const readOutcome = async (
  client: Sender,
  call: Call,
  table: string,
  deploymentId: string,
  refusal: unknown,
): Promise<Outcome> => {
  const command = new GetItemCommand({
    TableName: table,
    Key: recordKey(deploymentId),
    ConsistentRead: true,
  });
  const answer = await call(client, command, { what: `read the outcome of deployment ${deploymentId}` });
  const written = readText(answer.Item, 'outcomeJson');
  // Only the expiry of the record between the two calls leads here: then the refusal is all there is to say.
  if (written === undefined) throw refusal;
  return JSON.parse(written);
};
