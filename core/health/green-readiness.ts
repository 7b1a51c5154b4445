import { isBelow } from '../capacity/capacity-for.ts';
import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { heldMsSince } from '../operator/commands.ts';
import { standingOrder } from '../operator/standing-order.ts';
import { APPEARING_MS, nextWaitMs, UNKNOWN_TOLERANCE_MS, waits } from '../pace.ts';
import type { Command } from '../vocabulary/command.types.ts';
import type { ObservedTarget, ObservedTaskSet, StoppedTask } from '../vocabulary/observed.types.ts';
import type { Plan, Weights } from '../vocabulary/plan.types.ts';
import type { Readiness } from '../vocabulary/readiness.types.ts';
import type { Green, Ready } from '../vocabulary/state.types.ts';
import { movedEarly } from '../weights/moved-early.ts';
import { whyNotReady } from '../weights/readiness.ts';
import { targetGroupName } from '../weights/weights.ts';
import { greenHealthFor, launchPercent } from './green-health.ts';
import { describeHealth, enoughHealthy, type GroupHealth } from './group-health.ts';
import {
  cannotStart,
  explainStopped,
  explainUncounted,
  failedHealthCheck,
  isFailure,
} from './stopped-tasks.ts';

/**
 * Failed tasks tolerated before green is given up, or green's desired count where that is more: one task may meet a
 * bad host, a second an unlucky start; a third of the same version is the version. ECS itself never gives up, it
 * only starts tasks ever more slowly (ECS guide, service throttle logic) [fact 46].
 */
const TOLERATED_FAILURES = 2;

/** Tasks that stop before they ran, with none running, before green is given up: the second try changed nothing. */
const HOPELESS_FAILURES = 2;

/**
 * Observations at most while waiting for green, each 9 history events [fact 95]: a tenth of an execution's 25,000
 * [fact 93].
 */
const MAX_OBSERVATIONS = 240;

type GreenObservation = {
  plan: Plan;
  green: Green;
  previous: Ready | undefined;
  taskSet: ObservedTaskSet | null;
  /** Of the service. */
  desiredCount: number;
  targets: ObservedTarget[];
  /** Stopped tasks of green's task set, newest first. */
  stopped: StoppedTask[];
  /** Labels of the routes that do not name green's group; empty when that was not asked. */
  detached: readonly string[];
  /** What each route has, null where that is no split between blue and green; empty when that was not asked. */
  routes: readonly { label: string; weights: Weights | null }[];
  /** What a rollback right after the first shift would take; null where that was not asked. */
  readiness?: Readiness | null;
  /** All commands of the deployment so far. */
  commands: readonly Command[];
  nowMs: number;
};

/**
 * Whether green may get its first request: steady, and as many healthy targets as it should have, for
 * plan.healthyForMs without a break. Fails as soon as waiting is hopeless, with the reason a person needs.
 */
