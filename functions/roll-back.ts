import type { LiveRoute } from '../aws/verbs.ts';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import { groupHealth } from '../core/health.ts';
import type { Plan, Route } from '../core/plan.types.ts';
import { decideRollBack, restoredGroups, sameGroups, whyRollBack } from '../core/roll-back.ts';
import { ecsServices, listener, record, targets } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

/** A rule that someone deleted forwards nowhere: nothing to restore, and no reason to leave the others unrestored. */
const readIfThere = async (listener: Deps['listener'], route: Route): Promise<LiveRoute | null> => {
  try {
    return await listener.read(route);
  } catch (error) {
    if (isDeploymentError(error, 'NotFound')) return null;
    throw error;
  }
};

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
  const green = service.taskSets.find((set) => set.externalId === deploymentId) ?? null;
  return {
    live: routes.filter((route) => route !== null),
    blue,
    green,
    blueHealth: plan.blue === null ? null : groupHealth(blueTargets, blue),
    greenHealth: groupHealth(greenTargets, green),
  };
};

/**
 * All weight back to blue, read back, before anything of green is touched. Not when blue is the sicker of the two:
 * then it holds and says so. And not once blue has begun to go: then green finishes what it started.
 */
export const rollBack: Step<'RollBack', 'ecsServices' | 'listener' | 'targets' | 'record'> = async (
  state,
  deps,
) => {
  const { lease, plan, rolledBack: previous } = state;
  const { listener, record, clock } = deps;
  const observed = await observe(plan, lease.deploymentId, deps);

  const because = previous?.because ?? whyRollBack(state);
  const decision = decideRollBack({
    ...observed,
    plan,
    routes: observed.live,
    previous,
    nowMs: clock.nowMs(),
  });
  const result = {
    because,
    startedAtMs: previous?.startedAtMs ?? clock.nowMs(),
    routes: plan.routes.map(({ label }) => ({ label })),
    waitSeconds: decision.waitSeconds,
    reason: decision.reason,
  };
  if (decision.kind !== 'restore') return { ...result, kind: decision.kind };

  const changed = observed.live.filter(
    ({ route, forward }) => !sameGroups(forward.groups, restoredGroups(plan, route, forward)),
  );
  if (changed.length > 0) await record.assertHolds(lease);
  for (const live of changed) {
    const groups = restoredGroups(plan, live.route, live.forward);
    await listener.write(live, groups);
    const after = await listener.read(live.route);
    if (!sameGroups(after.forward.groups, groups)) {
      throw new DeploymentError(
        'Unavailable',
        `gave blue all weight on ${live.route.label} and read back something else: someone else writes this listener; trying again`,
      );
    }
  }
  return { ...result, kind: 'restored' };
};

export const handler = toHandler(
  'RollBack',
  rollBack,
  { ecsServices, listener, targets, record },
  lambdaHost,
);
