import { groupOf } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** The port that health checks ask is one that a container is known to listen on [fact 153]. */
export const checkHealthCheckPort: Check = ({ observed, found }) => {
  const { taskDefinition } = observed;
  const group = groupOf(observed, found.greenGroupArn);
  if (taskDefinition === null || group === undefined || group.healthCheck.port === 'traffic-port') return [];
  const checked = Number(group.healthCheck.port);
  // awsvpc tasks answer on the container's port, others on the one of the instance.
  const ports = taskDefinition.containers.flatMap((container) =>
    container.ports.map(({ containerPort, hostPort }) =>
      taskDefinition.networkMode === 'awsvpc' ? containerPort : (hostPort ?? containerPort),
    ),
  );
  if (ports.includes(checked)) return [];
  return [
    warning(
      'health-check-port-not-mapped',
      `expected the health check of ${group.name} on a port of ${taskDefinition.arn} ` +
        `(${ports.join(', ') || 'none'}), found ${checked}: green may never get healthy`,
      `Check the port that serves, or add \`{"containerPort": ${checked}}\` to the portMappings of the ` +
        'container that answers there.',
      [`aws elbv2 modify-target-group --target-group-arn ${group.arn} --health-check-port traffic-port`],
    ),
  ];
};
