import { isObject } from '../../core/is-object.ts';
import { readCommittedAt } from '../../core/request/committed-at.ts';

/** A commit as a CI system gives it to the job that it runs. */
export type CiCommit = { id: string; at: string; source: string };

/** Git shortens a commit's name to seven digits or more. */
const SHORT_NAMES = /[0-9a-f]{7,40}/g;

/** Where a CI system has the name of the job's commit, and not its time: the job's clone knows that. */
const COMMIT_VARIABLES = [
  // CodeBuild
  'CODEBUILD_RESOLVED_SOURCE_VERSION',
  // Jenkins
  'GIT_COMMIT',
  // A GitHub workflow that a person or a schedule started: its event has no commit.
  'GITHUB_SHA',
  'BITBUCKET_COMMIT',
  'CIRCLE_SHA1',
  // Azure Pipelines
  'BUILD_SOURCEVERSION',
] as const;

/** What goes to git, and nothing that it could take for an option. */
const WHOLE_NAME = /^[0-9a-f]{40}$/;

/**
 * GitLab has the commit's time in a variable, GitHub in the event: a push has the commit, a `workflow_run` the other
 * workflow's. Others have its name alone.
 *
 * @param timeOf by the clone that the command runs in; null without one, or when it does not have the commit
 */
export const ciCommits = (
  variables: Readonly<Record<string, string | undefined>>,
  readEvent: (path: string) => string,
  timeOf: (id: string) => string | null = () => null,
): CiCommit[] => {
  const { CI_COMMIT_SHA: sha, CI_COMMIT_TIMESTAMP: timestamp, GITHUB_EVENT_PATH: path } = variables;
  const event = path === undefined || path === '' ? null : parsed(path, readEvent);
  const run = isObject(event?.workflow_run) ? event.workflow_run : {};
  return [
    commitOf(sha, timestamp, 'CI_COMMIT_TIMESTAMP'),
    ...[event?.head_commit, run.head_commit].map((commit) =>
      isObject(commit) ? commitOf(commit.id, commit.timestamp, "the event's head_commit") : null,
    ),
    ...COMMIT_VARIABLES.map((name) => {
      const id = variables[name];
      if (id === undefined || !WHOLE_NAME.test(id)) return null;
      return commitOf(id, timeOf(id), `${name} and the clone`);
    }),
  ].filter((commit) => commit !== null);
};

/**
 * The commit that one of the images is named after. A job may also deploy what another commit made (a rollback, a
 * scheduled run, a promotion from staging): the commit that it runs for says nothing about that.
 */
export const deployedCommit = (
  commits: readonly CiCommit[],
  images: readonly string[],
): CiCommit | undefined => {
  const named = images.flatMap((image) => tagOf(image).match(SHORT_NAMES) ?? []);
  return commits.find(({ id }) => named.some((name) => id.startsWith(name)));
};

/** `1.42.0` of `repo:5000/shop:1.42.0@sha256:...`: the digest is of the image and names no commit. */
const tagOf = (image: string): string => /:([^:/@]+)$/.exec(image.split('@', 1)[0] ?? '')?.[1] ?? '';

const commitOf = (id: unknown, at: unknown, source: string): CiCommit | null =>
  typeof id === 'string' && typeof at === 'string' && readCommittedAt(at, '', []) !== undefined
    ? { id, at, source }
    : null;

/** Nothing that a runner left there keeps anybody from deploying. */
const parsed = (path: string, readEvent: (path: string) => string): Record<string, unknown> | null => {
  try {
    const event: unknown = JSON.parse(readEvent(path));
    return isObject(event) ? event : null;
  } catch {
    return null;
  }
};
