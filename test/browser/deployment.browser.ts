import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderPage } from '../../report/page.ts';
import type { Report } from '../../report/report.types.ts';
import { aSimulatedAccount } from '../cli/a-simulated-account.ts';
import { cellsOf, openBrowser, openPage, picture } from './a-browser.ts';

/** `cutover report` of deployments in an account: what the record has is on the page, without users' requests. */

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const SHOP = 'production/shop';
const deployed = async (version: string | undefined, ...more: string[]): Promise<Report> => {
  const account = await aSimulatedAccount(version === undefined ? {} : { version });
  const strategy = ['--strategy', 'Canary10Percent5Minutes', '--keep-blue', '5m'];
  await account.cutover(['deploy', SHOP, '-t', 'shop:42', '--name', 'shop-42', ...strategy, ...more]);
  return JSON.parse((await account.cutover(['report', SHOP, '--json'])).out);
};

describe.each([
  {
    name: 'succeeded',
    version: undefined,
    alarm: 'shop-users-suffer',
    message: /^shop:42 on production\/shop was deployed in /,
  },
  {
    name: 'rolled-back',
    version: 'errors:60%',
    alarm: 'shop-users-suffer',
    message: / was rolled back within /,
  },
  { name: 'refused', version: undefined, alarm: 'nobody', message: / was refused, and nothing was changed/ },
])('of one that was $name', ({ name, version, alarm, message }) => {
  test('shows who, what and every decision of the record, on a screen and on a telephone', async () => {
    const report = await deployed(version, '--alarm', alarm);
    for (const [mode, viewport] of [
      ['wide', { width: 1200, height: 900 }],
      ['narrow', { width: 390, height: 800 }],
    ] as const) {
      const opened = await openPage(browser, `account-${name}-${mode}`, renderPage(report), { viewport });
      const { page, complaints } = opened;
      const [whole, view] = await page
        .locator('html')
        .evaluate((node) => [node.scrollWidth, node.clientWidth]);

      expect(await page.locator('h1').innerText()).toMatch(message);
      expect(await page.getByText('user/ada').count()).toBeGreaterThan(0);
      expect((await cellsOf(page, '#marks')).map(([, , , , what]) => what)).toEqual(
        report.marks.map(({ what }) => what),
      );
      const reasons = (await cellsOf(page, '#all-decisions')).map(([, , reason]) => reason);
      expect(reasons.at(-1)).toBe(report.decisions.at(-1)?.reason);
      expect(whole).toBe(view);
      expect(complaints).toEqual([]);
      await picture(page, `account-${name}-${mode}`);
      await opened.close();
    }
  });
});
