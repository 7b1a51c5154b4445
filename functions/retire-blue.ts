import type { LiveRoute } from '../aws/verbs.ts';
import { SECOND_MS } from '../core/clock.ts';
import { describeCommand, frozenWaitSeconds, OPERATOR_LIMIT_MS, steeringOf } from '../core/commands.ts';
import { formatDuration } from '../core/duration.ts';
import { DeploymentError } from '../core/errors.ts';
import { describeHealth, enoughHealthy, type GroupHealth, groupHealth } from '../core/group-health.ts';
import { mayRetireBlue } from '../core/invariants.ts';
import type { Plan } from '../core/plan.types.ts';
import { settleMs, settleSecondsLeft } from '../core/propagation.ts';
import { nextRemovalStep, retirementOf } from '../core/removal.ts';
import type { Retirement } from '../core/state.types.ts';
import { ALL_GREEN, groupsFor, groupsOf, weightsOf } from '../core/traffic.ts';
import type { StepState } from '../statemachine/contract.ts';
import { ecsServices, leases, listener, record, targets, taskSets } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { readForRetirement } from './read-if-there.ts';
import { type Step, toHandler } from './step.ts';

/** ECS replaces a task in a minute or two. */
const GREEN_WAIT_SECONDS = 30;

/** Clients with a cookie for blue's group ignore its weight 0, so a sticky route has to lose the group itself. */
const holdsStickyClients = ({ forward }: LiveRoute, plan: Plan): boolean =>
  forward.stickiness.enabled &&
  forward.groups.some((group) => group.targetGroupArn === plan.blueTargetGroupArn);

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
 * Each only while a read a moment ago showed green with all weight on every route.
 */
export const retireBlue: Step<
  'RetireBlue',
  'ecsServices' | 'leases' | 'listener' | 'record' | 'targets' | 'taskSets'
> = async ({ lease, plan, traffic, retirement }, deps) => {
  const { leases, listener, record, taskSets, clock } = deps;
  const startedAtMs = retirement?.startedAtMs ?? clock.nowMs();
  const { blue } = plan;
  if (blue === null) {
    return {
      kind: 'retired',
      startedAtMs,
      waitSeconds: 0,
      runningCount: 0,
      reason: 'a first deployment has no blue',
    };
  }
  const taskSet = await taskSets.read(plan, blue.id);
  const live = await readForRetirement(listener, plan, taskSet);

  const next = nextRemovalStep(taskSet);
  const weights = live.map(({ route, forward }) => ({
    label: route.label,
    weights: weightsOf(forward, groupsOf(plan)),
  }));
  // Blue has begun to go and somebody deleted every rule: no route is left that could send it anything.
  const nobodyAsks = next !== 'scaleToZero' && live.length === 0;
  const refusal = nobodyAsks ? null : mayRetireBlue(weights);
  if (refusal !== null) throw new DeploymentError('TrafficDrifted', refusal);
  const sticky = live.filter((route) => holdsStickyClients(route, plan));
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

  // The last moment at which a person can still turn back.
  const stored = next === 'scaleToZero' ? await record.read(lease.deploymentId) : null;
  const { abort, freeze } = steeringOf(stored?.commands ?? [], startedAtMs);
  if (abort !== null) throw new DeploymentError('Aborted', describeCommand(abort));
  if (freeze !== null && clock.nowMs() - freeze.atMs >= OPERATOR_LIMIT_MS) {
    const limit = formatDuration(OPERATOR_LIMIT_MS);
    throw new DeploymentError('Aborted', `${describeCommand(freeze)}; nobody decided within ${limit}`);
  }
  if (freeze !== null) {
    const reason = `${describeCommand(freeze)}; blue stays until resume or abort`;
    // The time that a retirement may take does not run while nothing may move.
    return { ...pause(frozenWaitSeconds(freeze, clock.nowMs()), reason), startedAtMs: clock.nowMs() };
  }

  const green = next === 'scaleToZero' ? await lookAtGreen({ lease, plan }, deps) : null;
  if (green !== null && !enoughHealthy(green)) {
    return pause(GREEN_WAIT_SECONDS, `blue stays until green is whole: it has ${describeHealth(green)}`);
  }
  const settleSeconds = settleSecondsLeft(plan, traffic?.shiftedAtMs ?? startedAtMs, clock.nowMs());
  if (next === 'scaleToZero' && settleSeconds > 0) {
    return pause(settleSeconds, 'blue stays until the load balancer surely follows the last shift');
  }
  if (next !== 'gone') await leases.assertHolds(lease);
  // Also when they have left already: the try that took them out may have died a moment ago, and been waited for by nobody.
  if (next === 'scaleToZero' && (sticky.length > 0 || neverLeft)) {
    for (const route of sticky) {
      await listener.write(route, groupsFor(route.forward, groupsOf(plan), ALL_GREEN, { evictLoser: true }));
    }
    const reason = "blue's group leaves the sticky routes, and its clients move on before it drains";
    return { ...pause(settleMs(plan) / SECOND_MS, reason), leftAtMs: clock.nowMs() };
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
