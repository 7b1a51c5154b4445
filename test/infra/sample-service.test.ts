import { aws_certificatemanager as acm, aws_ec2 as ec2Module, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../core/request/request.ts';
import type { SampleServiceProps } from '../../infra/sample-service/sample-service.types.ts';
import { SampleStack } from '../../infra/sample-service/sample-stack.ts';
import { anApp, resourcesOf, theResource } from './synthesised.ts';

const synthesise = (props: SampleServiceProps = {}): Template =>
  Template.fromStack(new SampleStack(anApp(), 'Sample', props));

const certificate = acm.Certificate.fromCertificateArn(
  new Stack(anApp()),
  'Certificate',
  'arn:aws:acm:eu-west-1:111122223333:certificate/0c5b7c4e',
);

const fargate = synthesise();
const ec2 = synthesise({ launchType: 'EC2' });
const nlb = synthesise({ balancer: 'network', internetFacing: false });

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';

const propertiesOf = (template: Template, type: string): Record<string, unknown>[] =>
  [...resourcesOf(template, type).values()].map(({ Properties }) => Properties);

const groupsOf = (template: Template): Record<string, unknown>[] => propertiesOf(template, GROUP);

const attributesOf = ({ TargetGroupAttributes }: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    (TargetGroupAttributes as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
  );

type Container = {
  PortMappings: { ContainerPort: number; HostPort?: number }[];
  HealthCheck: { Interval: number; Retries: number; StartPeriod: number; Command: string[] };
  StopTimeout: number;
};

const containerOf = (template: Template): Container => {
  const { ContainerDefinitions } = theResource(template, 'AWS::ECS::TaskDefinition', /./).Properties;
  return (ContainerDefinitions as [Container])[0];
};

test('checklist row 1: the template registers no target, because ECS does, and a deployment brings the task sets', () => {
  for (const template of [fargate, ec2, nlb]) {
    expect(groupsOf(template).filter(({ Targets }) => Targets !== undefined)).toEqual([]);
    template.resourceCountIs('AWS::ECS::TaskSet', 0);
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentController: { Type: 'EXTERNAL' },
      SchedulingStrategy: 'REPLICA',
      // All of these belong to task sets, and ECS refuses them here.
      TaskDefinition: Match.absent(),
      LoadBalancers: Match.absent(),
      NetworkConfiguration: Match.absent(),
      LaunchType: Match.absent(),
      HealthCheckGracePeriodSeconds: Match.absent(),
    });
  }
});

describe('checklist row 4: the target type goes with the network mode', () => {
  test.each([
    { name: 'Fargate', template: fargate, NetworkMode: 'awsvpc', TargetType: 'ip', HostPort: undefined },
    {
      name: 'network load balancer',
      template: nlb,
      NetworkMode: 'awsvpc',
      TargetType: 'ip',
      HostPort: undefined,
    },
    { name: 'EC2', template: ec2, NetworkMode: 'bridge', TargetType: 'instance', HostPort: 0 },
  ])('$name: $NetworkMode and $TargetType', ({ template, NetworkMode, TargetType, HostPort }) => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { NetworkMode });
    expect(groupsOf(template).map((group) => group.TargetType)).toEqual([TargetType, TargetType]);
    expect(containerOf(template).PortMappings).toEqual([
      { ContainerPort: 8080, Protocol: 'tcp', ...(HostPort !== undefined && { HostPort }) },
    ]);
  });
});

test('checklist row 5: the container and the load balancer each check health, both at the same page', () => {
  expect(containerOf(fargate).HealthCheck.Command.join(' ')).toContain('http://127.0.0.1:8080/health');
  for (const group of groupsOf(fargate)) expect(group.HealthCheckPath).toBe('/health');
});

