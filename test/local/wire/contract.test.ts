import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateTaskSetCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { expect, test } from 'vitest';
import { SimApiError } from '../../../sim/kernel/fake-client.ts';
import { anEndpoint, clientOf } from './an-endpoint.ts';

/** The same value on both sides of the wire, by an unmodified client of each protocol. */

const AT = new Date('2026-01-05T09:00:00.125Z');

test('JSON 1.1: nested lists and structures there, dates and numbers back', async () => {
  const taskSet = { id: 'ecs-svc/1', createdAt: AT, scale: { value: 12.5, unit: 'PERCENT' as const } };
  const { endpoint, heard } = await anEndpoint('ecs', () => ({ taskSet }));
  const input = {
    cluster: 'c',
    service: 's',
    taskDefinition: 'shop:42',
    loadBalancers: [{ targetGroupArn: 'arn:g', containerName: 'app', containerPort: 8080 }],
    tags: [{ key: 'a & b', value: '<ü>' }],
  };

  const answer = await new ECSClient(clientOf(endpoint)).send(new CreateTaskSetCommand(input));

  expect(heard).toEqual([{ operation: 'CreateTaskSet', input }]);
  expect(answer.taskSet).toEqual(taskSet);
});

test('JSON 1.0: the start of an execution', async () => {
  const { endpoint, heard } = await anEndpoint('states', () => ({ executionArn: 'arn:e', startDate: AT }));
  const input = { stateMachineArn: 'arn:m', name: 'n', input: '{"a":"é"}' };

  const answer = await new SFNClient(clientOf(endpoint)).send(new StartExecutionCommand(input));

  expect(heard).toEqual([{ operation: 'StartExecution', input }]);
  expect(answer).toMatchObject({ executionArn: 'arn:e', startDate: AT });
});

test('JSON 1.0: DynamoDB’s attribute values', async () => {
  const { endpoint, heard } = await anEndpoint('dynamodb', () => ({ Attributes: { n: { N: '7' } } }));
  const input = {
    TableName: 'cutover',
    Item: { pk: { S: 'a' }, list: { L: [{ BOOL: true }, { NULL: true }, { M: { x: { N: '1' } } }] } },
  };

  const answer = await new DynamoDBClient(clientOf(endpoint)).send(new PutItemCommand(input));

  expect(heard).toEqual([{ operation: 'PutItem', input }]);
  expect(answer.Attributes).toEqual({ n: { N: '7' } });
});

