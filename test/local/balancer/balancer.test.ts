import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { aListener, aProgram, ask, forwardTo } from './a-listener.ts';

const echo = () =>
  aProgram(async (incoming, response) => {
    let bytes = 0;
    for await (const chunk of incoming) bytes += chunk.length;
    response.setHeader('x-own', 'yes');
    response.end(JSON.stringify({ headers: incoming.headers, bytes, url: incoming.url }));
  });

test('a request reaches the target with what a balancer adds, and without what was between the client and it', async () => {
  const { port, served } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: await echo() }],
  );

  const answer = await ask(port, {
    path: '/a?b=%20c',
    headers: {
      host: 'shop.test',
      'x-forwarded-for': '10.9.8.7',
      'x-forwarded-proto': 'spoofed',
      'x-amzn-trace-id': 'Root=1-2-3',
      connection: 'close, x-hop',
      'x-hop': 'secret',
      te: 'trailers',
    },
  });

  const { headers, url } = JSON.parse(answer.body);
  expect(url).toBe('/a?b=%20c');
  expect(headers).toMatchObject({
    host: 'shop.test',
    'x-forwarded-for': '10.9.8.7, 127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
    'x-amzn-trace-id': expect.stringMatching(/^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-2-3$/),
  });
  expect(headers).not.toHaveProperty('x-hop');
  expect(headers).not.toHaveProperty('te');
  expect(answer.headers['x-own']).toBe('yes');
  expect(served).toMatchObject([
    { targetGroupArn: 'blue', target: '10.0.0.0:80', status: 200, cause: undefined },
  ]);
});

test('a large upload arrives whole', async () => {
  const { port } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: await echo() }],
  );

  const answer = await ask(port, { method: 'POST' }, Buffer.alloc(20_000_000));

  expect(JSON.parse(answer.body).bytes).toBe(20_000_000);
});

test('rules come in their order, each with conditions, and the default action last', async () => {
  const [blue, green] = [
    await aProgram((_request, response) => response.end('blue')),
    await aProgram((_request, response) => response.end('green')),
  ];
  const { port } = await aListener(
    [
      {
        rule: { Conditions: [{ Field: 'path-pattern', Values: ['/old/*'] }] },
        actions: [{ Type: 'redirect', RedirectConfig: { Path: '/new/#{path}', StatusCode: 'HTTP_301' } }],
      },
      {
        rule: { Conditions: [{ Field: 'host-header', Values: ['closed.test'] }] },
        actions: [
          { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '410', MessageBody: 'closed' } },
        ],
      },
      {
        rule: { Conditions: [{ Field: 'path-pattern', Values: ['/api/*'] }] },
        actions: [forwardTo({ green: 1 })],
      },
      { actions: [forwardTo({ blue: 1 })] },
    ],
    [
      { group: 'blue', port: blue },
      { group: 'green', port: green },
    ],
  );

  expect(await ask(port, { path: '/old/x?y=1', headers: { host: 'a.test' } })).toMatchObject({
    status: 301,
    headers: { location: 'https://a.test:443/new/old/x?y=1', 'content-type': 'text/html' },
    body: expect.stringContaining('<h1>301 Moved Permanently</h1>'),
  });
  expect(await ask(port, { headers: { host: 'closed.test:9' } })).toMatchObject({
    status: 410,
    body: 'closed',
  });
  expect((await ask(port, { path: '/api/1' })).body).toBe('green');
  expect((await ask(port)).body).toBe('blue');
});

test('with group stickiness a client stays with its group, by the cookie it was given', async () => {
  const targets = [
    { group: 'blue', port: await aProgram((_request, response) => response.end('blue')) },
    { group: 'green', port: await aProgram((_request, response) => response.end('green')) },
  ];
  const before = await aListener([{ actions: [forwardTo({ blue: 1, green: 0 }, 60)] }], targets);
  const after = await aListener([{ actions: [forwardTo({ blue: 0, green: 1 }, 60)] }], targets);
  const first = await ask(before.port);
  const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';

  expect(first.headers['set-cookie']).toEqual([
    expect.stringMatching(/^AWSALBTG=[\w-]+; Max-Age=60; Path=\/$/),
    expect.stringMatching(/^AWSALBTGCORS=[\w-]+; Max-Age=60; Path=\/; SameSite=None; Secure$/),
  ]);
  expect((await ask(after.port, { headers: { cookie } })).body).toBe('blue');
  expect((await ask(after.port)).body).toBe('green');
});

test.each([
  ['a group that nobody is registered in', [], 503, 'emptyGroup', undefined],
  ['a target that nobody listens at', [{ group: 'blue', port: 1 }], 502, 'deadTarget', '10.0.0.0:80'],
  ['a target whose program is gone', [{ group: 'blue', port: undefined }], 502, 'deadTarget', '10.0.0.0:80'],
  [
    'a sick target, because no other is there',
    [{ group: 'blue', port: 1, state: 'unhealthy' as const }],
    502,
    'sickTarget',
    '10.0.0.0:80',
  ],
])('the balancer answers for %s', async (_name, targets, status, cause, target) => {
  const { port, served } = await aListener([{ actions: [forwardTo({ blue: 1 })] }], targets);

  const answer = await ask(port);

  expect(answer.status).toBe(status);
  expect(answer.headers.server).toBe('awselb/2.0');
  expect(served).toMatchObject([{ targetGroupArn: 'blue', cause, target, status: undefined }]);
});

