import { healthy } from '../../rehearsal/behaviour-kinds.ts';
import type { Behaviour } from '../../sim/parts.types.ts';

/**
 * One service, two tasks, two target groups, one load balancer: the least a deployment needs, with times as short
 * as AWS allows, so that thousands of runs are cheap.
 */
export type SmallService = {
  name: string;
  /** Where requests come from: the listener's default action, a rule, or both. */
  routes: readonly ('default' | 'rule')[];
  /** Group stickiness on every route. */
  sticky: boolean;
  /** No task set yet. */
  first: boolean;
  /** Users are on a service with ECS's own controller, on group `a`; this one has no task set yet. */
  takesOver?: true;
  /**
   * Other people are there, too: rules of theirs fill the first page of the listener's, and a group of theirs stands
   * in the action at weight 0. Green's group is in no action yet.
   */
  crowded?: true;
  /** Testers have a rule with a header before all others, or a listener of its own port. */
  test?: 'rule' | 'listener';
  /** It is a scalable target, of two policies and a schedule. */
  scaled?: true;
  /** Its desired count, which the schedule doubles; absent: two, to which it adds one. */
  tasks?: number;
  /** Bridge mode: its tasks are ports of container instances, several of both colours on each. */
  onInstances?: true;
  /** The service whose load balancer and listener it shares; absent: it has its own. */
  behind?: string;
  /** Seconds that a target drains for; absent: as short as it gets here. */
  drainSeconds?: number;
};

export const REGION = 'us-east-1';
export const ACCOUNT = '111122223333';
export const CLUSTER = 'proof';
/** The name of the one whose users a service takes over. */
export const oldName = (name: string): string => `${name}-old`;
/** Who shares a listener with the service that is deployed. */
export const NEIGHBOUR = 'shop';
export const DESIRED_COUNT = 2;
export const REQUESTS_PER_SECOND = 10;

export const ecsArn = (kind: string, path: string): string =>
  `arn:aws:ecs:${REGION}:${ACCOUNT}:${kind}/${path}`;
export const elbArn = (path: string): string => `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:${path}`;

/** Sixteen hex digits that depend on the name alone. */
export const digits = (name: string): string =>
  [...name.padEnd(8, '.').slice(-8)]
    .map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('');

/** The service whose load balancer is a network one; all others have an application load balancer. */
export const BEHIND_NETWORK = 'feed';
export const isNetwork = (name: string): boolean => name === BEHIND_NETWORK;

export const balancerPath = (name: string): string =>
  `${isNetwork(name) ? 'net' : 'app'}/${name}/${digits(name)}`;
/** `c` is somebody else's. */
export type Group = 'a' | 'b' | 'c';

export const groupArn = (name: string, colour: Group): string =>
  elbArn(`targetgroup/${name}-${colour}/${digits(`${name}-${colour}`)}`);
export const listenerArn = (name: string): string =>
  elbArn(`listener/${balancerPath(name)}/${digits(`${name}-l`)}`);
/** `behind`: whose listener it is a rule of. */
export const ruleArn = (name: string, behind = name): string =>
  elbArn(`listener-rule/${balancerPath(behind)}/${digits(`${behind}-l`)}/${digits(`${name}-r`)}`);
export const testRouteArn = (name: string, test: NonNullable<SmallService['test']>): string =>
  test === 'rule'
    ? elbArn(`listener-rule/${balancerPath(name)}/${digits(`${name}-l`)}/${digits(`${name}-t`)}`)
    : elbArn(`listener/${balancerPath(name)}/${digits(`${name}-t`)}`);
export const alarmName = (name: string): string => `${name}-b-5xx`;
export const serviceArn = (name: string): string => ecsArn('service', `${CLUSTER}/${name}`);
/** 1 runs before; each deployment brings a revision of its own. */
export type Revision = 1 | 2 | 3;
export const REVISIONS: readonly Revision[] = [1, 2, 3];

export const definitionArn = (name: string, revision: Revision): string =>
  ecsArn('task-definition', `${name}:${revision}`);

/** A version that is up within seconds: how long tasks take to start proves nothing. */
export const quick = (behaviour: Behaviour): Behaviour => ({ ...behaviour, startMs: 6_000, bootMs: 2_000 });
export const quickHealthy: Behaviour = quick(healthy);

export const routeArns = ({ name, routes, behind }: SmallService): string[] =>
  routes.map((kind) => (kind === 'rule' ? ruleArn(name, behind) : listenerArn(name)));
