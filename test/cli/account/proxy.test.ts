import { once } from 'node:events';
import { createServer } from 'node:http';
import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { expect, onTestFinished, test } from 'vitest';
import { clientOptions } from '../../../aws/client-options.ts';
import { isSettingProblem } from '../../../aws/settings.ts';
import { connectionAgents } from '../../../cli/account/proxy.ts';
import type { DeploymentError } from '../../../core/errors.ts';

/** Answers every request, and remembers which were sent to it as to a proxy: with a whole address. */
const aServer = async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end('{"clusters":[]}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
};

const ask = async (endpoint: string, environment: Record<string, string>) => {
  const client = new ECSClient({
    ...clientOptions(
      { connectMs: 5_000, answerMs: 5_000 },
      connectionAgents(environment, () => ''),
    ),
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  onTestFinished(() => client.destroy());
  return client.send(new DescribeClustersCommand({}));
};

test.each(['HTTP_PROXY', 'http_proxy'])('%s is followed', async (name) => {
  const proxy = await aServer();

  await ask('http://ecs.example.test', { [name]: proxy.url });

  expect(proxy.asked).toEqual(['http://ecs.example.test/']);
});

test('what NO_PROXY names is asked directly', async () => {
  const [proxy, ecs] = [await aServer(), await aServer()];

  await ask(ecs.url, { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });

  expect(proxy.asked).toEqual([]);
  expect(ecs.asked).toEqual(['/']);
});

test('without one the SDK keeps its own agents', () => {
  expect(connectionAgents({ HTTPS_PROXY: '', AWS_CA_BUNDLE: '' }, () => '')).toEqual({});
});

test('certificates of AWS_CA_BUNDLE are the trusted ones, as for the AWS CLI, with and without a proxy', () => {
  const read = (path: string): string => `certificates of ${path}`;
  const environment = { AWS_CA_BUNDLE: '/etc/company.pem' };

  expect(connectionAgents(environment, read)).toEqual({
    httpsAgent: { keepAlive: true, maxSockets: 50, ca: 'certificates of /etc/company.pem' },
  });
  expect(connectionAgents({ ...environment, HTTPS_PROXY: 'http://proxy:3128' }, read)).toMatchObject({
    httpAgent: { proxyEnv: { HTTPS_PROXY: 'http://proxy:3128' } },
    httpsAgent: { options: { ca: 'certificates of /etc/company.pem' } },
  });
});

test('an AWS_CA_BUNDLE that cannot be read is named', () => {
  const read = (): string => {
    throw new Error('ENOENT: no such file or directory');
  };

  expect(() => connectionAgents({ AWS_CA_BUNDLE: '/etc/company.pem' }, read)).toThrow(
    'Expected a file of certificates at AWS_CA_BUNDLE (/etc/company.pem), found none that can be read (ENOENT',
  );
});

test.each([
  ['proxy:3128', 'http://proxy:3128'],
  ['//proxy:3128', 'http://proxy:3128'],
  ['ada:secret@proxy:3128', 'http://ada:secret@proxy:3128'],
  ['https://proxy:3129', 'https://proxy:3129'],
])('the address %s is taken as the AWS CLI takes it', (address, followed) => {
  expect(connectionAgents({ https_proxy: address }, () => '')).toMatchObject({
    httpAgent: { proxyEnv: { https_proxy: followed } },
  });
});

test.each([
  ['socks5://ada:secret@proxy:1080', 'found one of socks5://'],
  ['http://ada:sec%ret@proxy:3128', 'none that can be read'],
  ['http://[proxy', 'none that can be read'],
])('the address %s is refused without its password', (address, found) => {
  const connect = () => connectionAgents({ HTTPS_PROXY: address }, () => '');

  expect(connect).toThrow(/^Expected the address of an http: or https: proxy in HTTPS_PROXY, found /);
  expect(connect).toThrow(found);
  expect(connect).not.toThrow(/sec%?ret/);
  // The person's to correct: exit code 1, not that AWS did not answer.
  expect(connect).toThrow(expect.toSatisfy((error: DeploymentError) => isSettingProblem(error)));
});

test.each([
  ['amazonaws.com', 'amazonaws.com,.amazonaws.com'],
  ['.internal, 10.0.0.1 10.0.0.1-10.0.0.9,*', '.internal,10.0.0.1,10.0.0.1-10.0.0.9,*'],
  ['localhost:4566,[::1]', 'localhost:4566,.localhost:4566,[::1]'],
])('NO_PROXY=%s is for the names below it, too', (none, followed) => {
  expect(connectionAgents({ HTTPS_PROXY: 'http://proxy:1', no_proxy: none }, () => '')).toMatchObject({
    httpAgent: { proxyEnv: { no_proxy: followed } },
  });
});
