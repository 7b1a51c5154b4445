import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aWorkshop } from '../ci/stubs.ts';

/** The installer beside the packaged template, as somebody types it from another folder, with an AWS CLI that takes notes. */
const install = (words: string, environment: Record<string, string> = {}, code = 0) => {
  const workshop = aWorkshop();
  workshop.stub('aws', { code });
  cpSync('infra/packaging/install.sh', join(workshop.directory, 'install.sh'));
  writeFileSync(join(workshop.directory, 'Cutover.template.json'), '{}');
  return {
    ...workshop.run(`cd / && sh "$HOME/install.sh" ${words}`, environment),
    calls: workshop.calls().map((call) => call.replaceAll(workshop.directory, 'HERE')),
  };
};

const ARNS =
  "ClusterArns=arn:aws:ecs:eu-west-1:111122223333:cluster/shop ServiceArns='arn:aws:ecs:eu-west-1:1:service/a b/*'";

test('one command uploads the zip files and creates the stack', () => {
  const { status, stderr, calls } = install(`a-bucket ${ARNS}`);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(calls).toEqual([
    'aws [s3] [sync] [HERE] [s3://a-bucket/cutover/] [--exclude] [*] [--include] [*.zip]',
    'aws [cloudformation] [deploy] [--stack-name] [Cutover] [--capabilities] [CAPABILITY_IAM] [--no-fail-on-empty-changeset] ' +
      '[--template-file] [HERE/Cutover.template.json] [--s3-bucket] [a-bucket] [--s3-prefix] [cutover] ' +
      '[--parameter-overrides] [AssetBucket=a-bucket] [ClusterArns=arn:aws:ecs:eu-west-1:111122223333:cluster/shop] ' +
      '[ServiceArns=arn:aws:ecs:eu-west-1:1:service/a b/*]',
  ]);
});

test('a second installation has a stack of its own, and an update needs no parameters', () => {
  const { status, calls } = install('s3://a-bucket/', { STACK: 'Cutover-b' });

  expect(status).toBe(0);
  expect(calls[1]).toContain('[--stack-name] [Cutover-b]');
  expect(calls[1]).toMatch(/\[AssetBucket=a-bucket\]$/);
});

test.each([
  ['', 'expected a bucket'],
  ['ClusterArns=x', 'expected the name of a bucket, found "ClusterArns=x"'],
  ['a-bucket --stack-name x', 'expected NAME=VALUE, a parameter of the template, found "--stack-name"'],
])('%j changes nothing and says what is expected', (words, message) => {
  const { status, stderr, calls } = install(words);

  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).toContain('what to do: sh install.sh BUCKET');
  expect(calls).toEqual([]);
});

test('an upload that fails creates no stack', () => {
  const { status, calls } = install(`a-bucket ${ARNS}`, {}, 3);

  expect(status).toBe(3);
  expect(calls).toHaveLength(1);
});
