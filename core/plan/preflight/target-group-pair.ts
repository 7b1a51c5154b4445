import type { Finding } from '../../vocabulary/finding.types.ts';
import type { ObservedTargetGroup } from '../../vocabulary/observed.types.ts';
import { groupOf } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { createGroupLike, matcherText, secondName, setAttributes, word } from './commands.ts';
import { error, warning } from './finding.ts';

type Difference = { what: string; blue: string; green: string };

/** The two groups treat requests and targets alike, so that a difference seen is one of the versions [fact 150]. */
export const checkTargetGroupPair: Check = ({ observed, found }) => {
  const blue = groupOf(observed, found.blueGroupArn);
  const green = groupOf(observed, found.greenGroupArn);
  if (blue === undefined || green === undefined || blue.arn === green.arn) return [];
  const findings: Finding[] = [];

  const incompatible = differences(blue, green, (group) => ({
    protocol: group.protocol,
    'protocol version': group.protocolVersion,
    VPC: group.vpcId,
  }));
  if (incompatible.length > 0) {
    findings.push(
      error(
        'target-groups-incompatible',
        `expected ${blue.name} and ${green.name} to be alike, found ${say(incompatible)}`,
        "These cannot be changed: create a group with blue's values and name it in `greenTargetGroup`.",
        [createGroupLike(blue, { name: secondName(blue) })],
      ),
    );
  }
  const unlike = differences(blue, green, (group) => ({
    // Its port is not compared: ECS registers every target with a port of its own.
    'target type': group.targetType,
    'health check protocol': group.healthCheck.protocol,
    'health check port': group.healthCheck.port,
    'health check path': group.healthCheck.path,
    'health check matcher': group.healthCheck.matcher,
    'health check interval': group.healthCheck.intervalSeconds,
    'health check timeout': group.healthCheck.timeoutSeconds,
    'healthy threshold': group.healthCheck.healthyThreshold,
    'unhealthy threshold': group.healthCheck.unhealthyThreshold,
    'deregistration delay': group.deregistrationDelaySeconds,
    'slow start': group.slowStartSeconds,
    stickiness: group.stickiness.enabled ? (group.stickiness.type ?? 'on') : 'off',
  }));
  if (unlike.length > 0) {
    const commands = alignCommands(blue, green);
    findings.push(
      warning(
        'target-groups-differ',
        `expected ${blue.name} and ${green.name} to be set up alike, found ${say(unlike)}: colours ` +
          'alternate, so every second deployment runs with other settings',
        commands.length > 0
          ? `Give ${green.name} the settings of ${blue.name}, or the other way round.`
          : 'The type of a group cannot be changed: once this deployment is over, replace the group of ' +
              'the old type, so that the next one finds two of a kind.',
        commands,
      ),
    );
  }
  return findings;
};

/** What makes green's group as blue's: only the options that differ, because not every protocol takes every option. */
const alignCommands = (blue: ObservedTargetGroup, green: ObservedTargetGroup): string[] => {
  const [from, to] = [blue.healthCheck, green.healthCheck];
  const grpc = blue.protocolVersion === 'GRPC' ? 'GrpcCode' : 'HttpCode';
  const options = [
    from.protocol !== to.protocol && `--health-check-protocol ${from.protocol}`,
    from.port !== to.port && `--health-check-port ${from.port}`,
    from.path !== to.path && from.path !== undefined && `--health-check-path ${word(from.path)}`,
    from.matcher !== to.matcher &&
      from.matcher !== undefined &&
      `--matcher ${word(`${grpc}=${matcherText(from.matcher)}`)}`,
    from.intervalSeconds !== to.intervalSeconds && `--health-check-interval-seconds ${from.intervalSeconds}`,
    from.timeoutSeconds !== to.timeoutSeconds && `--health-check-timeout-seconds ${from.timeoutSeconds}`,
    from.healthyThreshold !== to.healthyThreshold && `--healthy-threshold-count ${from.healthyThreshold}`,
    from.unhealthyThreshold !== to.unhealthyThreshold &&
      `--unhealthy-threshold-count ${from.unhealthyThreshold}`,
  ].filter((option) => option !== false);
  const attributes = {
    ...(blue.deregistrationDelaySeconds !== green.deregistrationDelaySeconds && {
      'deregistration_delay.timeout_seconds': blue.deregistrationDelaySeconds,
    }),
    ...(blue.slowStartSeconds !== green.slowStartSeconds && {
      'slow_start.duration_seconds': blue.slowStartSeconds,
    }),
    ...(blue.stickiness.enabled !== green.stickiness.enabled && {
      'stickiness.enabled': `${blue.stickiness.enabled}`,
    }),
    ...(blue.stickiness.enabled &&
      blue.stickiness.type !== undefined &&
      blue.stickiness.type !== green.stickiness.type && { 'stickiness.type': blue.stickiness.type }),
  };
  return [
    ...(options.length === 0
      ? []
      : [`aws elbv2 modify-target-group --target-group-arn ${green.arn} ${options.join(' ')}`]),
    ...(Object.keys(attributes).length === 0 ? [] : [setAttributes(green, attributes)]),
  ];
};

const differences = (
  blue: ObservedTargetGroup,
  green: ObservedTargetGroup,
  settings: (group: ObservedTargetGroup) => Record<string, string | number | undefined>,
): Difference[] => {
  const ofGreen = settings(green);
  return Object.entries(settings(blue)).flatMap(([what, value]) =>
    value === ofGreen[what]
      ? []
      : [{ what, blue: `${value ?? 'none'}`, green: `${ofGreen[what] ?? 'none'}` }],
  );
};

const say = (found: Difference[]): string =>
  found.map(({ what, blue, green }) => `${what} ${blue} (blue) and ${green} (green)`).join('; ');
