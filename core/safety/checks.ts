import type { WeightedGroup } from '../vocabulary/plan.types.ts';
import {
  type BareSnapshot,
  type Carried,
  type Colour,
  colourOf,
  colours,
  healthOf,
  neededIn,
  type SafetyRoute,
  type SafetySnapshot,
  type SafetyWrite,
  SEEN_MS,
  shareOf,
} from './snapshot.ts';
import type { InvariantNumber, Violation } from './violation.types.ts';

/** The share of the traffic by which a colour that appears dead shows whether it answers. */
const TRIAL = 0.1;
/** Weights are whole percents. */
const ROUNDING = 0.0101;

/** Invariants 1 to 5, and 12, over one event. `after` comes from `withMemory(before, ...)`. */
export const checkSnapshot = (before: SafetySnapshot, after: SafetySnapshot): Violation[] => {
  const write = after.lastWrite;
  const violations = checkRoutes(before, after);
  if (write?.by === 'cutover') {
    violations.push(
      ...checkRaises(before, after),
      ...checkCapacity(before, after, write),
      ...checkOwner(before, after, write),
      ...checkSize(before, after, write),
      ...checkTestRoute(before, after, write),
    );
  }
  return violations;
};

const violation = (invariant: InvariantNumber, message: string): Violation => ({ invariant, message });

const checkRoutes = (before: SafetySnapshot, after: SafetySnapshot): Violation[] => {
  const write = after.lastWrite;
  return pairs(before.routes, after.routes, ({ arn }) => arn).flatMap(([was, is]) => {
    const changed = !sameGroups(was.groups, is.groups) || was.fingerprint !== is.fingerprint;
    if (!changed || write?.by === 'foreign') return [];
    if (write?.by !== 'cutover' || write.target !== is.arn) {
      return [violation(1, `${is.label} changed although nobody wrote to it`)];
    }

    const found: Violation[] = [];
    const total = is.groups.reduce((sum, { weight }) => sum + weight, 0);
    // With a decimal in its share a route is written in thousandths: whole weights of up to 999 are all that AWS takes.
    const thousandths = total === 1_000 && is.groups.some(({ weight }) => weight % 10 !== 0);
    // A lone group has every request whatever its weight is.
    if (is.groups.length > 1 && total !== 100 && !thousandths && !restores(after, is))
      found.push(violation(1, `${is.label} was written with weights that sum to ${total}`));
    if (was.fingerprint !== is.fingerprint) {
      found.push(
        violation(
          1,
          `${write.call} on ${is.label} changed more than weights: ${was.fingerprint} became ${is.fingerprint}`,
        ),
      );
    }
    if (!sameStrings(otherGroups(before, was), otherGroups(after, is))) {
      found.push(
        violation(1, `${write.call} on ${is.label} added or dropped a group that is not the deployment's`),
      );
    }
    return found;
  });
};

/**
 * A rollback, and at any time the test route, may leave the very weights that it found, whatever their sum; a group
 * that has joined since has none.
 */
const restores = ({ lastWrite, memory }: SafetySnapshot, { arn, groups, test }: SafetyRoute): boolean => {
  const found = memory.found[arn] ?? [];
  const before = (group: string) => found.find(({ targetGroupArn }) => targetGroupArn === group)?.weight ?? 0;
  return (
    (test === true || lastWrite?.step === 'RollBack') &&
    groups.every(({ targetGroupArn, weight }) => weight === before(targetGroupArn))
  );
};

const checkRaises = (before: SafetySnapshot, after: SafetySnapshot): Violation[] =>
  pairs(before.routes, after.routes, ({ arn }) => arn).flatMap(([was, is]) =>
    colours.flatMap((colour) => {
      const raised = shareOf(after, is, colour) > shareOf(before, was, colour);
      // Testers who go back to blue are no load, and no users.
      if (is.test === true && colour === 'blue') return [];
      if (!raised || mayHaveRaised(after, colour, shareOf(after, is, colour))) return [];
      const { healthy, wanted } = healthOf(before, colour);
      const message = `${colour} gained weight on ${is.label} with ${healthy} of ${wanted} targets healthy`;
      return [violation(2, message)];
    }),
  );

/**
 * 2a: a shift of the plan needs a green that was whole. 2b and 2c: any other write gives no colour more than it
 * carried in some observation a moment ago, unless the other carried too little as well.
 */
