import { isObject } from '../is-object.ts';
import type { MoveKind, MoveNames, MoveObservation } from './adoption.types.ts';
import { type Roles, usersRoutes } from './roles.ts';

/** What the Lambda WatchMoves needs to know of a move whose command is silent. */
export type MoveRecord = {
  kind: MoveKind;
  cluster: string;
  old: string;
  twin: string;
  /** The target groups of the old service and of the new one. */
  from: string;
  to: string;
  routes: readonly RecordedRoute[];
  /** Users go back when one of them is red. */
  alarms: readonly string[];
};

export type RecordedRoute = { arn: string; kind: 'listener' | 'rule'; label: string };

/** Null: there are no users between the two whom anybody could move. */
export const moveRecordOf = (
  kind: MoveKind,
  names: MoveNames,
  observed: MoveObservation,
  roles: Roles,
  alarms: readonly string[],
): MoveRecord | null => {
  const { from, to } = roles;
  if (from === null || to === null) return null;
  const routes = usersRoutes(names, observed, roles).map(({ arn, kind, label }) => ({ arn, kind, label }));
  const { cluster, old, twin } = names;
  return routes.length === 0 ? null : { kind, cluster, old, twin, from, to, routes, alarms };
};

/** Quotas: rules of a load balancer, and names that DescribeAlarms takes. */
const MOST = 100;

const MOST_LETTERS = 1_024;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MOST_LETTERS;

const GROUP = /^arn:[^:]+:elasticloadbalancing:[^:]+:\d{12}:targetgroup\//;
const ROUTES = {
  listener: /^arn:[^:]+:elasticloadbalancing:[^:]+:\d{12}:listener\//,
  rule: /^arn:[^:]+:elasticloadbalancing:[^:]+:\d{12}:listener-rule\//,
};

const isRoute = (value: unknown): value is RecordedRoute => {
  const { arn, kind, label } = isObject(value) ? value : {};
  return isText(label) && (kind === 'listener' || kind === 'rule') && isText(arn) && ROUTES[kind].test(arn);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/**
 * Who may write the table may have written anything: what is not understood is nobody's move.
 * @returns the record, or what is wrong with it
 */
export const decodeMoveRecord = (text: string, serviceKey: string): MoveRecord | { problems: string[] } => {
  const value = parsed(text);
  const { kind, cluster, old, twin, from, to, routes, alarms } = isObject(value) ? value : {};
  const problems = [
    ...(kind === 'adopt' || kind === 'leave' ? [] : ['kind: expected adopt or leave']),
    ...Object.entries({ cluster, old, twin }).flatMap(([name, found]) =>
      isText(found) && !found.includes('/') ? [] : [`${name}: expected a name`],
    ),
    ...(isText(cluster) && isText(old) && `${cluster}/${old}` === serviceKey
      ? []
      : [`old: expected the service of the item, ${serviceKey}`]),
    ...Object.entries({ from, to }).flatMap(([name, found]) =>
      isText(found) && GROUP.test(found) ? [] : [`${name}: expected the ARN of a target group`],
    ),
    ...(from === to ? ['to: expected another target group than from'] : []),
    ...(Array.isArray(routes) && routes.length > 0 && routes.length <= MOST && routes.every(isRoute)
      ? []
      : [`routes: expected 1 to ${MOST}, each with arn, kind and label`]),
    ...(Array.isArray(alarms) && alarms.length <= MOST && alarms.every(isText)
      ? []
      : [`alarms: expected at most ${MOST} names`]),
  ];
  return problems.length > 0 ? { problems } : (value as MoveRecord);
};
