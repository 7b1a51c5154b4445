import type { Template } from 'aws-cdk-lib/assertions';

/**
 * The sample service as the account would have it after `cdk deploy`, in the shape of the AWS CLI's answers: a world.
 */

type Properties = Record<string, unknown>;
/** The members that are read by name; the others ride along. */
type Known = Properties & {
  DesiredCount?: number;
  RequiresCompatibilities?: string[];
  Type?: string;
  Scheme?: string;
  SecurityGroups?: string[];
  Subnets?: string[];
  Protocol?: string;
  Priority?: number;
  DefaultActions?: unknown;
  TargetGroupAttributes?: unknown;
  AvailabilityZone?: string;
  SecurityGroupIngress?: SecurityRule[];
  SecurityGroupEgress?: SecurityRule[];
};
type SecurityRule = {
  IpProtocol: string;
  FromPort?: number;
  ToPort?: number;
  GroupId?: string;
  CidrIp?: string;
  SourceSecurityGroupId?: string;
  DestinationSecurityGroupId?: string;
};
type Resource = { Type: string; Properties?: Properties };

const REGION = 'eu-west-1';
const ACCOUNT = '111122223333';
const arn = (service: string, of: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${of}`;
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

/** A load balancer's, group's or listener's ARN ends in such an id. */
const hex = (text: string): string => Buffer.from(text).toString('hex').slice(-16).padStart(16, '0');
/** Target groups have short names. */
const groupName = (logicalId: string): string =>
  logicalId.replace(/^SampleBalancer/, '').replace(/[0-9A-F]{8}$/, '');

/** What `Ref` and `Fn::GetAtt` answer for a resource. */
const referenceTo = (
  logicalId: string,
  type: string,
  of: (logicalId: string) => Resource,
): Record<string, string> => {
  const kind = of(logicalId).Properties?.Type === 'network' ? 'net' : 'app';
  switch (type) {
    case 'AWS::EC2::SecurityGroup':
      return { Ref: `sg-0${hex(logicalId)}`, GroupId: `sg-0${hex(logicalId)}` };
    case 'AWS::EC2::Subnet':
      return { Ref: `subnet-0${hex(logicalId)}` };
    case 'AWS::EC2::VPC':
      return { Ref: `vpc-0${hex(logicalId)}` };
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer': {
      const name = `${kind}/sample/${hex(logicalId)}`;
      return {
        Ref: arn('elasticloadbalancing', `loadbalancer/${name}`),
        LoadBalancerFullName: name,
        DNSName: 'sample.elb.amazonaws.com',
      };
    }
    case 'AWS::ElasticLoadBalancingV2::TargetGroup': {
      const name = `targetgroup/${groupName(logicalId)}/${hex(logicalId)}`;
      return { Ref: arn('elasticloadbalancing', name), TargetGroupFullName: name };
    }
    case 'AWS::ECS::TaskDefinition':
      return { Ref: arn('ecs', 'task-definition/web:1') };
    case 'AWS::ECS::Cluster':
      return { Ref: 'sample', Arn: arn('ecs', 'cluster/sample') };
    case 'AWS::ECS::Service':
      return { Ref: arn('ecs', 'service/sample/web'), Name: 'web' };
    case 'AWS::CloudWatch::Alarm':
    case 'AWS::CloudWatch::CompositeAlarm':
      return { Ref: logicalId, Arn: arn('cloudwatch', `alarm:${logicalId}`) };
    default:
      return { Ref: logicalId, Arn: arn('iam', `role/${logicalId}`) };
  }
};

type SampleWorld = { files: Record<string, unknown>; firstDeployment: Record<string, unknown> };

export const sampleWorld = (template: Template): SampleWorld => {
  const { Resources, Outputs } = template.toJSON() as {
    Resources: Record<string, Resource>;
    Outputs: Record<string, { Value: unknown }>;
  };
  const resource = (logicalId: string): Resource => Resources[logicalId] ?? { Type: '' };
  const balancerOf = (listenerId: string): string =>
    filled(resource(listenerId).Properties?.LoadBalancerArn) as string;

  const ref = (logicalId: string, attribute = 'Ref'): string => {
    const { Type } = resource(logicalId);
    if (Type === 'AWS::ElasticLoadBalancingV2::Listener') {
      return `${balancerOf(logicalId).replace(':loadbalancer/', ':listener/')}/${hex(logicalId)}`;
    }
    if (Type === 'AWS::ElasticLoadBalancingV2::ListenerRule') {
      const listener = filled(resource(logicalId).Properties?.ListenerArn) as string;
      return `${listener.replace(':listener/', ':listener-rule/')}/${hex(logicalId)}`;
    }
    return referenceTo(logicalId, Type, resource)[attribute] ?? `${logicalId}.${attribute}`;
  };

  const filled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value !== 'object' || value === null) return value;
    const {
      Ref,
      'Fn::GetAtt': attribute,
      'Fn::Join': join,
      'Fn::Select': select,
    } = value as Record<string, unknown>;
    if (typeof Ref === 'string') return ref(Ref);
    if (attribute !== undefined) return ref(...(attribute as [string, string]));
    if (join !== undefined) {
      const [delimiter, parts] = join as [string, unknown[]];
      return (filled(parts) as string[]).join(delimiter);
    }
    // The only list that the templates select from is that of the zones.
    if (select !== undefined) return ZONES[Number((select as [number])[0])];
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
  };

  const all = (type: string): { id: string; of: Known }[] =>
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === `AWS::${type}`)
      .map(([id, { Properties = {} }]) => ({ id, of: filled(Properties) as Known }));

  const listeners = all('ElasticLoadBalancingV2::Listener').map(({ id, of }) => ({
    ...of,
    ListenerArn: ref(id),
  }));
  const rules = all('ElasticLoadBalancingV2::ListenerRule').map(({ id, of }) => ({
    ...of,
    RuleArn: ref(id),
    Priority: String(of.Priority),
    IsDefault: false,
  }));
  const defaults = listeners.map((listener) => ({
    RuleArn: `${listener.ListenerArn.replace(':listener/', ':listener-rule/')}/0000000000000000`,
    ListenerArn: listener.ListenerArn,
    Priority: 'default',
    Conditions: [],
    Actions: listener.DefaultActions,
    IsDefault: true,
  }));
  const [balancer] = all('ElasticLoadBalancingV2::LoadBalancer');
  const subnets = all('EC2::Subnet').map(({ id, of }) => ({
    ...of,
    SubnetId: ref(id),
    AvailableIpAddressCount: 250,
  }));
  const securityRules = (direction: 'Ingress' | 'Egress', group: string) => [
    ...all('EC2::SecurityGroup')
      .filter(({ id }) => ref(id) === group)
      .flatMap(({ of }) => of[`SecurityGroup${direction}`] ?? []),
    ...all(`EC2::SecurityGroup${direction}`)
      .map(({ of }) => of as unknown as SecurityRule)
      .filter(({ GroupId }) => GroupId === group),
  ];
  const permission = (rule: SecurityRule) => ({
    IpProtocol: rule.IpProtocol,
    ...(rule.FromPort !== undefined && { FromPort: rule.FromPort, ToPort: rule.ToPort }),
    UserIdGroupPairs: [rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId]
      .filter((id) => id !== undefined)
      .map((GroupId) => ({ GroupId })),
    IpRanges: rule.CidrIp === undefined ? [] : [{ CidrIp: rule.CidrIp }],
  });
  const [service] = all('ECS::Service');
  const [definition] = all('ECS::TaskDefinition');

  const files: Record<string, unknown> = {
    'describe-services': {
      services: [
        {
          serviceName: 'web',
          serviceArn: arn('ecs', 'service/sample/web'),
          clusterArn: arn('ecs', 'cluster/sample'),
          status: 'ACTIVE',
          desiredCount: service?.of.DesiredCount,
          // CreateService's default.
          availabilityZoneRebalancing: service?.of.AvailabilityZoneRebalancing ?? 'ENABLED',
          deploymentController: { type: 'EXTERNAL' },
          schedulingStrategy: 'REPLICA',
          taskSets: [],
        },
      ],
    },
    'describe-task-definition.web-1': {
      taskDefinition: {
        ...(camel(definition?.of) as Record<string, unknown>),
        taskDefinitionArn: arn('ecs', 'task-definition/web:1'),
        family: 'web',
        revision: 1,
        status: 'ACTIVE',
        compatibilities: definition?.of.RequiresCompatibilities,
      },
    },
    'describe-load-balancers': {
      LoadBalancers: [
        {
          LoadBalancerArn: ref(balancer?.id ?? ''),
          LoadBalancerName: 'sample',
          Type: balancer?.of.Type,
          Scheme: balancer?.of.Scheme,
          SecurityGroups: balancer?.of.SecurityGroups ?? [],
          AvailabilityZones: (balancer?.of.Subnets ?? []).map((id) => ({
            SubnetId: id,
            ZoneName: subnets.find(({ SubnetId }) => SubnetId === id)?.AvailabilityZone,
          })),
        },
      ],
    },
    'describe-target-groups': {
      TargetGroups: all('ElasticLoadBalancingV2::TargetGroup').map(({ id, of }) => ({
        HealthCheckPort: 'traffic-port',
        HealthCheckProtocol: of.Protocol,
        ...(of.Protocol === 'HTTP' && { ProtocolVersion: 'HTTP1' }),
        ...of,
        TargetGroupArn: ref(id),
        TargetGroupName: groupName(id),
        LoadBalancerArns: [ref(balancer?.id ?? '')],
      })),
    },
    ...Object.fromEntries(
      all('ElasticLoadBalancingV2::TargetGroup').map(({ id, of }) => [
        `describe-target-group-attributes.${groupName(id)}`,
        { Attributes: of.TargetGroupAttributes },
      ]),
    ),
    'describe-listeners': { Listeners: listeners },
    'describe-rules': { Rules: [...rules, ...(balancer?.of.Type === 'network' ? [] : defaults)] },
    'describe-alarms': {
      MetricAlarms: all('CloudWatch::Alarm').map(({ id, of }) => ({
        ...of,
        AlarmName: id,
        AlarmArn: ref(id, 'Arn'),
        StateValue: 'OK',
      })),
      CompositeAlarms: all('CloudWatch::CompositeAlarm').map(({ id, of }) => ({
        ...of,
        AlarmName: ref(id),
        AlarmArn: ref(id, 'Arn'),
        StateValue: 'OK',
      })),
    },
    'describe-subnets': { Subnets: subnets },
    'describe-security-groups': {
      SecurityGroups: all('EC2::SecurityGroup').map(({ id }) => ({
        GroupId: ref(id),
        IpPermissions: securityRules('Ingress', ref(id)).map(permission),
        IpPermissionsEgress: securityRules('Egress', ref(id)).map(permission),
      })),
    },
    'describe-scalable-targets': { ScalableTargets: [] },
  };
  return { files, firstDeployment: JSON.parse(filled(Outputs.FirstDeployment?.Value) as string) };
};

/** CloudFormation's names of task definitions are the API's with another first letter. */
const camel = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.charAt(0).toLowerCase() + key.slice(1), camel(inner)]),
  );
};
