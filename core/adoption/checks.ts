import type { MoveObservation, ReadRoute, ReadService } from './adoption.types.ts';
import { isGuarded, previewedRoute, priorityBefore } from './group-steps.ts';
import type { MovePlan } from './move-plan.ts';
import { commandOf } from './names.ts';
import { groupOf, isOfOld, isUnrouted, ours, type Roles, usersRoutes } from './roles.ts';
import { whyNotCopied } from './scaling-copies.ts';
import type { RouteOwner, TaskFacts } from './surroundings.types.ts';

type Obstacle = { problem: string; fix: string };

/** A forward action names at most so many groups [fact 72]. */
const MOST_GROUPS = 5;

/** Quotas of Application Load Balancers: condition values of a rule. The preview's header takes one. */
const MOST_CONDITION_VALUES = 5;

const strangersIn = (route: ReadRoute, roles: Roles): boolean =>
  route.groups.some(
    ({ targetGroupArn, weight }) =>
      weight > 0 && ![roles.from, roles.to, roles.idle, roles.alternate].includes(targetGroupArn),
  );

const onRoute = (plan: MovePlan, roles: Roles, route: ReadRoute): Obstacle[] => {
  const others = route.groups.filter(
    ({ targetGroupArn }) => ![roles.from, roles.to, roles.idle].includes(targetGroupArn),
  ).length;
  const found: Obstacle[] = [];
  if (strangersIn(route, roles))
    found.push({
      problem: `${route.label} also sends users to a group that is not the service's`,
      fix: 'give that group weight 0, or the service a rule of its own',
    });
  if (plan.kind === 'adopt' && others + 3 > MOST_GROUPS)
    found.push({
      problem: `${route.label} would name ${others + 3} target groups, and an action takes ${MOST_GROUPS}`,
      fix: 'take groups of weight 0 out of it',
    });
  return found;
};

/** Application cookies and weights exclude each other; other cookies want stickiness of the action [fact 79]. */
const onCookies = (observed: MoveObservation, roles: Roles, routes: readonly ReadRoute[]): Obstacle[] => {
  const group = groupOf(observed, roles.from);
  if (group?.attributes['stickiness.enabled'] !== 'true') return [];
  if (group.attributes['stickiness.type'] === 'app_cookie')
    return [
      {
        problem: `${group.name} uses application cookies, which weighted target groups do not support`,
        fix: 'use load balancer cookies',
      },
    ];
  const unsticky = routes.find(({ stickySeconds }) => stickySeconds === null);
  if (unsticky === undefined) return [];
  return [
    {
      problem:
        `${group.name} is sticky, and ${unsticky.label} has no target group stickiness, which several ` +
        'groups want then',
      fix: 'enable target group stickiness of the action, or turn off that of the group',
    },
  ];
};

/** A condition has its values in `Values` or `RegexValues`, its own or its config's. */
const valuesIn = (value: unknown): number => {
  if (value === null || typeof value !== 'object') return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum +
      (['Values', 'RegexValues'].includes(key) && Array.isArray(inner) ? inner.length : valuesIn(inner)),
    0,
  );
};

/** Names that the move would make and that are somebody else's. */
const onNames = (plan: MovePlan, { twin, groups }: MoveObservation, roles: Roles): Obstacle[] => {
  const { names, kind } = plan;
  const fix = 'give the new service, and with it its groups, another name with --name';
  const there = twin !== null && twin.status !== 'INACTIVE' && !ours(names, twin);
  const named = groups.filter((group) => kind === 'adopt' && [names.blue, names.green].includes(group.name));
  const taken = named.filter((group) => !ours(names, group));
  // A service that was adopted and left again has the tags of the move before on its groups.
  const serving = named.filter((group) => ours(names, group) && isOfOld(group, roles));
  return [
    ...(there
      ? [{ problem: `there is a service ${names.twin} already, which this move has not made`, fix }]
      : []),
    ...taken.map(({ name }) => ({
      problem: `there is a target group ${name} already, which this move has not made`,
      fix,
    })),
    ...serving.map(({ name }) => ({
      problem: `${names.old} serves from ${name}, which is the name of a new target group`,
      fix,
    })),
  ];
};

