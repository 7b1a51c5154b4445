import type {
  ObservedService,
  ObservedTarget,
  ObservedTargetGroup,
  ObservedTaskDefinition,
} from '../../core/vocabulary/observed.types.ts';
import type { Route } from '../../core/vocabulary/plan.types.ts';

/** What a read of the account found; null or empty where there is nothing (yet). */
export type ServiceObservation = {
  service: ObservedService | null;
  taskDefinition: ObservedTaskDefinition | null;
  loadBalancers: { name: string; scheme: string; type: string }[];
  groups: ObservedTargetGroup[];
  targets: Record<string, ObservedTarget[]>;
  routes: Route[];
};

type StatusRow = { step: string; state: string; detail: string };

/** `missing` and `waiting` are the states in which the next step cannot be reached. */
const MISSING = 'missing';
const WAITING = 'waiting';

/**
 * How far a service is on its way to serving, in the order in which it gets there: each row names the state
 * that can be seen, so that the first row that is missing or waiting is where to search.
 */
export const serviceStatus = (observed: ServiceObservation): StatusRow[] => [
  cluster(observed),
  taskDefinition(observed),
  loadBalancer(observed),
  targetGroups(observed),
  listener(observed),
  service(observed),
  tasks(observed),
  health(observed),
  traffic(observed),
];

const row = (step: string, reached: string | false, detail: string, otherwise = MISSING): StatusRow => ({
  step,
  state: reached === false ? otherwise : reached,
  detail,
});

const cluster = ({ service: found }: ServiceObservation): StatusRow =>
  row('cluster', found !== null && 'created', found?.cluster ?? 'no such cluster or service');

const taskDefinition = ({ taskDefinition: found }: ServiceObservation): StatusRow => {
  const active = found?.status === 'ACTIVE';
  const ports = found?.containers.flatMap(({ name, ports }) =>
    ports.map(({ containerPort }) => `${name}:${containerPort}`),
  );
  return row(
    'task definition',
    active && 'active',
    found === null ? 'no such revision' : `${found.arn} ${ports?.join(' ')}`,
  );
};

const loadBalancer = ({ loadBalancers }: ServiceObservation): StatusRow =>
  row(
    'load balancer',
    loadBalancers.length > 0 && 'created',
    loadBalancers.map(({ name, type, scheme }) => `${name} (${type}, ${scheme})`).join(', ') ||
      'no target group is attached to one',
  );

const targetGroups = ({ groups }: ServiceObservation): StatusRow =>
  row(
    'target groups',
    groups.length > 1 && 'created',
    groups.map(({ name, targetType, port }) => `${name} (${targetType}, ${port})`).join(', ') || 'none',
  );

const listener = ({ routes }: ServiceObservation): StatusRow =>
  row(
    'listener',
    routes.length > 0 && 'configured',
    routes.map(({ label }) => label).join(', ') || 'forwards to no group of the service',
  );

const service = ({ service: found }: ServiceObservation): StatusRow =>
  row(
    'service',
    found?.status === 'ACTIVE' && 'active',
    found === null
      ? 'no such service'
      : `${found.name}, controller ${found.controller}, ${found.desiredCount} tasks wanted`,
  );

const allTargets = ({ groups, targets }: ServiceObservation): { group: string; target: ObservedTarget }[] =>
  groups.flatMap(({ arn, name }) => (targets[arn] ?? []).map((target) => ({ group: name, target })));

const tasks = (observed: ServiceObservation): StatusRow => {
  const registered = allTargets(observed);
  return row('tasks', registered.length > 0 && 'registered', `${registered.length} targets`, WAITING);
};

const health = (observed: ServiceObservation): StatusRow => {
  const registered = allTargets(observed);
  const healthy = registered.filter(({ target }) => target.state === 'healthy');
  const others = registered.filter(({ target }) => target.state !== 'healthy');
  const reasons = others.map(
    ({ group, target }) => `${group} ${target.id}:${target.port} ${target.reasonCode ?? target.state}`,
  );
  return row(
    'health checks',
    healthy.length > 0 && 'healthy',
    [`${healthy.length} of ${registered.length} healthy`, ...reasons].join('; '),
    WAITING,
  );
};

/** Serving means that a group with weight has a healthy target: weight alone is a 503. */
const traffic = ({ groups, targets, routes }: ServiceObservation): StatusRow => {
  const serving = (arn: string) => (targets[arn] ?? []).some(({ state }) => state === 'healthy');
  const weights = routes.map(({ label, original }) => {
    const parts = original.groups.map(({ targetGroupArn, weight }) => {
      const name = groups.find(({ arn }) => arn === targetGroupArn)?.name ?? targetGroupArn;
      return `${name} ${weight}`;
    });
    return `${label}: ${parts.join(', ')}`;
  });
  const everyRouteServes = routes.every(({ original }) =>
    original.groups.some(({ targetGroupArn, weight }) => weight > 0 && serving(targetGroupArn)),
  );
  return row(
    'traffic',
    routes.length > 0 && everyRouteServes && 'serving',
    weights.join('; ') || 'no route',
    WAITING,
  );
};

/** The table as text, columns aligned. */
export const printStatus = (rows: StatusRow[]): string => {
  const width = (key: 'step' | 'state') => Math.max(...rows.map((each) => each[key].length));
  return rows
    .map(
      ({ step, state, detail }) =>
        `${step.padEnd(width('step'))}  ${state.padEnd(width('state'))}  ${detail}`,
    )
    .join('\n');
};
