import { placeBack } from '../core/ending/place-back.ts';
import { mayLeaveGreen, neverServed } from '../core/ending/roll-back.ts';
import { DeploymentError } from '../core/errors.ts';
import type { ObservedService, ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { StepState } from '../statemachine/contract.ts';
import type { Deps } from './deps.types.ts';
import { ifPossible } from './if-possible.ts';

/**
 * Right before green loses its tasks, and with all weight on blue: blue was read a minute ago, ten behind a network
 * load balancer, and may have lost its own since. The rule is the one by which RollBack let green go.
 * @throws NotEnoughHealthyTargets, and RollBack places users where they are answered.
 */
export const refuseWhileGreenIsNeeded = async (
  state: StepState<'RemoveGreen'>,
  service: Pick<ObservedService, 'desiredCount' | 'taskSets'>,
  green: ObservedTaskSet | null,
  { targets, record, clock }: Pick<Deps, 'targets' | 'record' | 'clock'>,
): Promise<void> => {
  const { lease, plan, rolledBack } = state;
  if (plan.blueTargetGroupArn === null || plan.blue === null || plan.carry === 'off') return;
  const [blueTargets, greenTargets, stored] = await Promise.all([
    targets.read(plan.blueTargetGroupArn),
    targets.read(plan.green.targetGroupArn),
    ifPossible(record.read(lease.deploymentId)),
  ]);

  const nowMs = clock.nowMs();
  const memory = rolledBack.placement ?? stored?.placement ?? undefined;
  const unseen = neverServed(state, memory);
  const placed = placeBack({
    plan,
    service,
    blue: service.taskSets.find(({ id }) => id === plan.blue?.id) ?? null,
    green,
    blueTargets,
    greenTargets,
    routes: [],
    answers: { blue: [], green: [] },
    commands: stored?.commands ?? [],
    neverServed: unseen,
    memory,
    nowMs,
  });
  if (mayLeaveGreen({ plan, previous: rolledBack, neverServed: unseen, nowMs }, placed)) return;
  throw new DeploymentError(
    'NotEnoughHealthyTargets',
    `expected blue to carry all users before green goes, found: ${placed.reason}; green stays`,
  );
};