const mayHaveRaised = (after: SafetySnapshot, colour: Colour, share: number): boolean => {
  const { atMs, memory, firstDeployment, lastWrite } = after;
  const seen = (times: Partial<Record<Colour, number>>) => recent(times[colour], atMs);
  // A first deployment has no blue: going back means the routes as they were before anything served, whomever they
  // named.
  if (firstDeployment && (colour === 'blue' || lastWrite?.step === 'RollBack')) return true;
  // Blue has gone: there is nobody whom green could be worse than.
  if (colour === 'green' && memory.retiring && healthOf(after, 'blue').wanted === 0) return true;
  if (lastWrite?.step === 'ShiftTraffic') return seen(memory.enoughAtMs) || seen(memory.aloneAtMs);
  if (after.abortNow === true && colour === 'blue' && memory.carried.some(({ healthy }) => healthy.blue > 0))
    return true;
  return memory.carried.some((one) => allows(one, colour, share));
};

const allows = (
  { healthy, carry, blueAnswers, greenIsLost }: Carried,
  colour: Colour,
  share: number,
): boolean => {
  const other = colour === 'blue' ? 'green' : 'blue';
  if (healthy[other] === 0) return true;
  // Blue may answer although its checks fail: a trial asks, and the answer moves everybody.
  if (healthy[colour] === 0) return colour === 'blue' && share <= Math.max(TRIAL, blueAnswers) + ROUNDING;
  // Whatever is left of blue answers more than a green that answers nobody.
  if (colour === 'blue' && greenIsLost) return true;
  const both = carry.blue + carry.green;
  return share <= (both < 1 ? carry[colour] / both : Math.max(carry[colour], 1 - carry[other])) + ROUNDING;
};

const checkCapacity = (before: SafetySnapshot, after: SafetySnapshot, write: SafetyWrite): Violation[] => {
  const found: Violation[] = [];
  const { memory, atMs, routes } = after;
  const lost = before.taskSets.find((was) => {
    const is = after.taskSets.find(({ id }) => id === was.id);
    if (was.id !== write.target) return false;
    return (
      is === undefined ||
      is.scalePercent < was.scalePercent ||
      (is.status === 'DRAINING' && was.status !== 'DRAINING')
    );
  });
  const detached = pairs(before.routes, after.routes, ({ arn }) => arn).filter(
    ([was, is]) => is.test !== true && has(before, was, 'blue') && !has(after, is, 'blue'),
  );

  if (!memory.retiring && lost?.colour === 'blue') {
    found.push(
      violation(
        3,
        `${write.call} by ${write.step ?? 'a step'} took capacity from blue before its retirement`,
      ),
    );
  }
  // The group beside a first deployment's belongs to nobody: sticky clients are set free of it by the shift itself.
  // A sticky route loses it while nothing of it answers, so that its clients are served.
  const blueAnswers = !memory.carried.some(({ healthy }) => healthy.blue === 0);
  if (!memory.retiring && !after.firstDeployment && blueAnswers) {
    for (const [, is] of detached)
      found.push(violation(3, `blue was taken out of ${is.label} before its retirement`));
  }
  if (lost?.colour === 'blue') {
    const early = routes.filter(({ arn }) => !recent(memory.allGreenAtMs[arn], atMs));
    for (const { label } of early)
      found.push(violation(4, `${write.call} on blue while ${label} was not all green`));
    // Once blue has begun to go green is all there is, however healthy.
    if (lost.scalePercent > 0 && !recent(memory.enoughAtMs.green, atMs))
      found.push(violation(4, `${write.call} on blue while green had not all its targets healthy`));
  }
  if (lost?.colour === 'green' && !after.firstDeployment) {
    const early = routes.filter(({ arn }) => !recent(memory.noGreenAtMs[arn], atMs));
    for (const { label } of early)
      found.push(violation(4, `${write.call} on green while ${label} gave it weight`));
  }
  return found;
};

/** 13: counted here apart from core/capacity, by what could be seen a moment ago. */
const checkSize = (before: SafetySnapshot, after: SafetySnapshot, write: SafetyWrite): Violation[] => {
  const { headroom, memory } = after;
  // At full size it is invariant 2: all of green's tasks.
  if (write.step !== 'ShiftTraffic' || after.firstDeployment || headroom === undefined) return [];
  return pairs(before.routes, after.routes, ({ arn }) => arn).flatMap(([was, is]) => {
    const share = shareOf(after, is, 'green');
    if (is.test === true || share <= shareOf(before, was, 'green')) return [];
    const takes = (wanted: number) => Math.min(wanted, Math.ceil(wanted * share * headroom - 0.0001));
    // Nobody else is left: whatever green has is more than nothing.
    if (memory.carried.some(({ healthy, wanted }) => healthy.green >= takes(wanted) || healthy.blue === 0))
      return [];
    const found = `${healthOf(before, 'green').healthy} healthy of ${takes(neededIn(before))}`;
    const pct = Math.round(share * 1_000) / 10;
    return [violation(13, `${is.label} gave green ${pct} % before it had the tasks for it: ${found}`)];
  });
};

