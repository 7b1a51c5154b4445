import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeImagesCommand,
  DescribePullThroughCacheRulesCommand,
  ECRClient,
  ImageNotFoundException,
} from '@aws-sdk/client-ecr';
import { ECSClient, GetTaskProtectionCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { DescribeTagsCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { observeSurroundings } from '../../aws/surroundings.ts';
import { aFirstObservation, anObservation, aRequest, aTaskDefinition } from '../core/an-observation.ts';
import { anInvocation, awsError, pageOf, sent } from './an-invocation.ts';

const ec2Client = new EC2Client();
const ec2 = mockClient(ec2Client);
const ecrClient = new ECRClient();
const ecr = mockClient(ecrClient);
const ecsClient = new ECSClient();
const ecs = mockClient(ecsClient);
const scalingClient = new ApplicationAutoScalingClient();
const scaling = mockClient(scalingClient);

const elbClient = new ElasticLoadBalancingV2Client();
const elb = mockClient(elbClient);

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

const withImages = (...images: string[]) => {
  const [web] = aTaskDefinition().containers;
  const containers = web === undefined ? [] : images.map((image) => ({ ...web, image }));
  return anObservation({ taskDefinition: aTaskDefinition({ containers }) });
};

const observe = (observed = withImages(`${REGISTRY}/shop:8`), request = aRequest()) => {
  const clients = {
    securityGroups: ec2Client,
    subnets: ec2Client,
    images: ecrClient,
    scaling: scalingClient,
    protection: ecsClient,
  };
  return observeSurroundings(clients, anInvocation().call, observed, request);
};

beforeEach(() => {
  for (const mock of [ec2, ecr, ecs, elb, scaling]) mock.reset();
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });
  ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [] });
  ecr.on(DescribeImagesCommand).resolves({ imageDetails: [{ imageTags: ['8'] }] });
  ecr.on(DescribePullThroughCacheRulesCommand).resolves({ pullThroughCacheRules: [] });
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  scaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [] });
});

test('rules come with their ports, and with whom they name', async () => {
  ec2.on(DescribeSecurityGroupsCommand).resolves({
    SecurityGroups: [
      {
        GroupId: 'sg-a',
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 8080,
            ToPort: 8081,
            UserIdGroupPairs: [{ GroupId: 'sg-lb', UserId: '123456789012' }],
            IpRanges: [{ CidrIp: '10.0.0.0/8' }],
            Ipv6Ranges: [{ CidrIpv6: '::/0' }],
            PrefixListIds: [{ PrefixListId: 'pl-1' }],
          },
        ],
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
    ],
  });

  const { securityGroups } = await observe();

  expect(securityGroups).toEqual({
    kind: 'seen',
    value: [
      {
        id: 'sg-a',
        ingress: [
          {
            protocol: 'tcp',
            fromPort: 8080,
            toPort: 8081,
            groups: ['sg-lb'],
            ranges: ['10.0.0.0/8', '::/0', 'pl-1'],
          },
        ],
        egress: [{ protocol: '-1', groups: [], ranges: ['0.0.0.0/0'] }],
      },
    ],
  });
  expect(sent(ec2, DescribeSecurityGroupsCommand)).toEqual([
    { Filters: [{ Name: 'group-id', Values: ['sg-a', 'sg-lb'] }] },
  ]);
});

test('subnets are read to the last page', async () => {
  const subnets = Array.from({ length: 7 }, (_, index) => ({
    SubnetId: `subnet-${index}`,
    VpcId: 'vpc-a',
    AvailabilityZone: 'eu-west-1a',
    AvailableIpAddressCount: index,
  }));
  ec2.on(DescribeSubnetsCommand).callsFake(({ NextToken }) => {
    const { items, next } = pageOf(subnets, NextToken);
    return { Subnets: items, NextToken: next };
  });

  const found = await observe();

  expect(found.subnets).toMatchObject({
    kind: 'seen',
    value: { length: 7, 6: { id: 'subnet-6', freeAddresses: 6 } },
  });
});

