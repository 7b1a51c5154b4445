import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { main } from '../cli/main.ts';
import type { Terminal } from '../cli/terminal.ts';

/**
 * Takes the picture docs/pictures/report.png: the top of a report's page, of the rehearsal that
 * docs/pictures/live.svg shows. Needs a Chromium (apt-get install -y chromium), whose path CHROMIUM may name.
 */

const PICTURE = fileURLToPath(new URL('../docs/pictures/report.png', import.meta.url));
/** From the root of the repository, where npm runs scripts: the page shows the command. */
const SHOP = 'examples/shop/request.json';

/** As far as the chart and the first decisions; the page continues below. */
const SIZE = { width: 1200, height: 900 };

const silent: Terminal = {
  out: () => {},
  err: (text) => void process.stderr.write(text),
  width: 100,
  interactive: false,
  colour: false,
  pause: async () => {},
};

const folder = mkdtempSync(join(tmpdir(), 'report-'));
const page = join(folder, 'report.html');
await main(['rehearse', SHOP, '--version', 'errors-under-load:3rps', '--report', page], silent);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
const tab = await browser.newPage({ viewport: SIZE });
await tab.goto(pathToFileURL(page).href);
await tab.screenshot({ path: PICTURE });
await browser.close();
rmSync(folder, { recursive: true });
