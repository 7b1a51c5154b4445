import type {
  ScalableTarget,
  ScalingPolicy,
  ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling';
import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { SecurityGroup, Subnet } from '@aws-sdk/client-ec2';
import type { ImageDetail } from '@aws-sdk/client-ecr';
import type { Service, TaskDefinition, TaskSet } from '@aws-sdk/client-ecs';
import type {
  Listener,
  LoadBalancer,
  Rule,
  TagDescription,
  TargetGroup,
  TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TrafficSeed, WorldSeed } from './parts.types.ts';
import type { SurroundingsSeed } from './surroundings.ts';
import { type Member, membersOf, readMembers } from './world-files/read-members.ts';
import { reviveDates } from './world-files/revive-dates.ts';
import type { MemberKind } from './world-files/shapes.ts';
import { forwardingRoutes, worldProblems } from './world-files/world-problems.ts';

type LoadedWorld = { ok: true; seed: WorldSeed } | { ok: false; problems: string[] };

/** What users send when the world does not say: enough that every minute of every group has requests in it. */
export const DEFAULT_TRAFFIC: TrafficSeed = { requestsPerSecond: 10 };

/**
 * Reads a world from files in the shape of the AWS CLI's output (docs/worlds.md). Names every problem of every
 * file at once. Timestamps become Dates, as the SDK gives them.
 */
export const loadWorld = (path: string): LoadedWorld => loaded(path, readMembers(path));

/** The same of a world that is one JSON object already (`"describe-services": {...}`); `where` names it in messages. */
export const loadWorldFile = (where: string, file: Record<string, unknown>): LoadedWorld =>
  loaded(where, membersOf(where, file));

const loaded = (path: string, { members, problems }: ReturnType<typeof readMembers>): LoadedWorld => {
  if (problems.length > 0) return { ok: false, problems };

  const seed = assemble(members);
  const found = [
    ...attributeProblems(path, members, seed),
    ...failureProblems(members),
    ...conflictProblems(members),
    ...worldProblems(path, seed),
  ];
  return found.length > 0 ? { ok: false, problems: found } : { ok: true, seed };
};

const assemble = (members: Member[]): WorldSeed => {
  const all = <Item>(kind: MemberKind, take: (value: Member['value']) => Item[] | undefined): Item[] =>
    members
      .filter((member) => member.kind === kind)
      .flatMap((member) => take(reviveDates(member.kind, member.value)) ?? []);

  const taskSets = all<TaskSet>('describe-task-sets', (value) => value.taskSets);
  const services = unique(
    all<Service>('describe-services', (value) => value.services),
    (service) => service.serviceArn,
  ).map((service) => withTaskSets(service, taskSets));
  const targetGroups = unique(
    all<TargetGroup>('describe-target-groups', (value) => value.TargetGroups),
    (group) => group.TargetGroupArn,
  );
  const [, , , region = '', account = ''] = (services[0]?.serviceArn ?? '').split(':');
  const traffic: TrafficSeed = members.find(({ kind }) => kind === 'traffic')?.value ?? DEFAULT_TRAFFIC;
  const seed: WorldSeed = {
    region,
    account,
    clusterArn: services[0]?.clusterArn ?? '',
    services,
    taskDefinitions: unique(
      all<TaskDefinition>('describe-task-definition', (value) => [value.taskDefinition]),
      (definition) => definition.taskDefinitionArn,
    ),
    loadBalancers: unique(
      all<LoadBalancer>('describe-load-balancers', (value) => value.LoadBalancers),
      (balancer) => balancer.LoadBalancerArn,
    ),
    targetGroups,
    targetGroupAttributes: targetGroups.flatMap((group) => attributesOf(members, group)),
    listeners: unique(
      all<Listener>('describe-listeners', (value) => value.Listeners),
      (listener) => listener.ListenerArn,
    ),
    rules: unique(
      all<Rule>('describe-rules', (value) => value.Rules),
      (rule) => rule.RuleArn,
    ).map((rule) => ({ ListenerArn: listenerOf(rule.RuleArn ?? ''), Rule: rule })),
    metricAlarms: all<MetricAlarm>('describe-alarms', (value) => value.MetricAlarms),
    compositeAlarms: all<CompositeAlarm>('describe-alarms', (value) => value.CompositeAlarms),
    traffic,
    assumed: members.flatMap(({ kind, value }) => (kind === 'snapshot' ? (value.assumed ?? []) : [])),
    surroundings: surroundingsOf(members, all),
  };
  return { ...seed, traffic: { ...traffic, ...(traffic.shares === undefined ? sharesOf(seed) : {}) } };
};

type TakeAll = <Item>(kind: MemberKind, take: (value: Member['value']) => Item[] | undefined) => Item[];

/** Only what a file says: without the file nobody can tell, which is not the same as an empty answer. */
const surroundingsOf = (members: Member[], all: TakeAll): SurroundingsSeed => {
  const has = (wanted: MemberKind): boolean => members.some(({ kind }) => kind === wanted);
  return {
    ...(has('describe-security-groups') && {
      securityGroups: all<SecurityGroup>('describe-security-groups', (value) => value.SecurityGroups),
    }),
    ...(has('describe-subnets') && { subnets: all<Subnet>('describe-subnets', (value) => value.Subnets) }),
    ...(has('describe-images') && {
      images: all<ImageDetail>('describe-images', (value) => value.imageDetails),
    }),
    ...(has('describe-tags') && {
      routeTags: all<TagDescription>('describe-tags', (value) => value.TagDescriptions),
    }),
    ...(has('describe-scalable-targets') && {
      scalableTargets: all<ScalableTarget>('describe-scalable-targets', (value) => value.ScalableTargets),
    }),
    ...(has('describe-scaling-policies') && {
      scalingPolicies: all<ScalingPolicy>('describe-scaling-policies', (value) => value.ScalingPolicies),
    }),
    ...(has('describe-scheduled-actions') && {
      scheduledActions: all<ScheduledAction>('describe-scheduled-actions', (value) => value.ScheduledActions),
    }),
  };
};

/**
 * Without shares, users come in equal parts by the routes of the services that the world describes. A real listener
 * also serves others, whose tasks are not in the world: requests for them would all fail.
 */
const sharesOf = (seed: WorldSeed): Pick<TrafficSeed, 'shares'> => {
  const groups = seed.services.flatMap(({ taskSets }) =>
    (taskSets ?? []).flatMap(({ loadBalancers }) =>
      (loadBalancers ?? []).map((balancer) => balancer.targetGroupArn),
    ),
  );
  const routes = forwardingRoutes(seed)
    .filter(({ groups: named }) => named.some((arn) => groups.includes(arn)))
    .map(({ arn }) => arn);
  if (routes.length === 0) return {};
  return { shares: Object.fromEntries(routes.map((arn) => [arn, 1 / routes.length])) };
};

/** describe-services lists each task set with all but its tags; describe-task-sets, where given, says it in full. */
const withTaskSets = (service: Service, richer: TaskSet[]): Service => ({
  ...service,
  taskSets: (service.taskSets ?? []).map((taskSet) => ({
    ...taskSet,
    ...richer.find((other) => other.taskSetArn === taskSet.taskSetArn),
  })),
});

/** A rule's ARN holds its listener's: `listener-rule/app/NAME/LB/LISTENER/RULE`, `listener/app/NAME/LB/LISTENER`. */
const listenerOf = (ruleArn: string): string =>
  ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]*$/, '');

