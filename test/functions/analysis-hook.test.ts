import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ECSClient,
} from '@aws-sdk/client-ecs';
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Call } from '../../aws/call.ts';
import { makeNativeDeployments } from '../../aws/native-deployments.ts';
import { makeNativeHooks } from '../../aws/native-hooks.ts';
import { makeTrafficMetrics } from '../../aws/traffic-metrics.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { analysisHook } from '../../functions/analysis-hook.ts';
import { toHandler } from '../../functions/step.ts';
import { awsError } from '../aws/an-invocation.ts';
import { TABLE } from '../builders/dynamodb.ts';
import { NOW } from '../core/a-deployment.ts';
import { aContext, aHost } from './a-handler.ts';

// Clients of its own: those of the steps' tests answer for a deployment of Cutover.
const ecsClient = new ECSClient();
const ecs = mockClient(ecsClient);
const elbv2Client = new ElasticLoadBalancingV2Client();
const elbv2 = mockClient(elbv2Client);
const dynamoDbClient = new DynamoDBClient();
const dynamoDb = mockClient(dynamoDbClient);
const cloudWatchClient = new CloudWatchClient();
const cloudWatch = mockClient(cloudWatchClient);

const connectors = {
  nativeDeployments: (call: Call) => makeNativeDeployments(ecsClient, elbv2Client, call),
  nativeHooks: (call: Call) => makeNativeHooks(dynamoDbClient, call, TABLE),
  trafficMetrics: (call: Call) => makeTrafficMetrics(cloudWatchClient, call),
};

const ecsArn = (kind: string, id: string) => `arn:aws:ecs:eu-west-1:111122223333:${kind}/prod/shop/${id}`;
const DEPLOYMENT = ecsArn('service-deployment', 'abc');
const GREEN = ecsArn('service-revision', '2');
const BLUE = ecsArn('service-revision', '1');
const group = (name: string) =>
  `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/${name}/0123456789abcdef`;
const BALANCER = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/0123456789abcdef';
const task = (revision: number) => `arn:aws:ecs:eu-west-1:111122223333:task-definition/shop:${revision}`;
const START = Math.ceil(NOW / MINUTE_MS) * MINUTE_MS;

type Rates = { green: [requests: number, bad: number]; blue: [number, number] };

/** A native deployment from blue to green, its metrics by the minute, and the table between the calls. */
const aNativeDeployment = ({
  rates = { blue: [9_000, 9], green: [1_000, 1] },
  sources = [BLUE],
  groups = { [GREEN]: [group('green')], [BLUE]: [group('blue')] } as Record<string, string[]>,
  taskDefinitions = { [GREEN]: task(8), [BLUE]: task(7) } as Record<string, string>,
  balancer = BALANCER,
}: {
  rates?: Rates;
  sources?: string[];
  groups?: Record<string, string[]>;
  taskDefinitions?: Record<string, string>;
  balancer?: string;
} = {}) => {
  let state: Record<string, unknown> | undefined;
  ecs.on(DescribeServiceDeploymentsCommand).resolves({
    serviceDeployments: [
      {
        serviceDeploymentArn: DEPLOYMENT,
        sourceServiceRevisions: sources.map((arn) => ({ arn })),
        targetServiceRevision: { arn: GREEN },
      },
    ],
  });
  ecs.on(DescribeServiceRevisionsCommand).callsFake(({ serviceRevisionArns = [] }) => ({
    serviceRevisions: serviceRevisionArns.map((arn: string) => ({
      serviceRevisionArn: arn,
      taskDefinition: taskDefinitions[arn],
      resolvedConfiguration: {
        loadBalancers: (groups[arn] ?? []).map((targetGroupArn) => ({ targetGroupArn })),
      },
    })),
  }));
  elbv2.on(DescribeTargetGroupsCommand).resolves({ TargetGroups: [{ LoadBalancerArns: [balancer] }] });
  elbv2.on(DescribeTargetGroupAttributesCommand).resolves({ Attributes: [] });
  dynamoDb.on(GetItemCommand).callsFake(() => ({ Item: state }));
  dynamoDb.on(PutItemCommand).callsFake(({ Item }) => {
    state = Item;
    return {};
  });
  cloudWatch.on(GetMetricDataCommand).callsFake((input: GetMetricDataInput) => {
    const fromMs = input.StartTime?.getTime() ?? 0;
    const minutes = ((input.EndTime?.getTime() ?? 0) - fromMs) / MINUTE_MS;
    return {
      MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id = '', MetricStat }) => {
        const colour = MetricStat?.Metric?.Dimensions?.some(({ Value }) => Value?.includes('/green/'))
          ? 'green'
          : 'blue';
        const [requests, bad] = rates[colour];
        const metric = MetricStat?.Metric?.MetricName ?? '';
        const value = metric === 'RequestCount' ? requests : metric.includes('5XX') ? bad : 0;
        const values = value === 0 ? [] : Array.from({ length: minutes }, () => value);
        return {
          Id,
          StatusCode: 'Complete',
          Timestamps: values.map((_, at) => new Date(fromMs + at * MINUTE_MS)),
          Values: values,
        };
      }),
    };
  });
};