describe('checklist row 6: both checks let the application boot, with a margin', () => {
  test.each([20, 60, 90])('boot of %i s', (bootSeconds) => {
    const template = synthesise({ bootSeconds });

    expect(containerOf(template).HealthCheck.StartPeriod).toBeGreaterThanOrEqual(bootSeconds * 1.5);
    for (const group of groupsOf(template)) {
      const tolerated = Number(group.HealthCheckIntervalSeconds) * Number(group.UnhealthyThresholdCount);
      expect(tolerated).toBeGreaterThanOrEqual(Math.min(100, bootSeconds * 1.5));
    }
  });

  test('the grace period, which ECS takes only once a task set is PRIMARY, is a command to type then', () => {
    const command = JSON.stringify(fargate.findOutputs('GracePeriod'));

    expect(command).toContain('--health-check-grace-period-seconds 30');
  });
});

test('checklist row 7: interval, timeout, thresholds, matcher, path and port are all chosen', () => {
  for (const group of groupsOf(fargate)) {
    expect(group).toMatchObject({
      Protocol: 'HTTP',
      Port: 8080,
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: '200' },
    });
  }
});

test('checklist row 8: HTTP goes through an application load balancer, TCP through a network load balancer', () => {
  fargate.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'application' });
  nlb.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network' });
  nlb.hasResourceProperties(LISTENER, { Protocol: 'TCP' });
});

describe('checklist row 12: path and host rules beside the catch-all', () => {
  const template = synthesise({
    extraRoutes: [{ paths: ['/api/users/*'] }, { hosts: ['api.example.com'], paths: ['/v2/*'] }],
  });
  const rules = propertiesOf(template, RULE).toSorted((a, b) => Number(a.Priority) - Number(b.Priority));

  test('a rule each, and the catch-all behind them and behind everybody else', () => {
    expect(
      rules.map(({ Conditions }) => (Conditions as { Field: string }[]).map(({ Field }) => Field)),
    ).toEqual([['path-pattern'], ['host-header', 'path-pattern'], ['path-pattern']]);
    expect(rules.at(-1)).toMatchObject({
      Priority: 49_999,
      Conditions: [{ PathPatternConfig: { Values: ['/*'] } }],
    });
  });

  test('every rule names both groups, blue with all the weight, so that green gets health checks', () => {
    for (const { Actions } of rules) {
      expect(Actions).toMatchObject([
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: { Ref: expect.stringContaining('Blue') }, Weight: 100 },
              { TargetGroupArn: { Ref: expect.stringContaining('Green') }, Weight: 0 },
            ],
          },
        },
      ]);
    }
  });

  test('the listener itself holds no weight, so that a new certificate cannot reset one', () => {
    const secure = synthesise({ certificate });

    for (const { DefaultActions } of [
      ...propertiesOf(template, LISTENER),
      ...propertiesOf(secure, LISTENER),
    ]) {
      expect((DefaultActions as { Type: string }[])[0]?.Type).not.toBe('forward');
    }
  });
});

test('checklist row 13: internet-facing or internal, and an internal one lets in only the VPC', () => {
  fargate.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internet-facing' });
  nlb.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
  const open = (template: Template) =>
    JSON.stringify(ingressOf(template, /BalancerSecurityGroup/)).includes('0.0.0.0/0');
  expect(open(fargate)).toBe(true);
  expect(open(nlb)).toBe(false);
});

const portsOf = (template: Template): number[] =>
  (ingressOf(template, /BalancerSecurityGroup/) as { FromPort: number }[])
    .map(({ FromPort }) => FromPort)
    .toSorted((a, b) => a - b);

test('checklist row 13: clients come in at each port that the load balancer listens on, and at no other', () => {
  const listens = (template: Template): number[] =>
    propertiesOf(template, LISTENER)
      .map(({ Port }) => Port as number)
      .toSorted((a, b) => a - b);
  const tls = { certificate };

  expect(portsOf(fargate)).toEqual([80]);
  expect(portsOf(synthesise(tls))).toEqual([80, 443]);
  expect(portsOf(synthesise({ balancer: 'network', ...tls }))).toEqual([443]);
  for (const template of [fargate, synthesise(tls), nlb])
    expect(portsOf(template)).toEqual(listens(template));
});

