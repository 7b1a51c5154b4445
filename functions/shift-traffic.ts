import type { LiveRoute } from '../aws/verbs.ts';
import { shiftedEvent } from '../core/deployment/events.ts';
import { holdsStickyClients } from '../core/ending/retirement.ts';
import { DeploymentError } from '../core/errors.ts';
import { groupHealth } from '../core/health/group-health.ts';
import { standingOrder } from '../core/operator/standing-order.ts';
import { refuseRaise } from '../core/safety/invariants.ts';
import { carriedSince } from '../core/verdict/place-in-bake.ts';
import type { Plan, Weights } from '../core/vocabulary/plan.types.ts';
import type { Traffic } from '../core/vocabulary/state.types.ts';
import {
  ALL_BLUE,
  describeWeights,
  groupsFor,
  groupsOf,
  sameWeights,
  weightsAt,
  weightsOf,
} from '../core/weights/weights.ts';
import { events, leases, listener, record, targets, taskSets } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

const drifted = (label: string, expected: Weights, found: Weights | null): DeploymentError =>
  new DeploymentError(
    'TrafficDrifted',
    `expected ${describeWeights(expected)} on ${label}, found ${describeWeights(found)}: someone else ` +
      'changed the listener',
  );

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
 * Writes one plan position to every route: absolute weights, so that a repeat changes nothing, and only after green
 * was seen with enough healthy targets a moment ago.
 */
export const shiftTraffic: Step<
  'ShiftTraffic',
  'listener' | 'targets' | 'taskSets' | 'leases' | 'record' | 'events'
> = async (
  { lease, plan, green, traffic, decision },
  { listener, targets, taskSets, leases, record, events, clock },
) => {
  const [live, greenTargets, greenTaskSet] = await Promise.all([
    Promise.all(plan.routes.map((route) => listener.read(route))),
    targets.read(plan.green.targetGroupArn),
    taskSets.read(plan, green.taskSetId),
  ]);

  const carried = traffic === undefined ? null : carriedSince(decision?.placement, traffic);
  const position = decision?.kind === 'advance' ? decision.position : (traffic?.position ?? 0);
  const next = weightsAt(plan, position);
  const changes = live.map((route) => {
    const found = weightsOf(route.forward, groupsOf(plan));
    const before = weightsBefore(plan, route, carried?.weights ?? traffic?.weights);
    const done = sameWeights(found, next) && !strands(plan, route);
    // A first deployment's route may name green alone, which already reads as all green.
    if (!done && !(found === null && before === null) && (before === null || !sameWeights(found, before))) {
      throw drifted(route.route.label, before ?? next, found);
    }
    return { route, found, done };
  });
  // A shift that is half done is finished: what it left would resemble somebody else's.
  const stays = await staysAt(lease.deploymentId, traffic, { record, clock });
  if (stays !== null && changes.every(({ done }) => !done)) return stays;
  const refusal = refuseRaise({
    group: 'green',
    from: traffic?.weights.green ?? 0,
    to: next.green,
    health: groupHealth(greenTargets, greenTaskSet),
  });
  if (refusal !== null) throw new DeploymentError('NotEnoughHealthyTargets', refusal);

  if (changes.some(({ done }) => !done)) await leases.assertHolds(lease);
  for (const { route, done } of changes) {
    if (done) continue;
    const evictLoser = strands(plan, route);
    await listener.write(route, groupsFor(route.forward, groupsOf(plan), next, { evictLoser }));
    const after = weightsOf((await listener.read(route.route)).forward, groupsOf(plan));
    if (!sameWeights(after, next)) throw drifted(route.route.label, next, after);
  }
  const shifted: Traffic = {
    position,
    weights: next,
    shiftedAtMs: clock.nowMs(),
    routes: changes.map(({ route, found }) => ({
      label: route.route.label,
      before: found ?? ALL_BLUE,
      after: next,
    })),
  };
  await events.emit(shiftedEvent({ lease, plan, traffic: shifted }, decision));
  return shifted;
};

export const handler = toHandler(
  'ShiftTraffic',
  shiftTraffic,
  { listener, targets, taskSets, leases, record, events },
  lambdaHost,
);
