import { DescribeAlarmsCommand, type MetricAlarm, type StateValue } from '@aws-sdk/client-cloudwatch';
import type { Task, TaskDefinition, TaskSet } from '@aws-sdk/client-ecs';
import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { SendTaskSuccessCommand, type SendTaskSuccessInput } from '@aws-sdk/client-sfn';
import { awsError } from '../aws/an-invocation.ts';
import { BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { BLUE_ID, DEPLOYMENT, GREEN_ID } from './a-plan.ts';
import {
  aLeaseOf,
  answerForDynamoDb,
  aRecord,
  type DynamoDbWorld,
  LEASE,
  RECORD,
} from './dynamodb-answers.ts';
import { answerForEcs, type EcsWorld } from './ecs-answers.ts';
import { answerForElbv2, bothRoutesAt, type Elbv2World, targetsIn } from './elbv2-answers.ts';
import { answering, noFaults } from './faults.ts';
import { cloudWatch, eventBridge, forgetSent, stepFunctions } from './sent-commands.ts';

/** What AWS knows. Writes change it, so that a step can be run twice, or after an answer that was lost. */
export type AwsWorld = EcsWorld &
  Elbv2World &
  DynamoDbWorld & {
    alarms: MetricAlarm[];
    /** Every event that reached the bus. */
    events: PutEventsRequestEntry[];
    /** Every task token that was spent: each can be once. */
    woken: SendTaskSuccessInput[];
  };

export const aBlueTaskSet = (changes: Partial<TaskSet> = {}): TaskSet => ({
  id: BLUE_ID,
  taskSetArn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/1',
  status: 'PRIMARY',
  taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:7',
  loadBalancers: [{ targetGroupArn: BLUE, containerName: 'web', containerPort: 8080 }],
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-a'] } },
  launchType: 'FARGATE',
  platformVersion: '1.4.0',
  scale: { value: 100, unit: 'PERCENT' },
  computedDesiredCount: 2,
  pendingCount: 0,
  runningCount: 2,
  stabilityStatus: 'STEADY_STATE',
  createdAt: new Date(NOW - 86_400_000),
  ...changes,
});

export const aGreenTaskSet = (changes: Partial<TaskSet> = {}): TaskSet =>
  aBlueTaskSet({
    id: GREEN_ID,
    taskSetArn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/2',
    externalId: DEPLOYMENT,
    status: 'ACTIVE',
    taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:8',
    loadBalancers: [{ targetGroupArn: GREEN, containerName: 'web', containerPort: 8080 }],
    createdAt: new Date(NOW),
    ...changes,
  });

/** One of green's that ended by itself. */
export const aStoppedTask = (index: number, changes: Partial<Task> = {}): Task => ({
  taskArn: `arn:aws:ecs:eu-west-1:1:task/main/${index}`,
  startedBy: GREEN_ID,
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  stoppedAt: new Date(NOW + index * 1_000),
  containers: [{ name: 'web', image: 'shop:v2', exitCode: 1 }],
  ...changes,
});

const aRevision = (revision: number): TaskDefinition => ({
  taskDefinitionArn: `arn:aws:ecs:eu-west-1:1:task-definition/shop:${revision}`,
  // A family alone means its latest revision.
  ...(revision === 8 ? { family: 'shop' } : {}),
  status: 'ACTIVE',
  networkMode: 'awsvpc',
  compatibilities: ['EC2', 'FARGATE'],
  containerDefinitions: [
    { name: 'web', image: `shop:v${revision - 6}`, portMappings: [{ containerPort: 8080 }], stopTimeout: 40 },
  ],
});

export const anAlarm = (
  AlarmName: string,
  StateValue: StateValue,
  changes: MetricAlarm = {},
): MetricAlarm => ({
  AlarmName,
  StateValue,
  StateReason: StateValue === 'ALARM' ? 'Threshold Crossed' : '',
  StateUpdatedTimestamp: new Date(NOW),
  ...changes,
});

/** Blue serves, green is launched and healthy, nothing is shifted yet, the alarm is OK and the lease is ours. */
export const aWorld = (changes: Partial<AwsWorld> = {}): AwsWorld => ({
  taskSets: [aBlueTaskSet(), aGreenTaskSet()],
  stopped: [],
  taskDefinitions: [aRevision(7), aRevision(8)],
  routes: bothRoutesAt(100, 0),
  targets: { [BLUE]: targetsIn('healthy', 'healthy'), [GREEN]: targetsIn('healthy', 'healthy') },
  items: { [LEASE]: aLeaseOf(DEPLOYMENT), [RECORD]: aRecord() },
  alarms: [anAlarm('shop-5xx', 'OK')],
  events: [],
  woken: [],
  ...changes,
});

/** Makes the mocked clients answer from this world, without a fault and with nothing sent yet. */
export const answerFrom = (world: AwsWorld): AwsWorld => {
  noFaults();
  forgetSent();
  answerForEcs(world);
  answerForElbv2(world);
  answerForDynamoDb(world);
  answering(cloudWatch, DescribeAlarmsCommand, ({ AlarmNames = [] }) => ({
    MetricAlarms: world.alarms.filter(({ AlarmName }) => AlarmNames.includes(AlarmName ?? '')),
    CompositeAlarms: [],
  }));
  answering(eventBridge, PutEventsCommand, ({ Entries = [] }) => {
    world.events.push(...Entries);
    return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'an-id' })) };
  });
  answering(stepFunctions, SendTaskSuccessCommand, ({ taskToken, output }) => {
    if (world.woken.some((spent) => spent.taskToken === taskToken)) throw awsError('TaskTimedOut');
    world.woken.push({ taskToken, output });
    return {};
  });
  return world;
};