/** 12: users do not come to a green that is being tried, and it is not tried beside them. */
const checkTestRoute = (
  before: SafetySnapshot,
  after: SafetySnapshot,
  { target, step }: SafetyWrite,
): Violation[] => {
  const written = after.routes.find(({ arn }) => arn === target);
  const test = after.routes.find((route) => route.test === true);
  if (written === undefined || test === undefined || step !== 'ShiftTraffic') return [];
  // What somebody else opened decides nothing after the test (docs/test-traffic.md), and before it the drift does.
  if (shareOf(after, test, 'green') === 0 || test.theirs === true) return [];
  const was = before.routes.find(({ arn }) => arn === target);
  const first = was !== undefined && shareOf(before, was, 'green') === 0 && shareOf(after, written, 'green');
  if (written.test !== true && first)
    return [
      violation(12, `${written.label} gave green its first users while ${test.label} was open to testers`),
    ];
  return after.routes
    .filter(
      (route) =>
        route.test !== true && route.unseen !== true && ![0, 1].includes(shareOf(after, route, 'green')),
    )
    .map(({ label }) =>
      violation(12, `${test.label} was open to testers while ${label} sent some of its users to green`),
    );
};

const checkOwner = (before: SafetySnapshot, after: SafetySnapshot, write: SafetyWrite): Violation[] => {
  const found: Violation[] = [];
  const mine = after.taskSets.filter(
    ({ externalId, colour }) => colour !== 'other' && externalId === write.deploymentId,
  );
  // One that the write deleted at once is in the snapshot before it alone.
  const target = [...after.taskSets, ...before.taskSets].find(({ id }) => id === write.target);
  if (write.deploymentId !== undefined && write.deploymentId !== after.leaseHolder) {
    found.push(
      violation(
        5,
        `${write.call} by deployment ${write.deploymentId}, while the lease is held by ` +
          `${after.leaseHolder ?? 'nobody'}`,
      ),
    );
  }
  if (mine.length > 1)
    found.push(violation(5, `${mine.length} task sets carry deployment ${write.deploymentId}'s id`));
  // A label makes nothing the deployment's: anybody can give it to a task set of their own.
  const isOthers = target?.colour === 'other' || target?.externalId !== write.deploymentId;
  if (target !== undefined && target.colour !== 'blue' && isOthers) {
    found.push(
      violation(
        5,
        `${write.call} on task set ${target.id}, which belongs to ${target.externalId ?? 'nobody known'}`,
      ),
    );
  }
  return found;
};

const has = (snapshot: BareSnapshot, { groups }: SafetyRoute, colour: Colour): boolean =>
  groups.some(({ targetGroupArn }) => colourOf(snapshot, targetGroupArn) === colour);

const otherGroups = (snapshot: BareSnapshot, { groups }: SafetyRoute): string[] =>
  groups.map(({ targetGroupArn }) => targetGroupArn).filter((arn) => colourOf(snapshot, arn) === 'other');

const recent = (timeMs: number | undefined, nowMs: number): boolean =>
  timeMs !== undefined && nowMs - timeMs <= SEEN_MS;

const sameGroups = (a: WeightedGroup[], b: WeightedGroup[]): boolean =>
  sameStrings(
    a.map(({ targetGroupArn, weight }) => `${targetGroupArn} ${weight}`),
    b.map(({ targetGroupArn, weight }) => `${targetGroupArn} ${weight}`),
  );

const sameStrings = (a: string[], b: string[]): boolean =>
  a.length === b.length && a.every((text) => b.includes(text));

/** Items that are in both lists, by key. */
const pairs = <Item>(before: Item[], after: Item[], key: (item: Item) => string): [Item, Item][] =>
  before.flatMap((was) => {
    const is = after.find((item) => key(item) === key(was));
    return is === undefined ? [] : [[was, is] satisfies [Item, Item]];
  });
