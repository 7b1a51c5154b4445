import * as z from 'zod/mini';
import { isTime } from './is-time.ts';

/**
 * The members of the AWS CLI's outputs that a world needs. Everything else a file holds rides along untouched:
 * the shapes only say what must be there, so that a missing member is named before a run and not in the middle of it.
 */
const arn = z.string().check(z.startsWith('arn:'));
const text = z.string().check(z.minLength(1));
const count = z.number();
/** The CLI prints a timestamp as text or as epoch seconds (is-time.ts). */
const time = z.union([z.number(), text]).check(z.refine((value) => isTime(value), 'expected a timestamp'));

const list = <Item extends z.ZodMiniType>(item: Item) => z.optional(z.array(item));

const action = z.looseObject({
  Type: text,
  TargetGroupArn: z.optional(arn),
  ForwardConfig: z.optional(
    z.looseObject({
      TargetGroups: list(z.looseObject({ TargetGroupArn: arn, Weight: z.optional(count) })),
      TargetGroupStickinessConfig: z.optional(z.looseObject({})),
    }),
  ),
});

const values = z.optional(z.looseObject({ Values: list(z.string()), RegexValues: list(z.string()) }));

const condition = z.looseObject({
  Field: z.optional(text),
  Values: list(z.string()),
  RegexValues: list(z.string()),
  HostHeaderConfig: values,
  PathPatternConfig: values,
  HttpHeaderConfig: values,
  HttpRequestMethodConfig: values,
  SourceIpConfig: values,
  QueryStringConfig: z.optional(z.looseObject({ Values: list(z.looseObject({})) })),
});

const dimensions = list(z.looseObject({ Name: text, Value: text }));

const metricAlarm = z.looseObject({
  AlarmName: text,
  AlarmArn: arn,
  Namespace: z.optional(text),
  MetricName: z.optional(text),
  Statistic: z.optional(text),
  ExtendedStatistic: z.optional(text),
  Period: z.optional(count),
  EvaluationPeriods: z.optional(count),
  DatapointsToAlarm: z.optional(count),
  Threshold: z.optional(count),
  ComparisonOperator: z.optional(text),
  TreatMissingData: z.optional(text),
  Dimensions: dimensions,
  Metrics: list(
    z.looseObject({
      Id: text,
      Expression: z.optional(text),
      ReturnData: z.optional(z.boolean()),
      Period: z.optional(count),
      MetricStat: z.optional(
        z.looseObject({
          Metric: z.looseObject({
            Namespace: z.optional(text),
            MetricName: z.optional(text),
            Dimensions: dimensions,
          }),
          Period: count,
          Stat: text,
        }),
      ),
    }),
  ),
});

const containerDefinition = z.looseObject({
  name: text,
  image: text,
  healthCheck: z.optional(
    z.looseObject({
      interval: z.optional(count),
      timeout: z.optional(count),
      retries: z.optional(count),
      startPeriod: z.optional(count),
    }),
  ),
});

const taskSet = z.looseObject({
  id: text,
  taskSetArn: arn,
  status: z.enum(['PRIMARY', 'ACTIVE', 'DRAINING']),
  taskDefinition: text,
  scale: z.optional(z.looseObject({ value: z.optional(count), unit: z.optional(text) })),
  loadBalancers: list(z.looseObject({ targetGroupArn: z.optional(arn) })),
  serviceRegistries: list(z.looseObject({})),
  tags: list(z.looseObject({})),
  createdAt: z.optional(time),
  updatedAt: z.optional(time),
  stabilityStatusAt: z.optional(time),
});