test('no task is stopped to even out zones while two versions serve', () => {
  for (const template of [fargate, ec2, nlb])
    template.hasResourceProperties('AWS::ECS::Service', { AvailabilityZoneRebalancing: 'DISABLED' });
});

test('load balancer and tasks are in two zones', () => {
  for (const template of [fargate, ec2, nlb]) {
    const zones = propertiesOf(template, 'AWS::EC2::Subnet').map(({ AvailabilityZone }) =>
      JSON.stringify(AvailabilityZone),
    );

    expect(zones.length).toBeGreaterThan(0);
    expect(new Set(zones).size).toBe(2);
  }
});

describe('checklist row 14: HTTPS', () => {
  const template = synthesise({ certificate });

  test('ends at the load balancer with the certificate and a current policy', () => {
    template.hasResourceProperties(LISTENER, {
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: certificate.certificateArn }],
      SslPolicy: Match.stringLikeRegexp('TLS13'),
    });
  });

  test('is where HTTP is sent, for good', () => {
    template.hasResourceProperties(LISTENER, {
      Port: 80,
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
  });

  test('is TLS on a network load balancer', () => {
    synthesise({ balancer: 'network', certificate }).hasResourceProperties(LISTENER, {
      Port: 443,
      Protocol: 'TLS',
    });
  });
});

describe('checklist row 15: sticky sessions', () => {
  test('are off unless asked for, because they skew the shares and outlive weight 0', () => {
    for (const group of groupsOf(fargate)) expect(attributesOf(group)['stickiness.enabled']).toBe('false');
    expect(JSON.stringify(propertiesOf(fargate, RULE))).not.toContain('TargetGroupStickinessConfig');
  });

  test('are on for the groups and for the rule together, or ELBv2 refuses the rule', () => {
    const template = synthesise({ stickySeconds: 600 });

    for (const group of groupsOf(template)) {
      expect(attributesOf(group)).toMatchObject({
        'stickiness.enabled': 'true',
        'stickiness.lb_cookie.duration_seconds': '600',
      });
    }
    template.hasResourceProperties(RULE, {
      Actions: [{ ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 } } }],
    });
  });
});

/** Who may come in: what stands in the group itself, and what stands in ingress resources for it. */
const ingressOf = (template: Template, group: RegExp): unknown[] => {
  const inline = [...resourcesOf(template, 'AWS::EC2::SecurityGroup')]
    .filter(([id]) => group.test(id))
    .flatMap(([, { Properties }]) => (Properties.SecurityGroupIngress as unknown[] | undefined) ?? []);
  const apart = propertiesOf(template, 'AWS::EC2::SecurityGroupIngress').filter(({ GroupId }) =>
    group.test(JSON.stringify(GroupId)),
  );
  return [...inline, ...apart];
};

describe('checklist row 16: tasks are reached by the load balancer only', () => {
  test.each([
    {
      name: 'the container port on Fargate',
      template: fargate,
      group: /TaskSecurityGroup/,
      FromPort: 8080,
      ToPort: 8080,
    },
    {
      name: 'the container port behind a network load balancer',
      template: nlb,
      group: /TaskSecurityGroup/,
      FromPort: 8080,
      ToPort: 8080,
    },
    {
      name: 'the dynamic ports on EC2',
      template: ec2,
      group: /CapacitySecurityGroup/,
      FromPort: 32_768,
      ToPort: 65_535,
    },
  ])('$name', ({ template, group, FromPort, ToPort }) => {
    expect(ingressOf(template, group)).toEqual([
      expect.objectContaining({
        FromPort,
        ToPort,
        SourceSecurityGroupId: {
          'Fn::GetAtt': [expect.stringContaining('BalancerSecurityGroup'), 'GroupId'],
        },
      }),
    ]);
  });

  test('and the load balancer reaches nothing but them', () => {
    fargate.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { FromPort: 8080, ToPort: 8080 });
    fargate.resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);
  });
});

