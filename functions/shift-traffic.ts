import type { LiveRoute } from '../aws/balancer-verbs.ts';
import { desiredCountOf } from '../core/capacity/capacity-for.ts';
import { chunks } from '../core/chunks.ts';
import { shiftedEvent } from '../core/deployment/events.ts';
import { DeploymentError } from '../core/errors.ts';
import { greenHealthFor } from '../core/health/green-health.ts';
import { beforePosition } from '../core/hooks/due.ts';
import { standingOrder } from '../core/operator/standing-order.ts';
import { refuseRaise } from '../core/safety/invariants.ts';
import { carriedSince } from '../core/verdict/place-in-bake.ts';
import type { Plan, Weights } from '../core/vocabulary/plan.types.ts';
import type { Traffic } from '../core/vocabulary/state.types.ts';
import { holdsStickyClients } from '../core/weights/sticky-clients.ts';
import { isTest } from '../core/weights/test-route.ts';
import {
  ALL_BLUE,
  ALL_GREEN,
  describeWeights,
  groupsFor,
  groupsOf,
  sameWeights,
  weightsAt,
  weightsOf,
} from '../core/weights/weights.ts';
import { events, hookRuns, leases, listener, record, targets, taskSets } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { refuseWhileHooksAreDue } from './refuse-while-hooks-are-due.ts';
import { type Step, toHandler } from './step.ts';
import { readTestRoute, writeTestRoute } from './test-route.ts';

const drifted = (label: string, expected: Weights, found: Weights | null): DeploymentError =>
  new DeploymentError(
    'TrafficDrifted',
    `expected ${describeWeights(expected)} on ${label}, found ${describeWeights(found)}: someone else ` +
      'changed the listener',
  );

/** Open or closed, as a step of this deployment left it. */
const isOneColour = (weights: Weights | null): boolean =>
  sameWeights(weights, ALL_BLUE) || sameWeights(weights, ALL_GREEN);

/** Before a first deployment's first shift nothing serves, so whatever the plan found is where the route stands. */
const weightsBefore = (plan: Plan, live: LiveRoute, last: Weights | undefined): Weights | null =>
  last ?? (plan.blue === null ? weightsOf(live.route.original, groupsOf(plan)) : ALL_BLUE);

/**
 * A first deployment has no blue whose retirement would set sticky clients free: who holds a cookie for the other group
 * stays with it at weight 0, and nobody of the service answers there. So it leaves the action with the shift.
 */
const strands = (plan: Plan, { forward }: LiveRoute): boolean =>
  plan.blue === null && holdsStickyClients(plan, forward);

/**
 * What a person ordered after the decision to shift was made: an abort ends the step, a pause or a freeze leaves the
 * weights. A hold is ignored before the first shift: there are no earlier weights to stay at, and CheckGreen asked a
 * moment ago.
 * @throws Aborted
 */
const staysAt = async (
  deploymentId: string,
  traffic: Traffic | undefined,
  { record, clock }: Pick<Deps, 'record' | 'clock'>,
): Promise<Traffic | null> => {
  const order = standingOrder((await record.read(deploymentId))?.commands ?? [], clock.nowMs());
  if (order.kind === 'goBack') throw new DeploymentError('Aborted', order.reason);
  return order.kind === 'hold' ? (traffic ?? null) : null;
};

/**
 * So many routes are written before they are read back, in one call: somebody who writes them too is found soon after,
 * and the reads of a shift do not grow with its routes.
 */
const WRITTEN_TOGETHER = 20;

const writeShift = async (
  plan: Plan,
  routes: LiveRoute[],
  next: Weights,
  listener: Deps['listener'],
): Promise<void> => {
  for (const some of chunks(routes, WRITTEN_TOGETHER)) {
    for (const route of some) {
      const evictLoser = strands(plan, route);
      await listener.write(route, groupsFor(route.forward, groupsOf(plan), next, { evictLoser }));
    }
    const after = await Promise.all(some.map(({ route }) => listener.read(route)));
    for (const { route, forward } of after) {
      const found = weightsOf(forward, groupsOf(plan));
      if (!sameWeights(found, next)) throw drifted(route.label, next, found);
    }
  }
};

/**
 * Writes one plan position to every route: absolute weights, so that a repeat changes nothing, and only after green
 * was seen with enough healthy targets a moment ago.
 */