/** One output file of the CLI: `aws <service> <command>`, and what in it the world takes. */
const shapes = {
  'describe-services': z.looseObject({
    services: z.array(
      z.looseObject({
        serviceName: text,
        serviceArn: arn,
        clusterArn: arn,
        status: text,
        desiredCount: count,
        taskSets: z.optional(z.array(taskSet)),
      }),
    ),
    failures: z.optional(z.array(z.looseObject({}))),
  }),
  'describe-task-sets': z.looseObject({ taskSets: z.array(taskSet) }),
  'describe-task-definition': z.looseObject({
    taskDefinition: z.looseObject({
      taskDefinitionArn: arn,
      family: text,
      revision: count,
      status: text,
      containerDefinitions: z.array(containerDefinition).check(z.minLength(1)),
    }),
  }),
  'describe-load-balancers': z.looseObject({
    LoadBalancers: z.array(
      z.looseObject({
        LoadBalancerArn: arn,
        LoadBalancerName: text,
        Type: z.enum(['application', 'network', 'gateway']),
      }),
    ),
  }),
  'describe-target-groups': z.looseObject({
    TargetGroups: z.array(
      z.looseObject({
        TargetGroupArn: arn,
        TargetGroupName: text,
        TargetType: z.enum(['instance', 'ip', 'lambda', 'alb']),
      }),
    ),
  }),
  'describe-target-group-attributes': z.looseObject({
    Attributes: z.array(z.looseObject({ Key: text, Value: z.string() })),
  }),
  'describe-listeners': z.looseObject({
    Listeners: z.array(
      z.looseObject({
        ListenerArn: arn,
        LoadBalancerArn: arn,
        Port: count,
        Protocol: text,
        DefaultActions: z.array(action),
      }),
    ),
  }),
  'describe-rules': z.looseObject({
    Rules: z.array(
      z.looseObject({ RuleArn: arn, Priority: text, Actions: z.array(action), Conditions: list(condition) }),
    ),
  }),
  'describe-alarms': z.looseObject({
    MetricAlarms: list(metricAlarm),
    CompositeAlarms: z.optional(z.array(z.looseObject({ AlarmName: text, AlarmArn: arn, AlarmRule: text }))),
  }),
  'describe-security-groups': z.looseObject({
    SecurityGroups: z.array(
      z.looseObject({
        GroupId: text,
        IpPermissions: z.array(z.looseObject({ IpProtocol: text })),
        IpPermissionsEgress: z.array(z.looseObject({ IpProtocol: text })),
      }),
    ),
  }),
  'describe-subnets': z.looseObject({
    Subnets: z.array(
      z.looseObject({ SubnetId: text, AvailabilityZone: text, AvailableIpAddressCount: count }),
    ),
  }),
  'describe-images': z.looseObject({
    imageDetails: z.array(
      z.looseObject({
        registryId: text,
        repositoryName: text,
        imageDigest: text,
        imageTags: z.optional(z.array(text)),
      }),
    ),
  }),
  'describe-tags': z.looseObject({
    TagDescriptions: z.array(
      z.looseObject({ ResourceArn: text, Tags: z.array(z.looseObject({ Key: text, Value: text })) }),
    ),
  }),
  'describe-scalable-targets': z.looseObject({
    ScalableTargets: z.array(
      z.looseObject({
        ServiceNamespace: text,
        ResourceId: text,
        ScalableDimension: text,
        MinCapacity: count,
        MaxCapacity: count,
      }),
    ),
  }),
  'describe-scaling-policies': z.looseObject({
    ScalingPolicies: z.array(
      z.looseObject({
        ResourceId: text,
        PolicyName: text,
        PolicyType: z.enum(['TargetTrackingScaling', 'StepScaling']),
      }),
    ),
  }),
  'describe-scheduled-actions': z.looseObject({
    ScheduledActions: z.array(z.looseObject({ ResourceId: text, ScheduledActionName: text, Schedule: text })),
  }),
  /** Ours, strict: a misspelt member would silently mean the default. */
  traffic: z.strictObject({
    requestsPerSecond: z.number().check(z.minimum(0)),
    shares: z.optional(z.record(arn, z.number().check(z.minimum(0), z.maximum(1)))),
    sessionSeconds: z.optional(z.number().check(z.minimum(0))),
    errorShare: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
    startSeconds: z.optional(z.number().check(z.minimum(0), z.maximum(3_600))),
  }),
  /** Ours: what `cutover snapshot` says about what it read. */
  snapshot: z.looseObject({ assumed: list(text), notRead: list(text) }),
} as const;

export type MemberKind = keyof typeof shapes;

export const memberKinds = Object.keys(shapes) as MemberKind[];

/** Every way in which `value` is not what `kind` should be: `services[0].serviceArn: expected ..., found ...`. */
export const shapeProblems = (kind: MemberKind, value: unknown): string[] => {
  const result = shapes[kind].safeParse(value, { reportInput: true });
  return result.success
    ? []
    : result.error.issues.map((issue) => `${pathText(issue.path)}${issueText(issue)}`);
};

const pathText = (path: PropertyKey[]): string => {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
};

const article = (type: string): string => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`);

const issueText = (issue: z.core.$ZodIssue): string => {
  const found = `found ${foundText(issue.input)}`;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${article(issue.expected === 'array' ? 'list' : issue.expected)}, ${found}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}, ${found}`;
    case 'invalid_format':
      return `expected an ARN, ${found}`;
    case 'too_small':
      return issue.origin === 'number'
        ? `expected a number of at least ${issue.minimum}, ${found}`
        : `expected something, found it empty`;
    case 'too_big':
      return `expected a number of at most ${issue.maximum}, ${found}`;
    case 'unrecognized_keys':
      return `expected only ${Object.keys(shapes.traffic.def.shape).join(', ')}; found ${issue.keys.join(', ')}`;
    default:
      return `${issue.message}, ${found}`;
  }
};

/** A value short enough for a message. */
export const foundText = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};
