import type { LiveRoute } from '../aws/verbs.ts';
import { restoredEvent } from '../core/deployment/events.ts';
import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { failureId } from '../core/ending/failure.ts';
import {
  checkedGroups,
  commitmentOf,
  decideRollBack,
  type RollBackDecision,
  restoredGroups,
  sameGroups,
  whyRollBack,
} from '../core/ending/roll-back.ts';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import { groupHealth } from '../core/health/group-health.ts';
import type { Commitment } from '../core/vocabulary/command.types.ts';
import type { Plan, WeightedGroup } from '../core/vocabulary/plan.types.ts';
import type { RolledBack } from '../core/vocabulary/state.types.ts';
import { ALL_GREEN, describeWeights, groupsFor, groupsOf, weightsOf } from '../core/weights/weights.ts';
import { ecsServices, events, leases, listener, record, targets } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { readIfThere } from './read-if-there.ts';
import { type Step, toHandler } from './step.ts';

const observe = async (
  plan: Plan,
  deploymentId: string,
  { ecsServices, listener, targets }: Pick<Deps, 'ecsServices' | 'listener' | 'targets'>,
) => {
  const [service, greenTargets, blueTargets, ...routes] = await Promise.all([
    ecsServices.read(plan.clusterArn, plan.serviceArn),
    targets.read(plan.green.targetGroupArn),
    plan.blueTargetGroupArn === null ? Promise.resolve([]) : targets.read(plan.blueTargetGroupArn),
    ...plan.routes.map((route) => readIfThere(listener, route)),
  ]);
  const blue = service.taskSets.find((set) => set.id === plan.blue?.id) ?? null;
  const green = ownTaskSet(service.taskSets, plan, deploymentId);
  return {
    live: routes.filter((route) => route !== null),
    blue,
    green,
    blueHealth: plan.blue === null ? null : groupHealth(blueTargets, blue),
    greenHealth: groupHealth(greenTargets, green),
  };
};

/** What each route is to forward to: blue's restored weights, or all to green once blue has begun to go. */
const wantedGroups = (
  plan: Plan,
  decision: RollBackDecision,
  { route, forward }: LiveRoute,
): WeightedGroup[] | null => {
  if (decision.kind === 'restore') return restoredGroups(plan, route, forward);
  if (decision.kind === 'finishForward' && decision.raiseGreen)
    return groupsFor(forward, groupsOf(plan), ALL_GREEN, { evictLoser: true });
  return decision.kind === 'held' ? checkedGroups(plan, forward) : null;
};

/** A record that cannot be written must not keep a deployment from going back: a command too many does no harm. */
const commitIfPossible = async (
  deploymentId: string,
  commitment: Commitment,
  record: Deps['record'],
): Promise<void> => {
  try {
    const stored = await record.read(deploymentId);
    if (stored?.commitment?.to !== commitment.to) await record.commit(deploymentId, commitment);
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
  }
};

/**
 * All weight back to blue, read back, before anything of green is touched. Not when blue is the sicker of the two:
 * then it holds and says so. And not once blue has begun to go: then green finishes what it started.
 */
export const rollBack: Step<
  'RollBack',
  'ecsServices' | 'listener' | 'targets' | 'leases' | 'record' | 'events'
> = async (state, deps) => {
  const { lease, plan, rolledBack: previous } = state;
  const { listener, leases, record, events, clock } = deps;
  const observed = await observe(plan, lease.deploymentId, deps);

  const input = {
    ...observed,
    plan,
    routes: observed.live,
    previous,
    // Whoever says abort in time means it, even if the deployment had made up its mind before.
    recovering: lease.kind === 'recovering' && state.failure?.Error !== 'Aborted',
    nowMs: clock.nowMs(),
  };
  const decision = decideRollBack(input);
  const writes = observed.live.flatMap((live) => {
    const groups = wantedGroups(plan, decision, live);
    return groups === null || sameGroups(live.forward.groups, groups) ? [] : [{ live, groups }];
  });

  if (writes.length > 0) await leases.assertHolds(lease);
  for (const { live, groups } of writes) {
    await listener.write(live, groups);
    const after = await listener.read(live.route);
    if (!sameGroups(after.forward.groups, groups)) {
      throw new DeploymentError(
        'Unavailable',
        `wrote ${describeWeights(weightsOf({ ...live.forward, groups }, groupsOf(plan)))} to ${live.route.label} and read back something else: someone else writes this listener; trying again`,
      );
    }
  }
  const result: RolledBack = {
    kind: decision.kind === 'restore' ? 'restored' : decision.kind,
    reason: decision.reason,
    because: previous?.because ?? whyRollBack(state),
    startedAtMs: previous?.startedAtMs ?? clock.nowMs(),
    waitSeconds: decision.waitSeconds,
    routes: plan.routes.map(({ label }) => ({ label })),
    caught: failureId(state.failure),
  };
  // After the weights, because users come first: a command of this second is too late by a second.
  const commitment = commitmentOf(input, decision, result.because);
  if (commitment !== null && previous?.kind !== result.kind)
    await commitIfPossible(lease.deploymentId, commitment, record);
  if (writes.length > 0) {
    const routes = writes.map(({ live: { route, forward }, groups }) => ({
      label: route.label,
      before: weightsOf(forward, groupsOf(plan)),
      after: weightsOf({ ...forward, groups }, groupsOf(plan)),
    }));
    await events.emit(restoredEvent({ lease, plan, routes }, result, state.decision));
  }
  return result;
};

export const handler = toHandler(
  'RollBack',
  rollBack,
  { ecsServices, events, listener, leases, record, targets },
  lambdaHost,
);