const onPreview = (plan: MovePlan, observed: MoveObservation, roles: Roles): Obstacle[] => {
  const route = previewedRoute(plan.names, observed, roles);
  if (route === undefined) return [];
  const count = route.conditions.reduce((sum, condition) => sum + valuesIn(condition), 0);
  const found: Obstacle[] = [];
  const more = isGuarded(route) ? 2 : 1;
  if (count + more > MOST_CONDITION_VALUES)
    found.push({
      problem:
        `${route.label} has ${count} condition values, ` +
        `and the preview rule needs ${more} more of ${MOST_CONDITION_VALUES}`,
      fix: 'split the rule',
    });
  if (priorityBefore(route, observed) === null)
    found.push({
      problem: `every priority in front of ${route.label} is taken`,
      fix: 'give it a higher number',
    });
  return found;
};

/** No guess is made which group a service without one in its routes had: its tags or the person say so. */
const withoutGroup = ({ kind, names }: MovePlan, observed: MoveObservation, roles: Roles): Obstacle => {
  const loose = observed.loose.map(({ name }) => name);
  if (names.group !== null)
    return {
      problem:
        `expected with --group a target group like ${groupOf(observed, roles.from)?.name} that no load ` +
        `balancer uses, found no ${names.group}`,
      fix: loose.length === 0 ? 'make one like it' : `there are ${loose.join(', ')}`,
    };
  return {
    problem: 'its routes name no second target group, where the new service could start',
    fix:
      loose.length === 0
        ? 'end the deployment that runs, after which the second group is idle; or make a group like ' +
          `${groupOf(observed, roles.from)?.name} and name it with --group`
        : `name the one of its last deployment: ${loose
            .map((group) => commandOf(kind, { ...names, group }))
            .join(', or ')}`,
  };
};

const onIdle = (plan: MovePlan, observed: MoveObservation, roles: Roles, begun: boolean): Obstacle[] => {
  const group = groupOf(observed, roles.to);
  if (group === undefined) return [withoutGroup(plan, observed, roles)];
  return group.registered > 0 && !begun
    ? [
        {
          problem: `targets are registered in ${group.name}`,
          fix: 'wait until the last deployment has ended',
        },
      ]
    : [];
};

/** ECS wants both groups in the rule, and the old one has nobody while its cookies last. */
const onNative = ({ toNative }: MovePlan, sticky: ReadRoute | undefined): Obstacle[] =>
  toNative && sticky !== undefined
    ? [
        {
          problem: `${sticky.label} is sticky, and blue/green of ECS keeps the group of the old service in it: clients with its cookie would get 503`,
          fix: 'turn stickiness of the action off first, or leave to rolling updates, without --infrastructure-role',
        },
      ]
    : [];

const registryNames = ({ registries }: Pick<ReadService, 'registries'>): string =>
  registries.map(({ registryArn }) => `${registryArn}`.split('/').at(-1)).join(', ');

/** No weight decides whom a name of Cloud Map leads to, and no alarm of a share is about those users. */
const onRegistries = ({ cloudMap, twin }: MovePlan['names'], old: ReadService): Obstacle[] =>
  old.registries.length === 0 || cloudMap
    ? []
    : [
        {
          problem:
            'it is registered in Cloud Map, where both services would answer to one name without weights ' +
            `(${registryNames(old)})`,
          fix:
            'move its callers to the load balancer, and take the registry away; or say with --cloud-map ' +
            `that they may reach ${twin} from the step tasks on`,
        },
      ];

/** Everything that keeps the move from beginning, at once. */
export const obstacles = (plan: MovePlan, observed: MoveObservation): Obstacle[] => {
  const { kind, names } = plan;
  const { old, deploying } = observed;
  if (old === null || old.status !== 'ACTIVE') {
    const gone = old === null ? '' : ` any more: it is ${old.status}`;
    return [
      {
        problem: `there is no service ${names.old} in the cluster ${names.cluster}${gone}`,
        fix: 'check the names and the Region',
      },
    ];
  }
  const expected = kind === 'adopt' ? ['ECS', 'CODE_DEPLOY'] : ['EXTERNAL'];
  if (!expected.includes(old.controller))
    return [
      {
        problem: `its deployment controller is ${old.controller}`,
        fix:
          kind === 'adopt'
            ? 'it has moved already: cutover deploy'
            : 'only what Cutover deploys can leave it',
      },
    ];
  const roles = plan.roles(observed);
  const routes = usersRoutes(names, observed, roles);
  const begun = ours(names, observed.twin);
  const sticky = routes.find(({ stickySeconds }) => stickySeconds !== null);
  return [
    ...(deploying === null ? [] : [{ problem: deploying, fix: 'wait until that deployment is over' }]),
    ...(observed.network
      ? [
          {
            problem: 'it is behind a Network Load Balancer, whose listeners have no rules for a preview',
            fix: 'move it by hand: docs/moving.md',
          },
        ]
      : []),
    ...(old.taskDefinition === null || old.desired === 0
      ? [{ problem: 'nothing of it runs', fix: 'deploy it, or give it a desired count, first' }]
      : []),
    ...onRegistries(names, old),
    ...onNames(plan, observed, roles),
    ...(routes.length === 0
      ? [{ problem: 'no listener or rule forwards to its target group', fix: 'check its load balancer' }]
      : []),
    ...routes.flatMap((route) => onRoute(plan, roles, route)),
    ...onCookies(observed, roles, routes),
    ...(kind === 'adopt'
      ? onPreview(plan, observed, roles)
      : [
          ...(isUnrouted(names, observed, roles) ? onPreview(plan, observed, roles) : []),
          ...onIdle(plan, observed, roles, begun),
          ...onNative(plan, sticky),
        ]),
  ];
};

