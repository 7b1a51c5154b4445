import { SECOND_MS } from '../clock.ts';
import { enoughHealthy } from '../health/group-health.ts';
import type { WeightedGroup } from '../vocabulary/plan.types.ts';

/** The invariants seen from outside: the world before and after each event, no matter who caused it. */

export type Colour = 'blue' | 'green';

export type SafetyRoute = {
  /** The listener's or rule's ARN. */
  arn: string;
  label: string;
  /** As configured, which is what a read-back shows; not what the data plane does yet. */
  groups: WeightedGroup[];
  /** Everything else of the route as text: other actions, their order, stickiness, conditions. */
  fingerprint: string;
  /** Testers take it, and no user does. */
  test?: true;
  /** Somebody else wrote it, and no read has shown that yet. */
  unseen?: true;
  /** Somebody else wrote it last, read or not. */
  theirs?: true;
};

export type SafetyGroup = {
  arn: string;
  colour: Colour | 'other';
  healthy: number;
  registered: number;
  /** Targets that answer requests, whatever their checks show; absent: the healthy ones. */
  answering?: number;
  /** Its task set's computedDesiredCount; 0 without a task set. */
  wanted: number;
};

export type SafetyTaskSet = {
  id: string;
  colour: Colour | 'other';
  externalId: string | null;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  scalePercent: number;
};

export type SafetyWrite = {
  by: 'cutover' | 'foreign' | 'ecs';
  /**
   * `ModifyRule`, `ModifyListener`, `CreateTaskSet`, `UpdateTaskSet`, `DeleteTaskSet`, `UpdateServicePrimaryTaskSet`.
   */
  call: string;
  /** The route's ARN or the task set's id. */
  target: string;
  /** Of cutover's writes: the Task state that ran, and whose deployment it is. */
  step?: string;
  deploymentId?: string;
};

/** One service and its routes at one instant, in the world's own truth. */
export type BareSnapshot = {
  atMs: number;
  routes: SafetyRoute[];
  groups: SafetyGroup[];
  taskSets: SafetyTaskSet[];
  /** What of its scaling is suspended, as text; null: it is no scalable target. Absent: not read. */
  scaling?: string | null;
  /** Deployment id that holds the service's lease, or null. */
  leaseHolder: string | null;
  /** Of a request whose green grows with its weight: times its share; absent: green has full size. */
  headroom?: number;
  /** A person has said that users are to leave green without waiting for the whole of blue. */
  abortNow?: boolean;
  /** True when the service had no task set before the deployment: then there is no blue to protect. */
  firstDeployment: boolean;
  /** The write that led here from the snapshot before; null when the event was none. */
  lastWrite: SafetyWrite | null;
};

/**
 * How old an observation may be when its step writes: a Lambda's 60 seconds, and 30 for reads that come from a copy
 * that lags. Without it a task that dies between a step's read and its write would count as the step's fault.
 */
export const SEEN_MS = 90 * SECOND_MS;

/**
 * Each colour's healthy targets, and what they can answer of all requests, 0 to 1, until then. `blueAnswers`: what blue
 * can answer whatever its checks show: without a healthy target a load balancer asks all of them [fact 81].
 * `greenIsLost`: its checks pass, and it answers at most a tenth of what reaches it.
 */
export type Carried = {
  atMs: number;
  healthy: Record<Colour, number>;
  /** Tasks that the service wants. */
  wanted: number;
  carry: Record<Colour, number>;
  blueAnswers: number;
  greenIsLost: boolean;
};

const LOST_SHARE = 0.1;

/** When something last was true before the event, so that a write is judged by what its step could have seen. */
type Memory = {
  /** By colour: as many healthy targets as wanted, and some while the other has none. */
  enoughAtMs: Partial<Record<Colour, number>>;
  aloneAtMs: Partial<Record<Colour, number>>;
  /** What could be seen within SEEN_MS, oldest first. */
  carried: Carried[];
  /** Tasks that make each colour whole: a scale-out has to reach it before it can lack its tasks. */
  had: Record<Colour, number>;
  /** By route ARN: green had all the weight, green had none. */
  allGreenAtMs: Record<string, number>;
  noGreenAtMs: Record<string, number>;
  /** By route ARN: what it forwarded to before the deployment. */
  found: Record<string, WeightedGroup[]>;
  /** RetireBlue has made its first write. */
  retiring: boolean;
};

export type SafetySnapshot = BareSnapshot & { memory: Memory };

export const colours = ['blue', 'green'] as const;

