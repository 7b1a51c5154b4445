import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ciCommits, deployedCommit } from '../../../cli/account/ci-commit.ts';
import { commitTime } from '../../../cli/account/commit-time.ts';

const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';
const AT = '2026-01-31T10:00:00+01:00';
const REPOSITORY = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop';
const nothing = (): string => {
  throw new Error('there is no file');
};

const gitlab = ciCommits({ CI_COMMIT_SHA: SHA, CI_COMMIT_TIMESTAMP: AT }, nothing);
const github = (event: unknown) =>
  ciCommits({ GITHUB_EVENT_PATH: '/event.json', GITHUB_SHA: SHA }, () => JSON.stringify(event));

test('GitLab has the commit in variables, GitHub in the event of a push or of the workflow before', () => {
  const commit = { id: SHA, timestamp: AT };

  expect(gitlab).toEqual([{ id: SHA, at: AT, source: 'CI_COMMIT_TIMESTAMP' }]);
  expect(github({ head_commit: commit })).toMatchObject([{ id: SHA, at: AT }]);
  expect(github({ workflow_run: { head_commit: commit } })).toMatchObject([{ id: SHA, at: AT }]);
});

test.each([
  'CODEBUILD_RESOLVED_SOURCE_VERSION',
  'GIT_COMMIT',
  'GITHUB_SHA',
  'BITBUCKET_COMMIT',
  'CIRCLE_SHA1',
  'BUILD_SOURCEVERSION',
])('%s names the commit, and the clone has its time', (name) => {
  const source = `${name} and the clone`;
  expect(ciCommits({ [name]: SHA }, nothing, (id) => (id === SHA ? AT : null))).toEqual([
    { id: SHA, at: AT, source },
  ]);
  expect(ciCommits({ [name]: SHA }, nothing, () => null)).toEqual([]);
});

test('what is no commit is not given to git: CodeBuild has an S3 version or a branch there, too', () => {
  for (const id of ['--help', 'main', 'arn:aws:s3:::bucket/key', `${SHA}x`])
    expect(ciCommits({ CODEBUILD_RESOLVED_SOURCE_VERSION: id }, nothing, () => AT)).toEqual([]);
});

test('git of the clone around the working directory is asked', () => {
  const head = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();

  expect(commitTime(head)).toBe(
    execFileSync('git', ['show', '-s', '--format=%cI', head], { encoding: 'utf8' }).trim(),
  );
  expect(commitTime('0'.repeat(40))).toBeNull();
});

test.each([
  ['no CI', ciCommits({}, nothing)],
  ['an event that cannot be read', ciCommits({ GITHUB_EVENT_PATH: '/gone' }, nothing)],
  ['an event that is no object', github([1])],
  ['a push that deletes a branch', github({ head_commit: null })],
  ['a time without a zone', ciCommits({ CI_COMMIT_SHA: SHA, CI_COMMIT_TIMESTAMP: '2026-01-31' }, nothing)],
  ['a variable that is empty', ciCommits({ CI_COMMIT_SHA: SHA, CI_COMMIT_TIMESTAMP: '' }, nothing)],
])('%s names none', (_what, commits) => {
  expect(commits).toEqual([]);
});

test.each([
  ['its whole name', `${REPOSITORY}:${SHA}`, true],
  ['seven digits of it', `${REPOSITORY}:${SHA.slice(0, 7)}`, true],
  ['a part of the tag', `localhost:5000/shop:main-${SHA.slice(0, 8)}-42`, true],
  ['the tag before a digest', `shop:${SHA}@sha256:${'0'.repeat(64)}`, true],
  ['six digits', `${REPOSITORY}:${SHA.slice(0, 6)}`, false],
  ['another commit', `${REPOSITORY}:b${SHA.slice(1)}`, false],
  ['a version', `${REPOSITORY}:1.42.0`, false],
  ['a digest', `${REPOSITORY}@sha256:${SHA}${'0'.repeat(24)}`, false],
  ['the repository', `${SHA}/shop:1.42.0`, false],
])('an image with %s in its tag', (_what, image, isOf) => {
  expect(deployedCommit(gitlab, ['envoy:1.30', image])).toEqual(isOf ? gitlab[0] : undefined);
});
