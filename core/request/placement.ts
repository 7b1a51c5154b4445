import type { AwsVpcNetwork, CapacityProvider } from '../vocabulary/network.types.ts';
import {
  DEFAULT_ASSIGN_PUBLIC_IP,
  DEFAULT_PROVIDER_WEIGHT,
  MAX_CAPACITY_PROVIDERS,
  MAX_SECURITY_GROUPS,
  MAX_SUBNETS,
} from './defaults.ts';
import {
  objectSchema,
  optional,
  type Read,
  readChoice,
  readInteger,
  reading,
  readList,
  readObject,
  readText,
  refuse,
  withoutRepeats,
} from './read-field.ts';

/** Where and as what green's tasks run: the fields that a running task set otherwise answers. */

type Container = { name: string; port: number };

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

const containerReaders = {
  name: readText(NAME, "the container's name in the task definition"),
  port: readInteger(1, 65_535, 'a port from 1 to 65535'),
};

const containerSchema = objectSchema(containerReaders, ['name', 'port']);
export const readContainer: Read<Container> = reading(containerSchema, (value, path, problems) => {
  const fields = readObject(['name', 'port'], 'an object with name and port')(value, path, problems);
  if (fields === undefined) return undefined;
  const name = containerReaders.name(fields.name, `${path}.name`, problems);
  const port = containerReaders.port(fields.port, `${path}.port`, problems);
  return name === undefined || port === undefined ? undefined : { name, port };
});

const subnetId = readText(/^subnet-[0-9a-z]{1,40}$/, 'a subnet id such as subnet-0abc');
const groupId = readText(/^sg-[0-9a-z]{1,40}$/, 'a security group id such as sg-0abc');
const SUBNETS = `a list of 1 to ${MAX_SUBNETS} subnet ids`;
const SECURITY_GROUPS = `a list of 1 to ${MAX_SECURITY_GROUPS} security group ids`;

const networkReaders = {
  subnets: withoutRepeats('subnet', readList(1, MAX_SUBNETS, SUBNETS, subnetId)),
  securityGroups: withoutRepeats(
    'security group',
    readList(1, MAX_SECURITY_GROUPS, SECURITY_GROUPS, groupId),
  ),
  assignPublicIp: optional(readChoice(['ENABLED', 'DISABLED'])),
};

const networkSchema = objectSchema(networkReaders, ['subnets', 'securityGroups']);
export const readNetwork: Read<AwsVpcNetwork> = reading(networkSchema, (value, path, problems) => {
  const known = Object.keys(networkReaders);
  const fields = readObject(known, 'an object with subnets and securityGroups')(value, path, problems);
  if (fields === undefined) return undefined;
  const subnets = networkReaders.subnets(fields.subnets, `${path}.subnets`, problems);
  const groups = networkReaders.securityGroups(fields.securityGroups, `${path}.securityGroups`, problems);
  const at = `${path}.assignPublicIp`;
  const assignPublicIp = networkReaders.assignPublicIp(fields.assignPublicIp, at, problems);
  if (subnets === undefined || groups === undefined) return undefined;
  return { subnets, securityGroups: groups, assignPublicIp: assignPublicIp ?? DEFAULT_ASSIGN_PUBLIC_IP };
});

const providerReaders = {
  capacityProvider: readText(NAME, "a capacity provider's name"),
  weight: optional(readInteger(0, 1_000)),
  base: optional(readInteger(0, 100_000)),
};

const providerSchema = objectSchema(providerReaders, ['capacityProvider']);
const readCapacityProvider: Read<CapacityProvider> = reading(providerSchema, (value, path, problems) => {
  const known = Object.keys(providerReaders);
  const fields = readObject(known, 'an object with capacityProvider, weight and base')(value, path, problems);
  if (fields === undefined) return undefined;
  const at = `${path}.capacityProvider`;
  const capacityProvider = providerReaders.capacityProvider(fields.capacityProvider, at, problems);
  const weight = providerReaders.weight(fields.weight, `${path}.weight`, problems);
  const base = providerReaders.base(fields.base, `${path}.base`, problems);
  if (capacityProvider === undefined) return undefined;
  return { capacityProvider, weight: weight ?? DEFAULT_PROVIDER_WEIGHT, base: base ?? 0 };
});

const readProviderList = readList(
  1,
  MAX_CAPACITY_PROVIDERS,
  `a list of 1 to ${MAX_CAPACITY_PROVIDERS} capacity providers`,
  readCapacityProvider,
);

const providersSchema = readProviderList.schema;
export const readCapacityProviders: Read<CapacityProvider[]> = reading(
  providersSchema,
  (value, path, problems) => {
    const providers = readProviderList(value, path, problems);
    if (providers === undefined) return undefined;
    if (providers.every(({ weight }) => weight === 0)) {
      refuse(
        problems,
        path,
        'one provider with a weight above 0',
        'only weights of 0',
        'ECS would place no task.',
      );
    }
    if (providers.filter(({ base }) => base > 0).length > 1) {
      refuse(problems, path, 'a base on one provider at most', 'several with a base');
    }
    return providers;
  },
);

export const readPlatformVersion = readText(
  /^(?:LATEST|\d{1,3}\.\d{1,3}\.\d{1,3})$/,
  '"LATEST" or a version such as "1.4.0"',
);
