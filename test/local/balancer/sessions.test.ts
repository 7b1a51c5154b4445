import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { aListener, aProgram, ask, forwardTo } from './a-listener.ts';

const named = (name: string, headers: Record<string, string> = {}) =>
  aProgram((_request, response) => {
    response.writeHead(200, headers);
    response.end(name);
  });

const pairsOf = (cookies: readonly string[] = []): string =>
  cookies.map((each) => each.split(';')[0]).join('; ');

const bySession = { enabled: true, type: 'app_cookie', cookieSeconds: 60, appCookie: 'SESSION' };
const byBalancer = { ...bySession, type: 'lb_cookie', cookieSeconds: 90, appCookie: '' };

test('a group that keeps clients at their targets gives the cookie that its attributes describe', async () => {
  const { port } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [
      { group: 'blue', port: await named('one'), stickiness: byBalancer },
      { group: 'blue', port: await named('two'), stickiness: byBalancer },
    ],
  );
  const first = await ask(port);
  const cookie = pairsOf(first.headers['set-cookie']);

  expect(first.headers['set-cookie']?.[0]).toMatch(/^AWSALB=[\w-]+; Max-Age=90; Path=\/$/);
  for (let turn = 0; turn < 3; turn += 1)
    expect((await ask(port, { headers: { cookie } })).body).toBe(first.body);
});

test('by a cookie of the application a client stays while it has that one', async () => {
  const session = { 'set-cookie': 'SESSION=1; Max-Age=30; Path=/' };
  const { port } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [
      { group: 'blue', port: await named('one', session), stickiness: bySession },
      { group: 'blue', port: await named('two', session), stickiness: bySession },
    ],
  );
  const first = await ask(port);
  const cookie = pairsOf(first.headers['set-cookie']);
  const without = cookie.replace(/SESSION=1; /, '');
  const kept = [await ask(port, { headers: { cookie } }), await ask(port, { headers: { cookie } })];
  const turns = [
    await ask(port, { headers: { cookie: without } }),
    await ask(port, { headers: { cookie: without } }),
  ];

  expect(first.headers['set-cookie']?.[1]).toMatch(/^AWSALBAPP-0=[\w-]+; Max-Age=30; Path=\/$/);
  expect(kept.map(({ body }) => body)).toEqual([first.body, first.body]);
  expect(new Set(turns.map(({ body }) => body)).size).toBe(2);
});

test('a cookie of a group that keeps nobody any more means nothing', async () => {
  const { port } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [
      { group: 'blue', port: await named('one') },
      { group: 'blue', port: await named('two') },
    ],
  );
  const cookie = `AWSALB=${Buffer.from('10.0.0.0:80').toString('base64url')}`;
  const answers = [await ask(port, { headers: { cookie } }), await ask(port, { headers: { cookie } })];

  expect(new Set(answers.map(({ body }) => body)).size).toBe(2);
});

test('a rule’s transforms change what its target gets, and not where it goes', async () => {
  const echo = await aProgram((incoming, response) =>
    response.end(`${incoming.headers.host} ${incoming.url}`),
  );
  const rewrite = (Regex: string, Replace: string) => ({ Rewrites: [{ Regex, Replace }] });
  const { port } = await aListener(
    [
      {
        rule: {
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/api/v\\d+/'] } }],
          Transforms: [
            { Type: 'url-rewrite', UrlRewriteConfig: rewrite('^/api/v(\\d+)/(.*)$', '/$2?version=$1') },
            { Type: 'host-header-rewrite', HostHeaderRewriteConfig: rewrite('^(.+)\\.test$', '$1.internal') },
          ],
        },
        actions: [forwardTo({ blue: 1 })],
      },
      {
        rule: {
          Conditions: [{ Field: 'path-pattern', Values: ['/spoilt'] }],
          Transforms: [{ Type: 'url-rewrite', UrlRewriteConfig: rewrite('^/', '') }],
        },
        actions: [forwardTo({ blue: 1 })],
      },
      { actions: [forwardTo({ blue: 1 })] },
    ],
    [{ group: 'blue', port: echo }],
  );
  const host = 'shop.test';

  expect((await ask(port, { path: '/api/v2/items', headers: { host } })).body).toBe(
    'shop.internal /items?version=2',
  );
  expect((await ask(port, { path: '/api/items', headers: { host } })).body).toBe('shop.test /api/items');
  expect((await ask(port, { path: '/spoilt' })).status).toBe(500);
});

test('however many answers a target still owes, the next request reaches it', async () => {
  const OWED = 300;
  let begun = (): void => {};
  let open = 0;
  const all = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const program = await aProgram((incoming, response) => {
    if (incoming.url !== '/events') return response.end('prompt');
    open += 1;
    if (open === OWED) begun();
    return response.write('event');
  });
  const { port } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: program }],
  );
  const clients: Socket[] = [];
  onTestFinished(() => {
    for (const each of clients) each.destroy();
  });
  for (let index = 0; index < OWED; index += 1) {
    const client = connect(port, '127.0.0.1');
    client.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\n');
    clients.push(client);
  }
  await all;

  expect((await ask(port)).body).toBe('prompt');
});

test('a listener closes whatever its WebSockets are waiting for', async () => {
  let asked = (): void => {};
  const reached = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const program = await aProgram(
    () => {},
    (_incoming, socket) => {
      socket.on('error', () => {});
      asked();
    },
  );
  const { port, close } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: program }],
  );
  const client = connect(port, '127.0.0.1');
  client.on('error', () => {});
  client.resume();
  client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await reached;

  await Promise.all([close(), once(client, 'close')]);

  expect(client.destroyed).toBe(true);
});

test('a refused WebSocket’s connection is over when its client has gone', async () => {
  const { port, connections } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: 1 }],
  );
  const client = connect(port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [head] = await once(client, 'data');
  await once(client, 'close');

  expect(String(head)).toMatch(/^HTTP\/1\.1 502/);
  await expect.poll(() => connections()).toBe(0);
});

test.each([
  [20, 200],
  [40, 502],
])('an answer with %i KB of headers is a %i for the client', async (kilobytes, status) => {
  const program = await named('long', {
    'x-a': 'a'.repeat(kilobytes * 512),
    'x-b': 'b'.repeat(kilobytes * 512),
  });
  const { port } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: program }],
  );
  const client = connect(port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [head] = await once(client, 'data');
  client.destroy();

  expect(String(head)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});
