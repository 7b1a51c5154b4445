import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  RegisterScalableTargetCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeAlarmsCommand, GetMetricDataCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateTaskSetCommand,
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTaskSetsCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type Task,
  type TaskDefinition,
  type TaskSet,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import {
  type Action,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { getItem, putItem, query, updateItem } from '../../sim/dynamodb/operations.ts';
import type { Table } from '../../sim/dynamodb/table.ts';
import { awsError, pageOf } from '../aws/an-invocation.ts';
import { anAlarm } from '../builders/cloudwatch.ts';
import { aLeaseOf, aRecord, LEASE, nameOf, RECORD } from '../builders/dynamodb.ts';
import { aBlueTaskSet, aGreenTaskSet, aService, aTaskDefinition } from '../builders/ecs.ts';
import { aForwardAction, aTargetGroup, authenticate, targetsIn } from '../builders/elbv2.ts';
import { BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { BALANCER, DEPLOYMENT, LISTENER, RULE } from './a-plan.ts';
import { answering, noFaults } from './faults.ts';
import {
  autoScaling,
  cloudTrail,
  cloudWatch,
  dynamoDb,
  ecs,
  elbv2,
  eventBridge,
  forgetSent,
  stepFunctions,
} from './sent-commands.ts';

/**
 * What the mocked clients answer: a read gives what is here, or is not found; a write puts here what it names. ECS
 * and ELBv2 refuse nothing: a test that is about a refusal makes it with `failing`.
 */
export type AwsWorld = {
  taskSets: TaskSet[];
  /** Tasks that stopped, of any task set. */
  stopped: Task[];
  taskDefinitions: TaskDefinition[];
  /** Actions by the listener's or the rule's ARN; the rule belongs to the listener. */
  routes: Record<string, Action[]>;
  /** Registered targets by group. */
  targets: Record<string, TargetHealthDescription[]>;
  /** By `<pk> <sk>`. */
  items: Record<string, Record<string, AttributeValue>>;
  alarms: MetricAlarm[];
  /** A metric's value in each minute, by `<its name> <the target group's ARN>`; absent: no data points. */
  metrics: Record<string, number | ((startMs: number) => number | undefined)>;
  /** The service as a scalable target; null: it is none. */
  scalable: ScalableTarget | null;
  /** CloudTrail's events by their names, newest first, each as its JSON text. */
  trail: Record<string, string[]>;
  /** Every event that reached the bus. */
  events: PutEventsRequestEntry[];
  /** What each task token was spent for. */
  woken: { taskToken: string | undefined; output: string | undefined }[];
};

/** Both routes at the same weights: the listener's default action, and a rule with a login before it. */
export const bothRoutesAt = (blue: number, green: number): Record<string, Action[]> => ({
  [LISTENER]: [aForwardAction({ [BLUE]: blue, [GREEN]: green })],
  [RULE]: [authenticate, aForwardAction({ [BLUE]: blue, [GREEN]: green })],
});

const revision = (number: number): string => `arn:aws:ecs:eu-west-1:1:task-definition/shop:${number}`;

/** Blue serves, green is launched and healthy, nothing is shifted yet, the alarm is OK and the lease is ours. */
export const aWorld = (changes: Partial<AwsWorld> = {}): AwsWorld => ({
  taskSets: [aBlueTaskSet(), aGreenTaskSet()],
  stopped: [],
  taskDefinitions: [
    aTaskDefinition(revision(7), 'shop:v1'),
    aTaskDefinition(revision(8), 'shop:v2', { family: 'shop' }),
  ],
  routes: bothRoutesAt(100, 0),
  targets: { [BLUE]: targetsIn('healthy', 'healthy'), [GREEN]: targetsIn('healthy', 'healthy') },
  items: { [LEASE]: aLeaseOf(DEPLOYMENT), [RECORD]: aRecord() },
  alarms: [anAlarm('shop-5xx', 'OK')],
  metrics: {},
  scalable: null,
  trail: {},
  events: [],
  woken: [],
  ...changes,
});

/** With `next` in the place of the one that is the same. */
export const put = <One>(list: One[], next: One, same: (one: One) => boolean): void => {
  const at = list.findIndex(same);
  list.splice(at < 0 ? list.length : at, at < 0 ? 0 : 1, next);
};

/** DynamoDB's own rules are the simulator's, held against an independent DynamoDB by test/store. */
const tableOf = (world: AwsWorld): Table => {
  const read = (key: Parameters<Table['read']>[0]) => world.items[nameOf(key)];
  const sortKey = ({ sk }: { sk?: AttributeValue }): string => sk?.S ?? '';
  const all = () => Object.values(world.items).toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return {
    read,
    readStale: read,
    write: (key, item) => {
      if (item === undefined) delete world.items[nameOf(key)];
      else world.items[nameOf(key)] = item;
    },
    walk: (pk, { startKey, forward }) => {
      const items = all().filter((item) => item.pk?.S === pk);
      const after = (item: Record<string, AttributeValue>): boolean =>
        startKey === undefined || (forward ? sortKey(item) > startKey : sortKey(item) < startKey);
      return (forward ? items : items.toReversed()).filter(after);
    },
    items: all,
  };
};

const PAGE = 5;

const answerForDynamoDb = (world: AwsWorld): void => {
  const table = tableOf(world);
  answering(dynamoDb, GetItemCommand, (input) => getItem(table, input));
  answering(dynamoDb, PutItemCommand, (input) => putItem(table, input));
  answering(dynamoDb, UpdateItemCommand, (input) => updateItem(table, input));
  answering(dynamoDb, QueryCommand, (input) => query(table, input, PAGE));
};

const answerForEcs = (world: AwsWorld): void => {
  const change = (id: string | undefined, changes: Partial<TaskSet>): void => {
    world.taskSets = world.taskSets.map((one) => (one.id === id ? { ...one, ...changes } : one));
  };
  answering(ecs, DescribeServicesCommand, () => ({
    services: [aService({ healthCheckGracePeriodSeconds: 60, taskSets: world.taskSets })],
  }));
  answering(ecs, DescribeTaskSetsCommand, ({ taskSets = [] }) => ({
    taskSets: world.taskSets.filter(({ id }) => taskSets.includes(id ?? '')),
  }));
  answering(ecs, CreateTaskSetCommand, ({ taskDefinition, externalId, scale, loadBalancers }) => {
    const same = (one: TaskSet): boolean => one.externalId === externalId;
    const number = world.taskSets.findIndex(same) + 1 || world.taskSets.length + 1;
    const made: TaskSet = {
      id: `ecs-svc/${number}`,
      taskSetArn: `arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/${number}`,
      status: 'ACTIVE',
      taskDefinition,
      externalId,
      scale,
      loadBalancers,
      stabilityStatus: 'STABILIZING',
      createdAt: new Date(NOW),
    };
    put(world.taskSets, made, same);
    return { taskSet: made };
  });
  answering(ecs, UpdateTaskSetCommand, ({ taskSet, scale }) => {
    change(taskSet, { scale, computedDesiredCount: 0 });
    return {};
  });
  answering(ecs, DeleteTaskSetCommand, ({ taskSet }) => {
    change(taskSet, { status: 'DRAINING' });
    return {};
  });
  answering(ecs, UpdateServicePrimaryTaskSetCommand, ({ primaryTaskSet }) => {
    for (const { id, status } of world.taskSets) if (status === 'PRIMARY') change(id, { status: 'ACTIVE' });
    change(primaryTaskSet, { status: 'PRIMARY' });
    return {};
  });
  answering(ecs, ListTasksCommand, ({ nextToken }) => {
    const page = pageOf(world.stopped, nextToken);
    return { taskArns: page.items.map(({ taskArn }) => taskArn ?? ''), nextToken: page.next };
  });
  answering(ecs, DescribeTasksCommand, ({ tasks = [] }) => ({
    tasks: world.stopped.filter(({ taskArn }) => tasks.includes(taskArn ?? '')),
  }));
  answering(ecs, DescribeTaskDefinitionCommand, ({ taskDefinition }) => {
    const found = world.taskDefinitions.find(
      ({ family, taskDefinitionArn }) => taskDefinitionArn === taskDefinition || family === taskDefinition,
    );
    if (found === undefined) throw awsError('ClientException', 'Unable to describe task definition.');
    return { taskDefinition: found };
  });
};

const answerForElbv2 = (world: AwsWorld): void => {
  answering(elbv2, DescribeListenersCommand, () => {
    const DefaultActions = world.routes[LISTENER];
    if (DefaultActions === undefined) throw awsError('ListenerNotFoundException');
    return { Listeners: [{ ListenerArn: LISTENER, Protocol: 'HTTPS' as const, Port: 443, DefaultActions }] };
  });
  answering(elbv2, DescribeRulesCommand, ({ RuleArns }) => {
    const Actions = world.routes[RULE];
    if (RuleArns !== undefined && Actions === undefined) throw awsError('RuleNotFoundException');
    const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }];
    return { Rules: Actions === undefined ? [] : [{ RuleArn: RULE, Priority: '1', Conditions, Actions }] };
  });
  answering(elbv2, ModifyListenerCommand, ({ ListenerArn = '', DefaultActions = [] }) => {
    world.routes[ListenerArn] = DefaultActions;
    return {};
  });
  answering(elbv2, ModifyRuleCommand, ({ RuleArn = '', Actions = [] }) => {
    world.routes[RuleArn] = Actions;
    return {};
  });
  answering(elbv2, DescribeTargetHealthCommand, ({ TargetGroupArn = '' }) => ({
    TargetHealthDescriptions: world.targets[TargetGroupArn] ?? [],
  }));
  answering(elbv2, DescribeTargetGroupsCommand, ({ TargetGroupArns = [] }) => ({
    TargetGroups: TargetGroupArns.map((arn) => aTargetGroup(arn, { LoadBalancerArns: [BALANCER] })),
  }));
  answering(elbv2, DescribeTargetGroupAttributesCommand, () => ({
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
  }));
  answering(elbv2, DescribeLoadBalancersCommand, () => ({
    LoadBalancers: [
      {
        LoadBalancerArn: BALANCER,
        LoadBalancerName: 'shop',
        Type: 'application' as const,
        Scheme: 'internet-facing' as const,
        AvailabilityZones: [{ ZoneName: 'eu-west-1a' }, { ZoneName: 'eu-west-1b' }],
        SecurityGroups: ['sg-lb'],
      },
    ],
  }));
};

