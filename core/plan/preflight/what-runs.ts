import { networkOf } from '../green-spec.ts';
import type { Check } from './check.types.ts';
import { error, warning } from './finding.ts';

/** `arn:...:task-definition/shop:8` -> `shop` */
const familyOf = (arn: string): string => arn.split('/').at(-1)?.split(':')[0] ?? arn;

/**
 * A caller who may start a deployment chooses what runs in the service and where. Another family brings other roles
 * and other code, so the request has to name it.
 */
export const checkFamily: Check = ({ observed: { taskDefinition }, request, found: { primary } }) => {
  if (taskDefinition === null || primary === null) return [];
  const [blue, green] = [familyOf(primary.taskDefinitionArn), familyOf(taskDefinition.arn)];
  if (green === (request.family ?? blue)) return [];
  return [
    error(
      'other-family',
      `expected a revision of ${request.family ?? `${blue}, the family that runs`}, found one of ` +
        `${green}: its roles, containers and images are another service's`,
      `Deploy a revision of ${request.family ?? blue}. When the family is to change, say so in the ` +
        `request: "family": "${green}".`,
    ),
  ];
};

const sorted = (values: readonly string[]): string => [...values].sort().join(', ') || 'none';

/** The request may move the tasks to other subnets, behind other security groups, or give them public addresses. */
export const checkNetworkChange: Check = ({ observed: { taskDefinition }, request, found: { primary } }) => {
  const before = primary?.network;
  if (taskDefinition === null || before === undefined || request.network === undefined) return [];
  const after = networkOf(request, primary, taskDefinition);
  if (after === null) return [];
  const differences = [
    ['subnets', sorted(before.subnets), sorted(after.subnets)],
    ['security groups', sorted(before.securityGroups), sorted(after.securityGroups)],
    ['public address', before.assignPublicIp, after.assignPublicIp],
  ].flatMap(([what, from, to]) => (from === to ? [] : [`${what}: ${from} -> ${to}`]));
  if (differences.length === 0) return [];
  return [
    warning(
      'network-changed',
      `expected green in blue's network, found ${differences.join('; ')}`,
      'Compare each with what is meant to change, or leave "network" out of the request: green then ' +
        'gets the network of blue.',
    ),
  ];
};
