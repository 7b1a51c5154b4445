import type { Service, TaskSet } from '@aws-sdk/client-ecs';
import type { Action, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { WorldReads } from '../aws/world-reads.ts';

/** What a service's own words say about where its users are. */
type Serving = {
  /** The group that serves, and what it serves from. */
  blue: string;
  /** The other group, where there is one. */
  green: string | null;
  container: string;
  port: number;
};

type Refusal = { ok: false; problem: string; hint: string };
type AsIf = { ok: true; world: WorldReads; assumed: string[] } | Refusal;

const refuse = (problem: string, hint: string): Refusal => ({ ok: false, problem, hint });

const controllerOf = ({ deploymentController, deploymentConfiguration }: Service): string => {
  const type = deploymentController?.type ?? 'ECS';
  const strategy = deploymentConfiguration?.strategy;
  return type === 'ECS' && strategy !== undefined && strategy !== 'ROLLING' ? `ECS ${strategy}` : type;
};

/** The target groups that a service names itself, those that it serves from first. */
export const groupsNamedBy = (service: Service): string[] => {
  const sets = (service.taskSets ?? []).flatMap(({ loadBalancers }) => loadBalancers ?? []);
  const own = [...sets, ...(service.loadBalancers ?? [])];
  return [
    ...new Set(
      own.flatMap(({ targetGroupArn, advancedConfiguration }) => [
        targetGroupArn,
        advancedConfiguration?.alternateTargetGroupArn,
      ]),
    ),
  ].filter((arn) => arn !== undefined);
};

type Reason = { problem: string; hint: string };

/** What a service must not be, to be deployed by Cutover; each alone keeps it from that. */
const cannotBe: ((service: Service) => Reason | null)[] = [
  ({ status }) =>
    status === 'ACTIVE'
      ? null
      : { problem: `its status is ${status}`, hint: 'only an ACTIVE service is deployed' },
  ({ schedulingStrategy }) =>
    schedulingStrategy === 'DAEMON'
      ? {
          problem: 'it runs a task on every instance (DAEMON)',
          hint: 'Cutover deploys REPLICA services: both colours have to run beside each other',
        }
      : null,
  ({ desiredCount = 0, schedulingStrategy }) =>
    desiredCount === 0 && schedulingStrategy !== 'DAEMON'
      ? { problem: 'its desired count is 0', hint: 'nothing serves, so there is nothing to shift' }
      : null,
  ({ deployments = [] }) =>
    deployments.some(({ serviceConnectConfiguration: one }) => one?.enabled)
      ? {
          problem: 'it uses Service Connect, which ECS does not offer to the EXTERNAL controller',
          hint: 'move its callers to the load balancer first',
        }
      : null,
  ({ deployments = [] }) =>
    deployments.some(({ volumeConfigurations = [] }) => volumeConfigurations.length > 0)
      ? {
          problem:
            'it describes EBS volumes at launch (volumeConfigurations), which CreateTaskSet has no member for',
          hint: 'use volumes that the task definition describes itself, or storage outside of the task',
        }
      : null,
  ({ deployments = [] }) =>
    deployments.some(({ vpcLatticeConfigurations = [] }) => vpcLatticeConfigurations.length > 0)
      ? {
          problem: 'it is in VPC Lattice target groups, which CreateTaskSet has no member for',
          hint: 'move its callers to an Application or Network Load Balancer first',
        }
      : null,
  (service) =>
    groupsNamedBy(service).length === 0
      ? {
          problem: 'it is behind no load balancer',
          hint: 'Cutover shifts the weights of an Application or Network Load Balancer',
        }
      : null,
];

/** Every reason why no rehearsal of this service would say anything about it. */
export const whyNotRehearsed = (service: Service): Reason[] =>
  cannotBe.map((reasonOf) => reasonOf(service)).filter((reason) => reason !== null);

/**
 * The account as it would be with the service moved to the EXTERNAL controller, and each thing that this takes and that
 * is not there, as a sentence. A service that has moved is left as it is.
 */
export const asIfExternal = (read: WorldReads): AsIf => {
  const controller = controllerOf(read.service);
  if (controller === 'EXTERNAL') return { ok: true, world: read, assumed: [] };

  const serving = servingOf(read);
  if ('problem' in serving) return serving;
  const blue = read.targetGroups.find(({ TargetGroupArn }) => TargetGroupArn === serving.blue);
  if (blue === undefined) {
    return refuse(
      `its target group ${serving.blue} was not found`,
      'read it again: somebody may have deleted it',
    );
  }
  const second = serving.green === null ? copyOf(blue) : null;
  const green = serving.green ?? second?.TargetGroupArn ?? '';
  const routes = withGreen(read, serving.blue, green);
  const attributes = read.attributes.find(({ name }) => name === blue.TargetGroupName)?.attributes ?? [];
  const service = externalOf(read.service, serving);
  return {
    ok: true,
    world: {
      ...read,
      ...routes.read,
      service,
      targetGroups: second === null ? read.targetGroups : [...read.targetGroups, second],
      attributes:
        second === null
          ? read.attributes
          : [...read.attributes, { name: second.TargetGroupName ?? '', attributes }],
    },
    assumed: [
      `${read.service.serviceName} has been moved to the EXTERNAL deployment controller; in the ` +
        `account it is ${controller}`,
      ...((read.service.taskSets ?? []).some(({ status }) => status === 'PRIMARY')
        ? []
        : [`its ${service.desiredCount} running tasks are one task set, PRIMARY and steady`]),
      ...(second === null
        ? []
        : [`there is a second target group ${second.TargetGroupName}, a copy of ${blue.TargetGroupName}`]),
      ...(routes.changed.length === 0
        ? []
        : [
            `${routes.changed.length === 1 ? 'the route' : `each of the ${routes.changed.length} routes`} ` +
              `that forwards to ${blue.TargetGroupName} names both groups, with weights 100 and 0`,
          ]),
      'ECS has room for both colours at full size, and accepts the second group',
    ],
  };
};

const servingOf = ({ service, listeners, rules }: WorldReads): Serving | Refusal => {
  const primary = (service.taskSets ?? []).find(({ status }) => status === 'PRIMARY');
  const [balancer, ...more] = primary?.loadBalancers ?? service.loadBalancers ?? [];
  if (more.length > 0) {
    return refuse(
      `it is in ${more.length + 1} target groups at once`,
      'ECS gives a task set one target group: the service would have to be split first',
    );
  }
  const { targetGroupArn: named = '', containerName = '', containerPort = 0 } = balancer ?? {};
  const actions = [
    ...listeners.flatMap(({ DefaultActions }) => DefaultActions ?? []),
    ...rules.flatMap(({ Actions }) => Actions ?? []),
  ];
  const weights = actions
    .map(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? [])
    .find((groups) => groups.length > 1 && groups.some(({ TargetGroupArn }) => TargetGroupArn === named));
  const declared = balancer?.advancedConfiguration?.alternateTargetGroupArn;
  const other =
    declared ?? weights?.find(({ TargetGroupArn }) => TargetGroupArn !== named)?.TargetGroupArn ?? null;
  // ECS and CodeDeploy let the two groups take turns: the weights say whose turn it is.
  const weightOf = (arn: string | null): number =>
    weights?.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight ?? 0;
  const turned = primary === undefined && other !== null && weightOf(other) > weightOf(named);
  const [blue, green] = turned ? [other, named] : [named, other];
  return { blue, green, container: containerName, port: containerPort };
};

/** Of a name of 32 characters at most. */
const copyOf = (group: TargetGroup): TargetGroup => {
  const name = `${(group.TargetGroupName ?? '').slice(0, 30)}-x`;
  const prefix = (group.TargetGroupArn ?? '').split(':targetgroup/')[0];
  return {
    ...group,
    TargetGroupName: name,
    TargetGroupArn: `${prefix}:targetgroup/${name}/0000000000000000`,
  };
};

type Routes = Pick<WorldReads, 'listeners' | 'rules'>;

/** Every action that forwards to blue, with green beside it. */
const withGreen = (read: Routes, blue: string, green: string): { read: Routes; changed: string[] } => {
  const changed: string[] = [];
  const widened = (actions: Action[] | undefined, route: string): Action[] =>
    (actions ?? []).map((action) => {
      const groups = action.ForwardConfig?.TargetGroups ?? [];
      const named = [action.TargetGroupArn, ...groups.map(({ TargetGroupArn }) => TargetGroupArn)];
      if (action.Type !== 'forward' || !named.includes(blue) || named.includes(green)) return action;
      changed.push(route);
      const { TargetGroupArn: _alone, ...rest } = action;
      const TargetGroups =
        groups.length > 1
          ? [...groups, { TargetGroupArn: green, Weight: 0 }]
          : [
              { TargetGroupArn: blue, Weight: 100 },
              { TargetGroupArn: green, Weight: 0 },
            ];
      return { ...rest, ForwardConfig: { ...action.ForwardConfig, TargetGroups } };
    });
  const listeners = read.listeners.map((listener) => ({
    ...listener,
    DefaultActions: widened(listener.DefaultActions, listener.ListenerArn ?? ''),
  }));
  // A listener's default rule repeats its default action.
  const counted = changed.length;
  const defaults = read.rules.filter(({ IsDefault }) => IsDefault === true);
  const rules = read.rules.map((rule) => ({ ...rule, Actions: widened(rule.Actions, rule.RuleArn ?? '') }));
  const repeated = new Set(defaults.map(({ RuleArn }) => RuleArn));
  return {
    read: { listeners, rules },
    changed: [...changed.slice(0, counted), ...changed.slice(counted).filter((arn) => !repeated.has(arn))],
  };
};

const externalOf = (service: Service, { blue, container, port }: Serving): Service => {
  const {
    loadBalancers: _balancers,
    taskDefinition,
    networkConfiguration,
    launchType,
    capacityProviderStrategy,
    platformVersion,
    deployments: _deployments,
    deploymentConfiguration: _configuration,
    ...kept
  } = service;
  const desired = service.desiredCount ?? 0;
  const arn = service.serviceArn ?? '';
  const id = 'ecs-svc/0000000000000000001';
  const made: TaskSet = {
    id,
    taskSetArn: `${arn.replace(':service/', ':task-set/')}/${id}`,
    serviceArn: arn,
    ...(service.clusterArn === undefined ? {} : { clusterArn: service.clusterArn }),
    status: 'PRIMARY',
    ...(taskDefinition === undefined ? {} : { taskDefinition }),
    computedDesiredCount: desired,
    pendingCount: 0,
    runningCount: desired,
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(capacityProviderStrategy !== undefined && capacityProviderStrategy.length > 0
      ? { capacityProviderStrategy }
      : launchType === undefined
        ? {}
        : { launchType }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    loadBalancers: [{ targetGroupArn: blue, containerName: container, containerPort: port }],
    serviceRegistries: service.serviceRegistries ?? [],
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: 'STEADY_STATE',
  };
  const there = (service.taskSets ?? []).filter(({ status }) => status === 'PRIMARY');
  return {
    ...kept,
    loadBalancers: [],
    deployments: [],
    deploymentController: { type: 'EXTERNAL' },
    taskSets: there.length > 0 ? there : [made],
  };
};
