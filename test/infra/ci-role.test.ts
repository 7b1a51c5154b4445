import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount } from '../cli/a-simulated-account.ts';
import { ACCOUNT, askedOfIam, REGION, TABLE_ARN } from './asked-of-iam.ts';
import { type Asked, allowedBy } from './iam.ts';
import { listed, type Statement, synthesise } from './synthesised.ts';

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
const asked: Asked[] = [];
beforeAll(async () => {
  const account = await aSimulatedAccount();
  account.world.kernel.onServed((call) => {
    const { by, service, operation } = call;
    if (by !== undefined) return;
    called.add(`${service === 'sfn' ? 'states' : service}:${operation}`);
    if (operation !== 'GetCallerIdentity') asked.push(...askedOfIam(call));
  });

  // What action.yml and examples/ci run.
  const { code } = await account.cutover([
    ...['deploy', 'production/shop', '--image', 'web=repo/shop:9'],
    ...['--alarm', 'shop-users-suffer', '--keep-blue', '10m', '--name', 'run-9'],
  ]);
  await account.cutover(['report', 'production/shop', '--output', join(directory, 'report.html')]);
  expect(code).toBe(0);
  // A later job's, also of one that has ended.
  const ended = await account.cutover(['watch', 'production/shop', '--deployment', 'run-9']);
  expect(ended.code).toBe(0);
  // And once more, which an alarm rolls back: a report searches for the recoveries of one that failed.
  const failed = account.type([
    ...['deploy', 'production/shop', '--image', 'web=repo/shop:10', '--alarm', 'shop-users-suffer'],
  ]);
  await account.pass(4 * 60_000);
  const watching = account.type(['watch', 'production/shop', '--wait-until', 'done']);
  await account.pass(60_000);
  account.world.cloudWatch.setAlarm('shop-users-suffer', 'ALARM', 'too many errors');
  await account.until(() => failed.ended() && watching.ended());
  expect(watching.run.code).toBe(failed.run.code);
  expect(watching.run.out).toContain('shop-users-suffer');
  await account.cutover(['report', 'production/shop', '--output', join(directory, 'failed.html')]);
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

/** The simulated account's, for the outputs of the stack. */
const ofAccount: Record<string, string> = {
  InstallationArn: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/cutover/default`,
  StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:cutover',
  ExecutionArns: 'arn:aws:states:us-east-1:123456789012:execution:cutover:*',
  TableArn: TABLE_ARN,
};
const filledIn = (text: string): string =>
  text.replace(/<(\w+)>/g, (whole, output: string) => ofAccount[output] ?? whole);

test('each call is allowed on what it was made, and on no other installation', () => {
  const policy = (JSON.parse(filledIn(json)) as { Statement: Statement[] }).Statement;
  const elsewhere = (JSON.parse(json.replaceAll('<', 'arn:aws:x:y:z:<')) as { Statement: Statement[] })
    .Statement;
  const refused = asked.filter((one) => allowedBy(policy, one).length === 0);
  const allowedElsewhere = asked.filter((one) => allowedBy(elsewhere, one).length > 0);

  expect(asked.length).toBeGreaterThan(5);
  expect(refused.map(({ action, resource }) => `${action} on ${resource}`)).toEqual([]);
  // What IAM cannot narrow to an installation.
  expect([...new Set(allowedElsewhere.map(({ action }) => action))].toSorted()).toEqual([
    'cloudwatch:GetMetricData',
    'ecs:DescribeServices',
    'ecs:DescribeTaskDefinition',
    'ecs:RegisterTaskDefinition',
  ]);
});

test('what it names are outputs of the stack', () => {
  const named = arns.flatMap((arn) => /^<(\w+)>/.exec(arn)?.[1] ?? []);

  expect(Object.keys(template.findOutputs('*'))).toEqual(expect.arrayContaining(named));
  expect([...new Set(named)].toSorted()).toEqual([
    'CommandArn',
    'ExecutionArns',
    'InstallationArn',
    'StateMachineArn',
    'TableArn',
  ]);
});

test('the role’s sessions outlast the job that watches, and the job the watching', () => {
  const page = readFileSync('docs/deploying.md', 'utf8');
  const example = readFileSync('examples/ci/github-deploy.yml', 'utf8');
  const seconds = (text: string, form: RegExp, unit = 1): number => Number(form.exec(text)?.[1]) * unit;
  const role = seconds(page, /--max-session-duration (\d+)/);
  const session = seconds(example, /role-duration-seconds: (\d+)/);
  const job = seconds(example, /timeout-minutes: (\d+)/, 60);
  const watching = seconds(example, /timeout: (\d+)m/, 60);

  expect([role, session, job, watching].every((one) => one > 0)).toBe(true);
  // IAM takes up to twelve hours.
  expect(role).toBeLessThanOrEqual(12 * 3_600);
  expect(session).toBeLessThanOrEqual(role);
  expect(job).toBeLessThanOrEqual(session);
  expect(watching).toBeLessThan(job);
});

test('a pipeline steers in a hurry, and decides nothing', () => {
  const commands = arns.flatMap((arn) => /^<CommandArn>:(\w+)$/.exec(arn)?.[1] ?? []);

  expect(commands.toSorted()).toEqual(['abort', 'freeze', 'pause', 'resume']);
});
