import type { Finding } from '../../vocabulary/finding.types.ts';
import type { ObservedContainer } from '../../vocabulary/observed.types.ts';
import { containerOf } from '../green-spec.ts';
import type { Check } from './check.types.ts';
import { error } from './finding.ts';

/** The container and port that targets are registered with exist in the task definition [fact 144]. */
export const checkContainer: Check = ({
  observed: { service, taskDefinition },
  request,
  found: { primary },
}) => {
  if (taskDefinition === null || (service === null && request.container === undefined)) return [];
  const { containers } = taskDefinition;
  const wanted = containerOf(request, primary);
  if (wanted === null) {
    return [
      error(
        'container-needed',
        'expected the container and port that serve requests, found none: there is no running task set ' +
          'to take them from',
        `Add the one that serves to the request. ${taskDefinition.arn} has ${choices(containers)}.`,
      ),
    ];
  }

  const findings: Finding[] = [];
  const container = containers.find(({ name }) => name === wanted.name);
  const ports = container?.ports.map(({ containerPort }) => containerPort) ?? [];
  if (container === undefined) {
    findings.push(
      error(
        'container-not-in-task-definition',
        `expected a container named ${wanted.name} in ${taskDefinition.arn}, found ${names(containers)}`,
        `Rename it in the task definition, or add the one that serves to the request: ${choices(containers)}.`,
      ),
    );
  } else if (!ports.includes(wanted.port)) {
    findings.push(
      error(
        'container-port-not-mapped',
        `expected a port mapping for ${wanted.port} on the container ${wanted.name} of ` +
          `${taskDefinition.arn}, found ${ports.join(', ') || 'none'}`,
        `Add \`"portMappings": [{"containerPort": ${wanted.port}}]\` to the container in the task ` +
          `definition, or add to the request the port that serves: ${choices(containers)}.`,
      ),
    );
  }
  for (const registry of primary?.serviceRegistries ?? []) {
    const registered = registry.containerName;
    if (registered === undefined || containers.some(({ name }) => name === registered)) continue;
    findings.push(
      error(
        'registry-container-missing',
        `expected the container ${registered} of the service registry ${registry.registryArn} in ` +
          `${taskDefinition.arn}, found ${names(containers)}`,
        `Name a container ${registered} in the task definition: green is registered in service ` +
          'discovery the way blue is.',
      ),
    );
  }
  return findings;
};

const names = (containers: readonly ObservedContainer[]): string =>
  containers.map(({ name }) => name).join(', ') || 'none';

/** Each as the request takes it. */
const choices = (containers: readonly ObservedContainer[]): string =>
  containers
    .flatMap(({ name, ports }) =>
      ports.map(({ containerPort }) => `\`"container": ${JSON.stringify({ name, port: containerPort })}\``),
    )
    .join(' or ') || 'no container with a port';
