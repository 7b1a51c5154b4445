import { beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { worldOf } from '../cli/a-simulated-account.ts';
import { observedWorld } from './observed-world.ts';
import { pasteAws } from './paste-aws.ts';
import { pasteCutover } from './paste-cutover.ts';
import { isRehearsalOfFile, type Printed, printedLines } from './printed-lines.ts';
import { HOLE, type Skeleton, skeletons } from './sources.ts';
import { OF_THE_CLI, unseen } from './unseen.ts';

/**
 * Every command that Cutover prints for a person to paste, found in the sources, is run in a simulated account:
 * `cutover ...` by the command line itself, `aws ...` as the AWS CLI would send it. Calls that the simulator does not
 * have are read by the API's model.
 */

const verbs = commands.map(({ name }) => name);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const prints = ({ text }: Pick<Skeleton, 'text'>): RegExp =>
  new RegExp(`^${text.split(HOLE).map(escaped).join('.*')}`);
const shown = ({ path, text }: Skeleton): string => `${path}: ${text.replaceAll(HOLE, '...')}`;
const isAws = ({ line }: Printed): boolean => line.startsWith('aws ');

/** Calls that the simulated account does not have: read by the API's model, not run. */
const ONLY_READ = [
  'ec2 AuthorizeSecurityGroupEgress',
  'ec2 AuthorizeSecurityGroupIngress',
  'ec2 DescribeNetworkInterfaces',
  'ec2 DescribeSecurityGroups',
  'ec2 DescribeSubnets',
  'ec2 RevokeSecurityGroupIngress',
  'ecs UpdateService',
  'ecs UpdateTaskProtection',
  'ecs wait',
  'elbv2 DeregisterTargets',
  'elbv2 ModifyTargetGroup',
];

/** The words of a source with its holes filled in. */
const filled = ({ text, path }: Skeleton): Printed[] =>
  unseen
    .filter((one) => one.path === path && text.startsWith(one.begins))
    .map(({ holes, account }) => {
      const [first = '', ...rest] = text.split(HOLE);
      return { account, line: rest.reduce((line, part, index) => `${line}${holes[index]}${part}`, first) };
    });

const sources = skeletons(verbs);
let printed: Printed[] = [];
let all: Printed[] = [];
beforeAll(async () => {
  printed = await printedLines();
  all = [...printed, ...sources.flatMap(filled)];
});

test('a printed command is in backticks or alone on its line, so that its end is seen', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter(({ loose }) => loose).map(shown)).toEqual([]);
});

test('every command in the sources is printed by a session, a finding or the help, or filled in', () => {
  const missing = sources.filter(
    (source) => !OF_THE_CLI.includes(source.text) && !all.some(({ line }) => prints(source).test(line)),
  );

  expect(missing.map(shown)).toEqual([]);
});

test('what is filled in is printed by no session', () => {
  const needless = sources
    .filter((source) => filled(source).length > 0)
    .filter((source) => printed.some(({ line }) => prints(source).test(line)));

  expect(needless.map(shown)).toEqual([]);
  expect(
    unseen.filter((one) => !sources.some((source) => filled(source).length > 0 && source.path === one.path)),
  ).toEqual([]);
});

test('every aws command is accepted', async () => {
  const worlds = { observed: observedWorld(), shop: worldOf('shop') };
  const pasted = [];
  for (const one of all.filter(isAws)) pasted.push(await pasteAws(one.line, worlds[one.account]));

  expect(pasted.flatMap(({ problems }) => problems)).toEqual([]);
  expect(pasted.filter(({ how }) => how === 'ran').length).toBeGreaterThan(20);
  expect(
    [...new Set(pasted.filter(({ how }) => how === 'read').map(({ operation }) => operation))].toSorted(),
  ).toEqual(ONLY_READ);
}, 240_000);

test('every cutover command but rehearsals of a file is one that the command line takes', async () => {
  const lines = all
    .filter((one) => !isAws(one))
    .map(({ line }) => line)
    .filter((line) => !isRehearsalOfFile(line));
  const problems: string[] = [];
  for (const line of lines) problems.push(...(await pasteCutover(line)).problems);

  expect(problems).toEqual([]);
  expect(lines.length).toBeGreaterThan(40);
}, 240_000);

describe('a command that could not be run', () => {
  test.each([
    ['an unknown operation', 'aws elbv2 describe-ruless --rule-arns x'],
    ['an unknown option', 'aws ecs update-service --service s --desired 1'],
    ['a member that is missing', 'aws ecs update-service --cluster c'],
    ['what the service refuses all the same', 'aws ecs describe-task-sets --cluster main --service shop'],
    ['a word where a number belongs', 'aws ecs update-service --service s --desired-count two'],
    ['a member of no structure', 'aws elbv2 modify-rule --rule-arn a --actions \'[{"Typo":"forward"}]\''],
    ['a gap', 'aws ecs update-service --service <name>'],
    [
      'what is not there',
      'aws ecs update-task-set --cluster main --service shop --task-set ecs-svc/9 --scale value=100,unit=PERCENT',
    ],
  ])('%s is found', async (_, line) => {
    expect((await pasteAws(line, observedWorld())).problems).not.toEqual([]);
  });

  test.each(['cutover abort|pause production/shop', 'cutover watch production/shop --untli shifted'])(
    '%s is found',
    async (line) => {
      expect((await pasteCutover(line)).problems).not.toEqual([]);
    },
  );
});
