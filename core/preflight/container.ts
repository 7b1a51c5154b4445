import { containerOf } from '../green-spec.ts';
import type { Finding } from '../plan.types.ts';
import type { Check } from './check.types.ts';
import { error } from './finding.ts';

/** The container and port that targets are registered with exist in the task definition [144]. */
export const checkContainer: Check = ({
  observed: { service, taskDefinition },
  request,
  found: { primary },
}) => {
  if (taskDefinition === null || (service === null && request.container === undefined)) return [];
  const wanted = containerOf(request, primary);
  if (wanted === null) {
    return [
      error(
        'container-needed',
        'expected the container and port that serve requests, found none: there is no running task set to take them from',
        `Add \`"container": {"name": "...", "port": ...}\` to the request; ${taskDefinition.arn} has ${names(taskDefinition.containers)}.`,
      ),
    ];
  }

  const findings: Finding[] = [];
  const container = taskDefinition.containers.find(({ name }) => name === wanted.name);
  const ports = container?.ports.map(({ containerPort }) => containerPort) ?? [];
  if (container === undefined) {
    findings.push(
      error(
        'container-not-in-task-definition',
        `expected a container named ${wanted.name} in ${taskDefinition.arn}, found ${names(taskDefinition.containers)}`,
        'Set `container` in the request to the one that serves requests, or rename it in the task definition.',
      ),
    );
  } else if (!ports.includes(wanted.port)) {
    findings.push(
      error(
        'container-port-not-mapped',
        `expected a port mapping for ${wanted.port} on the container ${wanted.name}, found ${ports.join(', ') || 'none'}`,
        'Add the containerPort to the portMappings of the task definition, or set `container` in the request.',
      ),
    );
  }
  for (const registry of primary?.serviceRegistries ?? []) {
    const registered = registry.containerName;
    if (registered === undefined || taskDefinition.containers.some(({ name }) => name === registered))
      continue;
    findings.push(
      error(
        'registry-container-missing',
        `expected the container ${registered} of the service registry ${registry.registryArn} in ${taskDefinition.arn}, found ${names(taskDefinition.containers)}`,
        "Keep the container's name: green is registered in service discovery the way blue is.",
      ),
    );
  }
  return findings;
};

const names = (containers: { name: string }[]): string =>
  containers.map(({ name }) => name).join(', ') || 'none';
