import { once } from 'node:events';
import { createServer } from 'node:http';
import { ECSClient } from '@aws-sdk/client-ecs';
import { expect, onTestFinished, test } from 'vitest';
import { makeTaskDefinitionDocuments } from '../../aws/task-definition-documents.ts';
import { clientOf } from '../local/wire/an-endpoint.ts';
import { anInvocation } from './an-invocation.ts';

/** ECS at a newer release than the SDK: it knows members that the SDK does not. */
const aNewerEcs = async () => {
  const described = {
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:7',
    revision: 7,
    registeredAt: 1_700_000_000.5,
    family: 'shop',
    madeLater: { inAllItsParts: [1] },
    containerDefinitions: [{ name: 'web', image: 'shop:1', alsoNew: 'kept' }],
  };
  const bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    bodies.push(JSON.parse(text));
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ taskDefinition: described, tags: [{ key: 'team', value: 'a' }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  const client = new ECSClient(clientOf(`http://127.0.0.1:${address.port}`));
  onTestFinished(() => client.destroy());
  const definitions = makeTaskDefinitionDocuments(client, anInvocation().call);
  return { definitions, bodies };
};

test('a member that is newer than the SDK is read, and registered again', async () => {
  const { definitions, bodies } = await aNewerEcs();

  const { document, status } = await definitions.read('shop');
  const registered = await definitions.register(document);

  expect(document).toEqual({
    family: 'shop',
    madeLater: { inAllItsParts: [1] },
    containerDefinitions: [{ name: 'web', image: 'shop:1', alsoNew: 'kept' }],
    tags: [{ key: 'team', value: 'a' }],
  });
  expect(status).toBe('INACTIVE');
  expect(bodies[1]).toEqual(document);
  expect(registered.arn).toMatch(/shop:7$/);
  const { tags: _tags, ...untagged } = document;
  expect(registered.document).toEqual(untagged);
});
