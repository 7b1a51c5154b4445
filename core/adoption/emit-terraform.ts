import type { Input, MoveObservation } from './adoption.types.ts';
import { emittedParts } from './emit-parts.ts';
import type { MovePlan } from './move-plan.ts';

/** A Terraform name of letters, digits and underscores. */
const label = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '_').toLowerCase();

/** HCL's strings are JSON's, but that `${` and `%{` begin an expression. */
const literal = (value: unknown): string => JSON.stringify(value).replace(/([$%])\{/g, '$1$1{');

/** `Name` of the API is `name` in Terraform, `HealthCheckPath` `health_check_path`. */
const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter, at) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`);

const lines = (fields: Readonly<Record<string, unknown>>, indent: string): string[] =>
  Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${indent}${name} = ${literal(value)}`],
  );

const tagLines = (tags: Readonly<Record<string, string>>): string[] => [
  '  tags = {',
  ...Object.entries(tags).map(([key, value]) => `    ${literal(key)} = ${literal(value)}`),
  '  }',
];

const importBlock = (to: string, id: string | null): string[] =>
  id === null ? [] : ['import {', `  to = ${to}`, `  id = ${literal(id)}`, '}', ''];

const HEALTH: Readonly<Record<string, string>> = {
  HealthCheckProtocol: 'protocol',
  HealthCheckPort: 'port',
  HealthCheckPath: 'path',
  HealthCheckEnabled: 'enabled',
  HealthCheckIntervalSeconds: 'interval',
  HealthCheckTimeoutSeconds: 'timeout',
  HealthyThresholdCount: 'healthy_threshold',
  UnhealthyThresholdCount: 'unhealthy_threshold',
};

const ATTRIBUTES: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': 'deregistration_delay',
  'slow_start.duration_seconds': 'slow_start',
  'load_balancing.algorithm.type': 'load_balancing_algorithm_type',
};

const stickiness = (attributes: Readonly<Record<string, string>>): string[] =>
  attributes['stickiness.enabled'] === 'true'
    ? [
        '  stickiness {',
        `    type            = ${literal(attributes['stickiness.type'])}`,
        `    cookie_duration = ${attributes['stickiness.lb_cookie.duration_seconds'] ?? 86_400}`,
        '  }',
      ]
    : [];

type Parts = ReturnType<typeof emittedParts>;

const groupBlock = (
  { name, settings, attributes, arn }: Parts['groups'][number],
  tags: Parts['tags'],
): string[] => {
  const own = Object.entries(settings).filter(([key]) => !(key in HEALTH) && key !== 'Matcher');
  const matcher = settings.Matcher as { HttpCode?: string; GrpcCode?: string } | undefined;
  const health = Object.fromEntries(Object.entries(HEALTH).map(([key, to]) => [to, settings[key]]));
  return [
    `resource "aws_lb_target_group" "${label(name)}" {`,
    ...lines({ name, ...Object.fromEntries(own.map(([key, value]) => [snake(key), value])) }, '  '),
    ...Object.entries(ATTRIBUTES).flatMap(([key, to]) =>
      attributes[key] === undefined ? [] : [`  ${to} = ${literal(attributes[key])}`],
    ),
    '  health_check {',
    ...lines({ ...health, matcher: matcher?.HttpCode ?? matcher?.GrpcCode }, '    '),
    '  }',
    ...stickiness(attributes),
    ...tagLines(tags),
    '}',
    '',
    ...importBlock(`aws_lb_target_group.${label(name)}`, arn),
  ];
};

const conditionBlock = (condition: Input): string[] => {
  const [key = '', config] = Object.entries(condition).find(([name]) => name.endsWith('Config')) ?? [];
  const block = key === '' ? label(`${condition.Field}`) : snake(key.replace(/Config$/, ''));
  const given = (config ?? { Values: condition.Values }) as Record<string, unknown>;
  if (block === 'query_string')
    return (given.Values as { Key?: string; Value: string }[]).flatMap(({ Key, Value }) => [
      '  condition {',
      '    query_string {',
      ...lines({ key: Key, value: Value }, '      '),
      '    }',
      '  }',
    ]);
  return [
    '  condition {',
    `    ${block} {`,
    ...lines(
      Object.fromEntries(Object.entries(given).map(([name, value]) => [snake(name), value])),
      '      ',
    ),
    '    }',
    '  }',
  ];
};

