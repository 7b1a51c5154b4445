import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { MetadataBearer } from '@smithy/types';
import { type AwsStub, mockClient } from 'aws-sdk-client-mock';

/**
 * The eight clients, one of each as in a Lambda and mocked (these alone, not their classes: other files have clients of
 * their own), and every command they were sent, in the order of sending across all of them.
 */

export const ecsClient = new ECSClient();
export const ecs = mockClient(ecsClient);
export const elbv2Client = new ElasticLoadBalancingV2Client();
export const elbv2 = mockClient(elbv2Client);
export const autoScalingClient = new ApplicationAutoScalingClient();
/** None of its operations takes nothing, as one of each other client's does: its type is narrower, and no more. */
export const autoScaling = mockClient(autoScalingClient) as unknown as AwsStub<
  object,
  MetadataBearer,
  unknown
>;
export const cloudTrailClient = new CloudTrailClient();
export const cloudTrail = mockClient(cloudTrailClient) as unknown as AwsStub<object, MetadataBearer, unknown>;
export const cloudWatchClient = new CloudWatchClient();
export const cloudWatch = mockClient(cloudWatchClient);
export const dynamoDbClient = new DynamoDBClient();
export const dynamoDb = mockClient(dynamoDbClient);
export const eventBridgeClient = new EventBridgeClient();
export const eventBridge = mockClient(eventBridgeClient);
export const stepFunctionsClient = new SFNClient();
export const stepFunctions = mockClient(stepFunctionsClient);

const clients: AwsStub<object, MetadataBearer, unknown>[] = [
  ecs,
  elbv2,
  autoScaling,
  cloudTrail,
  cloudWatch,
  dynamoDb,
  eventBridge,
  stepFunctions,
];

for (const client of clients) {
  client.onAnyCommand().callsFake((input: unknown) => {
    throw new Error(`no test answers this: ${JSON.stringify(input)}`);
  });
}

type Sent = [operation: string, input: Record<string, unknown>];

/** Every command as `['ModifyRule', input]`: a whole conversation with AWS can be compared at once. */
export const sentCommands = (): Sent[] =>
  clients
    .flatMap((client) => client.calls())
    .sort((a, b) => (a.calledBefore(b) ? -1 : 1))
    .map(({ args: [command] }) => [command.constructor.name.replace(/Command$/, ''), { ...command.input }]);

export const sentOperations = (): string[] => sentCommands().map(([operation]) => operation);

const READS = /^(Describe|List|Get|Query|Lookup)/;

/** Without the events, which are news of what was done and change nothing; test/events reads those. */
export const sentBesidesEvents = (): Sent[] =>
  sentCommands().filter(([operation]) => operation !== 'PutEvents');

/** The commands that change something. */
export const writes = (): Sent[] => sentBesidesEvents().filter(([operation]) => !READS.test(operation));

export const forgetSent = (): void => {
  for (const client of clients) client.resetHistory();
};
