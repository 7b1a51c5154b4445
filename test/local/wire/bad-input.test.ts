import { once } from 'node:events';
import { type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { answerRequest } from '../../../local/wire/answer.ts';
import { listenForClients } from '../../../local/wire/server.ts';
import type { Senders } from '../../../local/wire/services.ts';
import { anEndpoint } from './an-endpoint.ts';

const signedFor = (service: string) => ({
  authorization:
    `AWS4-HMAC-SHA256 Credential=any/20260105/us-east-1/${service}/aws4_request, SignedHeaders=host, ` +
    'Signature=00',
});

type Answer = { status: number; headers: Record<string, unknown>; body: string };

const send = async (port: number, options: RequestOptions, body: string | Buffer = ''): Promise<Answer> => {
  const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/', ...options });
  sent.end(body);
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, body: text };
};

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };
const TARGET = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters' };

test.each([
  ['another site’s name, pointed at this machine', { host: 'attacker.example:4570' }],
  ['a name that only ends like ours', { host: 'localhost.attacker.example' }],
  ['a page that posts', { origin: 'https://attacker.example' }],
  ['a page without an origin', { 'sec-fetch-site': 'cross-site' }],
])('a web page cannot use it: %s', async (_name, headers) => {
  const { port, heard } = await anEndpoint('ecs', () => ({ clusterArns: [] }));

  const answer = await send(
    port,
    { headers: { ...signedFor('ecs'), ...JSON_TYPE, ...TARGET, ...headers } },
    '{}',
  );

  expect(answer.status).toBe(403);
  expect(heard).toEqual([]);
});

test.each(['127.0.0.1', 'localhost:4570', 'shop.localhost', '[::1]:80'])(
  'a name of this machine is taken: %s',
  async (host) => {
    const { port } = await anEndpoint('ecs', () => ({ clusterArns: [] }));

    const answer = await send(
      port,
      { headers: { ...signedFor('ecs'), ...JSON_TYPE, ...TARGET, host } },
      '{}',
    );

    expect(answer.status).toBe(200);
  },
);

test('a service that is not here is named, also one that speaks at the root as a browser does', async () => {
  const { port } = await anEndpoint('ssm', () => ({}));

  const signed = await send(port, { method: 'GET', headers: signedFor('s3') });
  const browser = await send(port, { method: 'GET' });

  expect(signed).toMatchObject({
    status: 501,
    body: expect.stringContaining('This local world has no service s3.'),
  });
  expect(browser).toMatchObject({ status: 200, body: expect.stringContaining('AWS_ENDPOINT_URL') });
});

test('an operation of a service that is here in part is named as one that is not modelled', async () => {
  const { port } = await anEndpoint('ssm', () => ({}));
  const target = { 'x-amz-target': 'AmazonSSM.PutParameter' };

  const answer = await send(port, { headers: { ...signedFor('ssm'), ...JSON_TYPE, ...target } }, '{}');

  expect(answer.status).toBe(501);
  expect(JSON.parse(answer.body)).toMatchObject({
    __type: 'NotImplemented',
    message: 'This local world does not model ssm PutParameter.',
  });
});

test('an answer of JSON is bytes and nothing else', async () => {
  const sender = { send: async () => ({ clusterArns: ['a'] }) };
  const request = {
    method: 'POST',
    path: '/',
    search: '',
    headers: { ...signedFor('ecs'), ...JSON_TYPE, ...TARGET },
    body: Buffer.from('{}'),
  };

  const { body } = await answerRequest(request, { ecs: sender } as unknown as Senders, 'id');

  expect(body.constructor).toBe(Uint8Array);
});

test.each([
  ['no JSON', JSON_TYPE, '{', 'SerializationException'],
  ['JSON that is no object', JSON_TYPE, '[1]', 'SerializationException'],
  ['JSON null', JSON_TYPE, 'null', 'SerializationException'],
])('a malformed body of JSON is refused as AWS does: %s', async (_name, headers, body, name) => {
  const { port, heard } = await anEndpoint('ecs', () => ({}));

  const answer = await send(port, { headers: { ...signedFor('ecs'), ...headers, ...TARGET } }, body);

  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({ __type: name });
  expect(heard).toEqual([]);
});

test.each([
  ['a number for a text', '{"cluster": 0}', 'cluster'],
  ['a text for a list', '{"cluster": "a", "include": "TAGS"}', 'include'],
  ['null in a list', '{"include": [null]}', 'include.0'],
  ['an object for a text in a list', '{"services": ["shop", {}]}', 'services.1'],
])('a member of the wrong type is refused by its name: %s', async (_name, body, at) => {
  const { port, heard } = await anEndpoint('ecs', () => ({}));
  const target = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DescribeServices' };

  const answer = await send(port, { headers: { ...signedFor('ecs'), ...JSON_TYPE, ...target } }, body);

  expect(JSON.parse(answer.body)).toMatchObject({
    __type: 'SerializationException',
    message: expect.stringMatching(new RegExp(`at ${at}\\.$`)),
  });
  expect(heard).toEqual([]);
});

test('a member that is null is one that is not there', async () => {
  const { port, heard } = await anEndpoint('ecs', () => ({ clusterArns: [] }));

  await send(port, { headers: { ...signedFor('ecs'), ...JSON_TYPE, ...TARGET } }, '{"nextToken": null}');

  expect(heard).toEqual([{ operation: 'ListClusters', input: {} }]);
});

