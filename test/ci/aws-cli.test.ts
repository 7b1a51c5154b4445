import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lineProblems } from '../printed/cli-line.ts';
import { aWorkshop } from './stubs.ts';

const script = readFileSync('examples/ci/aws-cli.sh', 'utf8');

/** An `aws` that answers as an account with one execution does, which runs for two polls. */
const anAccount = (ends: { status: string; error?: string; existed?: boolean }) => {
  const workshop = aWorkshop();
  const path = join(workshop.directory, 'aws');
  const existed =
    'echo "An error occurred (ExecutionAlreadyExists) when calling StartExecution" >&2; exit 254';
  writeFileSync(
    path,
    `#!/usr/bin/env bash
{ printf 'aws'; printf ' [%s]' "$@"; printf '\\n'; } >>'${workshop.directory}/calls'
case "$2" in
  get-parameter) echo '{"stateMachineArn":"arn:aws:states:eu-west-1:111122223333:stateMachine:cutover"}' ;;
  start-execution) ${ends.existed === true ? existed : "echo '{}'"} ;;
  describe-execution)
    case "$*" in
      *cause*) printf '%s\\tthe reason\\n' '${ends.error ?? 'None'}' ;;
      *error*) echo '${ends.error ?? 'None'}' ;;
      *) n=$(cat polls 2>/dev/null || echo 0); echo $((n + 1)) >polls; [ "$n" -lt 2 ] && echo RUNNING || echo ${ends.status} ;;
    esac ;;
esac
`,
  );
  chmodSync(path, 0o755);
  return workshop;
};

const deploy = (ends: Parameters<typeof anAccount>[0], environment: Record<string, string> = {}) => {
  const workshop = anAccount(ends);
  const run = workshop.run(script, { REVISION: 'shop:42', RUN: '1042', EVERY: '0', ...environment });
  return { ...run, calls: workshop.calls() };
};

describe('examples/ci/aws-cli.sh', () => {
  test.each([
    [{ status: 'SUCCEEDED' }, 0],
    [{ status: 'FAILED', error: 'RolledBack' }, 2],
    [{ status: 'FAILED', error: 'Refused' }, 3],
    [{ status: 'ABORTED' }, 4],
  ])('%j ends with %d, as the command line does', (ends, code) => {
    const { status, stderr } = deploy(ends);

    expect(status).toBe(code);
    expect(stderr).toMatch(code === 0 ? /^$/ : /the reason/);
  });

  test('a run that is tried again watches its deployment', () => {
    const { status, stdout } = deploy({ status: 'SUCCEEDED', existed: true });

    expect(stdout).toContain('shop-production-1042 was started before: watching it');
    expect(status).toBe(0);
  });

  test('two environments of one run have two names', () => {
    const startOf = (environment: string): string | undefined =>
      deploy({ status: 'SUCCEEDED' }, { ENVIRONMENT: environment }).calls.find((call) =>
        call.includes('start-execution'),
      );

    expect(startOf('staging')).toContain('[shop-staging-1042]');
    expect(startOf('production')).toContain('[shop-production-1042]');
  });

  test('what it calls is what the AWS CLI has', () => {
    const { calls } = deploy({ status: 'FAILED', error: 'RolledBack' });
    const lines = calls.map((call) => call.replace(/ \[([^\]]*(?:\][^\]]*)*?)\](?= \[|$)/g, " '$1'"));

    expect(lines.length).toBeGreaterThan(5);
    expect(lines.flatMap((line) => lineProblems(line))).toEqual([]);
  });
});

test('examples/ci/codepipeline.yaml names the environment in its executions, and queues', () => {
  const text = readFileSync('examples/ci/codepipeline.yaml', 'utf8');
  const { Resources } = parse(text, {
    customTags: ['!Ref', '!Sub', '!GetAtt']
      .map((tag) => ({ tag, resolve: (value: string) => value }))
      .concat(
        ['!Join', '!Select', '!Split'].map((tag) => ({
          tag,
          collection: 'seq' as const,
          resolve: (value: unknown) => value as string,
        })),
      ),
  });
  const { ExecutionMode, Stages } = Resources.Pipeline.Properties;

  expect(ExecutionMode).toBe('QUEUED');
  expect(Stages.at(-1).Actions[0]).toMatchObject({
    ActionTypeId: { Category: 'Invoke', Owner: 'AWS', Provider: 'StepFunctions', Version: '1' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's
    Configuration: { ExecutionNamePrefix: '${ServiceName}-${Environment}', InputType: 'FilePath' },
  });
});
