import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount } from '../cli/a-simulated-account.ts';
import { listed, resourcesOf, type Statement, synthesise } from './synthesised.ts';

/** The policy that docs/deploying.md tells people to give to their pipeline. */
const [, json = ''] =
  /## A role for CI.*?```json\n(.*?)```/s.exec(readFileSync('docs/deploying.md', 'utf8')) ?? [];
const statements = (JSON.parse(json) as { Statement: Statement[] }).Statement;
const allowed = statements.flatMap(({ Action }) => listed(Action));
const arns = statements.flatMap(({ Resource }) => listed(Resource as string | string[]));

const template = synthesise();

/** The one who is known may ask who he is. */
const FREE = 'sts:GetCallerIdentity';

const directory = aDirectory('ci-role');

const called = new Set<string>();
beforeAll(async () => {
  const account = await aSimulatedAccount();
  account.world.kernel.onServed(({ by, service, operation }) => {
    if (by === undefined) called.add(`${service === 'sfn' ? 'states' : service}:${operation}`);
  });

  // What action.yml and examples/ci run.
  const { code } = await account.cutover([
    ...['deploy', 'production/shop', '--image', 'web=repo/shop:9'],
    ...['--alarm', 'shop-users-suffer', '--keep-blue', '10m'],
  ]);
  await account.cutover(['report', 'production/shop', '--output', join(directory, 'report.html')]);
  expect(code).toBe(0);
}, 60_000);

test('a pipeline may do what its commands do', () => {
  expect([...called].filter((action) => action !== FREE && !allowed.includes(action))).toEqual([]);
});

test('and nothing that none of them does, but steer, and pass the roles of what it registers', () => {
  expect(allowed.filter((action) => !called.has(action)).toSorted()).toEqual([
    // Asked of IAM by RegisterTaskDefinition with tags.
    'ecs:TagResource',
    'iam:PassRole',
    'lambda:InvokeFunction',
  ]);
});

test.each([
  { kind: 'state machine', pattern: /:stateMachine:(\w+)\*$/, type: 'AWS::StepFunctions::StateMachine' },
  { kind: 'execution', pattern: /:execution:(\w+)\*$/, type: 'AWS::StepFunctions::StateMachine' },
  { kind: 'table', pattern: /:table\/Cutover-(\w+)\*$/, type: 'AWS::DynamoDB::Table' },
  { kind: 'function', pattern: /:function:Cutover-(\w+)\*$/, type: 'AWS::Lambda::Function' },
])('its $kind is named as CloudFormation will name it in a stack called Cutover', ({ pattern, type }) => {
  const names = arns.flatMap((arn) => pattern.exec(arn)?.[1] ?? []);

  const ids = [...resourcesOf(template, type).keys()].filter((id) =>
    names.some((name) => id.startsWith(name)),
  );

  expect(names).toHaveLength(1);
  expect(ids).toHaveLength(1);
});