/** Tracked by one policy, and by the clock. */
const answerForAutoScaling = (world: AwsWorld): void => {
  answering(autoScaling, DescribeScalableTargetsCommand, () => ({
    ScalableTargets: world.scalable === null ? [] : [world.scalable],
  }));
  answering(autoScaling, DescribeScalingPoliciesCommand, ({ ResourceId }) => ({
    ScalingPolicies: [
      {
        PolicyARN: 'arn:aws:autoscaling:eu-west-1:1:scalingPolicy:cpu60',
        PolicyName: 'cpu60',
        ServiceNamespace: 'ecs' as const,
        ResourceId,
        ScalableDimension: 'ecs:service:DesiredCount' as const,
        PolicyType: 'TargetTrackingScaling' as const,
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 60,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' as const },
        },
        CreationTime: new Date(NOW),
      },
    ],
  }));
  answering(autoScaling, DescribeScheduledActionsCommand, ({ ResourceId }) => ({
    ScheduledActions: [
      {
        ScheduledActionName: 'morning',
        ScheduledActionARN: 'arn:aws:autoscaling:eu-west-1:1:scheduledAction:morning',
        ServiceNamespace: 'ecs' as const,
        Schedule: 'cron(0 8 * * ? *)',
        ResourceId,
        ScalableDimension: 'ecs:service:DesiredCount' as const,
        ScalableTargetAction: { MinCapacity: 4 },
        CreationTime: new Date(NOW),
      },
    ],
  }));
  answering(autoScaling, RegisterScalableTargetCommand, ({ SuspendedState }) => {
    if (world.scalable === null)
      throw awsError('ValidationException', 'MinCapacity and MaxCapacity are required');
    world.scalable = { ...world.scalable, SuspendedState };
    return {};
  });
};