test('an answer of XML has no character that XML cannot hold', async () => {
  const { port } = await anEndpoint('elasticloadbalancing', () => {
    throw Object.assign(new Error('not found: \u0000\u001b[2J'), { $metadata: { httpStatusCode: 400 } });
  });

  const answer = await send(
    port,
    {
      headers: { ...signedFor('elasticloadbalancing'), 'content-type': 'application/x-www-form-urlencoded' },
    },
    'Action=DescribeRules',
  );

  expect(answer.body).toContain('<Message>not found: \ufffd\ufffd[2J</Message>');
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

test.each([
  ['no action', 'Version=2015-12-01', 400, 'MissingAction'],
  ['an action of markup', 'Action=%3Cb%3E', 400, 'MissingAction'],
  ['an unknown action', 'Action=MakeCoffee', 400, 'InvalidAction'],
  ['a number that is none', 'Action=DescribeRules&PageSize=many', 400, 'MalformedInput'],
  ['a boolean that is none', 'Action=ModifyTargetGroup&HealthCheckEnabled=perhaps', 400, 'MalformedInput'],
  ['a name of a thousand parts', `Action=DescribeRules&${'a.'.repeat(1_000)}=1`, 400, 'MalformedInput'],
])('a malformed query is refused as AWS does: %s', async (_name, body, status, code) => {
  const { port, heard } = await anEndpoint('elasticloadbalancing', () => ({}));

  const answer = await send(port, { headers: { ...signedFor('elasticloadbalancing'), ...FORM } }, body);

  expect(answer.status).toBe(status);
  expect(answer.body).toContain(`<Code>${code}</Code>`);
  expect(heard).toEqual([]);
});

test.each([
  [
    'no CBOR',
    '/service/GraniteServiceVersion20100801/operation/DescribeAlarms',
    Buffer.from('ff00', 'hex'),
    400,
  ],
  ['a path that climbs', '/service/../operation/DescribeAlarms', Buffer.from('a0', 'hex'), 404],
  [
    'an unknown operation',
    '/service/GraniteServiceVersion20100801/operation/constructor',
    Buffer.from('a0', 'hex'),
    400,
  ],
])('malformed CBOR is refused: %s', async (_name, path, body, status) => {
  const { port, heard } = await anEndpoint('monitoring', () => ({}));
  const headers = { ...signedFor('monitoring'), 'smithy-protocol': 'rpc-v2-cbor' };

  const answer = await send(port, { headers, path }, body);

  expect(answer.status).toBe(status);
  expect(heard).toEqual([]);
});

test.each([
  ['nothing is signed', {}, 403],
  ['a service that is not here', signedFor('s3'), 501],
  ['a service named like a member of every object', signedFor('constructor'), 501],
  ['a service that the world does not describe', signedFor('ec2'), 501],
])('a request for nothing here is refused: %s', async (_name, headers, status) => {
  const { port } = await anEndpoint('ecs', () => ({}));

  const answer = await send(port, { headers: { ...headers, ...FORM } }, 'Action=DescribeSubnets');

  expect(answer.status).toBe(status);
  expect(answer.body).toMatch(/<Code>\w+<\/Code>/);
});

test.each(['/2015-03-31/functions/f/invocations/../x', '/2015-03-31/functions/', '/'])(
  'of Lambda only Invoke is there: %s',
  async (path) => {
    const { port, heard } = await anEndpoint('lambda', () => ({}));

    const answer = await send(port, { headers: signedFor('lambda'), path });

    expect(answer.status).toBe(501);
    expect(answer.headers['x-amzn-errortype']).toBe('NotImplemented');
    expect(heard).toEqual([]);
  },
);

test('what the simulator does not model is named, and is no failure of ours', async () => {
  const { port, failures } = await anEndpoint('ecs', () => {
    throw new Error('sim does not model ecs CreateCluster');
  });
  const target = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.CreateCluster' };

  const answer = await send(port, { headers: { ...signedFor('ecs'), ...JSON_TYPE, ...target } }, '{}');

  expect(answer.status).toBe(501);
  expect(JSON.parse(answer.body)).toEqual({
    __type: 'NotImplemented',
    message: 'This local world does not model ecs CreateCluster. What is in the world comes from its files.',
  });
  expect(failures).toEqual([]);
});

test('a body beyond the limit is not read to its end', async () => {
  const { port, heard } = await anEndpoint('ecs', () => ({}));
  const headers = { ...signedFor('ecs'), ...JSON_TYPE, ...TARGET };

  const answer = await send(port, { headers }, Buffer.alloc(7 * 1024 * 1024 + 1, 32));

  expect(answer.status).toBe(413);
  expect(heard).toEqual([]);
});

test('headers beyond the limit are refused', async () => {
  const { port } = await anEndpoint('ecs', () => ({}));

  const answer = await send(port, { headers: { 'x-filler': 'x'.repeat(20_000) } }, '{}');

  expect(answer.status).toBe(431);
});

test('a client that never ends its headers is cut off', async () => {
  const server = await listenForClients(
    0,
    () => new Promise(() => {}),
    () => {},
    {
      patience: { headersMs: 20, requestMs: 40, checkEveryMs: 10 },
    },
  );
  onTestFinished(() => server.close());
  const socket = connect(server.port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:');

  const [chunk] = await once(socket, 'data');
  await once(socket, 'close');

  expect(String(chunk)).toContain('408 Request Timeout');
});