describe('checklist row 17: the deregistration delay is as long as the longest request', () => {
  test.each([
    { longestRequestSeconds: 30, stopTimeout: 35 },
    { longestRequestSeconds: 300, stopTimeout: 120 },
  ])('$longestRequestSeconds s, and the stop timeout after it', ({ longestRequestSeconds, stopTimeout }) => {
    const template = synthesise({ longestRequestSeconds });

    for (const group of groupsOf(template)) {
      expect(attributesOf(group)['deregistration_delay.timeout_seconds']).toBe(String(longestRequestSeconds));
    }
    expect(containerOf(template).StopTimeout).toBe(stopTimeout);
  });
});

test('checklist row 19: access logs are on, and their bucket lets the load balancers write', () => {
  for (const [template, writer] of [
    [fargate, 'logdelivery.elasticloadbalancing.amazonaws.com'],
    [nlb, 'delivery.logs.amazonaws.com'],
  ] as const) {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'access_logs.s3.enabled', Value: 'true' },
        { Key: 'access_logs.s3.bucket', Value: { Ref: Match.stringLikeRegexp('AccessLogs') } },
      ]),
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 's3:PutObject',
            Principal: { Service: writer },
            Resource: { 'Fn::Join': ['', [Match.anyValue(), '/AWSLogs/', { Ref: 'AWS::AccountId' }, '/*']] },
          }),
        ]),
      },
    });
  }
});

test('checklist row 20: tasks are added and removed on the service, so both versions of a deployment scale', () => {
  fargate.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity: 2,
    MaxCapacity: 8,
  });
  fargate.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
    TargetTrackingScalingPolicyConfiguration: {
      // A metric of one target group would lose its subject with the next deployment.
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  });
});

test('checklist row 20: instances are added too, with room for both versions', () => {
  ec2.hasResourceProperties('AWS::ECS::CapacityProvider', {
    AutoScalingGroupProvider: { ManagedScaling: { Status: 'ENABLED' }, ManagedDraining: 'ENABLED' },
  });
  ec2.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MinSize: '2', MaxSize: '16' });
});

test('checklist row 21: HTTP/2 is on, and an idle WebSocket is kept for a minute', () => {
  fargate.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: Match.arrayWith([
      { Key: 'routing.http2.enabled', Value: 'true' },
      { Key: 'idle_timeout.timeout_seconds', Value: '60' },
    ]),
  });
});

describe('alarms', () => {
  const namesOf = (template: Template) =>
    propertiesOf(template, 'AWS::CloudWatch::Alarm').map(({ AlarmDescription }) => String(AlarmDescription));

  test('are three for each target group behind an application load balancer, and one on its own answers', () => {
    expect(namesOf(fargate)).toHaveLength(7);
  });

  test('see a version that hangs up: the load balancer answers for it, and counts that for no group', () => {
    const { Metrics, TreatMissingData } = theResource(
      fargate,
      'AWS::CloudWatch::Alarm',
      /BalancerErrors/,
    ).Properties;
    const [rate, ...counts] = Metrics as { Expression?: string; MetricStat?: { Metric: object } }[];

    expect(rate?.Expression).toBe(
      'IF((FILL(requests, 0) + FILL(errors, 0)) >= 20, 100 * FILL(errors, 0) / (FILL(requests, 0) + ' +
        'FILL(errors, 0)), 0)',
    );
    expect(counts.map(({ MetricStat }) => MetricStat?.Metric)).toEqual([
      expect.objectContaining({
        MetricName: 'RequestCount',
        Dimensions: [{ Name: 'LoadBalancer', Value: expect.anything() }],
      }),
      expect.objectContaining({
        MetricName: 'HTTPCode_ELB_5XX_Count',
        Dimensions: [{ Name: 'LoadBalancer', Value: expect.anything() }],
      }),
    ]);
    expect(TreatMissingData).toBe('notBreaching');
  });

  test('are of unhealthy hosts alone behind a network load balancer, which counts nothing else per group', () => {
    expect(namesOf(nlb)).toHaveLength(2);
    for (const alarm of propertiesOf(nlb, 'AWS::CloudWatch::Alarm')) {
      expect(alarm).toMatchObject({ Namespace: 'AWS/NetworkELB', MetricName: 'UnHealthyHostCount' });
    }
  });

  test('count errors against a minimum of requests, with zero where CloudWatch has nothing', () => {
    fargate.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([
        Match.objectLike({
          Expression: 'IF(requests >= 20, 100 * (FILL(errors, 0) + FILL(refused, 0)) / requests, 0)',
        }),
      ]),
      TreatMissingData: 'notBreaching',
    });
  });

  test.each([
    { name: 'application', template: fargate, members: 7 },
    { name: 'network', template: nlb, members: 2 },
  ])('are all in the composite that a deployment watches: $name', ({ template, members }) => {
    const { AlarmRule } = theResource(template, 'AWS::CloudWatch::CompositeAlarm', /./).Properties;

    expect(JSON.stringify(AlarmRule).match(/ALARM\(/g)).toHaveLength(members);
  });
});

