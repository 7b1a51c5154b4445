import { SECOND_MS } from '../core/clock.ts';
import { nextRemovalStep, retirementOf } from '../core/ending/removal.ts';
import { holdsStickyClients, refuseRetirement } from '../core/ending/retirement.ts';
import { DeploymentError } from '../core/errors.ts';
import { describeHealth, enoughHealthy, type GroupHealth, groupHealth } from '../core/health/group-health.ts';
import { standingOrder } from '../core/operator/standing-order.ts';
import type { Commitment } from '../core/vocabulary/command.types.ts';
import type { Retirement } from '../core/vocabulary/state.types.ts';
import { settleMs, settleSecondsLeft } from '../core/weights/propagation.ts';
import { ALL_GREEN, groupsFor, groupsOf } from '../core/weights/weights.ts';
import type { StepState } from '../statemachine/contract.ts';
import { ecsServices, leases, listener, record, targets, taskSets } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { readForRetirement } from './read-if-there.ts';
import { type Step, toHandler } from './step.ts';

/** ECS replaces a task in a minute or two. */
const GREEN_WAIT_SECONDS = 30;

/** Blue's group was put back into a sticky route while it goes; the load balancer follows within seconds [82]. */
const EVICTED_AGAIN_SECONDS = 10;

/**
 * The last look at green while blue can still take its traffic back: a promotion may be minutes old, and a freeze may
 * have kept blue for days since.
 * @throws NotEnoughHealthyTargets when nothing of green answers.
 */
const lookAtGreen = async (
  { lease, plan }: Pick<StepState<'RetireBlue'>, 'lease' | 'plan'>,
  { ecsServices, targets }: Pick<Deps, 'ecsServices' | 'targets'>,
): Promise<GroupHealth> => {
  const [service, greenTargets] = await Promise.all([
    ecsServices.read(plan.clusterArn, plan.serviceArn),
    targets.read(plan.green.targetGroupArn),
  ]);
  const green = service.taskSets.find((set) => set.externalId === lease.deploymentId) ?? null;
  const health = groupHealth(greenTargets, green);
  if (green === null || health.healthy === 0) {
    throw new DeploymentError(
      'NotEnoughHealthyTargets',
      `expected a healthy green before blue goes, found ${describeHealth(health)}`,
    );
  }
  return health;
};

/**
 * One write a visit: take blue's group out of sticky routes, then scale blue to 0, then, once nothing runs, delete it.
 * Each only while a read a moment ago showed green with all weight on every route. Before blue loses anything the record
 * is told to take no more commands: one that came before that is obeyed, and none after it is accepted.
 */
export const retireBlue: Step<
  'RetireBlue',
  'ecsServices' | 'leases' | 'listener' | 'record' | 'targets' | 'taskSets'
> = async ({ lease, plan, traffic, retirement }, deps) => {
  const { leases, listener, record, taskSets, clock } = deps;
  const startedAtMs = retirement?.startedAtMs ?? clock.nowMs();
  const { blue } = plan;
  const taskSet = blue === null ? null : await taskSets.read(plan, blue.id);
  const live = await readForRetirement(listener, plan, taskSet);

  const next = nextRemovalStep(taskSet);
  const mayTurnBack = blue === null || next === 'scaleToZero';
  const refusal = refuseRetirement(plan, live, { mayTurnBack });
  if (refusal !== null) throw new DeploymentError('TrafficDrifted', refusal);
  const sticky = live.filter(({ forward }) => holdsStickyClients(plan, forward));
  const neverLeft =
    retirement?.leftAtMs === undefined && live.some(({ forward }) => forward.stickiness.enabled);
  const left = retirement?.leftAtMs === undefined ? {} : { leftAtMs: retirement.leftAtMs };
  const pause = (waitSeconds: number, reason: string): Retirement => ({
    kind: 'draining',
    startedAtMs,
    waitSeconds,
    runningCount: taskSet?.runningCount ?? 0,
    reason,
    ...left,
  });

  const stored = mayTurnBack ? await record.read(lease.deploymentId) : null;
  const order = standingOrder(stored?.commands ?? [], clock.nowMs());
  if (order.kind === 'goBack') throw new DeploymentError('Aborted', order.reason);
  if (order.kind === 'hold') {
    const reason = `${order.reason}; ${blue === null ? 'it does not end' : 'blue stays'} until resume or abort`;
    // The time that a retirement may take does not run while nothing may move.
    return { ...pause(order.waitSeconds, reason), startedAtMs: clock.nowMs() };
  }

  const green = next === 'scaleToZero' ? await lookAtGreen({ lease, plan }, deps) : null;
  if (green !== null && !enoughHealthy(green)) {
    return pause(GREEN_WAIT_SECONDS, `blue stays until green is whole: it has ${describeHealth(green)}`);
  }
  const settleSeconds = settleSecondsLeft(plan, traffic?.shiftedAtMs ?? startedAtMs, clock.nowMs());
  if (next === 'scaleToZero' && settleSeconds > 0) {
    return pause(settleSeconds, 'blue stays until the load balancer surely follows the last shift');
  }
  if (next !== 'gone' || sticky.length > 0) await leases.assertHolds(lease);
  // Also when they have left already: the try that took them out may have died a moment ago, and been waited for by nobody.
  if (sticky.length > 0 || (next === 'scaleToZero' && neverLeft)) {
    for (const route of sticky) {
      await listener.write(route, groupsFor(route.forward, groupsOf(plan), ALL_GREEN, { evictLoser: true }));
    }
    const reason = "blue's group leaves the sticky routes, and its clients move on before it drains";
    const waitSeconds = next === 'scaleToZero' ? settleMs(plan) / SECOND_MS : EVICTED_AGAIN_SECONDS;
    return { ...pause(waitSeconds, reason), leftAtMs: clock.nowMs() };
  }

  if (mayTurnBack && stored !== null && stored.commitment?.to !== 'finish') {
    const reason = `${blue === null ? '' : 'blue has begun to go and '}green serves everything`;
    const commitment: Commitment = { to: 'finish', reason, atMs: clock.nowMs() };
    if (!(await record.commit(lease.deploymentId, commitment, stored)))
      return pause(1, `a command came as ${blue === null ? 'it was about to end' : 'blue was about to go'}`);
  }
  if (blue === null) {
    const reason = 'a first deployment has no blue';
    return { kind: 'retired', startedAtMs, waitSeconds: 0, runningCount: 0, reason };
  }
  if (next === 'scaleToZero') await taskSets.scaleToZero(plan, blue.id);
  if (next === 'delete') await taskSets.delete(plan, blue.id);
  return retirementOf({ plan, taskSet, wrote: next, startedAtMs, nowMs: clock.nowMs(), ...left });
};

export const handler = toHandler(
  'RetireBlue',
  retireBlue,
  { ecsServices, leases, listener, record, targets, taskSets },
  lambdaHost,
);