const asked = (stage: string, greenPct: number | null, hookDetails?: unknown) => ({
  executionId: 'e1',
  lifecycleStage: stage,
  resourceArn: DEPLOYMENT,
  executionDetails: {
    serviceArn: 'arn:aws:ecs:eu-west-1:111122223333:service/prod/shop',
    targetServiceRevisionArn: GREEN,
    testTrafficWeights: {},
    productionTrafficWeights: greenPct === null ? {} : { [GREEN]: greenPct, [BLUE]: 100 - greenPct },
  },
  ...(hookDetails === undefined ? {} : { hookDetails }),
});

const call = async (event: unknown, minutesLater = 0) => {
  const host = aHost({ nowMs: START + minutesLater * MINUTE_MS });
  const handler = toHandler('AnalysisHook', analysisHook, connectors, host);
  return JSON.parse(JSON.stringify(await handler(event, aContext())));
};

const PRE = 'PRE_PRODUCTION_TRAFFIC_SHIFT';
const POST = 'POST_PRODUCTION_TRAFFIC_SHIFT';

beforeEach(() => {
  for (const client of [ecs, elbv2, dynamoDb, cloudWatch]) client.reset();
});

describe('a canary of ECS', () => {
  test('with a healthy version gets its next step once there is proof', async () => {
    aNativeDeployment();

    expect(await call(asked(PRE, 0))).toMatchObject({ hookStatus: 'SUCCEEDED' });
    expect(await call(asked(PRE, 10), 2)).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 60 });
    const proven = await call(asked(PRE, 10), 15);

    expect(proven.hookStatus).toBe('SUCCEEDED');
    expect(proven.reason).toMatch(/^green is not worse: 0\.1 % of 1\d,000 requests of green failed/);
  });

  test('with one that fails six times as often is failed, and ECS rolls back', async () => {
    aNativeDeployment({ rates: { blue: [9_000, 9], green: [1_000, 6] } });

    await call(asked(PRE, 0));
    const harmed = await call(asked(PRE, 10), 15);

    expect(harmed.hookStatus).toBe('FAILED');
    expect(harmed.reason).toMatch(/^green is worse: 0\.6 %/);
  });

  test('has the question anew at each step, and the harm of the whole deployment', async () => {
    aNativeDeployment();
    await call(asked(PRE, 0));
    expect((await call(asked(PRE, 10), 15)).hookStatus).toBe('SUCCEEDED');

    const next = await call(asked(PRE, 50), 17);

    expect(next.hookStatus).toBe('IN_PROGRESS');
    expect((await call(asked(PRE, 50), 28)).hookStatus).toBe('SUCCEEDED');
  });

  test('is judged by what green does alone after its last step', async () => {
    aNativeDeployment();
    await call(asked(PRE, 0));
    aNativeDeploymentAlone([10_000, 100]);

    expect((await call(asked(POST, null), 1)).hookStatus).toBe('IN_PROGRESS');
    expect(await call(asked(POST, null), 14)).toMatchObject({
      hookStatus: 'FAILED',
      reason: expect.stringMatching(/^green is worse/),
    });
  });
});

/** From now on green alone has requests; blue's history stays. */
const aNativeDeploymentAlone = (green: [number, number]): void => {
  const state = dynamoDb.commandCalls(PutItemCommand).at(-1)?.args[0].input.Item;
  aNativeDeployment({ rates: { blue: [0, 0], green } });
  let kept = state;
  dynamoDb.on(GetItemCommand).callsFake(() => ({ Item: kept }));
  dynamoDb.on(PutItemCommand).callsFake(({ Item }) => {
    kept = Item;
    return {};
  });
};