test('containers on EC2 do not reach the instance role: the metadata service is one hop away, they are two', () => {
  ec2.hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } },
  });
});

describe('in a VPC that exists already', () => {
  const attributes = {
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    publicSubnetIds: ['subnet-0a00000000000000a', 'subnet-0b00000000000000b'],
    privateSubnetIds: ['subnet-0c00000000000000c', 'subnet-0d00000000000000d'],
  };
  const existing = (more = {}) =>
    ec2Module.Vpc.fromVpcAttributes(new Stack(anApp()), 'Vpc', { ...attributes, ...more });

  test('nothing of the network is made: the balancer is in its public subnets, the tasks in its private ones', () => {
    const template = synthesise({ vpc: existing() });

    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Subnets: attributes.publicSubnetIds,
    });
    expect(JSON.stringify(template.findOutputs('FirstDeployment'))).toContain(
      JSON.stringify(JSON.stringify(attributes.privateSubnetIds)).slice(1, -1),
    );
  });

  test('an internal balancer lets in its addresses', () => {
    const template = synthesise({ vpc: existing({ vpcCidrBlock: '10.9.0.0/16' }), internetFacing: false });

    expect(ingressOf(template, /BalancerSecurityGroup/)).toEqual([
      expect.objectContaining({ CidrIp: '10.9.0.0/16', FromPort: 80, ToPort: 80 }),
    ]);
  });

  test('whose addresses nobody said: an internal balancer would not know whom to let in', () => {
    expect(() => synthesise({ vpc: existing(), internetFacing: false })).toThrow(
      /expected a VPC with vpcCidrBlock/,
    );
  });
});

test('what a network load balancer does not have is refused, not left out', () => {
  expect(() => synthesise({ balancer: 'network', stickySeconds: 60 })).toThrow(
    /expected stickySeconds with an application load balancer/,
  );
});

test('a replaced revision of the task definition stays, because blue may run it', () => {
  fargate.hasResource('AWS::ECS::TaskDefinition', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
});

test.each([
  { name: 'Fargate', template: fargate },
  { name: 'EC2', template: ec2 },
  { name: 'network load balancer', template: nlb },
])('the request of the first deployment is one that Cutover accepts: $name', ({ template }) => {
  const { FirstDeployment } = template.findOutputs('FirstDeployment');

  const parsed = parseRequest(JSON.parse(filledIn(FirstDeployment?.Value)));

  expect(parsed).toMatchObject({ ok: true });
});

/** The output's text, with something of the right form for each reference. */
const filledIn = (value: { 'Fn::Join': [string, unknown[]] }): string =>
  value['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : example(part))).join('');

const example = (reference: unknown): string => {
  const text = JSON.stringify(reference);
  const arn = (service: string) => `arn:aws:${service}:eu-west-1:111122223333:`;
  if (text.includes('Subnet')) return `subnet-0${text.length}${text.includes('1Subnet') ? 'a' : 'b'}`;
  if (text.includes('SecurityGroup')) return 'sg-0abc';
  if (text.includes('TaskDefinition')) return `${arn('ecs')}task-definition/web:1`;
  if (text.includes('Green')) return `${arn('elasticloadbalancing')}targetgroup/green/73e2d6bc24d8a067`;
  return 'name';
};