export const shiftTraffic: Step<
  'ShiftTraffic',
  'listener' | 'targets' | 'taskSets' | 'leases' | 'record' | 'events' | 'hookRuns'
> = async (
  { lease, plan, green, traffic, decision },
  { listener, targets, taskSets, leases, record, events, hookRuns, clock },
) => {
  const position = decision?.kind === 'advance' ? decision.position : (traffic?.position ?? 0);
  const before = beforePosition(plan, traffic?.position, position);
  await refuseWhileHooksAreDue({ lease, plan, before }, { hookRuns });
  const [live, test, greenTargets, greenTaskSet, blueTaskSet] = await Promise.all([
    Promise.all(plan.routes.map((route) => listener.read(route))),
    readTestRoute(plan, { from: traffic?.position, to: position }, listener),
    targets.read(plan.green.targetGroupArn),
    taskSets.read(plan, green.taskSetId),
    plan.capacity === undefined || plan.blue === null ? null : taskSets.read(plan, plan.blue.id),
  ]);

  const carried = traffic === undefined ? null : carriedSince(decision?.placement, traffic);
  const next = weightsAt(plan, position);
  const changes = live.map((route) => {
    const found = weightsOf(route.forward, groupsOf(plan));
    const before = weightsBefore(plan, route, carried?.weights ?? traffic?.weights);
    const done = sameWeights(found, next) && (isTest(plan, position) || !strands(plan, route));
    // A first deployment's route may name green alone, which already reads as all green.
    if (!done && !(found === null && before === null) && (before === null || !sameWeights(found, before))) {
      throw drifted(route.route.label, before ?? next, found);
    }
    return { route, found, done };
  });
  const tested = traffic === undefined || isTest(plan, traffic.position);
  if (test !== null && tested && !test.done && !isOneColour(test.found))
    throw drifted(`the test route ${test.live.route.label}`, ALL_BLUE, test.found);
  // A shift that is half done is finished: what it left would resemble somebody else's.
  const stays = await staysAt(lease.deploymentId, traffic, { record, clock });
  const testIsOver = traffic !== undefined && isTest(plan, traffic.position) && !isTest(plan, position);
  const untouched = changes.every(({ done }) => !done);
  if (stays !== null && untouched && !(testIsOver && test?.closed === true)) return stays;
  const refusal = refuseRaise({
    group: 'green',
    from: traffic?.weights.green ?? 0,
    to: isTest(plan, position) ? 100 : next.green,
    health: greenHealthFor({
      plan,
      targets: greenTargets,
      taskSet: greenTaskSet,
      desiredCount: desiredCountOf([blueTaskSet, greenTaskSet]),
      greenPct: next.green,
      scaled: decision?.scaled,
      nowMs: clock.nowMs(),
    }),
  });
  if (refusal !== null) throw new DeploymentError('NotEnoughHealthyTargets', refusal);

  if (changes.some(({ done }) => !done) || test?.done === false) await leases.assertHolds(lease);
  // Testers leave green before its first user comes, and follow the users once all of them have come. The route was
  // opened by this deployment: a read that has it closed may be older than that.
  const closes = testIsOver && (test?.to.green === 0 || changes.some(({ done }) => !done));
  if (test !== null && closes)
    await writeTestRoute(plan, { ...test, to: ALL_BLUE, done: test.closed && !untouched }, listener);
  await writeShift(
    plan,
    changes.filter(({ done }) => !done).map(({ route }) => route),
    next,
    listener,
  );
  if (test !== null && test.to.green > 0)
    await writeTestRoute(plan, { ...test, done: test.done && !closes }, listener);
  const shifted: Traffic = {
    position,
    weights: next,
    shiftedAtMs: clock.nowMs(),
    usersSinceMs: traffic?.usersSinceMs ?? traffic?.shiftedAtMs ?? clock.nowMs(),
    routes: changes.map(({ route, found }) => ({
      label: route.route.label,
      before: found ?? ALL_BLUE,
      after: next,
    })),
    ...(test === null ? {} : { test: { label: test.live.route.label, before: test.found, after: test.to } }),
  };
  await events.emit(shiftedEvent({ lease, plan, traffic: shifted }, decision));
  return shifted;
};

export const handler = toHandler(
  'ShiftTraffic',
  shiftTraffic,
  { listener, targets, taskSets, leases, record, events, hookRuns },
  lambdaHost,
);
