import { count } from '../../figures.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
import type { AwsVpcNetwork } from '../../vocabulary/network.types.ts';
import { type ObservedSubnet, seen } from '../../vocabulary/surroundings.types.ts';
import { groupOf } from '../discovery.ts';
import { networkOf } from '../green-spec.ts';
import type { Check, Inspected } from './check.types.ts';
import { error, warning } from './finding.ts';
import { balancersOf } from './on-routes.ts';

/** Green's tasks start where the load balancer sends requests to, and there is room for them [fact 152]. */
export const checkSubnets: Check = (inspected) => {
  const { observed, request, found } = inspected;
  const known = seen(observed.surroundings?.subnets);
  if (known === undefined || observed.taskDefinition === null) return [];
  const wanted = networkOf(request, found.primary, observed.taskDefinition)?.subnets ?? [];
  const subnets = known.filter(({ id }) => wanted.includes(id));
  const missing = wanted.filter((id) => known.every((subnet) => subnet.id !== id));
  return [
    ...missing.map(notFound),
    ...foreign(inspected, subnets),
    ...outOfZone(inspected, subnets),
    ...(missing.length === 0 ? [...crowded(inspected, subnets), ...inOneZone(inspected, subnets)] : []),
  ];
};

const notFound = (id: string): Finding =>
  error(
    'subnet-not-found',
    `expected the subnet ${id} of green's tasks, found none: ECS could not launch them`,
    'Correct `network` in the request. This lists the subnets there are.',
    ["aws ec2 describe-subnets --query 'Subnets[].[SubnetId,AvailabilityZone,VpcId]' --output table"],
  );

const foreign = ({ observed, found }: Inspected, subnets: ObservedSubnet[]): Finding[] => {
  const group = groupOf(observed, found.greenGroupArn);
  if (group?.vpcId === undefined) return [];
  return subnets
    .filter(({ vpcId }) => vpcId !== undefined && vpcId !== group.vpcId)
    .map(({ id, vpcId }) =>
      error(
        'subnet-in-other-vpc',
        `expected the subnets of green's tasks in ${group.vpcId}, the VPC of ${group.name}, found ` +
          `${id} in ${vpcId}: tasks there cannot be registered`,
        `Choose subnets of ${group.vpcId} in \`network\` in the request. This lists them.`,
        [listSubnets(`Name=vpc-id,Values=${group.vpcId}`)],
      ),
    );
};

const outOfZone = (inspected: Inspected, subnets: ObservedSubnet[]): Finding[] =>
  balancersOf(inspected).flatMap(({ name, arn, availabilityZones }) => {
    const outside = subnets.filter(({ availabilityZone }) => !availabilityZones.includes(availabilityZone));
    if (outside.length === 0) return [];
    const where = outside.map(({ id, availabilityZone }) => `${id} in ${availabilityZone}`).join(', ');
    const zones = new Set(outside.map(({ availabilityZone }) => availabilityZone));
    return [
      error(
        'subnet-zone-not-enabled',
        `expected green's subnets in the zones of the load balancer ${name} ` +
          `(${availabilityZones.join(', ')}), found ${where}: targets there stay unused ` +
          '(Target.NotInUse) and green never gets healthy',
        `Leave it out: \`"network": ${JSON.stringify(networkWithout(inspected, outside))}\` in the ` +
          'request; or enable the zone on the load balancer with one of the subnets that the second ' +
          'lists (set-subnets takes all of them, those that the first lists too).',
        [
          `aws elbv2 describe-load-balancers --load-balancer-arns ${arn} --query ` +
            "'LoadBalancers[].AvailabilityZones[].[ZoneName,SubnetId]' --output table",
          listSubnets(
            ...(outside[0]?.vpcId === undefined ? [] : [`Name=vpc-id,Values=${outside[0].vpcId}`]),
            `Name=availability-zone,Values=${[...zones].join(',')}`,
          ),
        ],
      ),
    ];
  });

const crowded = ({ observed }: Inspected, subnets: ObservedSubnet[]): Finding[] => {
  const wanted = observed.service?.desiredCount ?? 0;
  const free = subnets.reduce((sum, { freeAddresses }) => sum + freeAddresses, 0);
  if (subnets.length === 0 || free >= wanted) return [];
  return [
    error(
      'subnets-full',
      `expected an address for each of green's ${count(wanted, 'task')} beside blue's, found ${free} ` +
        `free: ${subnets.map(({ id, freeAddresses }) => `${freeAddresses} in ${id}`).join(', ')}`,
      'Add a subnet to `network` in the request, or free addresses. This lists network interfaces that nothing uses.',
      [
        'aws ec2 describe-network-interfaces --filters Name=status,Values=available ' +
          `Name=subnet-id,Values=${subnets.map(({ id }) => id).join(',')} --query ` +
          "'NetworkInterfaces[].[NetworkInterfaceId,SubnetId,Description]' --output table",
      ],
    ),
  ];
};

const inOneZone = (inspected: Inspected, subnets: ObservedSubnet[]): Finding[] => {
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  const offered = new Set(balancersOf(inspected).flatMap(({ availabilityZones }) => availabilityZones));
  const wanted = inspected.observed.service?.desiredCount ?? 0;
  // One task is in one zone whatever the subnets are.
  if (zones.size !== 1 || offered.size < 2 || wanted < 2) return [];
  return [
    warning(
      'tasks-in-one-zone',
      `expected green's subnets in two zones at least, found ${[...zones].join('')} only, while the ` +
        `load balancer is in ${[...offered].join(', ')}: one zone's trouble takes every task`,
      'Add a subnet of another zone to `network` in the request. This lists them.',
      [
        listSubnets(
          ...(subnets[0]?.vpcId === undefined ? [] : [`Name=vpc-id,Values=${subnets[0].vpcId}`]),
          `Name=availability-zone,Values=${[...offered].filter((zone) => !zones.has(zone)).join(',')}`,
        ),
      ],
    ),
  ];
};

const listSubnets = (...filters: string[]): string =>
  `aws ec2 describe-subnets --filters ${filters.join(' ')} --query ` +
  "'Subnets[].[SubnetId,AvailabilityZone,AvailableIpAddressCount]' --output table";

/** What the request would say without them. */
const networkWithout = (
  { observed, request, found }: Inspected,
  outside: ObservedSubnet[],
): AwsVpcNetwork | null => {
  const network =
    observed.taskDefinition === null ? null : networkOf(request, found.primary, observed.taskDefinition);
  const left = network?.subnets.filter((id) => outside.every((subnet) => subnet.id !== id)) ?? [];
  return network === null ? null : { ...network, subnets: left };
};
