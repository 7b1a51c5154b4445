import { groupOf } from '../discovery.ts';
import type { ObservedTargetGroup } from '../observed.types.ts';
import type { Finding } from '../plan.types.ts';
import type { Check } from './check.types.ts';
import { error, warning } from './finding.ts';

type Difference = { what: string; blue: string; green: string };

/** The two groups treat requests and targets alike, so that a difference seen is one of the versions [150]. */
export const checkTargetGroupPair: Check = ({ observed, found }) => {
  const blue = groupOf(observed, found.blueGroupArn);
  const green = groupOf(observed, found.greenGroupArn);
  if (blue === undefined || green === undefined || blue.arn === green.arn) return [];
  const findings: Finding[] = [];

  const incompatible = differences(blue, green, (group) => ({
    protocol: group.protocol,
    'protocol version': group.protocolVersion,
    VPC: group.vpcId,
    'target type': group.targetType,
  }));
  if (incompatible.length > 0) {
    findings.push(
      error(
        'target-groups-incompatible',
        `expected ${blue.name} and ${green.name} to be alike, found ${say(incompatible)}`,
        `These cannot be changed: create a new group with blue's values (\`aws elbv2 create-target-group\`) and name it in \`greenTargetGroup\`.`,
      ),
    );
  }
  const unlike = differences(blue, green, (group) => ({
    port: group.port,
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
    findings.push(
      warning(
        'target-groups-differ',
        `expected ${blue.name} and ${green.name} to be set up alike, found ${say(unlike)}`,
        `Colours alternate, so every second deployment runs with other settings: align them with \`aws elbv2 modify-target-group --target-group-arn ${green.arn}\` or \`modify-target-group-attributes\`.`,
      ),
    );
  }
  return findings;
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
