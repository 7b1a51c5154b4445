import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { HookState } from '../core/native/hook-state.ts';
import type { Call, Sender } from './call.ts';
import { type Item, json, readText, text } from './item.ts';
import { expiryOf } from './record-changes.ts';
import type { NativeHooks } from './store-verbs.ts';

const keyOf = (serviceDeploymentArn: string): Item => ({
  pk: text(`native#${serviceDeploymentArn}`),
  sk: text('hook'),
});

/**
 * What the hook of a native deployment keeps, beside the records of deployments:
 *   native#<ARN of the service deployment>  hook  the weights it was asked about last, and what was usual for blue
 * ECS gives hookDetails back, too, but to one stage's hook; both stages of a deployment have this.
 */
export const makeNativeHooks = (client: Sender, call: Call, table: string): NativeHooks => ({
  async read(serviceDeploymentArn) {
    const { Item } = await call(
      client,
      new GetItemCommand({ TableName: table, Key: keyOf(serviceDeploymentArn), ConsistentRead: true }),
      { what: 'read the state of the hook' },
    );
    return JSON.parse(readText(Item, 'stateJson') ?? 'null') as HookState | null;
  },

  async save(serviceDeploymentArn, state) {
    const expiresAt = expiryOf(call);
    const item = { ...keyOf(serviceDeploymentArn), stateJson: json(state), expiresAt };
    await call(client, new PutItemCommand({ TableName: table, Item: item }), {
      what: 'save the state of the hook',
    });
  },
});
