import type { Finding } from '../../vocabulary/finding.types.ts';
import { groupOf } from '../discovery.ts';
import { containerOf, networkOf } from '../green-spec.ts';
import type { Check } from './check.types.ts';
import { createGroupLike } from './commands.ts';
import { error, warning } from './finding.ts';

/**
 * awsvpc tasks have an address of their own and are registered by it; bridge and host tasks are ports of an instance.
 * The other kind of target group takes neither (ECS guide, load balancer target groups) [fact 143].
 */
export const checkNetworkMode: Check = ({ observed, request, found }) => {
  const { taskDefinition } = observed;
  if (taskDefinition === null) return [];
  const { networkMode } = taskDefinition;
  const findings: Finding[] = [];

  const group = groupOf(observed, found.greenGroupArn);
  const wanted = networkMode === 'awsvpc' ? 'ip' : 'instance';
  if (networkMode === 'none') {
    findings.push(
      error(
        'network-mode-none',
        `expected a network mode that a load balancer can reach in ${taskDefinition.arn}, found none`,
        'Set `"networkMode": "awsvpc"` in the task definition (or bridge or host on EC2).',
      ),
    );
  } else if (group !== undefined && group.targetType !== wanted) {
    findings.push(
      error(
        'target-type-mismatch',
        `expected target type ${wanted} for the network mode ${networkMode} of ${taskDefinition.arn}, ` +
          `found ${group.targetType} on ${group.name}: ECS refuses to register the tasks there`,
        'The type of a group cannot be changed: create a group of the right type and name it in ' +
          '`greenTargetGroup`, or change the network mode.',
        [createGroupLike(group, { name: `${group.name.slice(0, 23)}-${wanted}`, targetType: wanted })],
      ),
    );
  }

  if (
    networkMode === 'awsvpc' &&
    observed.service !== null &&
    networkOf(request, found.primary, taskDefinition) === null
  ) {
    findings.push(
      error(
        'network-needed',
        'expected subnets and security groups for awsvpc tasks, found none: there is no awsvpc task ' +
          'set to take them from',
        'Add `"network": {"subnets": [...], "securityGroups": [...]}` to the request. These list what there is.',
        group?.vpcId === undefined
          ? []
          : [
              `aws ec2 describe-subnets --filters Name=vpc-id,Values=${group.vpcId} --query ` +
                "'Subnets[].[SubnetId,AvailabilityZone]' --output table",
              `aws ec2 describe-security-groups --filters Name=vpc-id,Values=${group.vpcId} --query ` +
                "'SecurityGroups[].[GroupId,GroupName]' --output table",
            ],
      ),
    );
  }
  if (networkMode !== 'awsvpc' && request.network !== undefined) {
    findings.push(
      error(
        'network-without-awsvpc',
        `expected no \`network\` in the request for the network mode ${networkMode} of ` +
          `${taskDefinition.arn}, found one: only awsvpc tasks have subnets and security groups`,
        'Leave `network` out of the request, or set `"networkMode": "awsvpc"` in the task definition.',
      ),
    );
  }

  const serving = containerOf(request, found.primary);
  const fixedPorts = taskDefinition.containers.flatMap(({ ports }) =>
    ports.flatMap(({ hostPort }) => (hostPort === undefined || hostPort === 0 ? [] : [hostPort])),
  );
  if (networkMode === 'host' || (networkMode === 'bridge' && fixedPorts.length > 0)) {
    const ports = networkMode === 'host' ? `${serving?.port ?? 'its ports'}` : fixedPorts.join(', ');
    findings.push(
      warning(
        'fixed-host-port',
        `expected host ports that ECS chooses in ${taskDefinition.arn}, found ${ports} fixed: blue and ` +
          'green cannot share an instance',
        'Set `"hostPort": 0` in bridge mode, or keep twice the instances during a deployment.',
      ),
    );
  }
  return findings;
};
