import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateTaskSetCommand, ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import type { Sender } from '../../aws/call.ts';
import { anInvocation } from './an-invocation.ts';

/**
 * The SDK's own clients with an answer put in where the network would be: what it makes of the codes on
 * the wire is what aws/errors.ts gets to see.
 */
const answering = (statusCode: number, contentType: string, body: string) => {
  let sends = 0;
  return {
    sends: () => sends,
    options: {
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
      maxAttempts: 1,
      requestHandler: {
        handle: async () => {
          sends += 1;
          // The shape that the SDK reads of an HTTP response.
          return {
            response: { statusCode, headers: { 'content-type': contentType }, body: Buffer.from(body) },
          };
        },
      },
    },
  };
};

const json = (statusCode: number, type: string, message = 'said AWS') =>
  answering(statusCode, 'application/x-amz-json-1.1', JSON.stringify({ __type: type, message }));

const xml = (statusCode: number, code: string) =>
  answering(
    statusCode,
    'text/xml',
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>said ` +
      'AWS</Message></Error><RequestId>1</RequestId></ErrorResponse>',
  );

type Wire = ReturnType<typeof answering>;

const createTaskSet = (wire: Wire): [Sender, CreateTaskSetCommand] => [
  new ECSClient(wire.options),
  new CreateTaskSetCommand({ cluster: 'shop', service: 'web', taskDefinition: 'web:8' }),
];
const modifyRule = (wire: Wire): [Sender, ModifyRuleCommand] => [
  new ElasticLoadBalancingV2Client(wire.options),
  new ModifyRuleCommand({ RuleArn: 'rule', Actions: [] }),
];
const putItem = (wire: Wire): [Sender, PutItemCommand] => [
  new DynamoDBClient(wire.options),
  new PutItemCommand({ TableName: 'cutover', Item: {} }),
];

/** As often as waits of chance 1 fit into the invocation's 55 s; the others give up after six. */
const THROTTLED_SENDS = 13;

test.each([
  [
    'ECS',
    'ThrottlingException',
    createTaskSet,
    json(400, 'ThrottlingException', 'Rate exceeded'),
    'Throttled',
    THROTTLED_SENDS,
  ],
  ['ECS', 'LimitExceededException', createTaskSet, json(400, 'LimitExceededException'), 'Rejected', 1],
  [
    'ECS',
    'a namespaced code',
    createTaskSet,
    json(400, 'com.amazonaws.ecs#ServiceNotActiveException'),
    'Conflict',
    1,
  ],
  ['ECS', 'ServerException', createTaskSet, json(500, 'ServerException'), 'Unavailable', 6],
  ['ECS', 'AccessDeniedException', createTaskSet, json(400, 'AccessDeniedException'), 'AccessDenied', 1],
  [
    'ECS',
    'a gateway without a code',
    createTaskSet,
    answering(503, 'text/html', '<h1>later</h1>'),
    'Unavailable',
    6,
  ],
  ['ELBv2', 'Throttling', modifyRule, xml(400, 'Throttling'), 'Throttled', THROTTLED_SENDS],
  ['ELBv2', 'RuleNotFound', modifyRule, xml(400, 'RuleNotFound'), 'NotFound', 1],
  ['ELBv2', 'OperationNotPermitted', modifyRule, xml(400, 'OperationNotPermitted'), 'Conflict', 1],
  ['ELBv2', 'InvalidLoadBalancerAction', modifyRule, xml(400, 'InvalidLoadBalancerAction'), 'Rejected', 1],
  ['ELBv2', 'ValidationError', modifyRule, xml(400, 'ValidationError'), 'Rejected', 1],
  ['ELBv2', 'AccessDenied', modifyRule, xml(403, 'AccessDenied'), 'AccessDenied', 1],
  ['ELBv2', 'InternalFailure', modifyRule, xml(500, 'InternalFailure'), 'Unavailable', 6],
  [
    'DynamoDB',
    'ConditionalCheckFailedException',
    putItem,
    json(400, 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException'),
    'Conflict',
    1,
  ],
  [
    'DynamoDB',
    'ProvisionedThroughputExceededException',
    putItem,
    json(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException'),
    'Throttled',
    THROTTLED_SENDS,
  ],
] as const)('%s answering %s', async (_service, _code, command, wire, name, sends) => {
  const [client, request] = command(wire);

  await expect(anInvocation().call(client, request, { what: 'try' })).rejects.toMatchObject({ name });
  expect(wire.sends()).toBe(sends);
});

test('a connection that breaks is tried again', async () => {
  const client = new ECSClient({
    ...answering(200, '', '').options,
    requestHandler: {
      handle: () => Promise.reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })),
    },
  });
  const { call, waits } = anInvocation();
  const command = new CreateTaskSetCommand({ cluster: 'shop', service: 'web', taskDefinition: 'web:8' });

  await expect(call(client, command, { what: 'try' })).rejects.toMatchObject({ name: 'Unavailable' });
  expect(waits).toHaveLength(5);
});
