import type { Input } from './adoption.types.ts';
import type { emittedParts } from './emit-parts.ts';
import { importBlock, label, lines, nested, previewLabel, tagLines } from './hcl.ts';
import type { MovePlan } from './move-plan.ts';

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

export const serviceBlock = (
  { names, kind }: MovePlan,
  { service, preview }: ReturnType<typeof emittedParts>,
): string[] => {
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
    ...nested('service_registries', input.serviceRegistries),
    ...networkBlock(input.networkConfiguration),
    ...nested('capacity_provider_strategy', input.capacityProviderStrategy),
    ...nested('ordered_placement_strategy', input.placementStrategy),
    ...nested('placement_constraints', input.placementConstraints),
    ...tagLines(tags),
    // ECS takes a target group only behind a rule that names it [fact 20].
    ...(external || preview === null
      ? []
      : [`  depends_on = [aws_lb_listener_rule.${previewLabel(names.twin)}]`]),
    external
      ? '  # Its task sets are Cutover\u2019s; the desired count is what scales it.'
      : '  # Scaling owns the count, and pipelines the revision.',
    `  lifecycle { ignore_changes = [${OWNED_BY_OTHERS.join(', ')}] }`,
    '}',
    '',
    ...importBlock(`aws_ecs_service.${name}`, service.there ? `${names.cluster}/${names.twin}` : null),
  ];
};
