import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { WorldSeed } from '../parts.types.ts';

/**
 * What only shows when the files are read together. Faults of the account itself (a wrong controller, a group that
 * no route names) are none of these: a rehearsal has to be able to meet them.
 */
export const worldProblems = (path: string, seed: WorldSeed): string[] => [
  ...clusterProblems(path, seed),
  ...placeProblems(path, seed),
  ...countProblems(path, seed),
  ...taskSetProblems(path, seed),
  ...routeProblems(path, seed),
  ...alarmProblems(path, seed),
  ...shareProblems(path, seed),
];

const clusterProblems = (path: string, seed: WorldSeed): string[] => {
  if (seed.services.length === 0) {
    return [
      `${path}: expected a service in describe-services.json, found none; docs/worlds.md has the ` +
        'commands that write a world',
    ];
  }
  return seed.services
    .filter((service) => service.clusterArn !== seed.clusterArn)
    .map(
      (service) =>
        `${path}: expected services of one cluster, found ${service.serviceName} in ` +
        `${service.clusterArn} beside ${seed.clusterArn}`,
    );
};

const placeProblems = (path: string, seed: WorldSeed): string[] => {
  if (seed.services.length === 0) return [];
  const arns = [
    ...seed.services.map((service) => service.serviceArn),
    ...seed.taskDefinitions.map((definition) => definition.taskDefinitionArn),
    ...seed.loadBalancers.map((balancer) => balancer.LoadBalancerArn),
    ...seed.targetGroups.map((group) => group.TargetGroupArn),
    ...seed.listeners.map((listener) => listener.ListenerArn),
    ...[...seed.metricAlarms, ...seed.compositeAlarms].map((alarm) => alarm.AlarmArn),
  ].filter((arn) => arn !== undefined);
  return arns
    .filter((arn) => {
      const [, , , region, account] = arn.split(':');
      return region !== seed.region || account !== seed.account;
    })
    .map((arn) => `${path}: expected everything in ${seed.region} of account ${seed.account}, found ${arn}`);
};

/** The most tasks that a service may have (ECS service quotas, Tasks per service). The simulator plays each of them. */
const MOST_TASKS = 5_000;

const countProblems = (path: string, { services }: WorldSeed): string[] => {
  const outside = (value: number, most: number): boolean => !(value >= 0 && value <= most);
  return services.flatMap(({ serviceName, desiredCount = 0, taskSets = [] }) => [
    ...(outside(desiredCount, MOST_TASKS) || !Number.isInteger(desiredCount)
      ? [
          `${path}: expected a desiredCount of 0 to ${MOST_TASKS} tasks for ${serviceName}, found ${desiredCount}`,
        ]
      : []),
    ...taskSets
      .filter(({ scale }) => outside(scale?.value ?? 100, 100))
      .map(
        ({ id, scale }) =>
          `${path}: expected a scale of 0 to 100 percent for ${id} of ${serviceName}, found ${scale?.value}`,
      ),
  ]);
};

const taskSetProblems = (path: string, seed: WorldSeed): string[] => {
  const definitions = new Set(seed.taskDefinitions.map((definition) => definition.taskDefinitionArn));
  const groups = new Set(seed.targetGroups.map((group) => group.TargetGroupArn));
  return seed.services.flatMap((service) =>
    (service.taskSets ?? []).flatMap((taskSet) => [
      ...(definitions.has(taskSet.taskDefinition ?? '')
        ? []
        : [
            `${path}: expected the task definition that ${taskSet.id} of ${service.serviceName} runs, ` +
              `found none with the ARN ${taskSet.taskDefinition}; run \`aws ecs describe-task-definition ` +
              `--task-definition ${taskSet.taskDefinition}\``,
          ]),
      ...(taskSet.loadBalancers ?? [])
        .map((balancer) => balancer.targetGroupArn ?? '')
        .filter((arn) => !groups.has(arn))
        .map(
          (arn) =>
            `${path}: expected the target group of ${taskSet.id} of ${service.serviceName}, found no ` +
            `${arn} in describe-target-groups; run \`aws elbv2 describe-target-groups ` +
            `--target-group-arns ${arn}\``,
        ),
    ]),
  );
};

const routeProblems = (path: string, seed: WorldSeed): string[] => {
  const balancers = new Set(seed.loadBalancers.map((balancer) => balancer.LoadBalancerArn));
  const listeners = new Set(seed.listeners.map((listener) => listener.ListenerArn));
  const groups = new Set(seed.targetGroups.map((group) => group.TargetGroupArn));
  return [
    ...seed.listeners
      .filter((listener) => !balancers.has(listener.LoadBalancerArn))
      .map(
        (listener) =>
          `${path}: expected the load balancer of ${listener.ListenerArn}, found no ` +
          `${listener.LoadBalancerArn} in describe-load-balancers`,
      ),
    ...seed.rules
      .filter((rule) => !listeners.has(rule.ListenerArn))
      .map(
        ({ ListenerArn, Rule }) =>
          `${path}: expected the listener of rule ${Rule.RuleArn}, found no ${ListenerArn} in describe-listeners`,
      ),
    ...forwardingRoutes(seed).flatMap(({ arn, groups: named }) =>
      named
        .filter((group) => !groups.has(group))
        .map(
          (group) =>
            `${path}: expected every group that ${arn} forwards to, found no ${group} in ` +
            `describe-target-groups; run \`aws elbv2 describe-target-groups --target-group-arns ${group}\``,
        ),
    ),
  ];
};

/** Listeners by their default action, and rules; a listener's own default rule repeats the default action. */
export const forwardingRoutes = ({ listeners, rules }: WorldSeed): { arn: string; groups: string[] }[] =>
  [
    ...listeners.map(({ ListenerArn, DefaultActions }) => ({ arn: ListenerArn, actions: DefaultActions })),
    ...rules
      .filter(({ Rule }) => Rule.IsDefault !== true)
      .map(({ Rule }) => ({ arn: Rule.RuleArn, actions: Rule.Actions })),
  ]
    .map(({ arn, actions }) => ({ arn: arn ?? '', groups: forwardedTo(actions ?? []) }))
    .filter(({ groups }) => groups.length > 0);

const forwardedTo = (actions: Action[]): string[] => [
  ...new Set(
    actions
      .filter((action) => action.Type === 'forward')
      .flatMap((action) => [
        action.TargetGroupArn,
        ...(action.ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn),
      ])
      .filter((arn) => arn !== undefined),
  ),
];

const alarmProblems = (path: string, seed: WorldSeed): string[] => {
  const names = [...seed.metricAlarms, ...seed.compositeAlarms].map((alarm) => alarm.AlarmName);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `${path}: expected each alarm once, found "${name}" in describe-alarms more than once`,
  );
};

const shareProblems = (path: string, seed: WorldSeed): string[] => {
  const shares = seed.traffic.shares;
  if (shares === undefined) return [];
  const routes = new Set([
    ...seed.listeners.map((listener) => listener.ListenerArn),
    ...seed.rules.map(({ Rule }) => Rule.RuleArn),
  ]);
  const sum = Object.values(shares).reduce((total, share) => total + share, 0);
  return [
    ...Object.keys(shares)
      .filter((arn) => !routes.has(arn))
      .map(
        (arn) =>
          `${path}: traffic.json: expected listener or rule ARNs of this world in shares, found ${arn}`,
      ),
    ...(Math.abs(sum - 1) > 1e-6
      ? [`${path}: traffic.json: expected shares that sum to 1, found ${Number(sum.toFixed(6))}`]
      : []),
  ];
};
