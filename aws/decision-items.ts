import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { Call, Sender } from './call.ts';
import { type Item, json, readText, text } from './item.ts';
import { expiryOf } from './record-changes.ts';
import { queryAll, queryLast } from './record-reads.ts';
import type { DeploymentRecord } from './store-verbs.ts';

/** Digits of a time in a key: with 15, keys sort by time until the year 33658. */
const TIME_DIGITS = 15;

type Decisions = Pick<DeploymentRecord, 'appendDecision' | 'readDecisions' | 'readLastDecision'>;

/** A deployment's decisions: an item each beside the record, written once and never changed. */
export const decisionItems = (client: Sender, call: Call, table: string): Decisions => ({
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
          expiresAt: expiryOf(call),
        },
      }),
      { what: `record a decision of deployment ${deploymentId}` },
    );
  },

  async readDecisions(deploymentId) {
    const what = `read the decisions of deployment ${deploymentId}`;
    const items = await queryAll(client, call, table, deploymentId, 'decision#', what);
    return items.map(decisionIn);
  },

  async readLastDecision(deploymentId) {
    const what = `read the last decision of deployment ${deploymentId}`;
    const item = await queryLast(client, call, table, deploymentId, 'decision#', what);
    return item === undefined ? null : decisionIn(item);
  },
});

const decisionIn = (item: Item): Decision => JSON.parse(readText(item, 'decisionJson') ?? 'null');
