import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadLocalFile, localFileOf } from '../../local/local-file.ts';
import { type LocalWorld, startLocalWorld } from '../../local/local-world.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { openBrowser, picture } from './a-browser.ts';

const WORLD = fileURLToPath(new URL('../../examples/shop/world', import.meta.url));

let browser: Browser;
let local: LocalWorld;

beforeAll(async () => {
  const [world, programs] = [loadWorld(WORLD), loadLocalFile(localFileOf(WORLD))];
  if (!world.ok || !programs.ok) throw new Error('the sample shop cannot be read');
  const failed = (error: unknown): void => console.error(error);
  [browser, local] = await Promise.all([
    openBrowser(),
    startLocalWorld({ world: world.seed, programs: programs.file, speed: 30, port: 0, seed: 1, failed }),
  ]);
});

afterAll(async () => {
  await browser.close();
  await local.close();
});

/**
 * Resolves when the shares of the last hundred answers, by version, are as wanted; the page draws them ten times a
 * second.
 */
const sharesUntil = async (page: Page, wanted: (shares: number[]) => boolean): Promise<void> => {
  for (;;) {
    const texts = await page.locator('tbody tr td:nth-child(2)').allTextContents();
    if (wanted(texts.map(Number))) return;
    await page.waitForResponse('**/api/version');
  }
};

test('the page at the load balancer’s address shows which version answers, live, while a deployment moves the weights', async () => {
  const page = await browser.newPage({ viewport: { width: 900, height: 600 } });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(`http://127.0.0.1:${local.listeners[0]?.port}/`);
  await page.locator('#now', { hasText: '1.41.0' }).waitFor();

  local.orchestrator.stepFunctions.startExecution({
    input: {
      cluster: 'production',
      service: 'shop',
      taskDefinition: 'shop:42',
      shifts: [
        { greenPct: 50, bake: '3m' },
        { greenPct: 100, bake: '1m' },
      ],
    },
  });
  // Half and half: both versions have stripes in the strip.
  await page.locator('tbody tr', { hasText: '1.42.0' }).waitFor();
  await sharesUntil(page, (shares) => shares.length === 2 && shares.every((share) => share >= 20));
  await picture(page, 'local-half');
  // All of it: the old version has left the last hundred answers.
  await sharesUntil(page, ([old, now]) => old === 0 && now === 100);
  await picture(page, 'local-all');

  const errors = await page.locator('tbody tr td:nth-child(4)').allTextContents();
  expect(errors).toEqual(['0', '0']);
  expect(complaints).toEqual([]);
});
