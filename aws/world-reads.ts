import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListServiceDeploymentsCommand,
  type Service,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type Listener,
  type LoadBalancer,
  type Rule,
  type TargetGroup,
  type TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DeploymentError } from '../core/errors.ts';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { readListeners, readRules } from './listener-pages.ts';
import { allPages } from './pages.ts';
import { orNoSuchRevision } from './task-definitions.ts';

/** What a rehearsal needs of an account, as the API answers it. */
export type WorldReads = {
  service: Service;
  /** Another one, whose users it is to take over. */
  from?: Service;
  taskDefinitions: TaskDefinition[];
  loadBalancers: LoadBalancer[];
  listeners: Listener[];
  rules: Rule[];
  targetGroups: TargetGroup[];
  attributes: { name: string; attributes: TargetGroupAttribute[] }[];
  metricAlarms: MetricAlarm[];
  compositeAlarms: CompositeAlarm[];
};

type Clients = { ecs: Sender; elbv2: Sender; cloudWatch: Sender };

/** The service as ECS describes it. */
export const readDescribedService = async (
  ecs: Sender,
  call: Call,
  { cluster, service }: { cluster: string; service: string },
): Promise<Service> => {
  const what = `read service ${service} in cluster ${cluster}`;
  const { services } = await call(ecs, new DescribeServicesCommand({ cluster, services: [service] }), {
    what,
  });
  const [found] = services ?? [];
  if (found !== undefined) return found;
  throw new DeploymentError(
    'NotFound',
    `Could not ${what}: there is no such service. \`aws ecs list-services --cluster ${cluster}\` lists ` +
      'those there are; check the account and the Region too.',
  );
};

/** Whether ECS itself deploys the service at this moment: what is read then is neither the old nor the new. */
export const isBeingDeployed = async (ecs: Sender, call: Call, service: Service): Promise<boolean> => {
  if ((service.deployments ?? []).some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')) return true;
  if (service.deploymentConfiguration?.strategy === undefined) return (service.deployments ?? []).length > 1;
  const answer = await call(
    ecs,
    new ListServiceDeploymentsCommand({
      service: required(service.serviceArn, "the service's ARN", 'read its deployments'),
      cluster: required(service.clusterArn, "the cluster's ARN", 'read its deployments'),
      status: ['PENDING', 'IN_PROGRESS'],
    }),
    { what: `list the deployments of ${service.serviceName}` },
  );
  return (answer.serviceDeployments ?? []).length > 0;
};

export const readDescribedTaskDefinition = async (
  ecs: Sender,
  call: Call,
  name: string,
): Promise<TaskDefinition> => {
  const what = `read task definition ${name}`;
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: name });
  const answer = await orNoSuchRevision(call(ecs, command, { what }), what);
  return required(answer.taskDefinition, 'a task definition', what);
};

/**
 * Everything behind the load balancers of these groups, with the alarms that are about any of them or are named, in
 * the shape of the API. Only reads.
 */
export const readAroundGroups = async (
  { elbv2, cloudWatch }: Clients,
  call: Call,
  groupArns: readonly string[],
  alarmNames: readonly string[],
): Promise<Omit<WorldReads, 'service' | 'from' | 'taskDefinitions'>> => {
  const what = `read target groups ${groupArns.join(', ')}`;
  const first = await call(elbv2, new DescribeTargetGroupsCommand({ TargetGroupArns: [...groupArns] }), {
    what,
  });
  const arns = [...new Set((first.TargetGroups ?? []).flatMap((group) => group.LoadBalancerArns ?? []))];
  const loadBalancers = arns.length === 0 ? [] : await readLoadBalancers(elbv2, call, arns);
  const listeners = (await inTurn(arns, (arn) => readListeners(elbv2, call, arn))).flat();
  const rules = (await inTurn(listeners, (listener) => readRules(elbv2, call, listener))).flat();
  const behind = (await inTurn(arns, (arn) => readGroups(elbv2, call, arn))).flat();
  const targetGroups = [
    ...new Map(
      [...(first.TargetGroups ?? []), ...behind].map((group) => [group.TargetGroupArn, group]),
    ).values(),
  ];
  const attributes = await inTurn(targetGroups, async ({ TargetGroupArn = '', TargetGroupName = '' }) => {
    const command = new DescribeTargetGroupAttributesCommand({ TargetGroupArn });
    const answer = await call(elbv2, command, { what: `read the attributes of ${TargetGroupName}` });
    return { name: TargetGroupName, attributes: answer.Attributes ?? [] };
  });
  const about = groupArns.map((arn) => arn.split(':').at(-1) ?? arn);
  const alarms = await readAlarmsAbout(cloudWatch, call, about, alarmNames);
  return { loadBalancers, listeners, rules, targetGroups, attributes, ...alarms };
};