/** Where instances have no room for a second version. */
const onPlacement = ({ old, twin }: MovePlan['names'], { fixedPorts, interfaces }: TaskFacts): string[] => [
  ...(fixedPorts === null
    ? []
    : [
        `the host ports of ${old} are fixed (${fixedPorts}): tasks of ${twin} start only on instances without one of its own`,
      ]),
  ...(interfaces
    ? [`each task takes a network interface of its instance: ${twin} needs as many again, or its tasks wait`]
    : []),
];

/** What does not move, and what a person has to know first. */
export const notes = (
  plan: MovePlan,
  observed: MoveObservation,
  { alarms, owners, tasks }: { alarms: readonly string[]; owners: readonly RouteOwner[]; tasks: TaskFacts },
): string[] => {
  const { names, kind } = plan;
  const routes = usersRoutes(names, observed, plan.roles(observed));
  const guarded = previewedRoute(names, observed, plan.roles(observed));
  const sticky = Math.max(0, ...routes.map(({ stickySeconds }) => stickySeconds ?? 0));
  const policies = (observed.scaling.old?.policies ?? []).map((policy) => ({
    ...policy,
    why: whyNotCopied(policy, observed, names),
  }));
  const copied = policies.flatMap(({ alarms: calling, why }) => (why === null ? calling : []));
  return [
    'both services run until the last command: a task that takes a lock, reads a queue or works at its ' +
      `start does so twice${observed.old?.desired === 1 ? '; is there one task because there may be no second?' : ''}`,
    ...onPlacement(names, tasks),
    ...(observed.old === null || observed.old.registries.length === 0
      ? []
      : [
          `${registryNames(observed.old)} of Cloud Map leads to the tasks of both services from the step tasks on, as many ` +
            'as each has, whatever the weights: no share and no alarm is about who calls by that name, and a ' +
            'caller may know an address for as long as the record lives (its TTL) after the task has gone',
        ]),
    `${names.twin} is another name: dashboards, alarms on ServiceName, IAM policies, event rules and ` +
      `pipelines with ${names.old} do not follow`,
    ...alarms
      .filter((name) => !copied.includes(name))
      .map(
        (name) => `the alarm ${name} is about ${names.old} or its target group: make one for ${names.twin}`,
      ),
    ...policies.flatMap(({ name, why }) =>
      why === null ? [] : [`the scaling policy ${name} is not copied: ${why}`],
    ),
    ...copied.map(
      (name) =>
        `the alarm ${name}, which calls the scaling, gets a copy for ${names.twin}; the last command leaves it to you`,
    ),
    ...((kind === 'adopt' || isUnrouted(names, observed, plan.roles(observed))) &&
    guarded !== undefined &&
    isGuarded(guarded)
      ? [
          `${guarded.label} has ${guarded.before.join(', ')} in front, which the preview rule cannot copy: it lets ` +
            'nobody in until you put your own address in place of its source-ip 127.0.0.1/32',
        ]
      : []),
    ...(sticky > 0
      ? [`cookies keep users on ${names.old} for up to ${sticky} s, or until the last command`]
      : []),
    ...owners.map(({ label, name, does, fix }) => `${label}: ${name}; ${does}. ${fix}`),
    ...(kind === 'adopt'
      ? [
          'whatever else writes the rule (Terraform, a pipeline, CodeDeploy) has to leave its weights ' +
            'alone from the first shift on',
        ]
      : []),
  ];
};
