import type { HeldLease, StoredDeployment } from '../aws/verbs.ts';
import { MINUTE_MS } from '../core/clock.ts';
import { ownTaskSet } from '../core/deployment/own-task-set.ts';
import { serviceKeyOf } from '../core/deployment/service-key.ts';
import { DeploymentError } from '../core/errors.ts';
import { isObject } from '../core/request/read-field.ts';
import { wakes } from '../core/verdict/end-of-bake.ts';
import { watchIsDue } from '../core/verdict/metric-reads.ts';
import { carriedSince, placeInBake } from '../core/verdict/place-in-bake.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Decision } from '../core/vocabulary/state.types.ts';
import { countColour } from '../core/weights/colour-count.ts';
import type { Placement } from '../core/weights/placement.ts';
import { weightsAt } from '../core/weights/weights.ts';
import { ecsServices, executions, leases, record, series, targets, trafficMetrics } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { readAnswers } from './read-answers.ts';
import { readComparison } from './read-comparison.ts';
import { type StepDeps, toHandler } from './step.ts';

/** The schedule's event, or "ECS Task State Change" of a task that stops, as far as it is used. */
type WatchEvent = { detail?: { clusterArn?: string; group?: string } };

/**
 * @throws InvalidRequest for what is neither: Lambda's retries would change nothing, and its queue keeps it for a
 * person.
 */
const watchEvent = (event: unknown): WatchEvent => {
  const detail = isObject(event) ? (event.detail ?? {}) : null;
  const isName = (value: unknown): boolean => value === undefined || typeof value === 'string';
  if (isObject(detail) && isName(detail.clusterArn) && isName(detail.group)) return { detail };
  throw new DeploymentError(
    'InvalidRequest',
    'expected a scheduled event, or "ECS Task State Change" with texts in detail.clusterArn and ' +
      'detail.group, found something else',
  );
};

type Uses = 'ecsServices' | 'executions' | 'leases' | 'record' | 'targets' | 'trafficMetrics' | 'series';

/**
 * Two describe calls a lease, of a bucket that all of the account shares and that is refilled at 10 a second [fact
 * 92]: so many leave more than half of it to the deployments. With more, each minute's turn takes the next ones.
 */
const AT_MOST = 150;

const toWatch = (held: HeldLease[], { detail }: WatchEvent, nowMs: number): HeldLease[] => {
  const service = detail?.group?.replace(/^service:/, '');
  if (service !== undefined && detail?.clusterArn !== undefined) {
    const key = serviceKeyOf({ cluster: detail.clusterArn, service });
    return held.filter(({ serviceKey }) => serviceKey === key);
  }
  if (held.length <= AT_MOST) return held;
  const from = (Math.floor(nowMs / MINUTE_MS) * AT_MOST) % held.length;
  return [...held.slice(from), ...held.slice(0, from)].slice(0, AT_MOST);
};

/** What the rule for the weights has to say of a bake, taking it that the routes are as the deployment left them. */
const placed = async (
  { deploymentId }: HeldLease,
  plan: Plan,
  stored: StoredDeployment,
  { position }: Pick<Decision, 'position'>,
  {
    ecsServices,
    targets,
    trafficMetrics,
    clock,
  }: Pick<StepDeps<Uses>, 'ecsServices' | 'targets' | 'trafficMetrics' | 'clock'>,
): Promise<Placement | null> => {
  const [service, blueTargets, greenTargets] = await Promise.all([
    ecsServices.read(plan.clusterArn, plan.serviceArn),
    plan.blueTargetGroupArn === null ? Promise.resolve([]) : targets.read(plan.blueTargetGroupArn),
    targets.read(plan.green.targetGroupArn),
  ]);
  const blue = service.taskSets.find(({ id }) => id === plan.blue?.id) ?? null;
  const green = ownTaskSet(service.taskSets, plan, deploymentId);
  const shifted = weightsAt(plan, position);
  const traffic = {
    position,
    weights: shifted,
    shiftedAtMs: stored.placement?.carried?.shiftedAtMs ?? 0,
    routes: [],
  };
  const weights = carriedSince(stored.placement, traffic)?.weights ?? shifted;
  const counts = {
    blue: countColour(blueTargets, blue),
    green: countColour(greenTargets, green),
    needed: service.desiredCount,
  };
  const memory = stored.placement;
  return placeInBake({
    plan,
    traffic,
    ...counts,
    routes: [{ weights }],
    answers: await readAnswers(
      { plan, ...counts, greenSinceMs: green?.createdAtMs ?? null, memory },
      { trafficMetrics, clock },
    ),
    commands: stored.commands,
    memory,
    nowMs: clock.nowMs(),
  });
};

