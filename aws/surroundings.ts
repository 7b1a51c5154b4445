import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type IpPermission,
  type SecurityGroup,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { GetTaskProtectionCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { chunks } from '../core/chunks.ts';
import { SECOND_MS } from '../core/clock.ts';
import { isDeploymentError } from '../core/errors.ts';
import { discover, unique } from '../core/plan/discovery.ts';
import { networkOf } from '../core/plan/green-spec.ts';
import type { PlanObservation } from '../core/vocabulary/observation.types.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type {
  AllowedHooks,
  ObservedProtection,
  ObservedSecurityGroup,
  ObservedSubnet,
  Reading,
  SecurityRule,
  Surroundings,
} from '../core/vocabulary/surroundings.types.ts';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { readImages } from './images.ts';
import { readAllowedHooks } from './installation.ts';
import { allPages } from './pages.ts';
import { readRouteTags } from './route-tags.ts';
import { makeScaling } from './scaling.ts';

const SCALING_READS =
  'application-autoscaling:DescribeScalableTargets, DescribeScalingPolicies and DescribeScheduledActions';

/** The client of each read; a read without one is not made. */
export type SurroundingsClients = {
  [What in Exclude<keyof Surroundings, 'allowedHooks'>]?: Sender | undefined;
} & {
  /** With the name of the installation that would deploy. */
  allowedHooks?: { client: Sender; installation: string } | undefined;
};

/** The one who runs this waits for it, and none of it is needed: so long a read is tried. */
const READ_PATIENCE_MS = 10 * SECOND_MS;

/**
 * What only the command line reads: the Lambdas have no permission for it, and need none. A read that is refused or
 * gets no answer is part of the result, so that preflight says what it could not check and continues with the rest.
 */
export const observeSurroundings = async (
  clients: SurroundingsClients,
  call: Call,
  observed: PlanObservation,
  request: DeploymentRequest,
): Promise<Surroundings> => {
  const { service, taskDefinition, loadBalancers } = observed;
  const routes = discover(observed, request).routes.map(({ arn }) => arn);
  const primary = service?.taskSets.find(({ status }) => status === 'PRIMARY') ?? null;
  const network = taskDefinition === null ? null : networkOf(request, primary, taskDefinition);
  const groups = unique([
    ...(network?.securityGroups ?? []),
    ...(network === null ? [] : loadBalancers.flatMap(({ securityGroups }) => securityGroups)),
  ]);
  const images = taskDefinition?.containers.map(({ image }) => image) ?? [];

  const [securityGroups, subnets, seenImages, scaling, protection, owners, allowedHooks] = await Promise.all([
    tryRead(clients.securityGroups, groups.length > 0, 'ec2:DescribeSecurityGroups', (client) =>
      readSecurityGroups(client, call, groups),
    ),
    tryRead(clients.subnets, network !== null, 'ec2:DescribeSubnets', (client) =>
      readSubnets(client, call, network?.subnets ?? []),
    ),
    tryRead(clients.images, service !== null, 'ecr:DescribeImages', (client) =>
      readImages(client, call, images, service?.serviceArn.split(':')[3] ?? '', READ_PATIENCE_MS),
    ),
    readOf(clients.scaling, service, SCALING_READS, (client, of) =>
      makeScaling(client, call, { patienceMs: READ_PATIENCE_MS }).read(of),
    ),
    readOf(clients.protection, primary, 'ecs:ListTasks and ecs:GetTaskProtection', (client, of) =>
      readProtection(client, call, service?.clusterArn ?? '', of),
    ),
    tryRead(clients.owners, routes.length > 0, 'elasticloadbalancing:DescribeTags', (client) =>
      readRouteTags(client, call, routes, READ_PATIENCE_MS),
    ),
    readAllowed(clients.allowedHooks, call, request),
  ]);
  return { securityGroups, subnets, images: seenImages, scaling, protection, owners, allowedHooks };
};

const readAllowed = async (
  of: SurroundingsClients['allowedHooks'],
  call: Call,
  { hooks = [] }: DeploymentRequest,
): Promise<Reading<AllowedHooks>> => {
  if (of === undefined || !hooks.some(({ kind }) => kind !== 'approval')) return { kind: 'notAsked' };
  const read = await tryRead(of.client, true, 'ssm:GetParameter', (client) =>
    readAllowedHooks(client, call, of.installation, READ_PATIENCE_MS),
  );
  if (read.kind !== 'seen') return read;
  return read.value === null ? { kind: 'notAsked' } : { kind: 'seen', value: read.value };
};

