import type { LoadBalancer, PortMapping } from '@aws-sdk/client-ecs';
import type { Random } from '../kernel/random.ts';
import type { TargetId } from '../parts.types.ts';
import type { Place, SimTaskSet } from './ecs.types.ts';

/** Where tasks get their addresses: from a subnet in awsvpc mode, else a port of a container instance [checklist 4]. */
export type Places = {
  allocate(set: SimTaskSet): Place;
  free(place: Place): void;
};

/** Container instances of a cluster that tasks without a fixed host port are spread over. */
const INSTANCES = 3;
/** The range Docker takes host ports from when none is asked for (ECS API, PortMapping.hostPort). */
const FIRST_DYNAMIC_PORT = 49_153;
const LAST_DYNAMIC_PORT = 65_535;
/** AWS keeps the first four addresses of a subnet; so do we, and some more for the balancer. */
const FIRST_HOST = 10;

const mappingsOf = (set: SimTaskSet): PortMapping[] =>
  (set.taskDefinition.containerDefinitions ?? []).flatMap((container) => container.portMappings ?? []);

export const makePlaces = (random: Random): Places => {
  const subnets: string[] = [];
  const hosts: Record<string, number> = {};
  const instances: string[] = [];
  const taken = new Set<string>();
  let dynamicPort = FIRST_DYNAMIC_PORT;
  let turn = 0;

  const inSubnet = (set: SimTaskSet): Place => {
    const given = set.parameters.networkConfiguration?.awsvpcConfiguration?.subnets ?? [
      'subnet-of-the-world',
    ];
    const subnet = given[turn++ % given.length] ?? 'subnet-of-the-world';
    if (!subnets.includes(subnet)) subnets.push(subnet);
    const host = hosts[subnet] ?? FIRST_HOST;
    hosts[subnet] = host + 1;
    // A /18 for each subnet, and no address twice: a reused one would confuse a report.
    const network = subnets.indexOf(subnet) * 64 + Math.floor(host / 250);
    return {
      kind: 'interface',
      subnet,
      ip: `10.${Math.floor(network / 256)}.${network % 256}.${(host % 250) + 4}`,
    };
  };

  const instanceAt = (index: number): string => {
    while (instances.length <= index) instances.push(`i-0${random.hex(16)}`);
    return instances[index] as string;
  };

  const nextDynamicPort = (): number => {
    const port = dynamicPort;
    dynamicPort = port === LAST_DYNAMIC_PORT ? FIRST_DYNAMIC_PORT : port + 1;
    return port;
  };

  /** A fixed host port can be had once an instance: the next such task needs another one. */
  const onInstance = (set: SimTaskSet): Place => {
    const fixed = (mapping: PortMapping): number =>
      set.taskDefinition.networkMode === 'host' ? (mapping.containerPort ?? 0) : (mapping.hostPort ?? 0);
    const fixedPorts = mappingsOf(set)
      .map(fixed)
      .filter((port) => port > 0);
    let index = turn++ % INSTANCES;
    if (fixedPorts.length > 0) {
      index = 0;
      while (fixedPorts.some((port) => taken.has(`${instanceAt(index)}:${port}`))) index += 1;
    }
    const instanceId = instanceAt(index);
    for (const port of fixedPorts) taken.add(`${instanceId}:${port}`);
    const ports = mappingsOf(set).map((mapping) => ({
      containerPort: mapping.containerPort ?? 0,
      hostPort: fixed(mapping) || nextDynamicPort(),
    }));
    return { kind: 'instance', instanceId, ports };
  };

  return {
    allocate: (set) => (set.taskDefinition.networkMode === 'awsvpc' ? inSubnet(set) : onInstance(set)),
    free: (place) => {
      if (place.kind !== 'instance') return;
      for (const { hostPort } of place.ports) taken.delete(`${place.instanceId}:${hostPort}`);
    },
  };
};

/** The target that a task at this place is for one of its task set's load balancers. */
export const targetAt = (place: Place, balancer: LoadBalancer): TargetId => {
  const containerPort = balancer.containerPort ?? 0;
  if (place.kind === 'interface') return { id: place.ip, port: containerPort };
  const port =
    place.ports.find((mapping) => mapping.containerPort === containerPort)?.hostPort ?? containerPort;
  return { id: place.instanceId, port };
};
