import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { expect, onTestFinished, test } from 'vitest';
import { clientOptions } from '../../../aws/client-options.ts';
import { toDeploymentError } from '../../../aws/errors.ts';
import { operationOf } from '../../../aws/operation.ts';
import { connectionAgents } from '../../../cli/account/proxy.ts';
import { CERTIFICATE, KEY } from './a-certificate.ts';

/**
 * The way of every real call: HTTPS through a proxy that is asked to CONNECT. The proxy leads every name to the one
 * server that there is, as a proxy does whose names the caller's network cannot resolve.
 */

const listening = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
};

/** ECS, over TLS: which names it was asked by. */
const anEcs = async () => {
  const asked: string[] = [];
  const answer: RequestListener = ({ headers }, response) => {
    asked.push(headers.host ?? '');
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end('{"clusters":[]}');
  };
  return { port: await listening(createTlsServer({ key: KEY, cert: CERTIFICATE }, answer)), asked };
};

/** A proxy: what it was asked to CONNECT to and with which password, and what it got that was no CONNECT. */
const aProxy = async (to: number, refuses?: string) => {
  const asked: string[] = [];
  const passwords: (string | undefined)[] = [];
  const others: string[] = [];
  const server = createServer((request, response) => {
    others.push(request.url ?? '');
    response.end();
  });
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    passwords.push(request.headers['proxy-authorization']);
    if (refuses !== undefined) {
      socket.end(`HTTP/1.1 ${refuses}\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    for (const one of [socket, upstream]) one.on('error', () => undefined);
    onTestFinished(() => void upstream.destroy());
  });
  return { port: await listening(server), asked, passwords, others };
};

const aClient = (endpoint: string, environment: Record<string, string>) => {
  const client = new ECSClient({
    ...clientOptions(
      { connectMs: 5_000, answerMs: 5_000 },
      connectionAgents({ AWS_CA_BUNDLE: 'a file', ...environment }, () => CERTIFICATE),
    ),
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  onTestFinished(() => client.destroy());
  return client;
};

const ask = (endpoint: string, environment: Record<string, string>) =>
  aClient(endpoint, environment).send(new DescribeClustersCommand({}));

test.each(['HTTPS_PROXY', 'https_proxy'])('a call goes through the tunnel of %s', async (name) => {
  const ecs = await anEcs();
  const proxy = await aProxy(ecs.port);

  const answer = await ask('https://ecs.example.test', { [name]: `http://127.0.0.1:${proxy.port}` });

  expect(answer.clusters).toEqual([]);
  expect(proxy.asked).toEqual(['ecs.example.test:443']);
  expect(proxy.others).toEqual([]);
  expect(ecs.asked).toEqual(['ecs.example.test']);
});

test('with the name and the password that the variable has', async () => {
  const ecs = await anEcs();
  const proxy = await aProxy(ecs.port);

  await ask('https://ecs.example.test', { HTTPS_PROXY: `http://ada:secret@127.0.0.1:${proxy.port}` });

  expect(proxy.passwords).toEqual([`Basic ${Buffer.from('ada:secret').toString('base64')}`]);
});

test('HTTP_PROXY is not for https:, as for the AWS CLI', async () => {
  const ecs = await anEcs();
  const proxy = await aProxy(ecs.port);

  await ask(`https://127.0.0.1:${ecs.port}`, { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });

  expect([...proxy.asked, ...proxy.others]).toEqual([]);
  expect(ecs.asked).toEqual([`127.0.0.1:${ecs.port}`]);
});

test.each(['127.0.0.1', 'elsewhere.test,127.0.0.1', '*'])('NO_PROXY=%s is reached directly', async (none) => {
  const ecs = await anEcs();
  const proxy = await aProxy(ecs.port);

  await ask(`https://127.0.0.1:${ecs.port}`, {
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    NO_PROXY: none,
  });

  expect(proxy.asked).toEqual([]);
  expect(ecs.asked).toHaveLength(1);
});

test.each(['example.test', '.example.test', '*.example.test', 'ecs.example.test', 'ecs.example.test:443'])(
  'NO_PROXY=%s is for the names below it, too',
  async (none) => {
    const ecs = await anEcs();
    const proxy = await aProxy(ecs.port);

    const asked = ask('https://ecs.example.test', {
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: none,
    });

    // There is no such host, and nothing but the proxy would know one.
    await expect(asked).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
    expect(proxy.asked).toEqual([]);
  },
);

test.each(['ecs.example.test:8443', 'cs.example.test', 'other.test, 10.0.0.1'])(
  'NO_PROXY=%s is for others',
  async (none) => {
    const ecs = await anEcs();
    const proxy = await aProxy(ecs.port);

    await ask('https://ecs.example.test', {
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      no_proxy: none,
    });

    expect(proxy.asked).toEqual(['ecs.example.test:443']);
  },
);

test('a connection is kept: a second call needs no second tunnel', async () => {
  const ecs = await anEcs();
  const proxy = await aProxy(ecs.port);
  const client = aClient('https://ecs.example.test', { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });

  await client.send(new DescribeClustersCommand({}));
  await client.send(new DescribeClustersCommand({}));

  expect(ecs.asked).toHaveLength(2);
  expect(proxy.asked).toHaveLength(1);
});

test('a proxy where nothing listens is a connection that nothing accepted', async () => {
  const refused = ask('https://ecs.example.test', { HTTPS_PROXY: 'http://127.0.0.1:1' });

  await expect(refused).rejects.toThrow(/ECONNREFUSED/);
});

test.each(['407 Proxy Authentication Required', '403 Forbidden', '502 Bad Gateway'])(
  'a proxy that refuses with %s is named with what to do',
  async (refusal) => {
    const proxy = await aProxy(0, refusal);

    const refused: unknown = await ask('https://ecs.example.test', {
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    }).catch((error: unknown) => error);

    const shown = toDeploymentError(refused, {
      what: 'read the clusters',
      operation: operationOf(new DescribeClustersCommand({})),
      attempts: 6,
    });
    expect(shown).toMatchObject({ name: 'Unavailable', message: expect.stringContaining('the proxy') });
    expect(shown).toMatchObject({ message: expect.stringContaining(refusal.slice(0, 3)) });
  },
);