export const greenReadiness = (observed: GreenObservation): Ready => {
  const { plan, green, previous, taskSet, targets, stopped, nowMs } = observed;
  const health = greenHealthFor({
    ...observed,
    greenPct: plan.shifts[0]?.greenPct ?? 100,
    scaled: undefined,
  });
  const counts = { healthyTargets: health.healthy, wanted: health.wanted };
  const seen = taskSet === null ? 'ECS does not show its task set' : describeHealth(health);
  const appearing = nowMs - green.launchedAtMs < Math.min(APPEARING_MS, plan.timeToHealthyMs);

  const order = standingOrder(observed.commands, nowMs);
  if (order.kind === 'goBack') {
    const aborted = order.command === null ? {} : { aborted: true as const };
    return { kind: 'failed', ...counts, reason: order.reason, ...aborted };
  }
  if (order.kind === 'hold' && order.command.kind === 'freeze') {
    const reason = `${order.reason}; nothing moves until resume or abort; ${seen}`;
    return { kind: 'held', ...counts, healthySinceMs: null, waitSeconds: order.waitSeconds, reason };
  }
  const failure = hopeless(observed, health, appearing);
  if (failure !== null) return { kind: 'failed', ...counts, reason: failure };

  const enough = taskSet?.steady === true && enoughHealthy(health);
  const healthySinceMs = enough ? (waitingBefore(previous)?.healthySinceMs ?? nowMs) : null;
  const healthyMs = nowMs - (healthySinceMs ?? nowMs);
  const failed = stopped.filter(isFailure);
  const explained = `${failed.length === 0 ? '' : `; ${explainStopped(failed)}`}${explainUncounted(stopped)}`;
  const ready = healthySinceMs !== null && healthyMs >= plan.healthyForMs;
  const notReady = ready && observed.readiness != null ? whyNotReady(plan, observed.readiness) : null;
  if (ready && order.kind === 'proceed' && notReady === null) {
    const reason = `${describeHealth(health)} for ${formatDuration(healthyMs)}`;
    return { kind: 'ready', ...counts, reason, launchMs: healthySinceMs - green.launchedAtMs };
  }

  // A green that is healthy at the first observation from the deadline on is given the rest of healthyFor: when
  // nobody observed it for minutes, because the account's rate limits were reached, it may have been so in time.
  const resumedAtMs = lastResumeMs(observed.commands);
  const fromMs = Math.max(green.launchedAtMs, resumedAtMs ?? 0);
  const deadlineMs = fromMs + plan.timeToHealthyMs + heldMsSince(observed.commands, fromMs, nowMs);
  const toleratedMs = (healthySinceMs ?? nowMs) + plan.healthyForMs + UNKNOWN_TOLERANCE_MS;
  const wayBackByMs = Math.max(deadlineMs, toleratedMs);
  if (nowMs >= wayBackByMs && notReady !== null) {
    const reason = `green got no request for ${formatDuration(healthyMs)} in which it was healthy, because ${notReady}`;
    return { kind: 'failed', ...counts, reason };
  }
  if (nowMs >= deadlineMs && healthySinceMs === null) {
    const from = resumedAtMs === null ? 'its launch' : 'the resume';
    const reason = `${notInTime(plan, from, health)}${explained}. ${advice(targets, failed)}`;
    return { kind: 'failed', ...counts, reason };
  }

  const checkFailure = checkFailureOf(targets, previous);
  const waiting = { ...counts, healthySinceMs, ...(checkFailure === undefined ? {} : { checkFailure }) };
  if (order.kind === 'hold') {
    const reason = `${order.reason}; green gets no request until resume; ${seen}`;
    return { kind: 'held', ...waiting, waitSeconds: order.waitSeconds, reason };
  }
  const enoughMs = healthySinceMs === null ? deadlineMs : healthySinceMs + plan.healthyForMs;
  const unsteady = `${enoughHealthy(health) ? ', task set not steady yet' : ''}${explained}`;
  const forSoLong = ` for ${formatDuration(healthyMs)} of ${formatDuration(plan.healthyForMs)}`;
  const because = notReady === null ? '' : `; it gets no request yet, because ${notReady}`;
  return {
    kind: 'pending',
    ...waiting,
    waitSeconds: waitSeconds(observed, notReady === null ? enoughMs : wayBackByMs),
    reason: `${seen}${healthySinceMs === null ? unsteady : forSoLong}${because}`,
  };
};

const notInTime = (plan: Plan, from: string, health: GroupHealth): string => {
  const unsteady = enoughHealthy(health) ? ', but its task set is not steady' : '';
  return (
    `green was not healthy within ${formatDuration(plan.timeToHealthyMs)} of ${from}: ` +
    `${describeHealth(health)}${unsteady}, in target group ${targetGroupName(plan.green.targetGroupArn)}`
  );
};

const waitingBefore = (previous: Ready | undefined) =>
  previous?.kind === 'pending' || previous?.kind === 'held' ? previous : undefined;

/** The time that a freeze took is not green's: a resume gives it all of its time again. */
const lastResumeMs = (commands: readonly Command[]): number | null => {
  const resumes = commands.filter(({ kind }) => kind === 'resume').map(({ atMs }) => atMs);
  return resumes.length === 0 ? null : Math.max(...resumes);
};

