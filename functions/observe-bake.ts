import type { LiveRoute } from '../aws/balancer-verbs.ts';
import { desiredCountOf } from '../core/capacity/capacity-for.ts';
import { isDeploymentError } from '../core/errors.ts';
import { greenHealth, isScaledDown } from '../core/health/green-health.ts';
import { groupHealth } from '../core/health/group-health.ts';
import { NONE_STOPPED_MS } from '../core/pace.ts';
import type { Observation } from '../core/verdict/judge.ts';
import type { GreenScale } from '../core/vocabulary/decision.types.ts';
import type { ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { Plan, TestRoute } from '../core/vocabulary/plan.types.ts';
import type { Green, Traffic } from '../core/vocabulary/state.types.ts';
import { countColour, isGoing } from '../core/weights/colour-count.ts';
import { holdsStickyClients } from '../core/weights/sticky-clients.ts';
import { isTest, testWeightsOf } from '../core/weights/test-route.ts';
import { groupsOf, weightsAt, weightsOf } from '../core/weights/weights.ts';
import type { Deps } from './deps.types.ts';

type Verbs = Pick<Deps, 'alarms' | 'listener' | 'targets' | 'taskSets' | 'clock'>;

type Unread = { unreadable: string; throttled: boolean };

/** A read that failed is evidence too: it makes the verdict unknown, never healthy. */
const attempt = async <T>(read: Promise<T>): Promise<T | Unread> => {
  try {
    return await read;
  } catch (error) {
    if (isDeploymentError(error)) {
      return { unreadable: error.message, throttled: isDeploymentError(error, 'Throttled') };
    }
    throw error;
  }
};

const failed = (result: unknown): result is Unread =>
  typeof result === 'object' && result !== null && 'unreadable' in result;

const readable = <T>(result: T | Unread): T | null => (failed(result) ? null : result);

/** What a bake's observation needs of the execution's state. */
type Observing = { plan: Plan; traffic: Traffic; green: Green; scaled: GreenScale | undefined };

const readAll = async (
  { plan, green, traffic }: Omit<Observing, 'scaled'>,
  { alarms, listener, targets, taskSets, clock }: Verbs,
) => {
  const justShifted = clock.nowMs() - traffic.shiftedAtMs < NONE_STOPPED_MS;
  const blueGroup = plan.blue?.targetGroupArn;
  // The load balancer's API allows the fewest calls, so it is asked first: when it refuses, the other reads would have
  // been wasted.
  const [observedAlarms, [greenTargets, blueTargets, test, ...routes]] = await Promise.all([
    attempt(alarms.read(plan.alarms.names)),
    Promise.all([
      attempt(targets.read(plan.green.targetGroupArn)),
      attempt(blueGroup === undefined ? Promise.resolve([]) : targets.read(blueGroup)),
      plan.test === undefined ? null : attempt(listener.read(plan.test.route)),
      ...plan.routes.map((route) => attempt(listener.read(route))),
    ]),
  ]);
  const [greenTaskSet, greenStopped, blueTaskSet] = await Promise.all([
    attempt(taskSets.read(plan, green.taskSetId)),
    attempt(justShifted ? Promise.resolve([]) : taskSets.stoppedTasks(plan, green.taskSetId)),
    attempt(plan.blue === null ? Promise.resolve(null) : taskSets.read(plan, plan.blue.id)),
  ]);
  return {
    observedAlarms,
    greenTargets,
    blueTargets,
    test,
    routes,
    greenTaskSet,
    greenStopped,
    blueTaskSet,
  };
};

export const observeBake = async (
  { plan, traffic, green, scaled }: Observing,
  verbs: Verbs,
): Promise<Observation> => {
  const { position } = traffic;
  // The time before the reads: a signal during them is newer than what they saw.
  const observedAtMs = verbs.clock.nowMs();
  const { observedAlarms, greenTargets, blueTargets, test, routes, greenTaskSet, greenStopped, blueTaskSet } =
    await readAll({ plan, green, traffic }, verbs);
  const desiredCount = desiredCountOf([readable(greenTaskSet), readable(blueTaskSet)]);
  const unread = [
    greenTaskSet,
    greenTargets,
    greenStopped,
    blueTaskSet,
    blueTargets,
    observedAlarms,
    ...routes,
    ...(isTest(plan, position) ? [test] : []),
  ].filter(failed);
  const unreadable = [greenTaskSet, greenTargets, greenStopped, blueTaskSet, blueTargets]
    .filter(failed)
    .map((result) => result.unreadable);
  return {
    observedAtMs,
    green:
      failed(greenTaskSet) || failed(greenTargets)
        ? null
        : greenHealth({
            plan,
            targets: greenTargets,
            taskSet: greenTaskSet,
            desiredCount,
            greenPct: weightsAt(plan, position).green,
            scaled,
            nowMs: observedAtMs,
          }),
    blue:
      plan.blue === null || failed(blueTaskSet) || failed(blueTargets)
        ? null
        : groupHealth(blueTargets, blueTaskSet, plan.blue.scalePercent),
    counts: {
      blue: failed(blueTaskSet) || failed(blueTargets) ? null : countColour(blueTargets, blueTaskSet),
      green: failed(greenTaskSet) || failed(greenTargets) ? null : countColour(greenTargets, greenTaskSet),
      needed: desiredCount,
    },
    ...(plan.capacity === undefined || failed(greenTargets) || failed(greenTaskSet) || greenTaskSet === null
      ? {}
      : {
          greenSize: {
            ...greenTaskSet,
            healthy: countColour(greenTargets, greenTaskSet).healthy,
            desiredCount,
            scaledDown: isScaledDown(greenTaskSet, { plan, scaled, nowMs: observedAtMs }),
          },
        }),
    greenGone: greenTaskSet === null,
    ...takenFrom({ plan, scaled, nowMs: observedAtMs }, readable(greenTaskSet)),
    ...(failed(greenStopped) ? {} : { greenStopped }),
    blueGone: plan.blue !== null && blueTaskSet === null,
    blueIsGoing: plan.blue !== null && !failed(blueTaskSet) && isGoing(blueTaskSet),
    alarms: observedAlarms,
    routes: plan.routes.map(({ label }, index) => routeAsRead(plan, label, routes[index])),
    ...(plan.test === undefined || test === null ? {} : { test: testAsRead(plan, plan.test, test) }),
    unreadable,
    throttled: unread.length > 0 && unread.every(({ throttled }) => throttled),
  };
};

const routeAsRead = (
  plan: Plan,
  label: string,
  live: LiveRoute | Unread | undefined,
): Observation['routes'][number] => {
  if (live === undefined || failed(live))
    return { label, weights: null, unreadable: live?.unreadable ?? 'not read' };
  const holdsBlueClients = holdsStickyClients(plan, live.forward);
  const weights = weightsOf(live.forward, groupsOf(plan));
  return { label, weights, ...(holdsBlueClients ? { holdsBlueClients } : {}) };
};

/** A deployment neither deletes its green nor makes it smaller while it is judged. */
const takenFrom = (
  left: Parameters<typeof isScaledDown>[1],
  green: ObservedTaskSet | null,
): Pick<Observation, 'greenTaken'> => {
  if (green === null) return {};
  if (isGoing(green)) return { greenTaken: 'deletes it' };
  return isScaledDown(green, left) ? { greenTaken: 'scaled it down' } : {};
};

const testAsRead = (
  plan: Plan,
  { route: { label } }: TestRoute,
  live: LiveRoute | Unread,
): NonNullable<Observation['test']> =>
  failed(live)
    ? { label, weights: null, unreadable: live.unreadable }
    : { label, weights: testWeightsOf(plan, live.forward) };