describe('images', () => {
  test('an image that ECR has is there; digests are asked for as digests', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;

    const { images } = await observe(withImages(`${REGISTRY}/shop:8`, `${REGISTRY}/team/side@${digest}`));

    expect(images).toMatchObject({
      kind: 'seen',
      value: [{ exists: true }, { repository: 'team/side', exists: true }],
    });
    expect(sent(ecr, DescribeImagesCommand)).toEqual([
      { registryId: '123456789012', repositoryName: 'shop', imageIds: [{ imageTag: '8' }] },
      { registryId: '123456789012', repositoryName: 'team/side', imageIds: [{ imageDigest: digest }] },
    ]);
  });

  test('other registries and other Regions are not asked about', async () => {
    const { images } = await observe(
      withImages('public.ecr.aws/nginx:1', 'shop:8', `${REGISTRY.replace('eu-west-1', 'us-east-1')}/shop:8`),
    );

    expect(images).toEqual({ kind: 'seen', value: [] });
    expect(sent(ecr, DescribeImagesCommand)).toEqual([]);
  });

  test.each([
    ['without a cache rule', [], false],
    ['with a rule for another prefix', [{ ecrRepositoryPrefix: 'sho' }], false],
    ['with a cache rule for its prefix', [{ ecrRepositoryPrefix: 'docker-hub' }], true],
  ])('an image that ECR does not have, %s', async (_, pullThroughCacheRules, exists) => {
    ecr.on(DescribeImagesCommand).rejects(new ImageNotFoundException({ message: 'no', $metadata: {} }));
    ecr.on(DescribePullThroughCacheRulesCommand).resolves({ pullThroughCacheRules });

    const { images } = await observe(withImages(`${REGISTRY}/docker-hub/nginx`));

    expect(images).toMatchObject({ kind: 'seen', value: [{ exists }] });
    expect(sent(ecr, DescribeImagesCommand)[0]?.imageIds).toEqual([{ imageTag: 'latest' }]);
  });
});

test('scaling: the range, what is suspended, each policy with what it follows, and the schedule', async () => {
  const of = {
    ServiceNamespace: 'ecs' as const,
    ResourceId: 'service/main/shop',
    ScalableDimension: 'ecs:service:DesiredCount' as const,
    CreationTime: new Date(0),
  };
  scaling.on(DescribeScalableTargetsCommand).resolves({
    ScalableTargets: [
      {
        ...of,
        MinCapacity: 2,
        MaxCapacity: 9,
        RoleARN: 'arn',
        SuspendedState: { DynamicScalingInSuspended: true },
      },
    ],
  });
  const ResourceLabel = 'app/shop/50dc6c495c0c9188/targetgroup/blue/6d0ecf831eec9f09';
  const policies = [
    {
      ...of,
      PolicyARN: 'arn',
      PolicyName: 'requests',
      PolicyType: 'TargetTrackingScaling' as const,
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 100,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ALBRequestCountPerTarget' as const,
          ResourceLabel,
        },
      },
    },
    {
      ...of,
      PolicyARN: 'arn',
      PolicyName: 'queue',
      PolicyType: 'TargetTrackingScaling' as const,
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 10, CustomizedMetricSpecification: {} },
    },
    { ...of, PolicyARN: 'arn', PolicyName: 'busy', PolicyType: 'StepScaling' as const },
  ];
  scaling.on(DescribeScalingPoliciesCommand).callsFake(({ NextToken }) => {
    const page = pageOf(policies, NextToken);
    return { ScalingPolicies: page.items, NextToken: page.next };
  });
  scaling.on(DescribeScheduledActionsCommand).resolves({
    ScheduledActions: [
      {
        ...of,
        ScheduledActionName: 'morning',
        ScheduledActionARN: 'arn',
        Schedule: 'cron(0 8 * * ? *)',
        ScalableTargetAction: { MinCapacity: 4 },
      },
    ],
  });

  const found = await observe();

  expect(found.scaling).toEqual({
    kind: 'seen',
    value: {
      resourceId: 'service/main/shop',
      minCapacity: 2,
      maxCapacity: 9,
      suspended: { scaleIn: true, scaleOut: false, scheduled: false },
      policies: [
        {
          name: 'requests',
          kind: 'targetTracking',
          metric: 'ALBRequestCountPerTarget',
          targetGroup: 'targetgroup/blue/6d0ecf831eec9f09',
        },
        { name: 'queue', kind: 'targetTracking', metric: 'custom' },
        { name: 'busy', kind: 'step' },
      ],
      scheduled: [{ name: 'morning', schedule: 'cron(0 8 * * ? *)', minCapacity: 4 }],
    },
  });
  expect(scaling.commandCalls(DescribeScalableTargetsCommand)[0]?.args[0].input.ResourceIds).toEqual([
    'service/main/shop',
  ]);
});

