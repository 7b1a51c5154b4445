import type { Input, MoveObservation } from './adoption.types.ts';
import { emittedParts } from './emit-parts.ts';
import { serviceBlock } from './emit-terraform-service.ts';
import { importBlock, label, lines, literal, previewLabel, snake, tagLines } from './hcl.ts';
import type { MovePlan } from './move-plan.ts';

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
  'load_balancing.algorithm.anomaly_mitigation': 'load_balancing_anomaly_mitigation',
  'load_balancing.cross_zone.enabled': 'load_balancing_cross_zone_enabled',
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

/** What AWS has where nobody gave anything else. */
const USUAL_HEALTH: Readonly<Record<string, string>> = { count: '1', percentage: 'off' };

/** From how many healthy targets on the group counts as one: for DNS, and for sending requests to all targets. */
const groupHealth = (attributes: Readonly<Record<string, string>>): string[] => {
  const parts = ['dns_failover', 'unhealthy_state_routing'].flatMap((part) => {
    const given = Object.keys(USUAL_HEALTH).flatMap((measure) => {
      const value = attributes[`target_group_health.${part}.minimum_healthy_targets.${measure}`];
      return value === undefined || value === USUAL_HEALTH[measure] ? [] : [[measure, value] as const];
    });
    const fields = given.map(([measure, value]) => [`minimum_healthy_targets_${measure}`, value]);
    return given.length === 0
      ? []
      : [`    ${part} {`, ...lines(Object.fromEntries(fields), '      '), '    }'];
  });
  return parts.length === 0 ? [] : ['  target_group_health {', ...parts, '  }'];
};

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
    ...groupHealth(attributes),
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
  // Several blocks of one condition are alternatives; several conditions would all have to match.
  if (block === 'query_string')
    return [
      '  condition {',
      ...(given.Values as { Key?: string; Value: string }[]).flatMap(({ Key, Value }) => [
        '    query_string {',
        ...lines({ key: Key, value: Value }, '      '),
        '    }',
      ]),
      '  }',
    ];
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

const arnOf = ({ name, arn }: { name: string | null; arn: string | null }): string =>
  name === null ? literal(arn) : `aws_lb_target_group.${label(name)}.arn`;

/** A `forward` block of one group is refused by older providers. */
const forwardLines = ({ groups, stickySeconds }: NonNullable<Parts['preview']>): string[] => {
  const [first, ...others] = groups;
  if (first !== undefined && others.length === 0) return [`    target_group_arn = ${arnOf(first)}`];
  return [
    '    forward {',
    ...groups.flatMap((group) => [
      '      target_group {',
      `        arn    = ${arnOf(group)}`,
      `        weight = ${group.weight}`,
      '      }',
    ]),
    ...(stickySeconds === null
      ? []
      : ['      stickiness {', '        enabled  = true', `        duration = ${stickySeconds}`, '      }']),
    '    }',
  ];
};

const ruleBlock = (plan: MovePlan, { preview, tags }: Parts): string[] => {
  if (preview === null) return [];
  const name = previewLabel(plan.names.twin);
  const { ListenerArn, Priority, Conditions } = preview.input;
  return [
    `resource "aws_lb_listener_rule" "${name}" {`,
    ...lines({ listener_arn: ListenerArn, priority: Priority }, '  '),
    ...(Conditions as Input[]).flatMap(conditionBlock),
    '  action {',
    '    type = "forward"',
    ...forwardLines(preview),
    '  }',
    ...tagLines(tags),
    '  # Cutover moves the weights; Terraform cannot ignore them alone.',
    '  lifecycle { ignore_changes = [action] }',
    '}',
    '',
    ...importBlock(`aws_lb_listener_rule.${name}`, preview.arn),
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
