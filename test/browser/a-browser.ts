import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const DIRECTORY = resolve(import.meta.dirname, '../../dist/report');

/** Chromium as it comes, with everything off that would talk to somebody. */
export const openBrowser = (...more: string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });

export type Opened = {
  page: Page;
  /** Everything that the console said and every error that nobody caught. */
  complaints: string[];
  /** Every address that was asked for. */
  requested: string[];
  close(): Promise<void>;
};

/** Opens a page as a file, as from a ticket's attachment. */
export const openPage = async (
  browser: Browser,
  name: string,
  text: string,
  options: BrowserContextOptions = {},
): Promise<Opened> => {
  mkdirSync(DIRECTORY, { recursive: true });
  const file = resolve(DIRECTORY, `${name}.html`);
  writeFileSync(file, text);
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requested, close: () => context.close() };
};

export const picture = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: resolve(DIRECTORY, `${name}.png`), fullPage: true });
};

/** The texts of a table's cells, row by row. */
export const cellsOf = (page: Page, table: string): Promise<string[][]> =>
  page
    .locator(`${table} tbody tr`)
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].map((cell) => (cell as { textContent: string }).textContent.trim()),
      ),
    );

/** A property of the first such element, as the browser computed it. */
export const styleOf = (page: Page, selector: string, property: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .evaluate(
      (node, name) => node.ownerDocument.defaultView?.getComputedStyle(node).getPropertyValue(name) ?? '',
      property,
    );