/** Why no waiting will help, or null. */
const hopeless = (
  { plan, green, taskSet, stopped, targets, detached, routes, previous }: GreenObservation,
  health: GroupHealth,
  appearing: boolean,
): string | null => {
  const failed = stopped.filter(isFailure);
  if (taskSet === null) {
    return appearing ? null : `green's task set ${green.taskSetId} is gone: somebody deleted it`;
  }
  if (taskSet.status === 'DRAINING') return `green's task set ${taskSet.id} is being deleted by somebody`;
  const launched = launchPercent(plan);
  if (isBelow(taskSet.scalePercent, launched)) {
    return (
      `green's task set ${taskSet.id} was launched at ${launched} % and is now at ${taskSet.scalePercent} %: ` +
      'somebody scaled it'
    );
  }
  if (health.wanted === 0 && !appearing) {
    return (
      "the service's desired count is 0, so green has no tasks: set a desired count of at least 1 and " +
      'deploy again'
    );
  }
  if (detached.length > 0 && !appearing) {
    const group = targetGroupName(plan.green.targetGroupArn);
    return (
      `expected green's target group ${group} in the forward action of ${detached.join(', ')}, where it ` +
      'was put before green was launched, found it gone: somebody else changed the listener, and a group ' +
      'in no action gets no health checks'
    );
  }
  const moved = movedEarly(plan, routes);
  if (moved !== null) return moved;
  if (taskSet.runningCount === 0 && failed.filter(cannotStart).length >= HOPELESS_FAILURES) {
    return `green's tasks cannot start: ${explainStopped(failed)}`;
  }
  if (failed.length > Math.max(TOLERATED_FAILURES, health.wanted)) {
    const byCheck = failed.some(failedHealthCheck);
    const found = byCheck ? checkFailureOf(targets, previous) : undefined;
    const explained = found === undefined ? '' : `; the load balancer's check found ${found}`;
    return `green's tasks keep stopping: ${explainStopped(failed)}${explained}`;
  }
  return null;
};

/** ECS says only that a task failed the load balancer's checks; what was answered is with the target while it lasts. */
const checkFailureOf = (targets: ObservedTarget[], previous: Ready | undefined): string | undefined => {
  const failing = targets.find(({ state }) => state === 'unhealthy');
  if (failing === undefined) return waitingBefore(previous)?.checkFailure;
  return [failing.reasonCode, failing.description].filter((part) => part !== undefined).join(': ');
};

/** Often at first, when most starts are decided; never beyond the moment something is decided anyway. */
const waitSeconds = ({ plan, green, nowMs }: GreenObservation, endMs: number): number => {
  const paceMs = greenPaceMs(plan, nowMs - green.launchedAtMs);
  return Math.max(1, Math.ceil(Math.min(paceMs, endMs - nowMs) / SECOND_MS));
};

const greenPaceMs = ({ timeToHealthyMs }: Pick<Plan, 'timeToHealthyMs'>, elapsedMs: number): number =>
  Math.max(nextWaitMs(waits.green, elapsedMs), timeToHealthyMs / MAX_OBSERVATIONS);

/** How many observations, after the first, it takes until green has been there for so long. */
export const greenLooks = (plan: Pick<Plan, 'timeToHealthyMs'>, lastingMs: number): number => {
  let observations = 0;
  for (let elapsedMs = 0; elapsedMs < lastingMs; observations += 1) {
    elapsedMs += Math.ceil(greenPaceMs(plan, elapsedMs) / SECOND_MS) * SECOND_MS;
  }
  return observations;
};

const advice = (targets: ObservedTarget[], failed: StoppedTask[]): string => {
  const codes = targets.filter(({ state }) => state !== 'draining').map(({ reasonCode }) => reasonCode);
  if (failed.length > 0) return "Read the stopped tasks' logs.";
  if (codes.includes('Target.NotInUse')) {
    return (
      "The target group is in no listener's forward action, or the tasks run in an Availability Zone the " +
      'load balancer does not have.'
    );
  }
  if (codes.includes('Target.Timeout')) {
    return (
      "The load balancer gets no answer: check the tasks' security group, the health check's port, and " +
      'how long the application takes to start.'
    );
  }
  if (codes.includes('Target.ResponseCodeMismatch')) {
    return (
      "The application answers the health check with another code than the target group's matcher takes: " +
      'check its path.'
    );
  }
  return "Read the service's events for tasks that could not be placed, and the tasks' logs.";
};
