import type { DeploymentRequest } from '../vocabulary/request.types.ts';
import {
  autoscalingPolicies,
  carryPolicies,
  driftPolicies,
  whenBusyPolicies,
} from '../vocabulary/request.types.ts';
import { readAlarms } from './alarms.ts';
import { readAnalysis } from './analysis.ts';
import { readCapacity } from './capacity.ts';
import { checkTogether } from './check-together.ts';
import { readCommittedAt } from './committed-at.ts';
import { courseSchemas, readCourse } from './course.ts';
import {
  DEFAULT_HEALTHY_FOR_MS,
  DEFAULT_TIME_TO_HEALTHY_MS,
  DEFAULT_WHEN_BUSY,
  MAX_HEALTHY_FOR_MS,
  MAX_ROLLBACK_WITHIN_MS,
  MAX_ROUTES,
  MAX_SETTLE_MS,
  MAX_TIME_TO_HEALTHY_MS,
  MIN_ROLLBACK_WITHIN_MS,
  MIN_SETTLE_MS,
  MIN_TIME_TO_HEALTHY_MS,
} from './defaults.ts';
import { readFrom } from './from.ts';
import { readHooks } from './hooks.ts';
import { readCapacityProviders, readContainer, readNetwork, readPlatformVersion } from './placement.ts';
import type { Problem } from './problem.ts';
import { ARN, readRoute, readTargetGroup } from './read-arn.ts';
import {
  objectSchema,
  optional,
  readChoice,
  readDuration,
  readList,
  readObject,
  readText,
  type Schema,
  withoutRepeats,
} from './read-field.ts';
import { readTest } from './test.ts';

const NAME = '[A-Za-z0-9_-]{1,255}';

const FAMILY = new RegExp(`^${NAME}$`);

const CLUSTER = new RegExp(`^(?:${ARN('ecs')}cluster/)?${NAME}$`);

// Old ARNs lack the cluster: arn:aws:ecs:region:account:service/name.
const SERVICE = new RegExp(`^(?:${ARN('ecs')}service/(?:${NAME}/)?)?${NAME}$`);

const TASK_DEFINITION = new RegExp(`^(?:${ARN('ecs')}task-definition/)?${NAME}(?::[1-9]\\d{0,9})?$`);

const readCluster = readText(CLUSTER, "a cluster's name or ARN");

const readService = readText(SERVICE, "a service's name or ARN");

const readTaskDefinition = readText(
  TASK_DEFINITION,
  'a task definition as family, family:revision or ARN',
  (text) =>
    /:(?:latest|0|\$LATEST)$/i.test(text)
      ? 'For the latest active revision give the family alone.'
      : undefined,
);

const readStartedBy = readText(
  /^[\x20-\x7e]{1,256}$/,
  '1 to 256 printable ASCII characters that say who starts it',
);

const ROUTES = `a list of 1 to ${MAX_ROUTES} listener or listener-rule ARNs`;

/** One reader a field; `strategy`, `shifts` and `keepBlue` are read together (course.ts). */
const readers = {
  cluster: readCluster,
  service: readService,
  taskDefinition: readTaskDefinition,
  alarms: readAlarms,
  analysis: readAnalysis,
  whenBusy: optional(readChoice(whenBusyPolicies)),
  healthyFor: optional(readDuration(0, MAX_HEALTHY_FOR_MS)),
  timeToHealthy: optional(readDuration(MIN_TIME_TO_HEALTHY_MS, MAX_TIME_TO_HEALTHY_MS)),
  family: optional(readText(FAMILY, "a task definition's family")),
  routes: optional(withoutRepeats('route', readList(1, MAX_ROUTES, ROUTES, readRoute))),
  test: optional(readTest),
  from: optional(readFrom),
  greenTargetGroup: optional(readTargetGroup),
  container: optional(readContainer),
  network: optional(readNetwork),
  launchType: optional(readChoice(['FARGATE', 'EC2', 'EXTERNAL'])),
  capacityProviders: optional(readCapacityProviders),
  platformVersion: optional(readPlatformVersion),
  carry: optional(readChoice(carryPolicies)),
  onDrift: optional(readChoice(driftPolicies)),
  capacity: optional(readCapacity),
  autoscaling: optional(readChoice(autoscalingPolicies)),
  rollbackWithin: optional(readDuration(MIN_ROLLBACK_WITHIN_MS, MAX_ROLLBACK_WITHIN_MS)),
  settle: optional(readDuration(MIN_SETTLE_MS, MAX_SETTLE_MS)),
  hooks: optional(readHooks),
  committedAt: optional(readCommittedAt),
  startedBy: optional(readStartedBy),
};

