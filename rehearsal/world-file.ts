import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { WorldReads } from '../aws/world-reads.ts';
import type { TrafficSeed } from '../sim/parts.types.ts';
import type { SurroundingsSeed } from '../sim/surroundings.ts';

/** What a world says about how it came to be. */
type Snapshot = {
  of: string;
  readAt: string;
  /** What is not so in the account, or was not found there, each as a sentence. */
  assumed: readonly string[];
  /** Reads that were refused, each with the permission it needs. */
  notRead: readonly string[];
};

const REMOVED = '(removed)';

/** The same members with every value replaced: their names say what a task needs. */
const emptied = (values: Record<string, string> | undefined) =>
  values && Object.fromEntries(Object.keys(values).map((name) => [name, REMOVED]));

/** Places in a container definition where people put passwords and tokens. No rehearsal reads them. */
const scrubbed = (definition: TaskDefinition): TaskDefinition => ({
  ...definition,
  containerDefinitions: (definition.containerDefinitions ?? []).map((container) => ({
    ...container,
    ...(container.environment && {
      environment: container.environment.map(({ name }) => ({ name, value: REMOVED })),
    }),
    ...(container.environmentFiles && {
      environmentFiles: container.environmentFiles.map((file) => ({ ...file, value: REMOVED })),
    }),
    ...(container.secrets && {
      secrets: container.secrets.map(({ name }) => ({ name, valueFrom: REMOVED })),
    }),
    ...(container.command && { command: [REMOVED] }),
    ...(container.entryPoint && { entryPoint: [REMOVED] }),
    ...(container.dockerLabels && { dockerLabels: emptied(container.dockerLabels) }),
    ...(container.repositoryCredentials && { repositoryCredentials: { credentialsParameter: REMOVED } }),
    ...(container.healthCheck && {
      // `NONE` in its first place means that there is no check.
      healthCheck: {
        ...container.healthCheck,
        command: [container.healthCheck.command?.[0] ?? 'CMD-SHELL', REMOVED],
      },
    }),
    ...(container.logConfiguration && {
      logConfiguration: {
        logDriver: container.logConfiguration.logDriver,
        ...(container.logConfiguration.options && { options: emptied(container.logConfiguration.options) }),
      },
    }),
    ...(container.firelensConfiguration && {
      firelensConfiguration: {
        type: container.firelensConfiguration.type,
        ...(container.firelensConfiguration.options && {
          options: emptied(container.firelensConfiguration.options),
        }),
      },
    }),
  })),
});

/** A world as one file (docs/worlds.md): what was read, without what nobody should find in it; times as text. */
export const worldFileOf = (...parts: Parameters<typeof membersOf>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(membersOf(...parts)));

const membersOf = (
  read: WorldReads,
  around: SurroundingsSeed,
  traffic: TrafficSeed,
  snapshot: Snapshot,
): Record<string, unknown> => ({
  snapshot,
  'describe-services': {
    services: [read.service, ...(read.from === undefined ? [] : [read.from])].map((service) => ({
      ...service,
      events: [],
    })),
  },
  ...Object.fromEntries(
    read.taskDefinitions.map((definition) => [
      `describe-task-definition.${definition.family}-${definition.revision}`,
      { taskDefinition: scrubbed(definition) },
    ]),
  ),
  'describe-load-balancers': { LoadBalancers: read.loadBalancers },
  'describe-listeners': { Listeners: read.listeners },
  'describe-rules': { Rules: read.rules },
  'describe-target-groups': { TargetGroups: read.targetGroups },
  ...Object.fromEntries(
    read.attributes.map(({ name, attributes }) => [
      `describe-target-group-attributes.${name}`,
      { Attributes: attributes },
    ]),
  ),
  'describe-alarms': { MetricAlarms: read.metricAlarms, CompositeAlarms: read.compositeAlarms },
  ...(around.securityGroups && { 'describe-security-groups': { SecurityGroups: around.securityGroups } }),
  ...(around.subnets && { 'describe-subnets': { Subnets: around.subnets } }),
  ...(around.images && { 'describe-images': { imageDetails: around.images } }),
  ...(around.routeTags && { 'describe-tags': { TagDescriptions: around.routeTags } }),
  ...(around.scalableTargets && { 'describe-scalable-targets': { ScalableTargets: around.scalableTargets } }),
  ...(around.scalingPolicies && { 'describe-scaling-policies': { ScalingPolicies: around.scalingPolicies } }),
  ...(around.scheduledActions && {
    'describe-scheduled-actions': { ScheduledActions: around.scheduledActions },
  }),
  traffic,
});
