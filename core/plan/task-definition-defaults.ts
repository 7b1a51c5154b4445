import { isObject } from '../is-object.ts';
import type { TaskDefinitionDocument } from './task-definition-document.ts';

/**
 * What ECS writes into a task definition that leaves it out (ECS API reference, ContainerDefinition, PortMapping,
 * HealthCheck, MountPoint, RegisterTaskDefinition). Taken away on both sides of a comparison: a file that is
 * registered is then equal to what ECS describes of it, and no new revision is made at every run.
 */
export const withoutDefaults = (document: TaskDefinitionDocument): TaskDefinitionDocument => {
  const { networkMode = 'bridge', cpu, memory, containerDefinitions, volumes, ...rest } = document;
  const containers = Array.isArray(containerDefinitions) ? containerDefinitions : [];
  return {
    ...without(rest, { enableFaultInjection: false }),
    ...(networkMode === 'bridge' ? {} : { networkMode }),
    ...(cpu === undefined ? {} : { cpu: inUnits(cpu, /vcpu$/i) }),
    ...(memory === undefined ? {} : { memory: inUnits(memory, /gb$/i) }),
    ...(containerDefinitions === undefined
      ? {}
      : { containerDefinitions: containers.map((one) => container(one, networkMode)) }),
    ...(volumes === undefined ? {} : { volumes: Array.isArray(volumes) ? volumes.map(volume) : volumes }),
  };
};

/** "1 vCPU" is 1024 units, "2 GB" 2048 MiB; ECS stores the figure (ECS API reference, RegisterTaskDefinition). */
const inUnits = (value: unknown, unit: RegExp): unknown => {
  if (typeof value !== 'string') return value;
  const [, amount] = /^\s*(\d*\.?\d+)\s*[a-z]+\s*$/i.exec(value) ?? [];
  return amount !== undefined && unit.test(value.trim()) ? String(Number(amount) * 1024) : value;
};

const container = (value: unknown, networkMode: unknown): unknown => {
  if (!isObject(value)) return value;
  const { portMappings, healthCheck, mountPoints, volumesFrom, ...rest } = value;
  return {
    ...without(rest, { cpu: 0, essential: true }),
    ...listed({ portMappings }, (mapping) => portMapping(mapping, networkMode)),
    ...listed({ mountPoints }, (point) => without(point, { readOnly: false })),
    ...listed({ volumesFrom }, (from) => without(from, { readOnly: false })),
    ...(isObject(healthCheck)
      ? { healthCheck: without(healthCheck, { interval: 30, timeout: 5, retries: 3 }) }
      : healthCheck === undefined
        ? {}
        : { healthCheck }),
  };
};

type Members = Record<string, unknown>;

/** With `awsvpc` and `host` the port outside is the one inside; with `bridge` 0 means that any is taken. */
const portMapping = (mapping: Members, networkMode: unknown): Members => {
  const hostPort = networkMode === 'awsvpc' || networkMode === 'host' ? mapping.containerPort : 0;
  return without(mapping, { protocol: 'tcp', hostPort });
};

const volume = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  const { host, efsVolumeConfiguration: efs, ...rest } = value;
  const isPlain = host === undefined || (isObject(host) && Object.keys(host).length === 0);
  return {
    ...rest,
    ...(isPlain ? {} : { host }),
    ...(isObject(efs)
      ? { efsVolumeConfiguration: without(efs, { rootDirectory: '/', transitEncryption: 'DISABLED' }) }
      : {}),
  };
};

/** Only the entries that are objects are changed: what is none is shown as it is. */
const listed = (member: Members, change: (entry: Members) => Members): Members =>
  Object.fromEntries(
    Object.entries(member)
      .filter(([, list]) => list !== undefined)
      .map(([name, list]) => [
        name,
        Array.isArray(list) ? list.map((entry) => (isObject(entry) ? change(entry) : entry)) : list,
      ]),
  );

/** Members that are what ECS would write are left out. */
const without = (members: Members, defaults: Members): Members =>
  Object.fromEntries(
    Object.entries(members).filter(([name, value]) => !(name in defaults) || value !== defaults[name]),
  );
