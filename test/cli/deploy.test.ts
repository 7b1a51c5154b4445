import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount, worldOf } from './a-simulated-account.ts';

const SHOP = 'production/shop';
const DEPLOY = ['deploy', SHOP, '--image', 'web=repo/shop:9', '--alarm', 'shop-users-suffer'];
const CANARY = ['--strategy', 'Canary10Percent5Minutes', '--keep-blue', '10m'];

const directory = aDirectory('deploy');

const aFile = (name: string, value: unknown): string => {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
};

const shopDefinition = (revision: number) => {
  const found = worldOf('shop').taskDefinitions.find((definition) => definition.revision === revision);
  if (found === undefined) throw new Error(`examples/shop has no revision ${revision}`);
  return found;
};

describe('cutover deploy', () => {
  test('an image becomes a revision that changes nothing else, and 0 means that it serves', async () => {
    const account = await aSimulatedAccount();

    const { code, out, err } = await account.cutover([...DEPLOY, ...CANARY]);

    expect(out).toContain('task definition shop:41 → shop:43');
    expect(out.match(/^ {4}\S.*$/gm)?.[0]).toBe('    containerDefinitions[web].image');
    expect(out).toContain('+ repo/shop:9');
    expect(out).toMatch(/weights +shifted 10 % to green.*[\s\S]*weights +shifted 100 % to green/);
    expect(out).toMatch(/SUCCEEDED\n {2}why +green serves all traffic and blue is gone/);
    expect(out).toContain('console   https://us-east-1.console.aws.amazon.com/states/');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const serving = account.world.ecs.taskSets().filter(({ status }) => status === 'PRIMARY');
    expect(serving).toMatchObject([{ taskDefinitionArn: expect.stringMatching(/shop:43$/) }]);
  });

  test('in a CI job the commit that names the image has its time kept, and what is said instead comes first', async () => {
    const id = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';
    const commit = { id, at: '2026-01-01T00:00:00Z', source: 'CI_COMMIT_TIMESTAMP' };
    const account = await aSimulatedAccount({ ciCommits: [commit] });
    const image = ['deploy', SHOP, '--image', `web=repo/shop:${id.slice(0, 8)}`, ...CANARY];

    const first = await account.cutover(image, { width: 200 });
    await account.cutover([...image, '--committed-at', '2025-12-31T00:00:00Z']);
    const other = await account.cutover([...DEPLOY, ...CANARY]);

    expect(first.err).toContain(
      "note: a1b2c3d, which an image's tag names, was committed at 2026-01-01T00:00:00Z by CI_COMMIT_TIMESTAMP",
    );
    expect(other.err).toBe('');
    const ends = account.world.dynamoDb
      .partition(`ends#${SHOP}`)
      .map(({ endJson }) => JSON.parse(String(endJson)).committedAtMs);
    expect(ends).toEqual([Date.parse('2026-01-01T00:00:00Z'), Date.parse('2025-12-31T00:00:00Z'), undefined]);
  });

  test('a version that its alarm rolls back ends with 2 and the reason', async () => {
    const account = await aSimulatedAccount({ version: 'errors:60%' });

    const { code, out } = await account.cutover([...DEPLOY, ...CANARY]);

    expect(out).toMatch(/ROLLED BACK\n {2}why +.*alarm.*shop-users-suffer/);
    expect(out).toMatch(/weights +roll back, restored/);
    expect(code).toBe(2);
  });

  test('a version whose image cannot be pulled says so at the end of the log', async () => {
    const account = await aSimulatedAccount({ version: 'no-image' });

    const { code, out } = await account.cutover([...DEPLOY, ...CANARY], { width: 300 });

    expect(out.slice(out.indexOf('ROLLED BACK'))).toMatch(/CannotPullContainerError/);
    expect(code).toBe(2);
  });

  test('a deployment that preflight refuses ends with 3, and what to do', async () => {
    const account = await aSimulatedAccount();
    account.world.cloudWatch.setAlarm('shop-users-suffer', 'ALARM', 'was red before');

    const { code, out } = await account.cutover([...DEPLOY, ...CANARY], { width: 300 });

    expect(out).toMatch(/REFUSED\n {2}why .*\n.*alarm/);
    expect(out).not.toMatch(/at \S+:\d+:\d+/);
    expect(code).toBe(3);
    expect(account.world.ecs.taskSets()).toHaveLength(1);
  });

  test('a second deployment of a busy service is refused and says who holds it', async () => {
    const account = await aSimulatedAccount();
    const first = account.type([...DEPLOY, ...CANARY, '--name', 'first']);
    await account.pass(120_000);

    const { code, err } = await account.cutover([...DEPLOY, ...CANARY, '--name', 'second'], { width: 300 });

    expect(err).toContain('production/shop is being deployed by first');
    expect(code).toBe(3);
    expect(first.ended()).toBe(false);
  });

  test('queued behind another, it waits, says for what, and then deploys', async () => {
    const account = await aSimulatedAccount();
    account.type([...DEPLOY, ...CANARY, '--name', 'first']);
    await account.pass(60_000);

    const { code, out } = await account.cutover([...DEPLOY, ...CANARY, '--when-busy', 'queue'], {
      width: 300,
    });

    expect(out).toMatch(/stands in line for production\/shop .*is being deployed by first/);
    expect(out).toContain('SUCCEEDED');
    expect(code).toBe(0);
  });

  test('a file is registered and compared with what runs; describe-task-definition’s output is taken as it is', async () => {
    const account = await aSimulatedAccount();
    const path = aFile('described.json', { taskDefinition: shopDefinition(42), tags: [] });

    const { out } = await account.cutover(['deploy', SHOP, '-t', path, '--dry-run', ...CANARY]);

    expect(out).toContain('+ 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:1.42.0');
    expect(out).not.toContain('requiresAttributes');
    expect(out).toContain('nothing was registered, nothing was started');
    expect(account.orchestrator.stepFunctions.executions()).toEqual([]);
  });

  test('what runs already is not registered again', async () => {
    const account = await aSimulatedAccount();
    const path = aFile('running.json', shopDefinition(41));

    const { out } = await account.cutover(['deploy', SHOP, '-t', path, '--detach']);

    expect(out).toContain('task definition shop:41 → shop:41');
    expect(out).toContain('nothing changes: the running revision is deployed again');
    expect(JSON.parse(account.orchestrator.stepFunctions.executions()[0]?.input ?? '{}')).toMatchObject({
      taskDefinition: expect.stringMatching(/shop:41$/),
    });
  });

  test('a revision that exists is deployed by its name', async () => {
    const account = await aSimulatedAccount();

    const { out, code } = await account.cutover(['deploy', SHOP, '-t', 'shop:42', '--detach']);

    expect(out).toContain('task definition shop:41 → shop:42');
    expect(out).toContain(`cutover watch ${SHOP}`);
    expect(code).toBe(0);
  });

  test('a role that may not read ECS deploys a revision by its name, and is warned of what is not shown', async () => {
    const account = await aSimulatedAccount();
    const denied = Object.assign(new Error('not authorized to perform: ecs:DescribeServices'), {
      name: 'AccessDeniedException',
      $fault: 'client',
    });
    account.fail((service) => (service === 'ecs' ? denied : undefined));

    const byName = await account.cutover(['deploy', SHOP, '-t', 'shop:42', '--detach'], { width: 300 });
    const byImage = await account.cutover([...DEPLOY, '--detach'], { width: 300 });

    expect(byName.out).toMatch(/what changes cannot be shown: .*permission ecs:DescribeServices is missing/);
    expect(byName.code).toBe(0);
    expect(byImage.code).toBe(8);
  });

  test('the same --name twice is one deployment', async () => {
    const account = await aSimulatedAccount();
    const argv = [...DEPLOY, '--name', 'ci-17', ...CANARY];
    account.type(argv);
    await account.pass(60_000);

    const { out, code } = await account.cutover(argv);

    expect(out).toMatch(/deployment ci-17-[0-9a-f]{10} found \(it was started before\)/);
    expect(code).toBe(0);
    expect(account.orchestrator.stepFunctions.executions()).toHaveLength(1);
    expect(account.calls('ecs', 'RegisterTaskDefinition')).toBe(1);
  });

  test.each([
    ['another revision', ['-t', 'shop:41'], 'expected a deployment of shop:41, found one of shop:43'],
    [
      'another image',
      ['-i', 'web=repo/shop:8'],
      'expected a deployment of web=repo/shop:8, found one of shop:43',
    ],
    [
      'an image of the only container',
      ['-i', 'repo/shop:8'],
      'expected a deployment of web=repo/shop:8, found',
    ],
  ])('the same --name with %s is another deployment, and not taken for it', async (_, version, message) => {
    const account = await aSimulatedAccount();
    await account.cutover([...DEPLOY, '--name', 'ci-17', '--detach']);

    const { code, err, out } = await account.cutover(['deploy', SHOP, ...version, '--name', 'ci-17'], {
      width: 300,
    });

    expect(err).toContain(`--name ci-17: ${message}`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  test('the same --name with the same image is the same deployment, however the container is named', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(['deploy', SHOP, '-i', 'web=repo/shop:9', '--name', 'ci-17', '--detach']);

    const { code, out } = await account.cutover([
      'deploy',
      SHOP,
      '-i',
      'repo/shop:9',
      '--name',
      'ci-17',
      '--detach',
    ]);

    expect(out).toContain('found (it was started before)');
    expect(code).toBe(0);
  });

  test('a --name that another service has used is refused', async () => {
    const account = await aSimulatedAccount();
    const input = { cluster: 'production', service: 'other', taskDefinition: 'other:1' };
    account.orchestrator.stepFunctions.startExecution({ name: 'ci-17', input });

    const { code, err } = await account.cutover([...DEPLOY, '--name', 'ci-17'], { width: 300 });

    expect(err).toContain('expected a deployment of production/shop, found one of production/other');
    expect(code).toBe(1);
  });

  test.each([
    { more: [], message: 'expected what to deploy, found neither --image nor --task-definition' },
    { more: ['--image', 'wbe=x'], message: 'expected a container of shop (web), found "wbe"' },
    { more: ['--image', 'web='], message: '--image: expected NAME=IMAGE, found "web="' },
    { more: ['-t', 'no/such.json'], message: 'expected a file, found nothing at no/such.json' },
    { more: ['-i', 'x', '--strategy', 'Canary5Percent'], message: 'strategy: expected "AllAtOnce"' },
    { more: ['-i', 'x', '--when-busy', 'queued'], message: 'Did you mean "queue"?' },
    { more: ['-i', 'x', '--wait-until', 'shift'], message: 'found "shift"; did you mean firstShift?' },
    {
      more: ['-i', 'x', '--timeout', '5'],
      message: '--timeout: expected a duration such as 30m or 2h, found "5"',
    },
    { more: ['-i', 'x', '--name', 'a b'], message: '--name: expected 1 to 80 letters' },
  ])('$more ends with 1 before anything is started', async ({ more, message }) => {
    const account = await aSimulatedAccount();

    const { code, err } = await account.cutover(['deploy', SHOP, ...more], { width: 1_000 });

    expect(err).toContain(message);
    expect(code).toBe(1);
    expect(account.orchestrator.stepFunctions.executions()).toEqual([]);
  });
});

describe('a name of nothing in the account ends with 1', () => {
  test.each([
    { argv: ['deploy', SHOP, '-t', 'nope:1'], message: 'there is no such revision' },
    {
      argv: ['status', SHOP, '--installation', 'other'],
      message: 'Cutover is not installed under this name',
    },
  ])('cutover $argv', async ({ argv, message }) => {
    const { code, err } = await (await aSimulatedAccount()).cutover(argv, { width: 1_000 });

    expect(err).toMatch(/^error: Could not/);
    expect(err).toContain(message);
    expect(code).toBe(1);
  });

  test('a start whose answer never comes says how to find out', async () => {
    const account = await aSimulatedAccount();
    const timeout = Object.assign(new Error('socket timed out'), { name: 'TimeoutError' });
    account.fail((service, operation) =>
      service === 'stepFunctions' && operation === 'StartExecution' ? timeout : undefined,
    );

    const { code, err } = await account.cutover(['deploy', SHOP, '-t', 'shop:42'], { width: 1_000 });

    expect(err).toMatch(
      /not known whether the deployment has started: the same command with --name shop-\S+/,
    );
    expect(code).toBe(8);
  });
});
