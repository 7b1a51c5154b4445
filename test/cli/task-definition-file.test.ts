import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount, SHOP, worldOf } from './a-simulated-account.ts';

const directory = aDirectory('task-definition-file');
const WIDE = { width: 300 };

type Container = Record<string, unknown>;

/** The running revision with its containers changed, in a folder of its own beside a cutover.yaml that names it. */
const aFolder = (
  name: string,
  change: (container: Container) => Container,
  encode = (text: string) => Buffer.from(text),
) => {
  const folder = join(directory, name);
  mkdirSync(folder);
  const running = worldOf('shop').taskDefinitions.find(({ revision }) => revision === 41);
  const { registeredAt: _at, ...taskDefinition } = { ...running };
  const containers = (taskDefinition.containerDefinitions ?? []).map((one) => change({ ...one }));
  const file = join(folder, 'task-definition.json');
  writeFileSync(
    file,
    encode(JSON.stringify({ taskDefinition: { ...taskDefinition, containerDefinitions: containers } })),
  );
  const config = join(folder, 'cutover.yaml');
  writeFileSync(
    config,
    'services:\n  shop:\n    taskDefinition: task-definition.json\n    environments:\n      ' +
      'production: { cluster: production }\n',
  );
  return { file, config };
};
const same = (container: Container): Container => container;
const renamed = (container: Container): Container => ({ ...container, name: `${container.name}-2` });

describe('a file of a task definition', () => {
  test('that cutover.yaml names lies beside cutover.yaml, and is what preflight checks', async () => {
    const account = await aSimulatedAccount();
    const { config } = aFolder('renamed', renamed);

    const { out, code } = await account.cutover(['preflight', '--config', config], WIDE);

    expect(out).toMatch(/error \S*container\S*/);
    expect(code).toBe(3);
    expect(account.calls('ecs', 'RegisterTaskDefinition')).toBe(0);
  });

  test('that preflight finds nothing wrong with can be deployed', async () => {
    const account = await aSimulatedAccount();
    const { config } = aFolder('same', same);

    const { code } = await account.cutover(
      ['preflight', '--config', config, '--alarm', 'shop-users-suffer'],
      WIDE,
    );

    expect(code).toBe(0);
  });

  test('that is missing is called what it is named by', async () => {
    const account = await aSimulatedAccount();
    const { config } = aFolder('missing', same);
    writeFileSync(
      config,
      'services:\n  shop:\n    taskDefinition: none.json\n    environments:\n      production: { ' +
        'cluster: production }\n',
    );

    const { err, code } = await account.cutover(['deploy', '--config', config], WIDE);

    expect(err).toContain(
      `taskDefinition in cutover.yaml: expected a file, found nothing at ${join(directory, 'missing', 'none.json')}`,
    );
    expect(code).toBe(1);
  });

  test('with a member that ECS does not have is refused before anything is registered', async () => {
    const account = await aSimulatedAccount();
    const { file } = aFolder('typo', (container) => ({
      ...container,
      enviroment: [{ name: 'A', value: 'b' }],
    }));

    const { err, code } = await account.cutover(['deploy', SHOP, '-t', file], WIDE);

    expect(err).toContain(
      '.enviroment: expected a member that ECS has, found "enviroment"; did you mean environment?',
    );
    expect(code).toBe(1);
    expect(account.calls('ecs', 'RegisterTaskDefinition')).toBe(0);
  });

  test.each(['<IMAGE1_NAME>', 'repo/shop:', 'repo/shop:$TAG', ''])(
    'with the image %j, which no task could pull, is refused before anything is asked',
    async (image) => {
      const account = await aSimulatedAccount();
      const { file } = aFolder(`image-${image.replace(/\W/g, '')}`, (one) => ({ ...one, image }));

      const { err, code } = await account.cutover(['deploy', SHOP, '-t', file, '--dry-run'], WIDE);

      expect(err).toContain(`containerDefinitions[web].image: expected an image, found "${image}"`);
      expect(code).toBe(1);
    },
  );

  test('with a placeholder is taken where --image says what the container runs', async () => {
    const account = await aSimulatedAccount();
    const { file } = aFolder('filled', (one) => ({ ...one, image: '<IMAGE1_NAME>' }));
    const deploy = (image: string) =>
      account.cutover(
        ['deploy', SHOP, '-t', file, '--dry-run', '--alarm', 'shop-users-suffer', '--image', image],
        WIDE,
      );

    expect((await deploy('web=repo/shop:9')).code).toBe(0);
    expect((await deploy('repo/shop:9')).code).toBe(0);
  });

  test('with a number for a text is taken, with a note', async () => {
    const account = await aSimulatedAccount();
    const { file } = aFolder('number', (container) => ({
      ...container,
      environment: [{ name: 'PORT', value: 9_999 }],
    }));

    const { err, code } = await account.cutover(
      ['deploy', SHOP, '-t', file, '--dry-run', '--alarm', 'shop-users-suffer'],
      WIDE,
    );

    expect(err).toContain('.environment[PORT].value: 9999 is taken for "9999"');
    expect(code).toBe(0);
  });

  test.each([
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
  ])('in %s is read', async (name, encode) => {
    const account = await aSimulatedAccount();
    const { file } = aFolder(name, same, encode);

    const { out, code } = await account.cutover(
      ['deploy', SHOP, '-t', file, '--dry-run', '--alarm', 'shop-users-suffer'],
      WIDE,
    );

    expect(out).toContain('shop:41');
    expect(code).toBe(0);
  });
});

test('a dry run ends with 3 where the deployment would be refused, and says why', async () => {
  const account = await aSimulatedAccount();
  const { file } = aFolder('refused', renamed);

  const { out, code } = await account.cutover(['deploy', SHOP, '-t', file, '--dry-run'], WIDE);

  expect(out).toMatch(/error \S*container\S*/);
  expect(code).toBe(3);
  expect(account.calls('ecs', 'RegisterTaskDefinition')).toBe(0);
});