test('weights of 0 everywhere send nobody anywhere', async () => {
  const { port, served } = await aListener([{ actions: [forwardTo({ blue: 0, green: 0 })] }], []);

  expect((await ask(port)).status).toBe(503);
  expect(served).toMatchObject([{ targetGroupArn: undefined }]);
});

test('a version’s own error goes through, and counts as the version’s', async () => {
  const broken = await aProgram((_request, response) => {
    response.statusCode = 500;
    response.end('own');
  });
  const { port, served } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: broken }],
  );

  expect(await ask(port)).toMatchObject({ status: 500, body: 'own' });
  expect(served).toMatchObject([{ status: 500, cause: 'versionError' }]);
});

test('an answer that breaks off in its middle breaks off for the client, too', async () => {
  const half = await aProgram((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  const { port, served } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: half }],
  );

  await expect(ask(port)).rejects.toThrow('aborted');
  expect(served).toMatchObject([{ status: 200, cause: 'deadTarget' }]);
});

test('a client that leaves ends its request at the target, and is nobody’s failure', async () => {
  let left: Promise<unknown> | undefined;
  let reached: () => void = () => {};
  const waiting = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const slow = await aProgram((_request, response) => {
    left = once(response, 'close');
    reached();
  });
  const { port, served } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: slow }],
  );
  const asked = request({ host: '127.0.0.1', port, agent: false });
  asked.on('error', () => {});
  asked.end();
  await waiting;

  asked.destroy();
  await left;

  expect(served).toMatchObject([{ cause: undefined, status: undefined }]);
});

test('what a target still carries is cut when its drain has ended', async () => {
  const endless = await aProgram((_request, response) => {
    response.writeHead(200);
    response.write('begun');
  });
  const { port, remove } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: endless }],
  );
  const asked = request({ host: '127.0.0.1', port, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  await once(response, 'data');

  remove(0);

  await expect(once(response, 'end')).rejects.toThrow('aborted');
});

const upgradeHead =
  'GET /ws HTTP/1.1\r\nHost: shop.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

test('a WebSocket passes both ways, and is cut with its target', async () => {
  const program = await aProgram(
    () => {},
    (incoming, socket) => {
      const { upgrade } = incoming.headers;
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`);
      socket.on('data', (chunk) => socket.write(`heard ${chunk}`));
      socket.on('error', () => {});
    },
  );
  const { port, served, remove } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: program }],
  );
  const client = connect(port, '127.0.0.1');
  client.write(upgradeHead);
  const [head] = await once(client, 'data');
  client.write('hello');
  const [heard] = await once(client, 'data');

  remove(0);
  await once(client, 'close');

  expect(String(head)).toBe(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  expect(String(heard)).toBe('heard hello');
  expect(served).toMatchObject([{ status: 101, cause: undefined }]);
});

test('a request for an upgrade to something other than a WebSocket is answered without the upgrade', async () => {
  const asked: string[] = [];
  const program = await aProgram((incoming, response) => {
    asked.push(`${incoming.url} ${incoming.headers['x-forwarded-for']} ${incoming.headers.upgrade}`);
    response.end('plain');
  });
  const { port, served } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: program }],
  );
  const client = connect(port, '127.0.0.1');
  let heard = '';
  client.on('data', (chunk) => {
    heard += chunk;
  });
  client.write('GET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
  await once(client, 'close');

  expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n(.*\r\n)*Connection: close\r\n(.*\r\n)*\r\n(.*\r\n)*plain/);
  expect(asked).toEqual(['/1 127.0.0.1 undefined']);
  expect(served).toMatchObject([{ status: 200 }]);
});

test('after a refused WebSocket nothing more reaches the target by that connection', async () => {
  const heardThere: string[] = [];
  const program = await aProgram(
    () => {},
    (_incoming, socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => heardThere.push(String(chunk)));
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
    },
  );
  const { port } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: program }],
  );
  const client = connect(port, '127.0.0.1');
  let heard = '';
  client.on('data', (chunk) => {
    heard += chunk;
  });
  client.write(`${upgradeHead}GET /admin HTTP/1.1\r\nHost: a\r\n\r\n`);
  await once(client, 'close');

  expect(heard).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
  expect(heard).toMatch(/no$/);
  expect(heardThere).toEqual([]);
});

test.each([
  ['refused by the target', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n', /^HTTP\/1\.1 403/],
  ['broken off by the target', '', /^HTTP\/1\.1 502/],
  ['taken by the target without naming an upgrade', 'HTTP/1.1 101 Fine\r\n\r\n', /^HTTP\/1\.1 502/],
])('a WebSocket that is %s', async (_name, answer, expected) => {
  const program = await aProgram(
    () => {},
    (_request, socket) => void socket.end(answer),
  );
  const { port } = await aListener(
    [{ actions: [forwardTo({ blue: 1 })] }],
    [{ group: 'blue', port: program }],
  );
  const client = connect(port, '127.0.0.1');
  client.write(upgradeHead);
  const [head] = await once(client, 'data');

  expect(String(head)).toMatch(expected);
});

test('a request that is no HTTP gets the balancer’s 400', async () => {
  const { port, served } = await aListener([{ actions: [forwardTo({ blue: 1 })] }], []);
  const client = connect(port, '127.0.0.1');
  client.write('NONSENSE\r\n\r\n');
  const [head] = await once(client, 'data');

  expect(String(head)).toMatch(/^HTTP\/1\.1 400/);
  expect(served).toEqual([]);
});
