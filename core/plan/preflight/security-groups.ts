import type { Finding } from '../../vocabulary/finding.types.ts';
import type { ObservedLoadBalancer, ObservedTargetGroup } from '../../vocabulary/observed.types.ts';
import { type ObservedSecurityGroup, type SecurityRule, seen } from '../../vocabulary/surroundings.types.ts';
import { groupOf } from '../discovery.ts';
import { containerOf, networkOf } from '../green-spec.ts';
import type { Check, Inspected } from './check.types.ts';
import { error, warning } from './finding.ts';
import { balancersOf } from './on-routes.ts';

type Door = { protocol: 'tcp' | 'udp'; port: number; use: string };
type Way = { doors: Door[]; tasks: ObservedSecurityGroup[]; known: ObservedSecurityGroup[] };

/**
 * The load balancer reaches the tasks on the traffic port and the health check's port, and nobody else does [fact 151].
 * Only tasks with an address of their own can be read: those on instances are behind the instances' groups.
 */
export const checkSecurityGroups: Check = (inspected) => {
  const known = seen(inspected.observed.surroundings?.securityGroups);
  const { observed, request, found } = inspected;
  const group = groupOf(observed, found.greenGroupArn);
  if (known === undefined || observed.taskDefinition === null) return [];
  const wanted = networkOf(request, found.primary, observed.taskDefinition)?.securityGroups ?? [];
  const missing = wanted.filter((id) => known.every((other) => other.id !== id));
  if (missing.length > 0) return missing.map(notFound);
  const tasks = known.filter(({ id }) => wanted.includes(id));
  // Without any the VPC's default group applies, which nobody has read.
  if (group === undefined || tasks.length === 0) return [];

  const way = { doors: doorsOf(inspected, group), tasks, known };
  const guarded = balancersOf(inspected).filter(({ securityGroups }) => securityGroups.length > 0);
  return [
    ...guarded.flatMap((balancer) => [...shutIn(way, balancer), ...shutOut(way, balancer)]),
    // A Network Load Balancer without groups passes clients' addresses on: its tasks have to be open.
    ...(guarded.length > 0 && guarded.length === balancersOf(inspected).length
      ? wideOpen(
          way,
          guarded.flatMap(({ securityGroups }) => securityGroups),
        )
      : []),
  ];
};

const notFound = (id: string): Finding =>
  error(
    'security-group-not-found',
    `expected the security group ${id} of green's tasks, found none: ECS could not launch them`,
    'Correct `network` in the request. This lists the groups there are.',
    ["aws ec2 describe-security-groups --query 'SecurityGroups[].[GroupId,GroupName,VpcId]' --output table"],
  );

const doorsOf = ({ request, found }: Inspected, group: ObservedTargetGroup): Door[] => {
  const port = containerOf(request, found.primary)?.port;
  if (port === undefined) return [];
  const traffic = protocolsOf(group.protocol).map((protocol) => ({ protocol, port, use: 'traffic' }));
  // A health check is never UDP, whatever the traffic is.
  const checked = group.healthCheck.port === 'traffic-port' ? port : Number(group.healthCheck.port);
  const same = traffic.some((door) => door.port === checked && door.protocol === 'tcp');
  return same ? traffic : [...traffic, { protocol: 'tcp', port: checked, use: 'health checks' }];
};

const protocolsOf = (protocol: string): Door['protocol'][] => {
  if (protocol === 'UDP' || protocol === 'QUIC') return ['udp'];
  return protocol === 'TCP_UDP' || protocol === 'TCP_QUIC' ? ['tcp', 'udp'] : ['tcp'];
};

/** Numbers as IANA gives them, which EC2 takes as well as names. */
const PROTOCOL_NUMBERS = { tcp: '6', udp: '17' } as const;

const covers = ({ protocol, fromPort, toPort }: SecurityRule, door: Door): boolean => {
  if (protocol === '-1') return true;
  if (protocol !== door.protocol && protocol !== PROTOCOL_NUMBERS[door.protocol]) return false;
  return (fromPort ?? 0) <= door.port && door.port <= (toPort ?? 65_535);
};

/** A range or a prefix list may hold the other side's addresses: only what is certainly shut is a mistake. */
const names = ({ groups, ranges }: SecurityRule, others: readonly string[]): boolean =>
  ranges.length > 0 || groups.some((id) => others.includes(id));

const shutFor = (doors: Door[], rules: SecurityRule[], others: string[]): Door[] =>
  doors.filter((door) => !rules.some((rule) => covers(rule, door) && names(rule, others)));

const say = (doors: Door[]): string =>
  doors.map(({ protocol, port, use }) => `${protocol} ${port} (${use})`).join(' and ');