/** Every field, as the error for an unknown one lists them. */
const fieldNames = [
  'cluster',
  'service',
  'taskDefinition',
  'family',
  'strategy',
  'shifts',
  'keepBlue',
  'alarms',
  'analysis',
  'healthyFor',
  'timeToHealthy',
  'routes',
  'test',
  'from',
  'greenTargetGroup',
  'whenBusy',
  'carry',
  'onDrift',
  'capacity',
  'autoscaling',
  'rollbackWithin',
  'settle',
  'hooks',
  'container',
  'network',
  'launchType',
  'capacityProviders',
  'platformVersion',
  'committedAt',
  'startedBy',
] as const satisfies readonly (keyof typeof readers | keyof typeof courseSchemas)[];

const described = { ...readers, ...courseSchemas };

/** What parseRequest accepts field by field, in JSON Schema, in the order of the documentation. */
export const requestSchema: Schema = objectSchema(
  Object.fromEntries(fieldNames.map((name) => [name, described[name]])),
  ['cluster', 'service', 'taskDefinition'],
);

/** Drops what is undefined, as exactOptionalPropertyTypes wants it. */
const present = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });

type ReadField = <Name extends keyof typeof readers>(name: Name) => ReturnType<(typeof readers)[Name]>;

/** What a request has only where somebody asked for it. */
const withoutDefaults = (field: ReadField) => ({
  ...present('family', field('family')),
  ...present('routes', field('routes')),
  ...present('test', field('test')),
  ...present('from', field('from')),
  ...present('greenTargetGroup', field('greenTargetGroup')),
  ...present('container', field('container')),
  ...present('network', field('network')),
  ...present('launchType', field('launchType')),
  ...present('capacityProviders', field('capacityProviders')),
  ...present('platformVersion', field('platformVersion')),
  ...present('carry', field('carry')),
  ...present('onDrift', field('onDrift')),
  ...present('capacity', field('capacity') ?? undefined),
  ...present('autoscaling', field('autoscaling')),
  ...present('rollbackWithinMs', field('rollbackWithin')),
  ...present('settleMs', field('settle')),
  ...present('hooks', field('hooks')),
  ...present('committedAtMs', field('committedAt')),
  ...present('startedBy', field('startedBy')),
});

/**
 * Reads an execution's input: every default filled in, durations in milliseconds. Pure; calls nothing.
 * All problems are named at once, each with what was expected and what was found.
 */
export const parseRequest = (
  input: unknown,
): { ok: true; request: DeploymentRequest } | { ok: false; problems: Problem[] } => {
  const problems: Problem[] = [];
  const expected = 'an object with cluster, service and taskDefinition';
  const fields = readObject(fieldNames, expected)(input, 'request', problems);
  if (fields === undefined) return { ok: false, problems };

  const field: ReadField = <Name extends keyof typeof readers>(name: Name) =>
    readers[name](fields[name], name, problems) as ReturnType<(typeof readers)[Name]>;
  const cluster = field('cluster');
  const service = field('service');
  const taskDefinition = field('taskDefinition');
  const course = readCourse(fields, problems);
  const alarms = field('alarms');
  const analysis = field('analysis');
  const whenBusy = field('whenBusy') ?? DEFAULT_WHEN_BUSY;
  const healthyForMs = field('healthyFor') ?? DEFAULT_HEALTHY_FOR_MS;
  const timeToHealthyMs = field('timeToHealthy') ?? DEFAULT_TIME_TO_HEALTHY_MS;
  const rest = withoutDefaults(field);
  checkTogether(
    fields,
    {
      ...present('cluster', cluster),
      ...present('service', service),
      ...course,
      healthyForMs,
      timeToHealthyMs,
      ...rest,
    },
    problems,
  );

  if (
    problems.length > 0 ||
    cluster === undefined ||
    service === undefined ||
    taskDefinition === undefined ||
    course === undefined ||
    alarms === undefined ||
    analysis === undefined
  ) {
    return { ok: false, problems };
  }
  return {
    ok: true,
    request: {
      cluster,
      service,
      taskDefinition,
      ...course,
      alarms,
      analysis,
      whenBusy,
      healthyForMs,
      timeToHealthyMs,
      ...rest,
    },
  };
};
