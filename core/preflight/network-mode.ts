import { groupOf } from '../discovery.ts';
import { containerOf, networkOf } from '../green-spec.ts';
import type { Finding } from '../plan.types.ts';
import type { Check } from './check.types.ts';
import { error, groupName, warning } from './finding.ts';

/**
 * awsvpc tasks have an address of their own and are registered by it; bridge and host tasks are ports of an instance.
 * The other kind of target group takes neither (ECS guide, load balancer target groups) [143].
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
        `expected a network mode that can be reached, found none in ${taskDefinition.arn}`,
        'Set networkMode to awsvpc (or bridge or host on EC2) in the task definition.',
      ),
    );
  } else if (group !== undefined && group.targetType !== wanted) {
    findings.push(
      error(
        'target-type-mismatch',
        `expected target type ${wanted} for the network mode ${networkMode}, found ${group.targetType} on ${group.name}`,
        `A group's type cannot be changed: \`aws elbv2 create-target-group --name ${group.name.slice(0, 28)}-new --target-type ${wanted} --protocol ${group.protocol} --port ${group.port} --vpc-id ${group.vpcId ?? '<vpc>'}\`, or change the network mode.`,
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
        'expected subnets and security groups for awsvpc tasks, found none: there is no awsvpc task set to take them from',
        'Add `"network": {"subnets": ["subnet-..."], "securityGroups": ["sg-..."]}` to the request.',
      ),
    );
  }
  if (networkMode !== 'awsvpc' && request.network !== undefined) {
    findings.push(
      error(
        'network-without-awsvpc',
        `expected no network in the request for the network mode ${networkMode}, found one`,
        'Leave `network` out, or set networkMode to awsvpc in the task definition.',
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
        `expected a host port that ECS chooses, found ${ports} fixed: blue and green cannot share an instance`,
        `Use hostPort 0 in bridge mode, or keep twice the instances${group === undefined ? '' : ` for ${groupName(group.arn)}`} during a deployment.`,
      ),
    );
  }
  return findings;
};