/** The CLI prints attributes without saying whose they are, so the file's name says it. */
const attributesOf = (
  members: Member[],
  group: TargetGroup,
): { TargetGroupArn: string; Attributes: TargetGroupAttribute[] }[] => {
  const member = members.find(
    ({ kind, suffix }) => kind === 'describe-target-group-attributes' && suffix === group.TargetGroupName,
  );
  if (member === undefined || group.TargetGroupArn === undefined) return [];
  return [{ TargetGroupArn: group.TargetGroupArn, Attributes: member.value.Attributes }];
};

const attributeProblems = (path: string, members: Member[], seed: WorldSeed): string[] => {
  const missing = seed.targetGroups
    .filter((group) =>
      seed.targetGroupAttributes.every((known) => known.TargetGroupArn !== group.TargetGroupArn),
    )
    .map(
      ({ TargetGroupName, TargetGroupArn }) =>
        `${path}: expected describe-target-group-attributes.${TargetGroupName}.json, found none; run ` +
        `\`aws elbv2 describe-target-group-attributes --target-group-arn ${TargetGroupArn}\``,
    );
  const names = seed.targetGroups.map((group) => group.TargetGroupName);
  const strays = members
    .filter(({ kind, suffix }) => kind === 'describe-target-group-attributes' && !names.includes(suffix))
    .map(
      ({ where, suffix }) =>
        `${where}: expected the name of a target group after "describe-target-group-attributes.", ` +
        `found "${suffix}"; describe-target-groups has ${names.join(', ') || 'none'}`,
    );
  return [...missing, ...strays];
};

/** A describe call answers 200 with `failures` for what it did not find. */
const failureProblems = (members: Member[]): string[] =>
  members
    .filter((member) => member.kind === 'describe-services')
    .flatMap(({ where, value }) =>
      (value.failures ?? []).map(
        (failure: { arn?: string; reason?: string }) =>
          `${where}: ECS answered ${failure.reason ?? 'a failure'} for ${failure.arn ?? 'a service'}; ` +
          'check the names and run the command again',
      ),
    );

/** What may be in several files of a world as long as they agree, by its name. */
const named: Partial<Record<MemberKind, (value: Member['value']) => [name: string, item: unknown][]>> = {
  'describe-services': ({ services }) => (services as Service[]).map((one) => [one.serviceArn ?? '', one]),
  'describe-task-definition': ({ taskDefinition: one }) => [[one.taskDefinitionArn, one]],
};

/** One thing in two files with two contents: nobody could know which of them the account has. */
const conflictProblems = (members: Member[]): string[] => {
  const seen = new Map<string, { where: string; text: string }>();
  const problems: string[] = [];
  for (const { kind, where, value } of members) {
    for (const [name, item] of named[kind]?.(value) ?? []) {
      const text = JSON.stringify(item);
      const before = seen.get(`${kind} ${name}`);
      if (before === undefined) seen.set(`${kind} ${name}`, { where, text });
      else if (before.text !== text)
        problems.push(
          `${where}: expected ${name} as ${before.where} has it, found another description; keep one`,
        );
    }
  }
  return problems;
};

/** The same balancer or group may be in several files, described once for each of two services. */
const unique = <Item>(items: Item[], keyOf: (item: Item) => string | undefined): Item[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];
