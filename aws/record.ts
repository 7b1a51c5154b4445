import { GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DAY_MS, SECOND_MS } from '../core/clock.ts';
import type { Command } from '../core/vocabulary/command.types.ts';
import type { Decision } from '../core/vocabulary/state.types.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import { type Item, json, number, readNumber, readText, text } from './item.ts';
import type { DeploymentRecord, StoredDeployment } from './verbs.ts';

/**
 * How long a deployment's items outlive its last write. As long as Step Functions keeps the execution's history [fact 93]:
 * longer, and the record would point at an execution nobody can open.
 */
export const KEPT_MS = 90 * DAY_MS;

/** Attributes that hold one command each start with this. */
const COMMAND = 'command_';

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

  /** False when the record is closed, was never opened, or does not meet the change's own condition. */
  const updateOpen = async (deploymentId: string, what: string, change: Change): Promise<boolean> => {
    try {
      const own = change.condition === undefined ? '' : ` AND ${change.condition}`;
      const condition = `attribute_exists(requestJson) AND attribute_not_exists(outcomeJson)${own}`;
      await update(deploymentId, what, { ...change, condition });
      return true;
    } catch (error) {
      if (causedBy(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  };

  return {
    async open(deploymentId, serviceKey, execution, request) {
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
          ':openedAtMs': number(call.clock.nowMs()),
        },
      });
    },

    read: (deploymentId) => readStored(client, call, table, deploymentId),

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

    noteAlarm: (deploymentId, alarmName) =>
      updateOpen(deploymentId, 'note an alarm', {
        set: ['lastSignalAtMs = :at', 'lastSignalBy = :by', 'lastAlarmAtMs = :at', 'lastAlarmName = :alarm'],
        values: {
          ':at': number(call.clock.nowMs()),
          ':by': text(`alarm ${alarmName}`),
          ':alarm': text(alarmName),
        },
      }),

    addCommand: (deploymentId, command) =>
      updateOpen(deploymentId, `add the command ${command.kind}`, {
        // After the commitment nobody would obey it. The condition makes the two exclude each other whatever their order.
        condition: 'attribute_not_exists(commitmentJson)',
        // An attribute of its own: adding is conditional on the record being open, and the same id twice is one command.
        set: [
          `${COMMAND}${command.id} = if_not_exists(${COMMAND}${command.id}, :command)`,
          'lastSignalAtMs = :at',
          'lastSignalBy = :by',
          'lastCommandId = :id',
        ],
        values: {
          ':id': text(command.id),
          ':command': json(command),
          ':at': number(call.clock.nowMs()),
          ':by': text(`${command.kind} by ${command.by}`),
        },
      }),

    savePlacement: (deploymentId, memory) =>
      updateOpen(deploymentId, 'save where users are placed', {
        set: ['placementJson = :placement'],
        values: { ':placement': json(memory) },
      }),

    async readDecisions(deploymentId) {
      const decisions: Decision[] = [];
      let from: Item | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :deployment AND begins_with(sk, :decision)',
          ExpressionAttributeValues: {
            ':deployment': text(`deployment#${deploymentId}`),
            ':decision': text('decision#'),
          },
          ConsistentRead: true,
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        });
        const page = await call(client, command, {
          what: `read the decisions of deployment ${deploymentId}`,
        });
        decisions.push(
          ...(page.Items ?? []).map((item) => JSON.parse(readText(item, 'decisionJson') ?? 'null')),
        );
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return decisions;
    },

    commit: (deploymentId, commitment, seen) =>
      updateOpen(deploymentId, 'take no more commands', {
        ...seenOnly(seen),
        set: ['commitmentJson = :commitment'],
        values: {
          ':commitment': json(commitment),
          ...(seen == null || seen.lastCommandId === null ? {} : { ':seen': text(seen.lastCommandId) }),
        },
      }),

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
        // Not readStored: a recovery also closes a record that was never opened, and it has no request.
        const stands = readText(await readItem(client, call, table, deploymentId), 'outcomeJson');
        // Only the expiry of the record between the two calls leads here: then the refusal is all there is to say.
        if (stands === undefined) throw error;
        return JSON.parse(stands);
      }
    },
  };
};

/** No command came after the last one that was seen. */
const seenOnly = (seen: { lastCommandId: string | null } | undefined): { condition?: string } => {
  if (seen === undefined) return {};
  return {
    condition: seen.lastCommandId === null ? 'attribute_not_exists(lastCommandId)' : 'lastCommandId = :seen',
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

const readItem = async (
  client: Sender,
  call: Call,
  table: string,
  deploymentId: string,
): Promise<Item | undefined> => {
  const command = new GetItemCommand({
    TableName: table,
    Key: recordKey(deploymentId),
    ConsistentRead: true,
  });
  return (await call(client, command, { what: `read the record of deployment ${deploymentId}` })).Item;
};

const readStored = async (
  client: Sender,
  call: Call,
  table: string,
  deploymentId: string,
): Promise<StoredDeployment | null> => {
  const item = await readItem(client, call, table, deploymentId);
  const request = readText(item, 'requestJson');
  if (item === undefined || request === undefined) return null;

  const parsed = (name: string) => JSON.parse(readText(item, name) ?? 'null');
  const signalAtMs = readNumber(item, 'lastSignalAtMs');
  const alarmAtMs = readNumber(item, 'lastAlarmAtMs');
  return {
    serviceKey: readText(item, 'serviceKey') ?? '',
    request: JSON.parse(request),
    plan: parsed('planJson'),
    outcome: parsed('outcomeJson'),
    taskToken: readText(item, 'taskToken') ?? null,
    lastSignal:
      signalAtMs === undefined ? null : { atMs: signalAtMs, by: readText(item, 'lastSignalBy') ?? '' },
    lastAlarm:
      alarmAtMs === undefined ? null : { atMs: alarmAtMs, name: readText(item, 'lastAlarmName') ?? '' },
    lastCommandId: readText(item, 'lastCommandId') ?? null,
    placement: parsed('placementJson'),
    commitment: parsed('commitmentJson'),
    commands: Object.keys(item)
      .filter((name) => name.startsWith(COMMAND))
      .map((name): Command => parsed(name))
      .sort((a, b) => a.atMs - b.atMs),
  };
};
