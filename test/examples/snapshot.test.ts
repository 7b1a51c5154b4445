import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadWorld } from '../../sim/load-world.ts';
import { aDirectory } from '../a-directory.ts';
import { cutover, example } from '../cli/a-terminal.ts';
import { commandProblems } from '../core/plan/preflight/aws-command.ts';

/** examples/snapshot.sh as it is, with an `aws` that answers from a world: what it writes is that world again. */

const root = new URL('../../', import.meta.url).pathname;
const directory = aDirectory('snapshot');
const bin = join(directory, 'bin');
mkdirSync(bin);
writeFileSync(
  join(bin, 'aws'),
  `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'test/examples/aws-stub.mjs')}' "$@"\n`,
);
chmodSync(join(bin, 'aws'), 0o755);

const snapshot = (
  name: string,
  [cluster, service, taskDefinition]: [string, string, string],
  environment: Record<string, string> = {},
) => {
  const path = mkdtempSync(join(directory, `${name}-`));
  const log = join(directory, `${path.split('/').at(-1)}.log`);
  const { status, stdout, stderr } = spawnSync(
    join(root, 'examples/snapshot.sh'),
    [cluster, service, taskDefinition, path],
    {
      encoding: 'utf8',
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        STUB_WORLD: join(root, 'examples', name, 'world'),
        STUB_LOG: log,
        ...environment,
      },
    },
  );
  const calls = readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\u0001'));
  return { path, status, stdout, stderr, calls, files: readdirSync(path).sort() };
};

const seedOf = (path: string) => {
  const loaded = loadWorld(path);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const { traffic: _, rules, ...seed } = loaded.seed;
  // A file a listener: in which order is of no account.
  return { ...seed, rules: [...rules].sort((a, b) => (a.ListenerArn < b.ListenerArn ? -1 : 1)) };
};
const kindsOf = (files: string[]) => [...new Set(files.map((file) => file.split('.')[0]))].sort();

const services: [string, [string, string, string], Record<string, string>][] = [
  ['shop', ['production', 'shop', 'shop:42'], {}],
  ['sticky', ['production', 'basket', 'basket:8'], {}],
  ['canary', ['production', 'orders', 'orders:18'], {}],
  [
    'first-deployment',
    ['staging', 'hello', 'hello:1'],
    {
      LOAD_BALANCER_ARNS:
        'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/hello/3c5e7092b4d6f801',
      SUBNETS: 'subnet-0c33333333333333c subnet-0d44444444444444d',
      SECURITY_GROUPS: 'sg-0e5f6a7b8c9d00112',
    },
  ],
];

describe.each(services)('examples/%s', (name, service, environment) => {
  const taken = snapshot(name, service, environment);

  test('is written again, with everything that preflight looks at', () => {
    expect({ status: taken.status, stderr: taken.stderr }).toEqual({ status: 0, stderr: '' });
    expect(seedOf(taken.path)).toEqual(seedOf(join(root, 'examples', name, 'world')));
    expect(kindsOf(taken.files)).toEqual(
      kindsOf(readdirSync(join(root, 'examples', name, 'world'))).filter((kind) => kind !== 'traffic'),
    );
  });

  test('gives the same plan and the same findings', async () => {
    const [ours, theirs] = await Promise.all(
      [[], ['--world', taken.path]].map((world) => cutover(['plan', example(name), ...world, '--json'])),
    );

    expect(theirs).toEqual(ours);
  });

  test('only commands that the AWS CLI has, and only ones that read', () => {
    expect(taken.calls.flatMap((words) => commandProblems(['aws', ...words]))).toEqual([]);
    expect(taken.calls.filter(([, operation = '']) => !operation.startsWith('describe-'))).toEqual([]);
  });
});

const SHOP: [string, string, string] = ['production', 'shop', 'shop:42'];

test('what is not permitted of what lies around the service is left out and said, and the rest is written', () => {
  const denied = 'describe-subnets,describe-images,describe-scalable-targets,describe-security-groups';

  const { status, stderr, files, path } = snapshot('shop', SHOP, { STUB_DENIED: denied });

  expect(status).toBe(0);
  for (const kind of denied.split(',')) {
    expect(stderr).toMatch(new RegExp(`left out \\S+/${kind}\\S*\\.json: .*AccessDenied`));
    expect(files.filter((file) => file.startsWith(kind))).toEqual([]);
  }
  expect(files.filter((file) => file.endsWith('.part'))).toEqual([]);
  expect(seedOf(path).surroundings).toEqual({});
});

test('a read that a rehearsal needs ends it, without an empty file', () => {
  const { status, stderr, files } = snapshot('shop', SHOP, { STUB_DENIED: 'describe-rules' });

  expect(status).not.toBe(0);
  expect(stderr).toContain('AccessDenied');
  expect(files.filter((file) => file.startsWith('describe-rules') || file.endsWith('.part'))).toEqual([]);
});

test('a service without a task set needs to be told its load balancer', () => {
  const { status, stderr } = snapshot('first-deployment', ['staging', 'hello', 'hello:1']);

  expect(status).toBe(1);
  expect(stderr).toContain('what to do: set LOAD_BALANCER_ARNS');
});
