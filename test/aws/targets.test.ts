import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  HealthUnavailableException,
  TargetGroupNotFoundException,
  type TargetHealthStateEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, test } from 'vitest';
import { makeTargets } from '../../aws/targets.ts';
import { anInvocation, awsError, pageOf, sent } from './an-invocation.ts';

const elbv2Client = new ElasticLoadBalancingV2Client();
const elbv2 = mockClient(elbv2Client);
const targets = (invocation = anInvocation()) => makeTargets(elbv2Client, invocation.call);

beforeEach(() => elbv2.reset());

const groupArn = (name: string): string =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/1`;
const BLUE = groupArn('blue');
const GREEN = groupArn('green');

test('targets come with their state and the reason for it', async () => {
  elbv2.on(DescribeTargetHealthCommand).resolves({
    TargetHealthDescriptions: [
      { Target: { Id: '10.0.0.1', Port: 8080 }, TargetHealth: { State: 'healthy' } },
      {
        Target: { Id: '10.0.0.2', Port: 8080 },
        TargetHealth: {
          State: 'unhealthy',
          Reason: 'Target.ResponseCodeMismatch',
          Description: 'Health checks failed with these codes: [503]',
        },
      },
    ],
  });

  const observed = await targets().read(BLUE);

  expect(sent(elbv2, DescribeTargetHealthCommand)).toEqual([{ TargetGroupArn: BLUE }]);
  expect(observed).toEqual([
    { id: '10.0.0.1', port: 8080, state: 'healthy' },
    {
      id: '10.0.0.2',
      port: 8080,
      state: 'unhealthy',
      reasonCode: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [503]',
    },
  ]);
});

test.each<[string | undefined, string]>([
  ['initial', 'initial'],
  ['healthy', 'healthy'],
  ['unhealthy', 'unhealthy'],
  ['unused', 'unused'],
  ['draining', 'draining'],
  ['unhealthy.draining', 'draining'],
  ['unavailable', 'unavailable'],
  ['blooming', 'unavailable'],
  [undefined, 'unavailable'],
])('the state %s reads %s', async (state, expected) => {
  elbv2.on(DescribeTargetHealthCommand).resolves({
    TargetHealthDescriptions: [
      { Target: { Id: 'i-1', Port: 32_768 }, TargetHealth: { State: state as TargetHealthStateEnum } },
    ],
  });

  expect((await targets().read(BLUE))[0]?.state).toBe(expected);
});

test('a group without targets has none', async () => {
  elbv2.on(DescribeTargetHealthCommand).resolves({});

  expect(await targets().read(BLUE)).toEqual([]);
});

test.each([
  ['a deleted group', new TargetGroupNotFoundException({ message: 'gone', $metadata: {} }), 'NotFound'],
  [
    'health that ELBv2 cannot tell',
    new HealthUnavailableException({ message: 'internal', $metadata: {} }),
    'Unavailable',
  ],
  ['a missing permission', awsError('AccessDenied', 'no', 403), 'AccessDenied'],
  ['throttling without end', awsError('Throttling', 'Rate exceeded'), 'Throttled'],
])('%s is an error, never an empty group', async (_what, error, name) => {
  elbv2.on(DescribeTargetHealthCommand).rejects(error);

  await expect(targets().read(BLUE)).rejects.toMatchObject({ name });
});

const existing = (...arns: string[]): void => {
  elbv2.on(DescribeTargetGroupsCommand).callsFake((input) => {
    if (input.TargetGroupArns.some((arn: string) => !arns.includes(arn))) {
      throw new TargetGroupNotFoundException({
        message: 'One or more target groups not found',
        $metadata: {},
      });
    }
    const page = pageOf([...input.TargetGroupArns].reverse(), input.Marker);
    return {
      TargetGroups: page.items.map((TargetGroupArn) => ({ TargetGroupArn, Protocol: 'HTTP', Port: 80 })),
      NextMarker: page.next,
    };
  });
  elbv2.on(DescribeTargetGroupAttributesCommand).resolves({});
};

test('a group comes with its health check and its attributes', async () => {
  elbv2.on(DescribeTargetGroupsCommand).resolves({
    TargetGroups: [
      {
        TargetGroupArn: BLUE,
        TargetGroupName: 'blue',
        Protocol: 'HTTPS',
        ProtocolVersion: 'HTTP2',
        Port: 8443,
        VpcId: 'vpc-1',
        TargetType: 'ip',
        LoadBalancerArns: ['lb'],
        HealthCheckProtocol: 'HTTP',
        HealthCheckPort: '9000',
        HealthCheckPath: '/health',
        Matcher: { HttpCode: '200-299' },
        HealthCheckIntervalSeconds: 10,
        HealthCheckTimeoutSeconds: 4,
        HealthyThresholdCount: 3,
        UnhealthyThresholdCount: 4,
      },
    ],
  });
  elbv2.on(DescribeTargetGroupAttributesCommand).resolves({
    Attributes: [
      { Key: 'deregistration_delay.timeout_seconds', Value: '0' },
      { Key: 'stickiness.enabled', Value: 'true' },
      { Key: 'stickiness.type', Value: 'lb_cookie' },
      { Key: 'stickiness.lb_cookie.duration_seconds', Value: '86400' },
      { Key: 'stickiness.app_cookie.duration_seconds', Value: '7' },
      { Key: 'slow_start.duration_seconds', Value: '30' },
    ],
  });

  expect(await targets().readGroups([BLUE])).toEqual([
    {
      arn: BLUE,
      name: 'blue',
      protocol: 'HTTPS',
      protocolVersion: 'HTTP2',
      port: 8443,
      vpcId: 'vpc-1',
      targetType: 'ip',
      loadBalancerArns: ['lb'],
      healthCheck: {
        protocol: 'HTTP',
        port: '9000',
        path: '/health',
        matcher: '200-299',
        intervalSeconds: 10,
        timeoutSeconds: 4,
        healthyThreshold: 3,
        unhealthyThreshold: 4,
      },
      deregistrationDelaySeconds: 0,
      stickiness: { enabled: true, type: 'lb_cookie', durationSeconds: 86_400 },
      slowStartSeconds: 30,
    },
  ]);
});

test('what ELBv2 leaves out has its defaults', async () => {
  existing(BLUE);

  const [group] = await targets().readGroups([BLUE]);

  expect(group).toMatchObject({
    targetType: 'instance',
    healthCheck: {
      protocol: 'HTTP',
      port: 'traffic-port',
      intervalSeconds: 30,
      timeoutSeconds: 5,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
    },
    deregistrationDelaySeconds: 300,
    stickiness: { enabled: false },
    slowStartSeconds: 0,
  });
});

test.each([
  [{ count: '1', percentage: 'off' }, undefined],
  [{ count: '2', percentage: 'off' }, { count: 2 }],
  [{ count: '1', percentage: '50' }, { percent: 50 }],
  [
    { count: '3', percentage: '50' },
    { count: 3, percent: 50 },
  ],
])('a group that fails open below %o', async (limit, failsOpenBelow) => {
  const Attributes = Object.entries(limit).map(([member, Value]) => ({
    Key: `target_group_health.unhealthy_state_routing.minimum_healthy_targets.${member}`,
    Value,
  }));
  existing(BLUE);
  elbv2.on(DescribeTargetGroupAttributesCommand).resolves({
    Attributes: [...Attributes, { Key: 'load_balancing.cross_zone.enabled', Value: 'false' }],
  });

  const [group] = await targets().readGroups([BLUE]);

  expect(group?.failsOpenBelow).toEqual(failsOpenBelow);
  expect(group?.crossZone).toBe(false);
});

test('groups come in the order asked for, from every call and page', async () => {
  const arns = Array.from({ length: 23 }, (_, index) => groupArn(`g${index}`));
  existing(...arns);

  const observed = await targets().readGroups(arns);

  expect(observed.map((group) => group.arn)).toEqual(arns);
  for (const input of sent(elbv2, DescribeTargetGroupsCommand)) {
    expect(input.TargetGroupArns?.length).toBeLessThanOrEqual(20);
  }
});

test('the same group asked for twice comes twice and is described once', async () => {
  existing(BLUE);

  const observed = await targets().readGroups([BLUE, BLUE]);

  expect(observed.map((group) => group.arn)).toEqual([BLUE, BLUE]);
  expect(sent(elbv2, DescribeTargetGroupsCommand)).toEqual([{ TargetGroupArns: [BLUE] }]);
});

test('stickiness that is switched off is off', async () => {
  existing(BLUE);
  elbv2
    .on(DescribeTargetGroupAttributesCommand)
    .resolves({ Attributes: [{ Key: 'stickiness.enabled', Value: 'false' }] });

  expect((await targets().readGroups([BLUE]))[0]?.stickiness).toEqual({ enabled: false });
});

test('groups that may not be read are not called missing', async () => {
  elbv2.on(DescribeTargetGroupsCommand).rejects(awsError('AccessDenied', 'no', 403));

  await expect(targets().readGroups([BLUE])).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('of several groups exactly the missing ones are named', async () => {
  const gone = groupArn('gone');
  existing(BLUE, GREEN);

  const reading = targets().readGroups([BLUE, gone, GREEN]);

  await expect(reading).rejects.toMatchObject({
    name: 'NotFound',
    message: expect.stringContaining(`there is no ${gone}.`),
  });
});
