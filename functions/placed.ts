import type { HeldLease, StoredDeployment } from '../aws/store-verbs.ts';
import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { placeBack } from '../core/ending/place-back.ts';
import { greenHealth } from '../core/health/green-health.ts';
import type { GroupHealth } from '../core/health/group-health.ts';
import { carriedSince, placeInBake } from '../core/verdict/place-in-bake.ts';
import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import { countColour } from '../core/weights/colour-count.ts';
import type { Placement } from '../core/weights/placement.ts';
import { weightsAt } from '../core/weights/weights.ts';
import type { Deps } from './deps.types.ts';
import { readAnswers } from './read-answers.ts';
import { readIfThere } from './read-if-there.ts';
import { readService } from './read-service.ts';

/** Where the users of a deployment should be, asked from outside its workflow. */

type Uses = Pick<Deps, 'ecsServices' | 'listener' | 'targets' | 'trafficMetrics' | 'clock'>;

const observe = async (
  { deploymentId }: HeldLease,
  plan: Plan,
  stored: StoredDeployment,
  deps: Pick<Uses, 'ecsServices' | 'targets' | 'trafficMetrics' | 'clock'>,
) => {
  const { ecsServices, targets } = deps;
  const [service, blueTargets, greenTargets] = await Promise.all([
    readService(ecsServices, plan),
    plan.blueTargetGroupArn === null ? Promise.resolve([]) : targets.read(plan.blueTargetGroupArn),
    targets.read(plan.green.targetGroupArn),
  ]);
  const blue = service.taskSets.find(({ id }) => id === plan.blue?.id) ?? null;
  const green = ownTaskSet(service.taskSets, plan, deploymentId);
  const memory = stored.placement;
  const answers = await readAnswers(
    {
      plan,
      blue: countColour(blueTargets, blue),
      needed: service.desiredCount,
      greenSinceMs: green?.createdAtMs ?? null,
      memory,
    },
    deps,
  );
  return { service, blue, green, blueTargets, greenTargets, answers, memory };
};

/**
 * What the rule for the weights finds of a bake, taking it that the routes are as the deployment left them, and green's
 * own health from the same reads.
 */
export const placedInBake = async (
  lease: HeldLease,
  plan: Plan,
  stored: StoredDeployment,
  { position, scaled }: Pick<Decision, 'position' | 'scaled'>,
  deps: Omit<Uses, 'listener'>,
): Promise<{ placed: Placement | null; greenHealth: GroupHealth }> => {
  const { service, blue, green, blueTargets, greenTargets, answers, memory } = await observe(
    lease,
    plan,
    stored,
    deps,
  );
  const shifted = weightsAt(plan, position);
  const nowMs = deps.clock.nowMs();
  const shiftedAtMs = memory?.carried?.shiftedAtMs ?? 0;
  const traffic = { position, weights: shifted, shiftedAtMs, routes: [] };
  const placed = placeInBake({
    plan,
    traffic,
    blue: countColour(blueTargets, blue),
    green: countColour(greenTargets, green),
    needed: service.desiredCount,
    routes: [{ weights: carriedSince(memory, traffic)?.weights ?? shifted }],
    answers,
    commands: stored.commands,
    memory,
    nowMs,
  });
  // As JudgeHealth counts it: a green that grows with its weight has fewer tasks, and is whole.
  const health = greenHealth({
    plan,
    targets: greenTargets,
    taskSet: green,
    desiredCount: service.desiredCount,
    greenPct: shifted.green,
    scaled,
    nowMs,
  });
  return { placed, greenHealth: health };
};

/** The same of a rollback, whose routes are read: what RollBack left there is not in the record. */
export const placedBack = async (
  lease: HeldLease,
  plan: Plan,
  stored: StoredDeployment,
  { neverServed }: { neverServed: boolean },
  deps: Uses,
): Promise<Placement | null> => {
  if (plan.blue === null) return null;
  const [observed, ...routes] = await Promise.all([
    observe(lease, plan, stored, deps),
    ...plan.routes.map((route) => readIfThere(deps.listener, route)),
  ]);
  return placeBack({
    ...observed,
    plan,
    routes: routes.filter((route) => route !== null),
    commands: stored.commands,
    neverServed,
    memory: observed.memory ?? undefined,
    nowMs: deps.clock.nowMs(),
  });
};
