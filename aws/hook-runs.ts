import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { HookRun } from '../core/vocabulary/hooks.types.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import type { HookRuns } from './hook-verbs.ts';
import { type Item, json, readText, text } from './item.ts';
import { expiryOf } from './record-changes.ts';
import { queryAll } from './record-reads.ts';

const HOOK = 'hook#';

const keyOf = (
  deploymentId: string,
  { stage, step, name }: Pick<HookRun, 'stage' | 'step' | 'name'>,
): Item => ({
  pk: text(`deployment#${deploymentId}`),
  sk: text(`${HOOK}${stage}#${step}#${name}`),
});

const taskOf = (item: Item): Pick<HookRun, 'taskArn' | 'cutShort'> =>
  defined({ taskArn: readText(item, 'taskArn'), cutShort: readText(item, 'cutShort') });

/**
 * One item for each run of a deployment's hooks:
 *   deployment#<id>  hook#<stage>#<shift>#<name>  what the function was called with, and once it is over the result
 * The item is written before the run begins, and its result once: a second one finds the first.
 */
export const makeHookRuns = (client: Sender, call: Call, table: string): HookRuns => {
  /** False when the write's condition does not hold. */
  const conditionally = async (
    command: PutItemCommand | UpdateItemCommand,
    what: string,
  ): Promise<boolean> => {
    try {
      await call(client, command, { what });
      return true;
    } catch (error) {
      if (causedBy(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  };

  return {
    async read(deploymentId) {
      const what = `read the hooks of deployment ${deploymentId}`;
      const items = await queryAll(client, call, table, deploymentId, HOOK, what);
      return items.map((item) => ({
        ...JSON.parse(readText(item, 'runJson') ?? 'null'),
        ...taskOf(item),
        result: JSON.parse(readText(item, 'resultJson') ?? 'null'),
      }));
    },

    async noteTask(deploymentId, run, taskArn) {
      const update = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(deploymentId, run),
        UpdateExpression: 'SET taskArn = :task',
        ConditionExpression: 'attribute_exists(runJson)',
        ExpressionAttributeValues: { ':task': text(taskArn) },
      });
      await conditionally(update, `keep the task of hook ${run.name} of deployment ${deploymentId}`);
    },

    async noteCutShort(deploymentId, run, reason) {
      const update = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(deploymentId, run),
        UpdateExpression: 'SET cutShort = :reason',
        ConditionExpression: 'attribute_exists(runJson) AND attribute_not_exists(resultJson)',
        ExpressionAttributeValues: { ':reason': text(reason) },
      });
      await conditionally(update, `keep why the task of hook ${run.name} of ${deploymentId} ends`);
    },

    async begin(deploymentId, { result: _none, ...run }) {
      const expiresAt = expiryOf(call);
      const put = new PutItemCommand({
        TableName: table,
        Item: { ...keyOf(deploymentId, run), runJson: json(run), expiresAt },
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      return await conditionally(put, `begin hook ${run.name} of deployment ${deploymentId}`);
    },

    finish: (deploymentId, run, result) =>
      conditionally(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(deploymentId, run),
          UpdateExpression: 'SET resultJson = :result',
          ConditionExpression: 'attribute_exists(runJson) AND attribute_not_exists(resultJson)',
          ExpressionAttributeValues: { ':result': json(result) },
        }),
        `keep the result of hook ${run.name} of deployment ${deploymentId}`,
      ),
  };
};
