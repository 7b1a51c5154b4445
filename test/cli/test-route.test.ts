import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { changed } from '../rehearsal/worlds/changed.ts';
import { TEST_LISTENER, TEST_RULE, withTestRoutes } from '../rehearsal/worlds/with-test-route.ts';
import { aSimulatedAccount, worldOf } from './a-simulated-account.ts';

/** Who tries green from a terminal or a pipeline. */

const SHOP = 'production/shop';
const MINUTE_MS = 60_000;

const config = (): string => {
  const path = join(aDirectory('test-route'), 'tested.yaml');
  writeFileSync(
    path,
    [
      'services:',
      '  shop:',
      '    environments:',
      '      production:',
      '        cluster: production',
      '        analysis: off',
      `        test: { route: "${TEST_RULE}", url: "https://shop.example/", for: 10m }`,
      '        shifts:',
      '          - { greenPct: 20, bake: 2m }',
      '          - { greenPct: 100, bake: 2m }',
      '',
    ].join('\n'),
  );
  return path;
};

const account = () =>
  aSimulatedAccount({
    world: changed(withTestRoutes(worldOf('shop')), (copy) => {
      copy.listeners = copy.listeners.filter(({ ListenerArn }) => ListenerArn !== TEST_LISTENER);
    }),
  });

const deploy = (...more: string[]) => ['deploy', 'shop', '-t', 'shop:42', '--config', config(), ...more];

test('a pipeline waits until the test is open, tries green, and skips the rest of it', async () => {
  const shop = await account();

  const opened = await shop.cutover(deploy('--wait-until', 'test'));
  const status = await shop.cutover(['status', SHOP]);
  const skipped = await shop.cutover(['skip', SHOP, '--reason', 'checkout works']);
  const rest = await shop.cutover(['watch', SHOP]);

  expect(opened.out).toContain('opened the test route');
  expect(opened.out).toContain('test: the test route is open to green, and no user meets it yet');
  expect(opened.code).toBe(0);
  expect(status.out).toContain('open to testers, before any user');
  expect(status.out).toMatch(/testers +green +https:\/\/shop\.example\//);
  expect(skipped.code).toBe(0);
  expect(rest.out).toMatch(/shifted 20 % to green .*the test route is closed\s+again/s);
  expect(rest.code).toBe(0);
  expect(shop.elapsedMs()).toBeLessThan(20 * MINUTE_MS);
});

test('who comes when the test is over does not wait for it to the end', async () => {
  const shop = await account();
  await shop.cutover(deploy('--wait-until', 'firstShift'));

  const { code, out } = await shop.cutover(['watch', SHOP, '--wait-until', 'test']);

  expect(out).toContain('it is over, or the plan has none');
  expect(code).toBe(7);
  expect(shop.orchestrator.stepFunctions.executions()[0]?.status).toBe('RUNNING');
});

test('a machine reads the same in the stream', async () => {
  const shop = await account();

  const { out, code } = await shop.cutover(deploy('--wait-until', 'test', '--json'));
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const status = JSON.parse((await shop.cutover(['status', SHOP, '--json'])).out) as Record<string, unknown>;

  expect(code).toBe(0);
  expect(lines.at(-1)).toMatchObject({ type: 'left', because: 'stageReached' });
  expect(status).toMatchObject({
    testRoute: { url: 'https://shop.example/', weights: { blue: 0, green: 100 } },
    shifts: [{ test: true, greenPct: 0 }, { greenPct: 20 }, { greenPct: 100 }],
  });
});

test('a dry run shows where testers come, and until when', async () => {
  const shop = await account();

  const { out, code } = await shop.cutover(deploy('--dry-run'));

  expect(out).toMatch(/test route +HTTPS:443 header X-Shop-Test=green: green alone for 10m before the first/);
  expect(out).toContain('x-shop-test: green');
  expect(out).toMatch(/0 % green, open to testers for 10m/);
  expect(out).not.toContain('test-route-');
  expect(code).toBe(0);
});
