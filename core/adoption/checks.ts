import type { MoveObservation, Obstacle, ReadRoute, ReadService } from './adoption.types.ts';
import { isGuarded, previewedRoute, priorityBefore } from './group-steps.ts';
import { onIdle, onNative } from './idle-checks.ts';
import type { MovePlan } from './move-plan.ts';
import { groupOf, isOfOld, isUnrouted, ours, type Roles, usersRoutes } from './roles.ts';
import { registryNames } from './twin-steps.ts';

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

/** No weight decides whom a name of Cloud Map leads to, and no alarm of a share is about those users. */
const onRegistries = ({ cloudMap, byDeployment, twin }: MovePlan['names'], old: ReadService): Obstacle[] =>
  old.registries.length === 0 || (cloudMap && !byDeployment)
    ? []
    : [
        {
          problem:
            'it is registered in Cloud Map, where both services would answer to one name without weights ' +
            `(${registryNames(old)})`,
          fix:
            'move its callers to the load balancer, and take the registry away; or say with --cloud-map ' +
            `that they may reach ${twin} from the step tasks on, which no deployment takes over`,
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
    ...(routes.length === 0 && roles.from !== null
      ? [{ problem: 'no listener or rule forwards to its target group', fix: 'check its load balancer' }]
      : []),
    ...routes.flatMap((route) => onRoute(plan, roles, route)),
    ...onCookies(observed, roles, routes),
    ...(kind === 'adopt'
      ? names.byDeployment
        ? []
        : onPreview(plan, observed, roles)
      : [
          ...(isUnrouted(names, observed, roles) ? onPreview(plan, observed, roles) : []),
          ...onIdle(plan, observed, roles, begun),
          ...onNative(plan, sticky),
        ]),
  ];
};