/** From then on CloudWatch has nothing of either colour. */
const silentFrom = (atMs: number): void => {
  cloudWatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries, StartTime }: GetMetricDataInput) => {
    const fromMs = StartTime?.getTime() ?? 0;
    const known = Array.from({ length: (atMs - fromMs) / MINUTE_MS }, (_, at) => fromMs + at * MINUTE_MS);
    return {
      MetricDataResults: (MetricDataQueries ?? []).map(({ Id = '', MetricStat }) => {
        const counts = MetricStat?.Metric?.MetricName === 'RequestCount' ? known : [];
        return {
          Id,
          StatusCode: 'Complete',
          Timestamps: counts.map((ms) => new Date(ms)),
          Values: counts.map(() => (Id.startsWith('green') ? 1_000 : 9_000)),
        };
      }),
    };
  });
};

describe('what cannot be compared', () => {
  test('the first deployment has no blue, and succeeds', async () => {
    aNativeDeployment({ sources: [] });

    expect(await call(asked(POST, null))).toMatchObject({
      hookStatus: 'SUCCEEDED',
      reason: expect.stringContaining('first deployment'),
    });
  });

  test.each([
    ['a network load balancer', { balancer: BALANCER.replace('/app/', '/net/') }, /network load balancer/],
    [
      'a rolling deployment, whose revisions share a target group',
      { groups: { [GREEN]: [group('one')], [BLUE]: [group('one')] } },
      /no target group each/,
    ],
  ])('%s is insufficient data, which fails unless the hook says otherwise', async (_name, world, why) => {
    aNativeDeployment(world);

    const failed = await call(asked(PRE, 10));
    const passed = await call(asked(PRE, 10, { onInsufficientData: 'succeed' }));

    expect(failed).toMatchObject({ hookStatus: 'FAILED', reason: expect.stringMatching(why) });
    expect(passed).toMatchObject({ hookStatus: 'SUCCEEDED', reason: expect.stringMatching(why) });
  });

  test('a stage with nothing to judge succeeds, and names those that are judged', async () => {
    expect(await call(asked('PRE_SCALE_UP', null))).toMatchObject({
      hookStatus: 'SUCCEEDED',
      reason: expect.stringContaining('nothing is judged at PRE_SCALE_UP'),
    });
  });
});

const published = (metric: string) => ({
  namespace: 'Shop',
  metric,
  dimensions: { Revision: '{taskDefinitionRevision}' },
});
const ORDERS = {
  name: 'orders',
  requests: [published('Orders')],
  bad: [published('OrdersRefused')],
  use: 'decide',
};

describe('what the application counts', () => {
  test('is asked for by the task definitions of both revisions', async () => {
    aNativeDeployment();
    await call(asked(PRE, 0, { analysis: { application: [ORDERS] } }));

    await call(asked(PRE, 10, { analysis: { application: [ORDERS] } }), 15);

    const revisions = cloudWatch
      .commandCalls(GetMetricDataCommand)
      .at(-1)
      ?.args[0].input.MetricDataQueries?.flatMap(({ MetricStat }) =>
        MetricStat?.Metric?.Namespace === 'Shop' ? [MetricStat.Metric.Dimensions?.[0]?.Value] : [],
      );
    expect(revisions).toEqual(['7', '7', '8', '8']);
  });

  test('and is not published proves nothing: no early success, and insufficient data at the end', async () => {
    aNativeDeployment();
    const details = { analysis: { application: [ORDERS] } };
    await call(asked(PRE, 0, details));

    expect((await call(asked(PRE, 10, details), 15)).hookStatus).toBe('IN_PROGRESS');
    expect(await call(asked(PRE, 10, details), 50)).toMatchObject({
      hookStatus: 'FAILED',
      reason: expect.stringMatching(/^insufficient data: green has had 0 of orders, [\d,]+ would show/),
    });
  });

  test.each([
    ['both revisions run one task definition', { [GREEN]: task(7), [BLUE]: task(7) }, /the same dimensions/],
    ['a revision names none', { [GREEN]: task(8) }, /found 0 of blue and 1 of green/],
  ])('cannot be distinguished where %s', async (_name, taskDefinitions, why) => {
    aNativeDeployment({ taskDefinitions });

    expect(await call(asked(PRE, 10, { analysis: { application: [ORDERS] } }))).toMatchObject({
      hookStatus: 'FAILED',
      reason: expect.stringMatching(why),
    });
  });
});

