import { groupOf } from '../discovery.ts';
import { containerOf, networkOf } from '../green-spec.ts';
import type { ObservedLoadBalancer, ObservedTargetGroup } from '../observed.types.ts';
import type { Finding } from '../plan.types.ts';
import type { Check, Inspected } from './check.types.ts';
import { error, warning } from './finding.ts';
import { balancersOf } from './on-routes.ts';
import { type ObservedSecurityGroup, type SecurityRule, seen } from './surroundings.types.ts';

type Door = { protocol: 'tcp' | 'udp'; port: number; use: string };
type Way = { doors: Door[]; tasks: ObservedSecurityGroup[]; known: ObservedSecurityGroup[] };

/**
 * The load balancer reaches the tasks on the traffic port and the health check's port, and nobody else does [151].
 * Only tasks with an address of their own can be looked at: those on instances are behind the instances' groups.
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
    ...(guarded.length > 0 && guarded.length === balancersOf(inspected).length ? wideOpen(way) : []),
  ];
};

const notFound = (id: string): Finding =>
  error(
    'security-group-not-found',
    `expected the security group ${id} of green's tasks, found none`,
    'Correct `network` in the request; `aws ec2 describe-security-groups --query "SecurityGroups[].[GroupId,GroupName]"` lists what there is.',
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
  const [door] = shut;
  if (door === undefined) return [];
  return [
    error(
      'security-group-shuts-out-load-balancer',
      `expected ${ids(tasks)} of green's tasks to let the load balancer ${name} (${securityGroups.join(', ')}) in on ${say(shut)}, found no rule that does: its health checks would end in Target.Timeout`,
      `\`aws ec2 authorize-security-group-ingress --group-id ${tasks[0]?.id} --protocol ${door.protocol} --port ${door.port} --source-group ${securityGroups[0]}\`${each(shut)}.`,
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
  const [door] = shut;
  if (door === undefined) return [];
  const permission = `IpProtocol=${door.protocol},FromPort=${door.port},ToPort=${door.port},UserIdGroupPairs=[{GroupId=${tasks[0]?.id}}]`;
  return [
    error(
      'security-group-holds-load-balancer',
      `expected ${securityGroups.join(', ')} of the load balancer ${name} to let it out to ${ids(tasks)} on ${say(shut)}, found no outbound rule that does`,
      `\`aws ec2 authorize-security-group-egress --group-id ${balancers[0]?.id} --ip-permissions '${permission}'\`${each(shut)}.`,
    ),
  ];
};

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

const wideOpen = ({ doors, tasks }: Way): Finding[] =>
  tasks.flatMap(({ id, ingress }) => {
    const open = ingress.flatMap((rule) =>
      doors.some((door) => covers(rule, door))
        ? rule.ranges.filter((range) => EVERYWHERE.includes(range))
        : [],
    );
    const [range] = open;
    if (range === undefined) return [];
    return [
      warning(
        'security-group-open-to-everyone',
        `expected ${id} of green's tasks to let in the load balancer only, found ${say(doors)} open to ${[...new Set(open)].join(' and ')}: requests can go round the balancer, its weights and its certificate`,
        `Let the balancer's group in, then close the rest: \`aws ec2 describe-security-group-rules --filters Name=group-id,Values=${id}\` shows the rules, \`aws ec2 revoke-security-group-ingress --group-id ${id} --security-group-rule-ids <rule>\` takes one away.`,
      ),
    ];
  });

const each = (doors: Door[]): string => (doors.length > 1 ? ', and the same for the other port' : '');