/**
 * Why the metrics should wake a deployment: they say something else than at its last decision. The series is kept
 * meanwhile, so that its history grows with verdicts and not with minutes.
 */
const newVerdict = async (
  { deploymentId }: HeldLease,
  plan: Plan,
  last: Decision,
  { trafficMetrics, series, clock }: Pick<StepDeps<Uses>, 'trafficMetrics' | 'series' | 'clock'>,
): Promise<string | null> => {
  const { analysis } = last;
  if (analysis === undefined) return null;
  const { sinceMs, shiftFromMs } = analysis;
  if (!watchIsDue(await series.readAtMs(deploymentId), shiftFromMs, clock.nowMs())) return null;
  const { comparison } = await readComparison(
    { deploymentId, plan, position: last.position, sinceMs, shiftFromMs, withBounds: false },
    { trafficMetrics, series, clock },
  );
  return comparison === null || !wakes(plan, last.position, analysis, comparison)
    ? null
    : `metrics: ${comparison.reason}`;
};

const watchOne = async (
  lease: HeldLease,
  deps: Pick<
    Deps,
    'ecsServices' | 'executions' | 'record' | 'targets' | 'trafficMetrics' | 'series' | 'clock'
  >,
): Promise<string | null> => {
  const { record, executions } = deps;
  const stored = await record.read(lease.deploymentId);
  // Only a bake waits for a signal; on the way back RollBack comes by itself.
  if (stored?.plan == null || stored.taskToken === null || stored.commitment !== null) return null;
  const last = await record.readLastDecision(lease.deploymentId);
  if (last === null || (last.kind !== 'hold' && last.kind !== 'awaitOperator')) return null;

  const { plan, taskToken } = stored;
  // Where users are is the more urgent: metrics that cannot be read must not hold it up.
  const wake = async (why: string): Promise<string> => {
    if (await record.noteSignal(lease.deploymentId, why)) await executions.wake(taskToken, why);
    return lease.deploymentId;
  };
  const found = await placed(lease, plan, stored, last, deps);
  if (found?.move === true) return wake(found.reason);
  const verdict = await newVerdict(lease, plan, last, deps);
  return verdict === null ? null : wake(verdict);
};

/**
 * Sees within a minute that a baking deployment's users are where nobody answers them, and at once when a task's end
 * tells of it: it asks the rule that the steps ask, and wakes the deployment only if that would move them. It also
 * reads the metrics of both colours and wakes a deployment whose verdict they change. JudgeHealth reads everything
 * itself.
 */
export const watch = async (event: unknown, deps: StepDeps<Uses>): Promise<{ woken: string[] }> => {
  const held = toWatch(await deps.leases.held(), watchEvent(event), deps.clock.nowMs());
  const results = await Promise.allSettled(held.map((lease) => watchOne(lease, deps)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return {
    woken: results.flatMap((result) =>
      result.status === 'fulfilled' && result.value !== null ? [result.value] : [],
    ),
  };
};

export const handler = toHandler(
  'Watch',
  watch,
  { ecsServices, executions, leases, record, targets, trafficMetrics, series },
  lambdaHost,
);
