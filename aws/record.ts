import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { mostCommands } from '../core/operator/command-limits.ts';
import type { Command } from '../core/vocabulary/command.types.ts';
import type { Call, Sender } from './call.ts';
import { decisionItems } from './decision-items.ts';
import { causedBy } from './errors.ts';
import { json, number, readText, text } from './item.ts';
import { expiryOf, recordChanges } from './record-changes.ts';
import { ACCEPTED, COMMAND, readItem, readStored, storedIn } from './record-reads.ts';
import type { DeploymentRecord } from './store-verbs.ts';

/**
 * The table's items beside the lease (lease.ts). Every write is of one item, and absolute or conditional,
 * so that it may be sent twice:
 *   deployment#<id>  record                   the request, the plan, the task token in use, the outcome
 *   deployment#<id>  decision#<milliseconds>  one decision with its evidence
 *   deployment#<id>  command#<command's id>   one command; it counts once the record has accepted it
 * What anybody may send in is never in the record itself, so that nobody can fill that up. Only the execution that
 * holds the deployment's lease writes its plan, its token and its end: each of those writes names the execution.
 */
export const makeRecord = (client: Sender, call: Call, table: string): DeploymentRecord => {
  const { update, updateOpen } = recordChanges(client, call, table);

  /** Once: what has been written under an id stays. */
  const writeCommand = async (deploymentId: string, command: Command): Promise<void> => {
    const { id, kind } = command;
    const put = new PutItemCommand({
      TableName: table,
      Item: {
        pk: text(`deployment#${deploymentId}`),
        sk: text(`${COMMAND}${id}`),
        commandJson: json(command),
        expiresAt: expiryOf(call),
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    try {
      await call(client, put, { what: `write the command ${kind} of deployment ${deploymentId}` });
    } catch (error) {
      if (!causedBy(error, 'ConditionalCheckFailedException')) throw error;
    }
  };

  return {
    ...decisionItems(client, call, table),

    async open({ deploymentId, serviceKey, executionArn }, request) {
      await update(deploymentId, 'open the record', {
        condition: `attribute_not_exists(executionArn) OR ${OWN}`,
        set: [
          'serviceKey = if_not_exists(serviceKey, :serviceKey)',
          'executionArn = if_not_exists(executionArn, :execution)',
          'requestJson = if_not_exists(requestJson, :request)',
          'openedAtMs = if_not_exists(openedAtMs, :openedAtMs)',
          'commandCount = if_not_exists(commandCount, :none)',
        ],
        values: {
          ':serviceKey': text(serviceKey),
          ':execution': text(executionArn),
          ':none': number(0),
          ':request': json(request),
          ':openedAtMs': number(call.clock.nowMs()),
        },
      });
    },

    async standing(deploymentId) {
      const item = await readItem(client, call, table, deploymentId);
      if (readText(item, 'outcomeJson') !== undefined) return 'closed';
      return readText(item, 'requestJson') === undefined ? null : 'open';
    },

    read: (deploymentId) => readStored(client, call, table, deploymentId),

    async takeOver({ deploymentId, executionArn }) {
      await updateOpen(deploymentId, 'take the record over', {
        set: ['executionArn = :execution'],
        values: { ':execution': text(executionArn) },
      });
    },

    async savePlan({ deploymentId, executionArn }, plan) {
      await update(deploymentId, 'save the plan', {
        condition: OWN,
        set: ['planJson = :plan'],
        values: { ':plan': json(plan), ':execution': text(executionArn) },
      });
    },

    async storeTaskToken({ deploymentId, executionArn }, taskToken, expiresAtMs) {
      const item = await update(deploymentId, 'store the task token', {
        answer: 'ALL_NEW',
        condition: OWN,
        set: ['taskToken = :token', 'taskTokenExpiresAtMs = :tokenExpiresAtMs'],
        values: {
          ':token': text(taskToken),
          ':tokenExpiresAtMs': number(expiresAtMs),
          ':execution': text(executionArn),
        },
      });
      return storedIn(client, call, table, deploymentId, item);
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

    noteSignal: (deploymentId, by) =>
      updateOpen(deploymentId, 'note a signal', {
        set: ['lastSignalAtMs = :at', 'lastSignalBy = :by'],
        values: { ':at': number(call.clock.nowMs()), ':by': text(by) },
      }),

    async addCommand(deploymentId, command) {
      const { id, kind, by, now } = command;
      await writeCommand(deploymentId, command);
      const accepted = `${ACCEPTED}${id}`;
      // Users may still be on green while it rolls back, and this takes them from it.
      const notTooLate = now === true ? `(${UNCOMMITTED} OR commitmentTo = :back)` : UNCOMMITTED;
      const added = await updateOpen(deploymentId, `add the command ${kind}`, {
        // After the commitment nobody would obey it. The condition makes the two exclude each other whatever their
        // order.
        condition: `${notTooLate} AND attribute_not_exists(${accepted}) AND commandCount < :most`,
        set: [`${accepted} = :at`, 'lastSignalAtMs = :at', 'lastSignalBy = :by', 'lastCommandId = :id'],
        add: 'commandCount :one',
        values: {
          ':id': text(id),
          ':at': number(call.clock.nowMs()),
          ':by': text(`${kind} by ${by}`),
          ':one': number(1),
          ':most': number(mostCommands(kind)),
          ...(now === true ? { ':back': text('rollBack') } : {}),
        },
      });
      // A repeat after a lost answer finds its own.
      return added || (await readItem(client, call, table, deploymentId))?.[accepted] !== undefined;
    },

    savePlacement: ({ deploymentId, executionArn }, memory) =>
      updateOpen(deploymentId, 'save where users are placed', {
        condition: OWN,
        set: ['placementJson = :placement'],
        values: { ':placement': json(memory), ':execution': text(executionArn) },
      }),

    noteStuck: ({ deploymentId, executionArn }, stuck) =>
      updateOpen(deploymentId, 'note why it is stuck', {
        condition: OWN,
        set: ['stuckJson = :stuck'],
        values: { ':stuck': json(stuck), ':execution': text(executionArn) },
      }),

    commit: ({ deploymentId, executionArn }, commitment, seen) =>
      updateOpen(deploymentId, 'take no more commands', {
        condition: [OWN, ...seenOnly(seen)].join(' AND '),
        set: ['commitmentJson = :commitment', 'commitmentTo = :to'],
        values: {
          ':execution': text(executionArn),
          ':commitment': json(commitment),
          ':to': text(commitment.to),
          ...(seen == null || seen.lastCommandId === null ? {} : { ':seen': text(seen.lastCommandId) }),
        },
      }),

    async close({ deploymentId, executionArn }, outcome) {
      try {
        await update(deploymentId, 'close the record', {
          condition: `attribute_not_exists(outcomeJson) AND (attribute_not_exists(executionArn) OR ${OWN})`,
          set: ['outcomeJson = :outcome', 'closedAtMs = :closedAtMs'],
          remove: ['taskToken', 'taskTokenExpiresAtMs'],
          values: {
            ':outcome': json(outcome),
            ':closedAtMs': number(outcome.endedAtMs),
            ':execution': text(executionArn),
          },
        });
        return outcome;
      } catch (error) {
        if (!causedBy(error, 'ConditionalCheckFailedException')) throw error;
        // Not readStored: a recovery also closes a record that was never opened, and it has no request.
        const item = await readItem(client, call, table, deploymentId);
        const stands = readText(item, 'outcomeJson');
        if (stands !== undefined) return JSON.parse(stands);
        // Another execution's, which has not ended: this one has nothing to close.
        if (item !== undefined) return null;
        // Only the expiry of the record between the two calls leads here: then the refusal is all there is to say.
        throw error;
      }
    },
  };
};

/** No command came after the last one that was seen. */
const seenOnly = (seen: { lastCommandId: string | null } | undefined): string[] => {
  if (seen === undefined) return [];
  return [seen.lastCommandId === null ? 'attribute_not_exists(lastCommandId)' : 'lastCommandId = :seen'];
};

/** Commands still change where the deployment goes. */
const UNCOMMITTED = 'attribute_not_exists(commitmentJson)';

/** The record is this execution's. */
const OWN = 'executionArn = :execution';