const ids = (groups: { id: string }[]): string => groups.map(({ id }) => id).join(', ');

const shutIn = ({ doors, tasks }: Way, { name, securityGroups }: ObservedLoadBalancer): Finding[] => {
  const shut = shutFor(
    doors,
    tasks.flatMap(({ ingress }) => ingress),
    securityGroups,
  );
  if (shut.length === 0) return [];
  return [
    error(
      'security-group-shuts-out-load-balancer',
      `expected ${ids(tasks)} of green's tasks to let the load balancer ${name} ` +
        `(${securityGroups.join(', ')}) in on ${say(shut)}, found no rule that does: its health checks ` +
        'would end in Target.Timeout',
      "Let the load balancer's group in. In Terraform: `aws_vpc_security_group_ingress_rule` with " +
        '`referenced_security_group_id`.',
      shut.map(
        ({ protocol, port }) =>
          `aws ec2 authorize-security-group-ingress --group-id ${tasks[0]?.id} --protocol ${protocol} ` +
          `--port ${port} --source-group ${securityGroups[0]}`,
      ),
    ),
  ];
};

const shutOut = ({ doors, tasks, known }: Way, { name, securityGroups }: ObservedLoadBalancer): Finding[] => {
  const balancers = known.filter(({ id }) => securityGroups.includes(id));
  if (balancers.length < securityGroups.length) return [];
  const rules = balancers.flatMap(({ egress }) => egress);
  const shut = shutFor(
    doors,
    rules,
    tasks.map(({ id }) => id),
  );
  if (shut.length === 0) return [];
  return [
    error(
      'security-group-holds-load-balancer',
      `expected ${securityGroups.join(', ')} of the load balancer ${name} to let it out to ` +
        `${ids(tasks)} on ${say(shut)}, found no outbound rule that does: neither requests nor health ` +
        'checks would reach them',
      "Let it out to the tasks' group. In Terraform: `aws_vpc_security_group_egress_rule` with " +
        '`referenced_security_group_id`.',
      shut.map(
        ({ protocol, port }) =>
          `aws ec2 authorize-security-group-egress --group-id ${balancers[0]?.id} --ip-permissions ` +
          `'IpProtocol=${protocol},FromPort=${port},ToPort=${port},UserIdGroupPairs=[{GroupId=${tasks[0]?.id}}]'`,
      ),
    ),
  ];
};

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

const named = ({ groups }: SecurityRule, others: readonly string[]): boolean =>
  groups.some((id) => others.includes(id));

/** The very rule, as EC2 has it: one rule a range. */
const revoke = (id: string, { protocol, fromPort, toPort, ranges }: SecurityRule): string => {
  const ports = fromPort === undefined ? '' : `,FromPort=${fromPort},ToPort=${toPort ?? fromPort}`;
  const of = (what: string, member: string, everywhere: string): string =>
    ranges.includes(everywhere) ? `,${what}=[{${member}=${everywhere}}]` : '';
  return (
    `aws ec2 revoke-security-group-ingress --group-id ${id} --ip-permissions ` +
    `'IpProtocol=${protocol}${ports}${of('IpRanges', 'CidrIp', '0.0.0.0/0')}${of('Ipv6Ranges', 'CidrIpv6', '::/0')}'`
  );
};

const wideOpen = ({ doors, tasks }: Way, balancers: readonly string[]): Finding[] =>
  tasks.flatMap(({ id, ingress }) => {
    const opening = ingress.filter(
      (rule) =>
        doors.some((door) => covers(rule, door)) && rule.ranges.some((range) => EVERYWHERE.includes(range)),
    );
    if (opening.length === 0) return [];
    const open = opening.flatMap(({ ranges }) => ranges.filter((range) => EVERYWHERE.includes(range)));
    /** Where the balancer comes in by the open rule alone, its own has to be there first. */
    const letIn = (group: string): string[] =>
      doors
        .filter((door) => !ingress.some((rule) => covers(rule, door) && named(rule, balancers)))
        .map(
          ({ protocol, port }) =>
            `aws ec2 authorize-security-group-ingress --group-id ${group} --protocol ${protocol} ` +
            `--port ${port} --source-group ${balancers[0]}`,
        );
    return [
      warning(
        'security-group-open-to-everyone',
        `expected ${id} of green's tasks to let in the load balancer only, found ${say(doors)} open to ` +
          `${[...new Set(open)].join(' and ')}: requests can go round the balancer, its weights and its ` +
          'certificate',
        "Let the load balancer's group in by name, then take the open rule away.",
        [...letIn(id), ...opening.map((rule) => revoke(id, rule))],
      ),
    ];
  });