describe('trouble', () => {
  test.each([null, 'text', {}, { lifecycleStage: PRE, resourceArn: 'not-an-arn' }])(
    'what is no event of ECS fails: %j',
    async (event) => {
      expect(await call(event)).toMatchObject({
        hookStatus: 'FAILED',
        reason: expect.stringContaining('event of ECS has'),
      });
    },
  );

  test.each([
    ['no share', { [GREEN]: 'ten' }, 'from 0 to 100, found "ten"'],
    ['no share of a whole', { [GREEN]: 250 }, 'from 0 to 100, found 250'],
    ['below nothing', { [GREEN]: -10, [BLUE]: 110 }, 'from 0 to 100, found -10'],
    ['of somebody else alone', { [BLUE]: 90 }, 'found 90 % of other revisions alone'],
    ['a list', [10, 90], 'percent by service revision, found a list of 2'],
  ])('weights that are %s are no green without traffic: the hook fails', async (_, weights, why) => {
    const event = asked(PRE, 10);
    const executionDetails = { ...event.executionDetails, productionTrafficWeights: weights };

    const answer = await call({ ...event, executionDetails });

    expect(answer).toMatchObject({ hookStatus: 'FAILED', reason: expect.stringContaining(why) });
  });

  test('a share as a text counts as the same number', async () => {
    aNativeDeployment();
    const event = asked(PRE, 10);
    const productionTrafficWeights = { [GREEN]: '10', [BLUE]: '90' };

    expect(
      await call({ ...event, executionDetails: { ...event.executionDetails, productionTrafficWeights } }),
    ).toMatchObject({ hookStatus: 'IN_PROGRESS' });
  });

  test('hookDetails that are wrong fail, in words', async () => {
    expect(await call(asked(PRE, 10, '{"atMost": "never"}'))).toMatchObject({
      hookStatus: 'FAILED',
      reason: expect.stringContaining('hookDetails.atMost: expected'),
    });
  });

  test('an API that may come back is asked again; one that refuses fails the hook', async () => {
    aNativeDeployment();
    ecs.on(DescribeServiceDeploymentsCommand).rejects(awsError('ThrottlingException'));
    expect((await call(asked(PRE, 10))).hookStatus).toBe('IN_PROGRESS');

    ecs.on(DescribeServiceDeploymentsCommand).rejects(awsError('AccessDeniedException'));
    expect(await call(asked(PRE, 10))).toMatchObject({
      hookStatus: 'FAILED',
      reason: expect.stringContaining('ecs:DescribeServiceDeployments'),
    });
  });

  test('proven harm fails although the table cannot be written', async () => {
    aNativeDeployment({ rates: { blue: [9_000, 9], green: [1_000, 60] } });
    await call(asked(PRE, 0));
    dynamoDb.on(PutItemCommand).rejects(awsError('InternalServerError', 'oops', 500));

    expect(await call(asked(PRE, 10), 15)).toMatchObject({
      hookStatus: 'FAILED',
      reason: expect.stringMatching(/^green is worse/),
    });
  });

  test('proof that cannot be kept is asked for again, and so is a table that cannot be read', async () => {
    aNativeDeployment();
    await call(asked(PRE, 0));
    dynamoDb.on(PutItemCommand).rejects(awsError('InternalServerError', 'oops', 500));
    expect((await call(asked(PRE, 10), 15)).hookStatus).toBe('IN_PROGRESS');

    dynamoDb.on(GetItemCommand).rejects(awsError('InternalServerError', 'oops', 500));
    expect((await call(asked(PRE, 10), 16)).hookStatus).toBe('IN_PROGRESS');
  });

  test('asked twice at the same moment it answers the same', async () => {
    aNativeDeployment();
    await call(asked(PRE, 0));

    const [one, other] = await Promise.all([call(asked(PRE, 10), 15), call(asked(PRE, 10), 15)]);

    expect(one).toEqual(other);
    expect(one.hookStatus).toBe('SUCCEEDED');
  });

  test('metrics that have stopped to come are waited for, and at the end no success', async () => {
    aNativeDeployment();
    await call(asked(PRE, 0));
    expect((await call(asked(PRE, 10), 4)).hookStatus).toBe('IN_PROGRESS');
    silentFrom(START + 20 * MINUTE_MS);

    expect((await call(asked(PRE, 10), 30)).hookStatus).toBe('IN_PROGRESS');
    expect(await call(asked(PRE, 10), 35)).toMatchObject({
      hookStatus: 'FAILED',
      reason: expect.stringMatching(/^insufficient data: nothing is known of the last \d+m/),
    });
  });

  test('metrics that cannot be read are waited for, and at the end no success', async () => {
    aNativeDeployment();
    await call(asked(PRE, 0));
    cloudWatch.on(GetMetricDataCommand).rejects(awsError('AccessDeniedException'));

    expect((await call(asked(PRE, 10), 3)).hookStatus).toBe('IN_PROGRESS');
    expect(await call(asked(PRE, 10), 40)).toMatchObject({
      hookStatus: 'FAILED',
      reason: expect.stringMatching(/^insufficient data: the metrics cannot be read/),
    });
  });
});
