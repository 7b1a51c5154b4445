import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Command, Commitment } from '../../core/vocabulary/command.types.ts';
import type { Outcome } from '../../core/vocabulary/ending.types.ts';
import type { PlacementMemory } from '../../core/vocabulary/placement.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { NOW } from '../core/a-deployment.ts';
import { DEPLOYMENT, execution, request } from '../functions/a-plan.ts';

/** The table's items as the workflow leaves them. */

export const TABLE = 'cutover';

type Item = Record<string, AttributeValue>;

/** Where tests find an item among others: `<pk> <sk>`. */
export const nameOf = (item: Item | undefined): string => `${item?.pk?.S} ${item?.sk?.S}`;

export const LEASE = 'leases main/shop';
export const RECORD = `deployment#${DEPLOYMENT} record`;
export const leaseKey = { pk: { S: 'leases' }, sk: { S: 'main/shop' } };
export const recordKey = { pk: { S: `deployment#${DEPLOYMENT}` }, sk: { S: 'record' } };

export const aLeaseOf = (
  deploymentId: string,
  executionArn = execution.id.replace(DEPLOYMENT, deploymentId),
): Item => ({
  ...leaseKey,
  holder: { S: deploymentId },
  executionArn: { S: executionArn },
  acquiredAtMs: { N: String(NOW) },
  alarms: { L: [{ S: 'shop-5xx' }] },
});

type Stored = {
  plan?: Plan;
  outcome?: Outcome;
  commands?: Command[];
  commitment?: Commitment;
  placement?: PlacementMemory;
  signal?: { atMs: number; by: string };
  alarm?: { atMs: number; name: string };
};

/** The deployment's record as its steps and its operators left it. */
export const aRecord = ({
  plan,
  outcome,
  commands = [],
  commitment,
  placement,
  signal,
  alarm,
}: Stored = {}): Item => ({
  ...recordKey,
  serviceKey: { S: 'main/shop' },
  executionArn: { S: execution.id },
  requestJson: { S: JSON.stringify(request) },
  commandCount: { N: String(commands.length) },
  ...(plan === undefined ? {} : { planJson: { S: JSON.stringify(plan) } }),
  ...(outcome === undefined ? {} : { outcomeJson: { S: JSON.stringify(outcome) } }),
  ...(signal === undefined
    ? {}
    : { lastSignalAtMs: { N: String(signal.atMs) }, lastSignalBy: { S: signal.by } }),
  ...(alarm === undefined
    ? {}
    : { lastAlarmAtMs: { N: String(alarm.atMs) }, lastAlarmName: { S: alarm.name } }),
  ...(placement === undefined ? {} : { placementJson: { S: JSON.stringify(placement) } }),
  ...(commitment === undefined ? {} : { commitmentJson: { S: JSON.stringify(commitment) } }),
  ...(commands.length === 0 ? {} : { lastCommandId: { S: commands.at(-1)?.id ?? '' } }),
  ...Object.fromEntries(commands.map((command) => [`command_${command.id}`, { S: JSON.stringify(command) }])),
});
