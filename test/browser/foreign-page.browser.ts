import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadLocalFile, localFileOf } from '../../local/local-file.ts';
import { type LocalWorld, startLocalWorld } from '../../local/local-world.ts';
import { LOGS_PATH } from '../../local/wire/local-paths.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { openBrowser } from './a-browser.ts';

/**
 * A web page of somebody else's, open in a browser on the machine of a local world: what it can send to the world's
 * endpoint, and by a name of its own that it has pointed to this machine (DNS rebinding) read from it.
 */

const WORLD = fileURLToPath(new URL('../../examples/shop/world', import.meta.url));
const NAME = 'page.example';

let browser: Browser;
let local: LocalWorld;
let pages: Server;
let calls: string[];
let port: string;

beforeAll(async () => {
  const [world, programs] = [loadWorld(WORLD), loadLocalFile(localFileOf(WORLD))];
  if (!world.ok || !programs.ok) throw new Error('the sample shop cannot be read');
  const failed = (error: unknown): void => console.error(error);
  pages = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<title>a page of somebody else</title>');
  });
  pages.listen(0, '127.0.0.1');
  [browser, local] = await Promise.all([
    openBrowser(
      `--host-resolver-rules=MAP ${NAME} 127.0.0.1`,
      // Chromium's own guard of loopback addresses, which other browsers do not have.
      '--disable-features=LocalNetworkAccessChecks',
    ),
    startLocalWorld({ world: world.seed, programs: programs.file, speed: 1, port: 0, seed: 1, failed }),
    once(pages, 'listening'),
  ]);
  port = new URL(local.endpoint).port;
  calls = [];
  local.world.kernel.onServed(({ service, operation, by }) => {
    if (by === undefined) calls.push(`${service}:${operation}`);
  });
});

afterAll(async () => {
  await browser.close();
  pages.close();
  await local.close();
});

const SIGNATURE = 'AWS4-HMAC-SHA256 Credential=any/20260105/us-east-1/ecs/aws4_request';
const BODY = JSON.stringify({ cluster: 'production', service: 'shop', desiredCount: 0 });

const HEADERS = {
  'x-amz-target': 'AmazonEC2ContainerServiceV20141113.UpdateService',
  authorization: SIGNATURE,
};

/** Every way in which a page sends a request. */
const ways: Record<string, object> = {
  'no-cors': { mode: 'no-cors' },
  text: { mode: 'no-cors', headers: { 'content-type': 'text/plain' } },
  json: { headers: { ...HEADERS, 'content-type': 'application/x-amz-json-1.1' } },
  'json, no-cors': { mode: 'no-cors', headers: { ...HEADERS, 'content-type': 'application/x-amz-json-1.1' } },
  cbor: {
    headers: { ...HEADERS, 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
  },
  'no referrer': { mode: 'no-cors', referrerPolicy: 'no-referrer' },
  query: {
    mode: 'no-cors',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=SetRulePriorities&Version=2015-12-01',
  },
  get: { method: 'GET', body: null },
};

/** Sends in every way, one after another, from inside the page: what it learned of each. */
const attempts = (page: Page, endpoint: string): Promise<Record<string, string>> =>
  page.evaluate(`(async () => {
    const url = ${JSON.stringify(`${endpoint}/`)};
    const body = ${JSON.stringify(BODY)};
    const learned = {};
    for (const [name, options] of Object.entries(${JSON.stringify(ways)}))
      learned[name] = await fetch(url, { method: 'POST', body, ...options }).then(
        async (answer) => answer.type + ' ' + answer.status + ' ' + (await answer.text()).trim(),
        () => 'blocked',
      );
    navigator.sendBeacon(url, body);
    return learned;
  })()`);

/**
 * A form that a page fills in and sends by itself, into a frame. Whether it was answered or blocked, the frame loads;
 * the browser's driver may miss the answer, which comes from another process.
 */
const postForm = (page: Page, endpoint: string, enctype: string): Promise<unknown> =>
  page.evaluate(`new Promise((loaded) => {
    const frame = Object.assign(document.createElement('iframe'), { name: '${enctype}' });
    const form = document.createElement('form');
    Object.assign(form, { method: 'POST', action: '${endpoint}/', enctype: '${enctype}', target: '${enctype}' });
    form.append(Object.assign(document.createElement('input'), { name: 'Action', value: 'DeleteRule' }));
    document.body.append(frame, form);
    frame.addEventListener('load', () => loaded('loaded'));
    form.submit();
  })`);

const answersOf = (page: Page): string[] => {
  const seen: string[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).port === port)
      seen.push(`${response.request().method()} ${response.status()}`);
  });
  return seen;
};

describe.each([
  [
    'of another origin',
    () => `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`,
    () => local.endpoint,
  ],
  [
    'with a name of its own',
    () => `http://${NAME}:${(pages.address() as AddressInfo).port}/`,
    () => local.endpoint,
  ],
  ['that asks for its own name', () => `http://${NAME}:${port}/`, () => `http://${NAME}:${port}`],
])('a page %s', (_what, addressOf, endpointOf) => {
  test('learns nothing and changes nothing', async () => {
    const page = await browser.newPage();
    const address = addressOf();
    // The name's first answer leads to the page, every later one to this machine.
    await page.route(address, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>a page</title>' }),
    );
    await page.goto(address);
    await page.unroute(address);
    const seen = answersOf(page);
    const callsBefore = calls.length;
    const changesBefore = JSON.stringify(local.world.ecs.taskSets());

    const learned = await attempts(page, endpointOf());
    const forms = [
      await postForm(page, endpointOf(), 'application/x-www-form-urlencoded'),
      await postForm(page, endpointOf(), 'text/plain'),
      await postForm(page, endpointOf(), 'multipart/form-data'),
    ];

    for (const [name, what] of Object.entries(learned))
      if (name !== 'beacon')
        expect(`${name}: ${what}`).toMatch(/: (blocked|opaque 0 |basic 403 Expected .*)$/);
    expect(forms).toEqual(['loaded', 'loaded', 'loaded']);
    expect(seen.length).toBeGreaterThan(3);
    expect(new Set(seen.map((each) => each.split(' ')[1]))).toEqual(new Set(['403']));
    expect(calls.slice(callsBefore)).toEqual([]);
    expect(JSON.stringify(local.world.ecs.taskSets())).toBe(changesBefore);
    await page.close();
  });
});

test('a page by whatever name of this machine reads no logs and opens no WebSocket', async () => {
  const page = await browser.newPage();
  const statusOf = async (host: string): Promise<number | undefined> =>
    (await page.goto(`http://${host}:${port}${LOGS_PATH}`))?.status();

  expect(await statusOf(NAME)).toBe(403);
  expect(await statusOf('0.0.0.0')).toBe(403);
  await page.goto(`http://${NAME}:${(pages.address() as AddressInfo).port}/`);
  const opened = await page.evaluate(`new Promise((resolve) => {
    const socket = new WebSocket('ws://127.0.0.1:${port}/');
    socket.onopen = () => resolve('open');
    socket.onerror = () => resolve('refused');
  })`);
  expect(opened).toBe('refused');
  await page.close();
});