test('Query: actions with their order and weights there, rules back', async () => {
  const Rules = [
    {
      RuleArn: 'arn:r',
      Priority: '10',
      IsDefault: false,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/a/*', '/b?x=<1>'] } }],
      Actions: [
        {
          Type: 'forward' as const,
          Order: 2,
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'arn:g', Weight: 0 }] },
        },
      ],
    },
  ];
  const { endpoint, heard } = await anEndpoint('elasticloadbalancing', () => ({ Rules }));
  const client = new ElasticLoadBalancingV2Client(clientOf(endpoint));
  const input = { RuleArn: 'arn:r', Actions: Rules[0]?.Actions };

  const answer = await client.send(new ModifyRuleCommand(input));

  expect(heard).toEqual([{ operation: 'ModifyRule', input }]);
  expect(answer.Rules).toEqual(Rules);
});

test('Query: an empty list is an empty list, and a marker comes back', async () => {
  const { endpoint, heard } = await anEndpoint('elasticloadbalancing', () => ({
    Rules: [],
    NextMarker: 'page-5',
  }));
  const client = new ElasticLoadBalancingV2Client(clientOf(endpoint));

  const answer = await client.send(new DescribeRulesCommand({ RuleArns: [], PageSize: 5 }));

  expect(heard).toEqual([{ operation: 'DescribeRules', input: { RuleArns: [], PageSize: 5 } }]);
  expect(answer).toMatchObject({ Rules: [], NextMarker: 'page-5' });
});

test('EC2’s dialect: filters there, subnets back', async () => {
  const Subnets = [{ SubnetId: 'subnet-1', AvailableIpAddressCount: 12, Tags: [{ Key: 'k', Value: 'v' }] }];
  const { endpoint, heard } = await anEndpoint('ec2', () => ({ Subnets, NextToken: 'more' }));
  const input = { Filters: [{ Name: 'subnet-id', Values: ['subnet-1', 'subnet-2'] }], MaxResults: 9 };

  const answer = await new EC2Client(clientOf(endpoint)).send(new DescribeSubnetsCommand(input));

  expect(heard).toEqual([{ operation: 'DescribeSubnets', input }]);
  expect(answer).toMatchObject({ Subnets, NextToken: 'more' });
});

test('Query without an input: who is calling', async () => {
  const { endpoint } = await anEndpoint('sts', () => ({
    Account: '111122223333',
    Arn: 'arn:aws:sts::1:you',
  }));

  const answer = await new STSClient(clientOf(endpoint)).send(new GetCallerIdentityCommand({}));

  expect(answer).toMatchObject({ Account: '111122223333', Arn: 'arn:aws:sts::1:you' });
});

test.each([
  ['JSON 1.0', undefined],
  ['RPC v2 CBOR', AwsSmithyRpcV2CborProtocol],
])('CloudWatch by %s: alarms with dates and numbers', async (_name, protocol) => {
  const MetricAlarms = [{ AlarmName: 'a', Threshold: 1.5, EvaluationPeriods: 3, StateUpdatedTimestamp: AT }];
  const { endpoint, heard } = await anEndpoint('monitoring', () => ({ MetricAlarms }));
  const options = protocol === undefined ? {} : { protocol };
  const client = new CloudWatchClient({ ...clientOf(endpoint), ...options });
  const input = { AlarmNames: ['a'], MaxRecords: 2 };

  const answer = await client.send(new DescribeAlarmsCommand(input));

  expect(heard).toEqual([{ operation: 'DescribeAlarms', input }]);
  expect(answer.MetricAlarms).toEqual(MetricAlarms);
});

test('Lambda: the payload is the body, and a function’s own error is a header of a good answer', async () => {
  const { endpoint, heard } = await anEndpoint('lambda', () => ({
    StatusCode: 200,
    FunctionError: 'Unhandled',
    Payload: Buffer.from('{"errorType":"Conflict"}'),
  }));
  const payload = Buffer.from('{"command":"abort"}');

  const answer = await new LambdaClient(clientOf(endpoint)).send(
    new InvokeCommand({ FunctionName: 'cutover-Command', Payload: payload }),
  );

  expect(heard).toEqual([
    {
      operation: 'Invoke',
      input: { FunctionName: 'cutover-Command', InvocationType: 'RequestResponse', Payload: payload },
    },
  ]);
  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(Buffer.from(answer.Payload ?? []).toString()).toBe('{"errorType":"Conflict"}');
});

const refuse = (name: string) => (): never => {
  throw new SimApiError(name, `no <such> "thing" & more`);
};

test.each([
  [
    'ecs',
    'TaskSetNotFoundException',
    (endpoint: string) =>
      new ECSClient(clientOf(endpoint)).send(
        new CreateTaskSetCommand({ cluster: 'c', service: 's', taskDefinition: 't' }),
      ),
  ],
  [
    'elasticloadbalancing',
    'RuleNotFoundException',
    (endpoint: string) =>
      new ElasticLoadBalancingV2Client(clientOf(endpoint)).send(new DescribeRulesCommand({})),
  ],
  [
    'monitoring',
    'ResourceNotFound',
    (endpoint: string) => new CloudWatchClient(clientOf(endpoint)).send(new DescribeAlarmsCommand({})),
  ],
  [
    'monitoring',
    'ResourceNotFound',
    (endpoint: string) =>
      new CloudWatchClient({ ...clientOf(endpoint), protocol: AwsSmithyRpcV2CborProtocol }).send(
        new DescribeAlarmsCommand({}),
      ),
  ],
  [
    'lambda',
    'ResourceNotFoundException',
    (endpoint: string) =>
      new LambdaClient(clientOf(endpoint)).send(new InvokeCommand({ FunctionName: 'other' })),
  ],
] as const)('an error of %s has the SDK’s name for it: %s', async (service, name, call) => {
  const { endpoint } = await anEndpoint(service, refuse(name));

  const error = await call(endpoint).then(
    () => undefined,
    (thrown: Error) => thrown,
  );

  expect(error).toMatchObject({ name, message: 'no <such> "thing" & more' });
});
