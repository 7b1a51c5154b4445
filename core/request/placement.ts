import type { AwsVpcNetwork, CapacityProvider } from '../vocabulary/request.types.ts';
import {
  DEFAULT_ASSIGN_PUBLIC_IP,
  DEFAULT_PROVIDER_WEIGHT,
  MAX_CAPACITY_PROVIDERS,
  MAX_SECURITY_GROUPS,
  MAX_SUBNETS,
} from './defaults.ts';
import {
  optional,
  type Read,
  readChoice,
  readInteger,
  readList,
  readObject,
  readText,
  refuse,
  refuseRepeats,
} from './read-field.ts';

/** Where and as what green's tasks run: the fields that a running task set otherwise answers. */

type Container = { name: string; port: number };

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

export const readContainer: Read<Container> = (value, path, problems) => {
  const fields = readObject(['name', 'port'], 'an object with name and port')(value, path, problems);
  if (fields === undefined) return undefined;
  const name = readText(NAME, "the container's name in the task definition")(
    fields.name,
    `${path}.name`,
    problems,
  );
  const port = readInteger(1, 65_535, 'a port from 1 to 65535')(fields.port, `${path}.port`, problems);
  return name === undefined || port === undefined ? undefined : { name, port };
};

export const readNetwork: Read<AwsVpcNetwork> = (value, path, problems) => {
  const known = ['subnets', 'securityGroups', 'assignPublicIp'];
  const fields = readObject(known, 'an object with subnets and securityGroups')(value, path, problems);
  if (fields === undefined) return undefined;
  const subnet = readText(/^subnet-[0-9a-z]{1,40}$/, 'a subnet id such as subnet-0abc');
  const group = readText(/^sg-[0-9a-z]{1,40}$/, 'a security group id such as sg-0abc');
  const subnets = readList(
    1,
    MAX_SUBNETS,
    `a list of 1 to ${MAX_SUBNETS} subnet ids`,
    subnet,
  )(fields.subnets, `${path}.subnets`, problems);
  const groups = readList(
    1,
    MAX_SECURITY_GROUPS,
    `a list of 1 to ${MAX_SECURITY_GROUPS} security group ids`,
    group,
  )(fields.securityGroups, `${path}.securityGroups`, problems);
  refuseRepeats(subnets, `${path}.subnets`, 'subnet', problems);
  refuseRepeats(groups, `${path}.securityGroups`, 'security group', problems);
  const assignPublicIp = optional(readChoice(['ENABLED', 'DISABLED']))(
    fields.assignPublicIp,
    `${path}.assignPublicIp`,
    problems,
  );
  if (subnets === undefined || groups === undefined) return undefined;
  return { subnets, securityGroups: groups, assignPublicIp: assignPublicIp ?? DEFAULT_ASSIGN_PUBLIC_IP };
};

const readCapacityProvider: Read<CapacityProvider> = (value, path, problems) => {
  const known = ['capacityProvider', 'weight', 'base'];
  const fields = readObject(known, 'an object with capacityProvider, weight and base')(value, path, problems);
  if (fields === undefined) return undefined;
  const capacityProvider = readText(NAME, "a capacity provider's name")(
    fields.capacityProvider,
    `${path}.capacityProvider`,
    problems,
  );
  const weight = optional(readInteger(0, 1_000))(fields.weight, `${path}.weight`, problems);
  const base = optional(readInteger(0, 100_000))(fields.base, `${path}.base`, problems);
  if (capacityProvider === undefined) return undefined;
  return { capacityProvider, weight: weight ?? DEFAULT_PROVIDER_WEIGHT, base: base ?? 0 };
};

export const readCapacityProviders: Read<CapacityProvider[]> = (value, path, problems) => {
  const expected = `a list of 1 to ${MAX_CAPACITY_PROVIDERS} capacity providers`;
  const providers = readList(
    1,
    MAX_CAPACITY_PROVIDERS,
    expected,
    readCapacityProvider,
  )(value, path, problems);
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
};

export const readPlatformVersion = readText(
  /^(?:LATEST|\d{1,3}\.\d{1,3}\.\d{1,3})$/,
  '"LATEST" or a version such as "1.4.0"',
);
