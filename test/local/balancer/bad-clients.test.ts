import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aListener, aProgram, ask, forwardTo } from './a-listener.ts';

const IDLE_MS = 500;
const routes = [{ actions: [forwardTo({ blue: 1 })] }];

/** Its targets have all the time that they want. */
const aBalancer = async (...program: Parameters<typeof aProgram>) =>
  aListener(routes, [{ group: 'blue', port: await aProgram(...program) }], 0, {
    client: IDLE_MS,
    target: 60_000,
  });

const aClient = (port: number, ...texts: string[]): Socket => {
  const client = connect(port, '127.0.0.1');
  client.on('error', () => {});
  onTestFinished(() => void client.destroy());
  for (const text of texts) client.write(text);
  return client;
};

/** All that comes until the connection ends. */
const heardBy = async (client: Socket): Promise<string> => {
  let text = '';
  client.on('data', (chunk) => {
    text += chunk;
  });
  await once(client, 'close');
  return text;
};

describe('a client that is slow or silent', () => {
  test.each([
    ['says nothing at all', []],
    ['says nothing more after an answer', ['GET / HTTP/1.1\r\nHost: a\r\n\r\n']],
  ])('%s: its connection is closed without a word', async (_name, texts) => {
    const { port } = await aBalancer((_request, response) => response.end('answered'));
    const heard = await heardBy(aClient(port, ...texts));

    expect(heard.match(/HTTP\/1\.1 \d+/g) ?? []).toEqual(texts.map(() => 'HTTP/1.1 200'));
  });

  test('begins its headers and stops: 408', async () => {
    const { port, served } = await aBalancer((_request, response) => response.end());

    expect(await heardBy(aClient(port, 'GET / HTTP/1.1\r\nHost: a\r\n'))).toMatch(/^HTTP\/1\.1 408 /);
    expect(served).toEqual([]);
  });

  test('sends its headers byte by byte, without an end: 408', async () => {
    const { port, served } = await aBalancer((_request, response) => response.end());
    const client = aClient(port, 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    const trickle = setInterval(() => client.write('a'), IDLE_MS / 10);
    client.once('data', () => clearInterval(trickle));
    client.once('close', () => clearInterval(trickle));

    expect(await heardBy(client)).toMatch(/^HTTP\/1\.1 408 /);
    expect(served).toEqual([]);
  });

  test('stops in the middle of its body: 408, and the target is blamed for nothing', async () => {
    let left: (value: unknown) => void = () => {};
    const targetLeft = new Promise((resolve) => {
      left = resolve;
    });
    const { port, served } = await aBalancer((incoming) => {
      incoming.resume();
      incoming.once('close', left);
    });
    const heard = await heardBy(
      aClient(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n', 'half'),
    );
    await targetLeft;

    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    expect(served).toMatchObject([{ status: undefined, cause: undefined }]);
  });

  test('does not read what it asked for: the connection is cut, and the target is let go', async () => {
    let left: (value: unknown) => void = () => {};
    const targetLeft = new Promise((resolve) => {
      left = resolve;
    });
    const { port, served } = await aBalancer((_request, response) => {
      response.once('close', left);
      const fill = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
      };
      response.on('drain', fill);
      fill();
    });
    const client = aClient(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    client.pause();
    await targetLeft;

    expect(served).toMatchObject([{ cause: undefined }]);
  });

  test('waits for a slow target: that is a 504, not the client’s fault', async () => {
    const silent = await aProgram(() => {});
    const { port } = await aListener(routes, [{ group: 'blue', port: silent }], 0, {
      client: IDLE_MS,
      target: 1,
    });

    expect((await ask(port)).status).toBe(504);
  });

  const upgraded = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  test('leaves a WebSocket silent: both ends are cut', async () => {
    let left: (value: unknown) => void = () => {};
    const targetLeft = new Promise((resolve) => {
      left = resolve;
    });
    const { port } = await aBalancer(
      () => {},
      (_incoming, socket) => {
        socket.write(upgraded);
        socket.on('error', () => {});
        socket.once('end', left);
        socket.resume();
      },
    );
    const heard = await heardBy(
      aClient(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    );
    await targetLeft;

    expect(heard).toBe(upgraded);
  });
});

const K = 1024;
test.each([
  ['a request line above 16 K', `GET /${'a'.repeat(17 * K)} HTTP/1.1\r\nHost: a\r\n\r\n`, 400],
  ['one header above 16 K', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(17 * K)}\r\n\r\n`, 400],
  [
    'headers above 64 K in all',
    `GET / HTTP/1.1\r\nHost: a\r\n${`X: ${'a'.repeat(8 * K)}\r\n`.repeat(9)}\r\n`,
    400,
  ],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['*', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', 405],
  [
    'more than 30 addresses in X-Forwarded-For',
    `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${Array.from({ length: 31 }, () => '10.0.0.1').join(', ')}\r\n\r\n`,
    463,
  ],
  [
    'two lengths that differ',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    400,
  ],
  [
    'a length beside chunks',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
])('%s is refused by the load balancer: nothing reaches a target', async (_name, text, status) => {
  let reached = 0;
  const { port, served } = await aBalancer((_request, response) => {
    reached += 1;
    response.end();
  });

  expect(await heardBy(aClient(port, text))).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect({ reached, served }).toEqual({ reached: 0, served: [] });
});

test.each([
  ['http://other.test/admin?a=b', '/admin?a=b'],
  ['HTTP://other.test', '/'],
  ['http://other.test?a=b', '/?a=b'],
])('a request for %s in full is one for %s at that host', async (url, path) => {
  const reached: unknown[] = [];
  const { port } = await aBalancer((request, response) => {
    reached.push([request.url, request.headers.host]);
    response.end();
  });
  await heardBy(aClient(port, `GET ${url} HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n`));

  expect(reached).toEqual([[path, 'other.test']]);
});

test('a body that nobody reads does not keep its connection after the refusal', async () => {
  const { port } = await aListener([{ actions: [forwardTo({ blue: 0 })] }], []);
  const client = aClient(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n', 'begun');

  expect(await heardBy(client)).toMatch(/^HTTP\/1\.1 503 [\s\S]*connection: close/i);
});