const ruleBlock = (plan: MovePlan, { preview, groups, tags }: Parts): string[] => {
  if (preview === null) return [];
  const name = `${label(plan.names.twin)}_preview`;
  const { ListenerArn, Priority, Conditions } = preview.input;
  return [
    `resource "aws_lb_listener_rule" "${name}" {`,
    ...lines({ listener_arn: ListenerArn, priority: Priority }, '  '),
    ...(Conditions as Input[]).flatMap(conditionBlock),
    '  action {',
    '    type = "forward"',
    '    forward {',
    ...groups.flatMap((group, index) => [
      '      target_group {',
      `        arn    = aws_lb_target_group.${label(group.name)}.arn`,
      `        weight = ${index === 0 ? 100 : 0}`,
      '      }',
    ]),
    '    }',
    '  }',
    ...tagLines(tags),
    '  # Cutover moves the weights; Terraform cannot ignore them alone.',
    '  lifecycle { ignore_changes = [action] }',
    '}',
    '',
    ...importBlock(`aws_lb_listener_rule.${name}`, preview.arn),
  ];
};

/** A block for each of a list: `capacityProvider` of the API is `capacity_provider`. */
const nested = (block: string, list: unknown): string[] =>
  ((list ?? []) as Input[]).flatMap((one) => [
    `  ${block} {`,
    ...lines(Object.fromEntries(Object.entries(one).map(([name, value]) => [snake(name), value])), '    '),
    '  }',
  ]);

const balancerBlock = (balancer: Input): string[] => [
  '  load_balancer {',
  ...lines(
    {
      target_group_arn: balancer.targetGroupArn,
      container_name: balancer.containerName,
      container_port: balancer.containerPort,
    },
    '    ',
  ),
  '  }',
];

const networkBlock = (configuration: unknown): string[] => {
  const network = (configuration as { awsvpcConfiguration?: Input } | undefined)?.awsvpcConfiguration;
  if (network === undefined) return [];
  return [
    '  network_configuration {',
    ...lines(
      {
        subnets: network.subnets,
        security_groups: network.securityGroups,
        assign_public_ip: network.assignPublicIp === 'ENABLED',
      },
      '    ',
    ),
    '  }',
  ];
};

const OWNED_BY_OTHERS = [
  'desired_count',
  'task_definition',
  'load_balancer',
  'network_configuration',
  'launch_type',
  'capacity_provider_strategy',
  'platform_version',
  'health_check_grace_period_seconds',
];

const serviceBlock = ({ names, kind }: MovePlan, { service }: Parts): string[] => {
  const { input } = service;
  const name = label(names.twin);
  const tags = Object.fromEntries(
    (input.tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]),
  );
  const external = kind === 'adopt';
  return [
    `resource "aws_ecs_service" "${name}" {`,
    ...lines(
      {
        name: names.twin,
        cluster: names.cluster,
        scheduling_strategy: 'REPLICA',
        desired_count: input.desiredCount,
        task_definition: input.taskDefinition,
        launch_type: input.launchType,
        platform_version: input.platformVersion,
        health_check_grace_period_seconds: input.healthCheckGracePeriodSeconds,
        propagate_tags: input.propagateTags,
        enable_execute_command: input.enableExecuteCommand,
        enable_ecs_managed_tags: input.enableECSManagedTags,
        availability_zone_rebalancing: input.availabilityZoneRebalancing,
      },
      '  ',
    ),
    `  deployment_controller { type = "${external ? 'EXTERNAL' : 'ECS'}" }`,
    ...((input.loadBalancers ?? []) as Input[]).flatMap(balancerBlock),
    ...networkBlock(input.networkConfiguration),
    ...nested('capacity_provider_strategy', input.capacityProviderStrategy),
    ...nested('ordered_placement_strategy', input.placementStrategy),
    ...nested('placement_constraints', input.placementConstraints),
    ...tagLines(tags),
    external
      ? '  # Its task sets are Cutover\u2019s; the desired count is what scales it.'
      : '  # Scaling owns the count, and pipelines the revision.',
    `  lifecycle { ignore_changes = [${OWNED_BY_OTHERS.join(', ')}] }`,
    '}',
    '',
    ...importBlock(`aws_ecs_service.${name}`, service.there ? `${names.cluster}/${names.twin}` : null),
  ];
};

/** What the move makes, as resources for the user's own configuration, with an import block for what is there. */
export const emitTerraform = (plan: MovePlan, observed: MoveObservation): string => {
  const parts = emittedParts(plan, observed);
  return [
    `# cutover ${plan.kind} ${plan.names.cluster}/${plan.names.old}: what it makes. terraform fmt aligns it.`,
    '# Before the first shift give the resource of the users\u2019 rule: lifecycle { ignore_changes = [action] }',
    '',
    ...parts.groups.flatMap((group) => groupBlock(group, parts.tags)),
    ...ruleBlock(plan, parts),
    ...serviceBlock(plan, parts),
  ].join('\n');
};