/** Adds to a snapshot what the one before it tells about the time up to this event. */
export const withMemory = (before: SafetySnapshot | null, bare: BareSnapshot): SafetySnapshot => {
  if (before === null) return { ...bare, memory: memoryFrom(bare) };
  const { memory } = before;
  const { lastWrite } = bare;
  const held = (known: Partial<Record<Colour, number>>, holds: (colour: Colour) => boolean) =>
    Object.assign({ ...known }, ...colours.filter(holds).map((colour) => ({ [colour]: bare.atMs })));
  const heldBy = (known: Record<string, number>, holds: (route: SafetyRoute) => boolean) =>
    Object.assign({ ...known }, ...before.routes.filter(holds).map(({ arn }) => ({ [arn]: bare.atMs })));

  return {
    ...bare,
    memory: {
      enoughAtMs: held(memory.enoughAtMs, (colour) => enoughHealthy(healthOf(before, colour))),
      aloneAtMs: held(
        memory.aloneAtMs,
        (colour) => healthOf(before, colour).healthy > 0 && healthOf(before, otherThan(colour)).healthy === 0,
      ),
      carried: carriedUntil(memory, before, bare.atMs),
      had: hadIn(before, memory.had),
      allGreenAtMs: heldBy(memory.allGreenAtMs, (route) => shareOf(before, route, 'green') === 1),
      noGreenAtMs: heldBy(memory.noGreenAtMs, (route) => shareOf(before, route, 'green') === 0),
      found: memory.found,
      retiring: memory.retiring || (lastWrite?.by === 'cutover' && lastWrite.step === 'RetireBlue'),
    },
  };
};

export const healthOf = ({ groups }: BareSnapshot, colour: Colour) => {
  const own = groups.filter((group) => group.colour === colour);
  return {
    healthy: own.reduce((sum, { healthy }) => sum + healthy, 0),
    wanted: own.reduce((sum, { wanted }) => sum + wanted, 0),
    reasons: [],
  };
};

/**
 * A task may take over half as much again as its share from tasks that are gone. Counted here apart from
 * core/weights.
 */
const carriedIn = (snapshot: BareSnapshot, had: Record<Colour, number>): Omit<Carried, 'atMs'> => {
  const of = (colour: Colour) => {
    const { healthy, wanted } = healthOf(snapshot, colour);
    // Scaled to 0, or never launched: whatever still answers only finishes what it has begun.
    return wanted === 0 ? 0 : healthy;
  };
  const healthy = { blue: of('blue'), green: of('green') };
  // `had` is never 0: it begins without a bound, and follows what is wanted only while something is.
  const share = (colour: Colour, count: number) => Math.min(1, (1.5 * count) / had[colour]);
  const answering = (colour: Colour) =>
    snapshot.groups
      .filter((group) => group.colour === colour)
      .reduce((sum, group) => sum + (group.answering ?? group.healthy), 0);
  return {
    healthy,
    wanted: neededIn(snapshot),
    carry: { blue: share('blue', healthy.blue), green: share('green', healthy.green) },
    blueAnswers: share('blue', answering('blue')),
    greenIsLost: healthy.green > 0 && answering('green') <= LOST_SHARE * healthy.green,
  };
};

export const neededIn = (snapshot: BareSnapshot): number =>
  Math.max(...colours.map((colour) => healthOf(snapshot, colour).wanted));

const hadIn = (snapshot: BareSnapshot, before: Record<Colour, number>): Record<Colour, number> => {
  if (neededIn(snapshot) === 0) return before;
  const of = (colour: Colour) =>
    Math.min(neededIn(snapshot), Math.max(before[colour], healthOf(snapshot, colour).healthy));
  return { blue: of('blue'), green: of('green') };
};

const carriedUntil = (memory: Memory, before: BareSnapshot, atMs: number): Carried[] => {
  const now = { ...carriedIn(before, hadIn(before, memory.had)), atMs };
  const recent = memory.carried.filter((one) => atMs - one.atMs <= SEEN_MS);
  const same = (one: Carried) =>
    one.blueAnswers === now.blueAnswers &&
    one.wanted === now.wanted &&
    one.greenIsLost === now.greenIsLost &&
    colours.every(
      (colour) => one.healthy[colour] === now.healthy[colour] && one.carry[colour] === now.carry[colour],
    );
  return [...recent.filter((one) => !same(one)), now];
};

/** Between 0 and 1: the part of a route's requests that goes to the colour's group. */
export const shareOf = (snapshot: BareSnapshot, { groups }: SafetyRoute, colour: Colour): number => {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const own = groups.filter(({ targetGroupArn }) => colourOf(snapshot, targetGroupArn) === colour);
  if (groups.length === 1) return own.length;
  return total === 0 ? 0 : own.reduce((sum, { weight }) => sum + weight, 0) / total;
};

export const colourOf = ({ groups }: BareSnapshot, arn: string) =>
  groups.find((group) => group.arn === arn)?.colour ?? 'other';

const otherThan = (colour: Colour): Colour => (colour === 'blue' ? 'green' : 'blue');

const memoryFrom = ({ routes }: BareSnapshot): Memory => ({
  enoughAtMs: {},
  aloneAtMs: {},
  carried: [],
  had: { blue: Number.POSITIVE_INFINITY, green: Number.POSITIVE_INFINITY },
  allGreenAtMs: {},
  noGreenAtMs: {},
  found: Object.fromEntries(routes.map(({ arn, groups }) => [arn, groups])),
  retiring: false,
});
