import {
  DescribeScalableTargets$,
  DescribeScalingPolicies$,
  DescribeScheduledActions$,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarms$ } from '@aws-sdk/client-cloudwatch';
import { DescribeImages$ } from '@aws-sdk/client-ecr';
import { DescribeServices$, DescribeTaskDefinition$, DescribeTaskSets$ } from '@aws-sdk/client-ecs';
import {
  DescribeListeners$,
  DescribeLoadBalancers$,
  DescribeRules$,
  DescribeTargetGroupAttributes$,
  DescribeTargetGroups$,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { NormalizedSchema } from '@smithy/core/schema';
import { dateOf, isTime } from './is-time.ts';
import type { MemberKind } from './shapes.ts';

/**
 * What the SDK knows of each file's operation; undefined: it has no timestamps. EC2's schemas are a megabyte, so that
 * its files have none is held by a test instead.
 */
const operations = {
  'describe-services': DescribeServices$,
  'describe-task-sets': DescribeTaskSets$,
  'describe-task-definition': DescribeTaskDefinition$,
  'describe-load-balancers': DescribeLoadBalancers$,
  'describe-target-groups': DescribeTargetGroups$,
  'describe-target-group-attributes': DescribeTargetGroupAttributes$,
  'describe-listeners': DescribeListeners$,
  'describe-rules': DescribeRules$,
  'describe-alarms': DescribeAlarms$,
  'describe-security-groups': undefined,
  'describe-subnets': undefined,
  'describe-images': DescribeImages$,
  'describe-tags': undefined,
  'describe-scalable-targets': DescribeScalableTargets$,
  'describe-scaling-policies': DescribeScalingPolicies$,
  'describe-scheduled-actions': DescribeScheduledActions$,
  traffic: undefined,
  snapshot: undefined,
} as const satisfies Record<MemberKind, unknown>;

/** Of the operation's answer, in the tuple that is its schema. */
const OUTPUT = 5;

/** What an answer of this kind consists of, by the SDK's own schema. */
export const answerSchema = (kind: MemberKind): NormalizedSchema | undefined => {
  const operation = operations[kind];
  return operation === undefined ? undefined : NormalizedSchema.of(operation[OUTPUT] as never);
};

const revived = (schema: NormalizedSchema, value: unknown): unknown => {
  if (value === null || value === undefined) return value;
  if (schema.isTimestampSchema()) return asDate(value);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    return schema.isListSchema() ? value.map((item) => revived(schema.getValueSchema(), item)) : value;
  }
  if (!schema.isStructSchema()) return value;
  const known = new Map(schema.structIterator());
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const of = known.get(name);
      return [name, of === undefined ? member : revived(of, member)];
    }),
  );
};

const asDate = (value: unknown): unknown => {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  return isTime(value) ? dateOf(value) : value;
};

/**
 * The CLI's JSON of such a file as the SDK would have answered it: what the schema calls a timestamp becomes a Date. A
 * label or a variable of the same name stays the text that it is.
 */
export const reviveDates = <Value>(kind: MemberKind, value: Value): Value => {
  const schema = answerSchema(kind);
  return schema === undefined ? value : (revived(schema, value) as Value);
};
