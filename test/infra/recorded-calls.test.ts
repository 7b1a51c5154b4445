import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { type Action, allowedActions, impliedActions } from '../../infra/permissions.ts';
import { parseBehaviour } from '../../sim/behaviour.ts';
import type { ApiService } from '../../sim/kernel/fake-client.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { installOrchestrator } from '../../sim/orchestrator.ts';
import type { Behaviour } from '../../sim/parts.types.ts';
import { makeWorld } from '../../sim/world.ts';
import { stepNames } from '../../statemachine/contract.ts';

/** How IAM calls the services. */
const iamPrefix: Record<ApiService, string> = {
  ecs: 'ecs',
  elbv2: 'elasticloadbalancing',
  cloudwatch: 'cloudwatch',
  dynamodb: 'dynamodb',
  eventbridge: 'events',
  sfn: 'states',
};

const rehearsals = [
  { example: 'shop', version: 'healthy' },
  { example: 'shop', version: 'errors:20%' },
  { example: 'shop', version: 'crash-loop' },
  { example: 'canary', version: 'healthy' },
  // Green's tasks stop while it serves.
  { example: 'canary', version: 'memory-leak' },
  { example: 'first-deployment', version: 'healthy' },
  { example: 'first-deployment', version: 'never-healthy' },
  { example: 'sticky', version: 'healthy' },
  { example: 'sticky', version: 'errors:20%' },
] as const;

const recorded = new Map<string, Set<string>>(stepNames.map((step) => [step, new Set()]));

const behaviour = (text: string): Behaviour => {
  const parsed = parseBehaviour(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.behaviour;
};

/** The production state machine and handlers in a simulated account, with each served call noted under its step. */
const rehearse = async ({ example, version }: (typeof rehearsals)[number]): Promise<void> => {
  const loaded = loadWorld(`examples/${example}/world`);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const running = new Set(
    loaded.seed.services.flatMap(({ taskSets = [] }) => taskSets.map(({ taskDefinition }) => taskDefinition)),
  );
  const world = makeWorld(loaded.seed, 1, (arn) => behaviour(running.has(arn) ? 'healthy' : version));
  const { scheduler } = world.kernel;
  world.kernel.onServed(({ by, service, operation }) => {
    if (by !== undefined) recorded.get(by)?.add(`${iamPrefix[service]}:${operation}`);
  });

  const { startExecution } = installOrchestrator(world).stepFunctions;
  const input = JSON.parse(readFileSync(`examples/${example}/request.json`, 'utf8'));
  const execution = startExecution({ name: `${example}-1`, input });
  await scheduler.run(() => execution.status !== 'RUNNING');
};

beforeAll(async () => {
  for (const rehearsal of rehearsals) await rehearse(rehearsal);
}, 120_000);

/** Steps of a recovery, which no rehearsal of an example needs. */
const recoveriesOnly: readonly string[] = ['RecallPlan'];

test.each(stepNames)('%s makes no call that its role forbids', (step) => {
  const calls = [...(recorded.get(step) ?? [])];

  if (!recoveriesOnly.includes(step)) expect(calls).not.toEqual([]);
  expect(calls.filter((call) => !allowedActions(step).includes(call as Action))).toEqual([]);
});

/** What only worlds need that these rehearsals do not have. */
const rare: Record<string, { actions: Action[]; when: string }> = {
  AcquireLease: {
    actions: ['states:SendTaskSuccess', 'events:PutEvents'],
    when: 'it supersedes a baking deployment, and says that it stands in line',
  },
  Bake: { actions: ['states:SendTaskSuccess'], when: 'a signal came before the token was stored' },
  AttachGreen: {
    actions: ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule', 'dynamodb:GetItem'],
    when: 'green is not in the route yet',
  },
  RetireBlue: { actions: ['elasticloadbalancing:ModifyRule'], when: 'the sticky route is a rule' },
  RemoveGreen: { actions: ['ecs:UpdateServicePrimaryTaskSet'], when: 'green was PRIMARY already' },
  RecallPlan: { actions: ['dynamodb:GetItem'], when: 'a recovery needs the plan' },
  RecordOutcome: { actions: ['dynamodb:GetItem'], when: 'the record was closed by an earlier try' },
};

test.each(stepNames)('the role of %s allows no call that it never makes', (step) => {
  const calls = recorded.get(step) ?? new Set();

  const unused = allowedActions(step).filter((action) => !calls.has(action) && !(action in impliedActions));

  expect(unused).toEqual(rare[step]?.actions ?? []);
});