/** Makes the mocked clients answer from this world, without a fault and with nothing sent yet. */
export const answerFrom = (world: AwsWorld): AwsWorld => {
  noFaults();
  forgetSent();
  answerForEcs(world);
  answerForElbv2(world);
  answerForDynamoDb(world);
  answerForAutoScaling(world);
  answering(cloudTrail, LookupEventsCommand, ({ LookupAttributes = [], NextToken }) => {
    const name = LookupAttributes[0]?.AttributeValue ?? '';
    const { items, next } = pageOf(world.trail[name] ?? [], NextToken);
    const Events = items.map((CloudTrailEvent) => ({
      CloudTrailEvent,
      EventTime: new Date(JSON.parse(CloudTrailEvent).eventTime),
    }));
    return { Events, ...(next === undefined ? {} : { NextToken: next }) };
  });
  answering(cloudWatch, DescribeAlarmsCommand, ({ AlarmNames = [] }) => ({
    MetricAlarms: world.alarms.filter(({ AlarmName }) => AlarmNames.includes(AlarmName ?? '')),
  }));
  answering(cloudWatch, GetMetricDataCommand, ({ MetricDataQueries = [], StartTime, EndTime }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }) => {
      const { MetricName = '', Dimensions = [] } = MetricStat?.Metric ?? {};
      const group = [BLUE, GREEN].find((arn) => Dimensions.some(({ Value = '-' }) => arn.endsWith(Value)));
      const points: [Date, number][] = [];
      for (let at = StartTime?.getTime() ?? 0; at < (EndTime?.getTime() ?? 0); at += 60_000) {
        const known = world.metrics[`${MetricName} ${group}`];
        const value = typeof known === 'function' ? known(at) : known;
        if (value !== undefined) points.push([new Date(at), value]);
      }
      return {
        Id,
        Timestamps: points.map(([time]) => time),
        Values: points.map(([, value]) => value),
        StatusCode: 'Complete' as const,
      };
    }),
  }));
  answering(eventBridge, PutEventsCommand, ({ Entries = [] }) => {
    world.events.push(...Entries);
    return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'an-id' })) };
  });
  answering(stepFunctions, SendTaskSuccessCommand, ({ taskToken, output }) => {
    put(world.woken, { taskToken, output }, (spent) => spent.taskToken === taskToken);
    return {};
  });
  return world;
};