test("protection is of blue's tasks only, with the time at which the last one ends", async () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour));
  ecs.on(ListTasksCommand).resolves({ taskArns: ['task-1', 'task-2', 'task-3'] });
  ecs.on(GetTaskProtectionCommand).resolves({
    protectedTasks: [
      { taskArn: 'task-1', protectionEnabled: true, expirationDate: at(11) },
      { taskArn: 'task-2', protectionEnabled: true, expirationDate: at(10) },
      { taskArn: 'task-3', protectionEnabled: false },
    ],
  });

  const { protection } = await observe();

  expect(protection).toEqual({
    kind: 'seen',
    value: {
      tasks: 3,
      protectedTasks: 2,
      protectedIds: ['task-1', 'task-2'],
      until: '2026-11-20T11:00:00.000Z',
    },
  });
  expect(sent(ecs, ListTasksCommand)).toEqual([
    { cluster: anObservation().service?.clusterArn, startedBy: 'ecs-svc/1111111111111111111' },
  ]);
});

describe('the tags of the routes, by which preflight names their owner', () => {
  const tagged = (clients: Parameters<typeof observeSurroundings>[0], observed = anObservation()) =>
    observeSurroundings(clients, anInvocation().call, observed, aRequest());
  const [route] = anObservation().routes;

  test('are read of each, and a route without tags has none', async () => {
    elb.on(DescribeTagsCommand).resolves({
      TagDescriptions: [
        {
          ResourceArn: route?.arn ?? '',
          Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'shop' }, { Key: 'empty' }],
        },
        { ResourceArn: 'arn:other' },
      ],
    });

    const { owners } = await tagged({ owners: elbClient });

    expect(elb.commandCalls(DescribeTagsCommand)[0]?.args[0].input).toEqual({ ResourceArns: [route?.arn] });
    expect(owners).toEqual({
      kind: 'seen',
      value: [
        { arn: route?.arn, tags: { 'aws:cloudformation:stack-name': 'shop', empty: '' } },
        { arn: 'arn:other', tags: {} },
      ],
    });
  });

  test('twenty at a time, as many as the API takes', async () => {
    elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [] });
    const routes = Array.from(
      { length: 21 },
      (_, at) => ({ ...route, arn: `${route?.arn}${at}` }) as NonNullable<typeof route>,
    );

    await tagged({ owners: elbClient }, anObservation({ routes }));

    const asked = elb.commandCalls(DescribeTagsCommand).map(({ args }) => args[0].input.ResourceArns);
    expect(asked.map((arns) => arns?.length)).toEqual([20, 1]);
    expect(new Set(asked.flat()).size).toBe(21);
  });

  test('or the permission that is missing', async () => {
    elb.on(DescribeTagsCommand).rejects(awsError('AccessDenied'));

    expect((await tagged({ owners: elbClient })).owners).toMatchObject({
      kind: 'notSeen',
      denied: true,
      permission: 'elasticloadbalancing:DescribeTags',
    });
  });
});

test('a refused read names its permission and leaves the others alone', async () => {
  ec2.on(DescribeSecurityGroupsCommand).rejects(awsError('UnauthorizedOperation', 'no', 403));
  ecr.on(DescribeImagesCommand).rejects(awsError('AccessDeniedException'));

  const { securityGroups, images, subnets } = await observe();

  expect(securityGroups).toMatchObject({
    kind: 'notSeen',
    denied: true,
    permission: 'ec2:DescribeSecurityGroups',
    why: expect.stringContaining('permission ec2:DescribeSecurityGroups is missing'),
  });
  expect(images).toMatchObject({ kind: 'notSeen', denied: true, permission: 'ecr:DescribeImages' });
  expect(subnets).toEqual({ kind: 'seen', value: [] });
});

test('a read that gets no answer is given up in seconds, and is not called a missing permission', async () => {
  scaling.on(DescribeScalableTargetsCommand).rejects(awsError('ThrottlingException', 'Rate exceeded'));

  const found = await observe();

  expect(found.scaling).toMatchObject({
    kind: 'notSeen',
    denied: false,
    why: expect.stringContaining('limited the rate'),
  });
});

test('what has no meaning here is not asked for: no network of their own, no blue, no client', async () => {
  const bridged = anObservation({ taskDefinition: aTaskDefinition({ networkMode: 'bridge' }) });

  const found = await observe(bridged);
  const first = await observe(aFirstObservation());
  const none = await observeSurroundings({}, anInvocation().call, anObservation(), aRequest());

  expect(found).toMatchObject({ securityGroups: { kind: 'notAsked' }, subnets: { kind: 'notAsked' } });
  expect(first.protection).toEqual({ kind: 'notAsked' });
  expect(new Set(Object.values(none).map(({ kind }) => kind))).toEqual(new Set(['notAsked']));
});
