import { desiredCountOf } from '../core/capacity/capacity-for.ts';
import { MINUTE_MS } from '../core/clock.ts';
import { DeploymentError } from '../core/errors.ts';
import { greenReadiness } from '../core/health/green-readiness.ts';
import { standingOrder } from '../core/operator/standing-order.ts';
import { NONE_STOPPED_MS, waits } from '../core/pace.ts';
import type { ObservedTarget, ObservedTaskSet } from '../core/vocabulary/observed.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Readiness } from '../core/vocabulary/readiness.types.ts';
import { countColour, isGoing } from '../core/weights/colour-count.ts';
import { readinessOf } from '../core/weights/readiness.ts';
import { groupsOf, weightsOf } from '../core/weights/weights.ts';
import type { StepState } from '../statemachine/contract.ts';
import { heardBy } from './await-signal.ts';
import { ecsServices, listener, record, targets, taskSets } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { forsakenUsers } from './forsaken-users.ts';
import { lambdaHost } from './lambda-host.ts';
import { readIfThere } from './read-if-there.ts';
import { readService } from './read-service.ts';
import { type Step, toHandler } from './step.ts';
import { yieldToRival } from './yield-to-rival.ts';

const readRoutes = async (plan: Plan, listener: Deps['listener']) => {
  const live = await Promise.all(plan.routes.map((route) => readIfThere(listener, route)));
  const green = plan.green.targetGroupArn;
  return {
    detached: plan.routes
      .filter(
        (_, index) => !live[index]?.forward.groups.some(({ targetGroupArn }) => targetGroupArn === green),
      )
      .map(({ label }) => label),
    routes: live
      .filter((route) => route !== null)
      .map(({ route, forward }) => ({ label: route.label, weights: weightsOf(forward, groupsOf(plan)) })),
  };
};

/** With a limit for rollbacks green gets its first request only while blue could take everything back in time. */
const readWayBack = async (
  plan: Plan,
  green: ObservedTaskSet | null,
  greenTargets: ObservedTarget[],
  { taskSets, targets }: Pick<Deps, 'taskSets' | 'targets'>,
): Promise<Readiness | null> => {
  if (plan.rollbackWithinMs === undefined || plan.blue === null) return null;
  const [blue, blueTargets] = await Promise.all([
    taskSets.read(plan, plan.blue.id),
    targets.read(plan.blue.targetGroupArn),
  ]);
  return readinessOf({
    plan,
    blueIsGoing: isGoing(blue),
    blue: countColour(blueTargets, blue),
    green: countColour(greenTargets, green),
    needed: desiredCountOf([blue, green]),
    greenIsLost: false,
    launchMs: null,
  });
};

/** The polls of the end of each minute: any pace has one there. */
const minuteEnds = (waitedMs: number): boolean => waitedMs % MINUTE_MS >= MINUTE_MS - waits.green.longestMs;

/** A target is registered once its task runs: until the first one does the load balancer has nothing to report. */
const anyRuns = (taskSet: ObservedTaskSet | null): boolean => (taskSet?.runningCount ?? 0) > 0;

/** Every task runs that is wanted, or it is too soon: there is nothing that a stopped task would explain. */
const noneMissing = (taskSet: ObservedTaskSet | null, sinceLaunchMs: number): boolean =>
  sinceLaunchMs < NONE_STOPPED_MS ||
  (taskSet !== null &&
    taskSet.pendingCount === 0 &&
    taskSet.computedDesiredCount > 0 &&
    taskSet.runningCount >= taskSet.computedDesiredCount);

/** `unused` is how the load balancer says that no route names the group. */
const isUnused = (targets: ObservedTarget[]): boolean => targets.some(({ state }) => state === 'unused');

/** ECS stops the tasks of such targets, and their replacements may all run again by the next observation. */
const someFail = (targets: ObservedTarget[]): boolean =>
  targets.some(({ state }) => state !== 'healthy' && state !== 'initial');

/**
 * All of the service's in one call: a deployment of another installation shows by its task set alone. A creation shows
 * some seconds later, which is why LaunchGreen cannot ask.
 * @throws NotFound when somebody deletes the service.
 */
const readTaskSets = async (
  { lease, plan, green }: Pick<StepState<'CheckGreen'>, 'lease' | 'plan' | 'green'>,
  ecsServices: Deps['ecsServices'],
) => {
  const { status, taskSets, desiredCount } = await readService(ecsServices, plan, green);
  if (status !== 'ACTIVE')
    throw new DeploymentError('NotFound', `${plan.serviceArn} is ${status}: somebody deletes the service`);
  const byId = (id: string | undefined) => taskSets.find((set) => set.id === id) ?? null;
  const own = byId(green.taskSetId);
  if (own !== null) yieldToRival({ lease, plan }, taskSets, own);
  return { taskSet: own, desiredCount };
};

/** Is green ready for its first request, still on its way, or failing, and then why. */
export const checkGreen: Step<
  'CheckGreen',
  'ecsServices' | 'listener' | 'record' | 'taskSets' | 'targets'
> = async ({ lease, plan, green, ready }, { ecsServices, listener, record, taskSets, targets, clock }) => {
  const beganAtMs = clock.nowMs();
  const [{ taskSet, desiredCount }, stored] = await Promise.all([
    readTaskSets({ lease, plan, green }, ecsServices),
    record.read(lease.deploymentId),
  ]);
  const readStopped = () => taskSets.stoppedTasks(plan, green.taskSetId);
  // Waiting costs no more calls than it has to.
  const [observedTargets, stopped] = await Promise.all([
    anyRuns(taskSet) ? targets.read(plan.green.targetGroupArn) : [],
    noneMissing(taskSet, beganAtMs - green.launchedAtMs) ? null : readStopped(),
  ]);
  const nowMs = clock.nowMs();
  const observed = {
    plan,
    green,
    previous: ready,
    taskSet,
    desiredCount,
    targets: observedTargets,
    stopped: stopped ?? [],
    detached: [],
    routes: [],
    commands: stored?.commands ?? [],
    nowMs,
  };
  const found = greenReadiness(observed);

  const minute = minuteEnds(nowMs - green.launchedAtMs);
  const isReady = found.kind === 'ready';
  // A person may hold it for weeks, with observations an hour apart or when something calls for one.
  const withRoutes = isReady || found.kind === 'held' || minute || isUnused(observedTargets);
  const withStopped = stopped === null && (found.kind !== 'pending' || minute || someFail(observedTargets));
  const [routes, missing, readiness] = await Promise.all([
    withRoutes ? readRoutes(plan, listener) : {},
    withStopped ? readStopped() : null,
    isReady ? readWayBack(plan, taskSet, observedTargets, { taskSets, targets }) : null,
  ]);
  const result =
    withRoutes || missing !== null
      ? greenReadiness({
          ...observed,
          ...routes,
          ...(missing === null ? {} : { stopped: missing }),
          readiness,
        })
      : found;
  if (result.kind !== 'held') return result;
  const order = standingOrder(observed.commands, nowMs);
  const frozen = order.kind === 'hold' && order.command.kind === 'freeze';
  const forsaken = frozen ? null : await forsakenUsers(lease, plan, { ecsServices, targets });
  if (forsaken === null) return { ...result, heard: heardBy(beganAtMs, stored) };
  const { healthyTargets, wanted } = result;
  return { kind: 'failed', healthyTargets, wanted, reason: forsaken };
};

export const handler = toHandler(
  'CheckGreen',
  checkGreen,
  { ecsServices, listener, record, taskSets, targets },
  lambdaHost,
);
