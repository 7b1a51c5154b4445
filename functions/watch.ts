import type { HeldLease, StoredDeployment } from '../aws/store-verbs.ts';
import { MINUTE_MS } from '../core/clock.ts';
import { serviceKeyOf } from '../core/deployment/service-key.ts';
import { isDeploymentError } from '../core/errors.ts';
import type { GroupHealth } from '../core/health/group-health.ts';
import { steeringOf } from '../core/operator/commands.ts';
import { wakes } from '../core/verdict/end-of-bake.ts';
import { watchIsDue } from '../core/verdict/metric-reads.ts';
import { newsOfBake, observesAtMs, observesItself } from '../core/verdict/news.ts';
import { readsInTime, turnWaitMs } from '../core/verdict/soon-read.ts';
import type { Decision, DecisionKind } from '../core/vocabulary/decision.types.ts';
import type { ObservedAlarms } from '../core/vocabulary/observed.types.ts';
import type { Plan, Route } from '../core/vocabulary/plan.types.ts';
import { movedEarly } from '../core/weights/moved-early.ts';
import { regroupsSoon } from '../core/weights/sticky-clients.ts';
import { groupsOf, weightsOf } from '../core/weights/weights.ts';
import {
  alarms,
  ecsServices,
  executions,
  hookRuns,
  leases,
  listener,
  record,
  series,
  targets,
  trafficMetrics,
} from './deps.ts';
import type { Deps } from './deps.types.ts';
import { forsakenUsers } from './forsaken-users.ts';
import { ifPossible } from './if-possible.ts';
import { lambdaHost } from './lambda-host.ts';
import { placedBack, placedInBake } from './placed.ts';
import { readComparison } from './read-comparison.ts';
import { readIfThere } from './read-if-there.ts';
import { type StepDeps, toHandler } from './step.ts';
import { type WatchEvent, watchEvent } from './watch-event.ts';
import { deploymentOfTask, wakeForTask } from './watch-hook-task.ts';

type Uses =
  | 'alarms'
  | 'ecsServices'
  | 'executions'
  | 'hookRuns'
  | 'leases'
  | 'listener'
  | 'record'
  | 'targets'
  | 'trafficMetrics'
  | 'series';

/**
 * Two describe calls a lease and a shared one of the routes, of a bucket that all of the account shares and that is
 * refilled at 10 a second [fact 92]: so many leave more than half of it to the deployments. With more, each minute's
 * turn takes the next ones. Where the deployments need all of it, the watch does not stand in line (functions/step.ts):
 * while it did, 1,000 deployments waited four times as long for what it read, and were observed less often.
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

type Watching = StepDeps<Uses> & {
  /** Those of every deployment, in one read; null: they cannot be read. Null for the event of one task. */
  readAlarms: (() => Promise<ObservedAlarms | null>) | null;
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

/** At the end of a minute a read of the metrics waits for the next, which may show one more; nothing else waits. */
const waitsForMinute = async (last: Decision, { clock, readAlarms }: Watching): Promise<boolean> => {
  const waitMs = readAlarms === null || last.analysis === undefined ? 0 : turnWaitMs(clock.nowMs());
  if (waitMs === 0) return false;
  await clock.sleep(waitMs);
  return true;
};

/** The same of a deployment that observes itself each minute: where its own observation would read them too late. */
const verdictInTime = async (
  lease: HeldLease,
  plan: Plan,
  last: Decision,
  deps: Watching,
): Promise<string | null> =>
  last.kind === 'promote' || readsInTime(observesAtMs(last), deps.clock.nowMs())
    ? null
    : newVerdict(lease, plan, last, deps);

/** Decisions after which a wait for a signal may follow: a bake, or after a promotion the wait until blue may go. */
const waitsAfter: readonly DecisionKind[] = ['hold', 'awaitOperator', 'runHooks', 'promote'];

type Bake = { plan: Plan; stored: StoredDeployment; last: Decision };

/**
 * Why a bake should observe now: an alarm, weights or green's health are not what its last observation saw. Without
 * green's health only the alarms are read.
 */
const newsOf = async (
  { plan, stored, last }: Bake,
  green: GroupHealth | null,
  { readAlarms, listener }: Watching,
): Promise<string | null> => {
  // A task's end says nothing about the others.
  const [alarms, ...routes] =
    readAlarms === null
      ? [null]
      : await Promise.all([
          readAlarms(),
          ...(green === null ? [] : plan.routes).map((route) =>
            ifPossible(routeAsRead(plan, route, listener)),
          ),
        ]);
  const seen = {
    ...(alarms === null ? {} : { alarms }),
    routes: routes.filter((route) => route !== null),
    green,
  };
  return newsOfBake(plan, last, seen, stored.placement?.carried ?? null);
};

const routeAsRead = async (plan: Plan, route: Route, listener: Deps['listener']) => {
  const live = await readIfThere(listener, route);
  return { label: route.label, weights: live === null ? null : weightsOf(live.forward, groupsOf(plan)) };
};

/**
 * Before the first shift, and behind the promotion, a deployment waits for a person or for hooks and reads nothing
 * meanwhile: why it should, because somebody else moved users. Not one that somebody froze: it would move nothing. The
 * event of a task says nothing of the routes.
 */
const newsOfRoutesAlone = async (
  { plan, stored, last }: Omit<Bake, 'last'> & { last: Decision | null },
  { readAlarms, listener }: Watching,
): Promise<string | null> => {
  if (readAlarms === null || steeringOf(stored.commands, 0).freeze !== null) return null;
  const read = await Promise.all(plan.routes.map((route) => ifPossible(routeAsRead(plan, route, listener))));
  const routes = read.filter((route) => route !== null);
  return last === null
    ? movedEarly(plan, routes)
    : newsOfBake(plan, last, { routes, green: null }, stored.placement?.carried ?? null);
};