/** Listeners and rules whose actions name one of the groups. */
export const routesBehind = (
  { listeners, rules }: Pick<WorldReads, 'listeners' | 'rules'>,
  groups: readonly string[],
): string[] => {
  const names = (actions: unknown) => groups.some((arn) => JSON.stringify(actions ?? []).includes(arn));
  return [
    ...listeners.flatMap(({ ListenerArn, DefaultActions }) =>
      names(DefaultActions) ? (ListenerArn ?? []) : [],
    ),
    ...rules.flatMap(({ RuleArn, Actions, IsDefault }) =>
      IsDefault !== true && names(Actions) ? (RuleArn ?? []) : [],
    ),
  ];
};

/** One after the other: these reads share a bucket of ten a second with the deployments of the account [fact 92]. */
const inTurn = async <Item, Value>(
  items: readonly Item[],
  read: (item: Item) => Promise<Value>,
): Promise<Value[]> => {
  const values: Value[] = [];
  for (const item of items) values.push(await read(item));
  return values;
};

const readLoadBalancers = async (elbv2: Sender, call: Call, arns: string[]): Promise<LoadBalancer[]> => {
  const what = `read load balancers ${arns.join(', ')}`;
  const answer = await call(elbv2, new DescribeLoadBalancersCommand({ LoadBalancerArns: arns }), { what });
  return answer.LoadBalancers ?? [];
};

const readGroups = (elbv2: Sender, call: Call, LoadBalancerArn: string): Promise<TargetGroup[]> => {
  const what = `read the target groups of ${LoadBalancerArn}`;
  return allPages(what, async (Marker) => {
    const command = new DescribeTargetGroupsCommand({ LoadBalancerArn, ...defined({ Marker }) });
    const answer = await call(elbv2, command, { what });
    return { items: answer.TargetGroups, next: answer.NextMarker };
  });
};

/** An account may have thousands of alarms, most of them about something else. */
export const readAlarmsAbout = async (
  cloudWatch: Sender,
  call: Call,
  about: readonly string[],
  named: readonly string[],
): Promise<Pick<WorldReads, 'metricAlarms' | 'compositeAlarms'>> => {
  const what = 'list the alarms of the account';
  const composites: CompositeAlarm[] = [];
  const metrics = await allPages<MetricAlarm>(what, async (NextToken) => {
    const command = new DescribeAlarmsCommand({
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      ...defined({ NextToken }),
    });
    const answer = await call(cloudWatch, command, { what });
    composites.push(...(answer.CompositeAlarms ?? []));
    return { items: answer.MetricAlarms, next: answer.NextToken };
  });
  const isAbout = ({ Dimensions, Metrics }: MetricAlarm): boolean => {
    const text = JSON.stringify([Dimensions, Metrics]);
    return about.some((ending) => text.includes(ending));
  };
  const mentions = ({ AlarmRule = '' }: CompositeAlarm, { AlarmName = '' }: MetricAlarm): boolean =>
    AlarmRule.includes(`"${AlarmName}"`) || AlarmRule.includes(`(${AlarmName})`);
  const chosen = metrics.filter((alarm) => isAbout(alarm) || named.includes(alarm.AlarmName ?? ''));
  const compositeAlarms = composites.filter(
    (composite) =>
      named.includes(composite.AlarmName ?? '') || chosen.some((metric) => mentions(composite, metric)),
  );
  const children = metrics.filter(
    (metric) => !chosen.includes(metric) && compositeAlarms.some((composite) => mentions(composite, metric)),
  );
  return { metricAlarms: [...chosen, ...children], compositeAlarms };
};