const readOf = <Of, Value>(
  client: Sender | undefined,
  of: Of | null,
  permission: string,
  read: (client: Sender, of: Of) => Promise<Value>,
): Promise<Reading<Value>> =>
  of === null
    ? Promise.resolve({ kind: 'notAsked' })
    : tryRead(client, true, permission, (sender) => read(sender, of));

const tryRead = async <Value>(
  client: Sender | undefined,
  wanted: boolean,
  permission: string,
  read: (client: Sender) => Promise<Value>,
): Promise<Reading<Value>> => {
  if (client === undefined || !wanted) return { kind: 'notAsked' };
  try {
    return { kind: 'seen', value: await read(client) };
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    return { kind: 'notSeen', permission, why: error.message, denied: error.name === 'AccessDenied' };
  }
};

/** By a filter: asked for by their ids, one that does not exist would hide the others behind an error. */
const readSecurityGroups = async (
  client: Sender,
  call: Call,
  ids: string[],
): Promise<ObservedSecurityGroup[]> => {
  const what = `read security groups ${ids.join(', ')}`;
  const groups = await allPages<SecurityGroup>(what, async (NextToken) => {
    const command = new DescribeSecurityGroupsCommand({
      Filters: [{ Name: 'group-id', Values: ids }],
      ...defined({ NextToken }),
    });
    const answer = await call(client, command, { what, patienceMs: READ_PATIENCE_MS });
    return { items: answer.SecurityGroups, next: answer.NextToken };
  });
  return groups.map((group) => ({
    id: required(group.GroupId, 'the id of a security group', what),
    ingress: (group.IpPermissions ?? []).map(observeRule),
    egress: (group.IpPermissionsEgress ?? []).map(observeRule),
  }));
};

const observeRule = (permission: IpPermission): SecurityRule => ({
  protocol: permission.IpProtocol ?? '-1',
  ...defined({ fromPort: permission.FromPort, toPort: permission.ToPort }),
  groups: unique((permission.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId)),
  ranges: unique([
    ...(permission.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
  ]),
});

const readSubnets = async (client: Sender, call: Call, ids: string[]): Promise<ObservedSubnet[]> => {
  const what = `read subnets ${ids.join(', ')}`;
  const subnets = await allPages<Subnet>(what, async (NextToken) => {
    const command = new DescribeSubnetsCommand({
      Filters: [{ Name: 'subnet-id', Values: ids }],
      ...defined({ NextToken }),
    });
    const answer = await call(client, command, { what, patienceMs: READ_PATIENCE_MS });
    return { items: answer.Subnets, next: answer.NextToken };
  });
  return subnets.map((subnet) => ({
    id: required(subnet.SubnetId, 'the id of a subnet', what),
    availabilityZone: required(subnet.AvailabilityZone, 'the zone of a subnet', what),
    freeAddresses: required(subnet.AvailableIpAddressCount, 'the free addresses of a subnet', what),
    ...defined({ vpcId: subnet.VpcId }),
  }));
};

/** The API takes so many tasks at once (ECS API, GetTaskProtection). */
const TASKS_PER_CALL = 100;

const readProtection = async (
  client: Sender,
  call: Call,
  cluster: string,
  { id }: ObservedTaskSet,
): Promise<ObservedProtection> => {
  const what = `read the scale-in protection of ${id}`;
  const context = { what, patienceMs: READ_PATIENCE_MS };
  const tasks = await allPages(what, async (nextToken) => {
    // Where startedBy is used it must be the only filter [fact 30].
    const command = new ListTasksCommand({ cluster, startedBy: id, ...defined({ nextToken }) });
    const answer = await call(client, command, context);
    return { items: answer.taskArns, next: answer.nextToken };
  });
  const answers = [];
  for (const some of chunks(tasks, TASKS_PER_CALL)) {
    answers.push(await call(client, new GetTaskProtectionCommand({ cluster, tasks: some }), context));
  }
  const held = answers
    .flatMap(({ protectedTasks }) => protectedTasks ?? [])
    .filter(({ protectionEnabled }) => protectionEnabled === true);
  const ends = held.flatMap(({ expirationDate }) => expirationDate?.toISOString() ?? []).sort();
  return {
    tasks: tasks.length,
    protectedTasks: held.length,
    protectedIds: held.flatMap(({ taskArn }) => taskArn?.split('/').at(-1) ?? []),
    ...defined({ until: ends.at(-1) }),
  };
};