/** Why a bake should be observed now, or null. */
const newsInBake = async (lease: HeldLease, bake: Bake, deps: Watching): Promise<string | null> => {
  const { plan, stored, last } = bake;
  const { placed, greenHealth } = await placedInBake(lease, plan, stored, last, deps);
  // Where users are is the most urgent: what cannot be read of the rest must not hold it up.
  if (placed?.move === true || placed?.countsAreLate === true) return placed.reason;
  const seenGone = stored.placement?.gone.blue === true;
  const frozen = steeringOf(stored.commands, 0).freeze !== null;
  if (placed !== null && regroupsSoon(plan, placed, { seenGone, frozen }))
    return `${placed.reason}: blue's group leaves or rejoins the sticky routes`;
  if (last.kind === 'promote') return newsOfRoutesAlone(bake, deps);
  const news = await newsOf(bake, greenHealth, deps);
  if (news !== null) return news;
  await waitsForMinute(last, deps);
  return newVerdict(lease, plan, last, deps);
};

const watchOne = async (lease: HeldLease, deps: Watching): Promise<string | null> => {
  const { record, executions } = deps;
  const stored = await record.read(lease.deploymentId);
  // Once blue has begun to go nobody can be moved.
  if (stored?.plan == null || stored.commitment?.to === 'finish') return null;
  const last = await record.readLastDecision(lease.deploymentId);
  const { plan, taskToken, commitment } = stored;
  const wake = async (why: string): Promise<string> => {
    const noted = await record.noteSignal(lease.deploymentId, why);
    // Without a token its execution has ended or is between two waits: the sweep, or the next wait, finds the signal.
    if (noted && taskToken !== null) await executions.wake(taskToken, why);
    return lease.deploymentId;
  };
  if (commitment !== null) {
    const back = await placedBack(lease, plan, stored, { neverServed: last === null }, deps);
    return back?.move === true || back?.countsAreLate === true ? wake(back.reason) : null;
  }
  if (taskToken === null) return null;
  if (last === null) {
    const moved = await newsOfRoutesAlone({ plan, stored, last }, deps);
    const frozen = steeringOf(stored.commands, 0).freeze !== null;
    const why = moved ?? (frozen ? null : await forsakenUsers(lease, plan, deps));
    return why === null ? null : wake(why);
  }
  if (!waitsAfter.includes(last.kind)) return null;
  // The deployment makes the same reads itself, if not its metrics in time. Not waiting for the others pays only after
  // a task's end: they may be a minute away.
  if (deps.readAlarms !== null && observesItself(last, deps.clock.nowMs())) {
    // It may have observed meanwhile.
    if (last.kind !== 'promote' && (await waitsForMinute(last, deps))) return watchOne(lease, deps);
    const verdict = await verdictInTime(lease, plan, last, deps);
    return verdict === null ? null : wake(verdict);
  }
  const news = await newsInBake(lease, { plan, stored, last }, deps).catch(async (error: unknown) => {
    // Alarms are answered by another API: what the load balancer does not answer must not hide a red one.
    const red = last.kind === 'promote' ? null : await newsOf({ plan, stored, last }, null, deps);
    if (red === null) throw error;
    return red;
  });
  return news === null ? null : wake(news);
};

/** One read of the alarms of all deployments, made when the first of them asks. */
const readingOnce = (held: HeldLease[], alarms: Deps['alarms']): (() => Promise<ObservedAlarms | null>) => {
  let answer: Promise<ObservedAlarms | null> | undefined;
  return () => {
    answer ??= ifPossible(alarms.read(held.flatMap((lease) => lease.alarms)));
    return answer;
  };
};

/**
 * Sees within a minute that a deployment's users are on a colour that does not answer, in a bake or on the way back,
 * and at once when an event reports a stopped task. It asks the rule that the steps ask, and wakes the deployment only
 * if that rule would move users. Of a bake that observes itself each minute it reads the metrics, where that comes too
 * late for them, and nothing else. A bake whose observations are further apart is also woken by what would end it: a
 * red alarm, foreign weights, a green that is short, a verdict of the metrics. JudgeHealth and RollBack read everything
 * themselves.
 */
export const watch = async (event: unknown, deps: StepDeps<Uses>): Promise<{ woken: string[] }> => {
  const seen = watchEvent(event);
  const all = await deps.leases.held();
  const ofHook = deploymentOfTask(all, seen);
  if (ofHook !== null) return { woken: await wakeForTask(ofHook, seen, deps) };
  const held = toWatch(all, seen, deps.clock.nowMs());
  const readAlarms = seen.detail?.group === undefined ? readingOnce(held, deps.alarms) : null;
  const results = await Promise.allSettled(held.map((lease) => watchOne(lease, { ...deps, readAlarms })));
  // Next minute is soon enough: an attempt more would only take its turn from a deployment.
  const waits = (reason: unknown) => readAlarms !== null && isDeploymentError(reason, 'Throttled');
  const failed = results.find((result) => result.status === 'rejected' && !waits(result.reason));
  if (failed?.status === 'rejected') throw failed.reason;
  return {
    woken: results.flatMap((result) =>
      result.status === 'fulfilled' && result.value !== null ? [result.value] : [],
    ),
  };
};

export const handler = toHandler(
  'Watch',
  watch,
  { alarms, ecsServices, executions, hookRuns, leases, listener, record, targets, trafficMetrics, series },
  lambdaHost,
);

/** Called under a role of its own (infra/event-handlers.ts). */
export { handler as movesHandler } from './watch-moves.ts';
