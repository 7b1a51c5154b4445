import { EMPTY_SERIES } from '../aws/series.ts';
import { nextMinute } from '../core/clock.ts';
import { isDeploymentError } from '../core/errors.ts';
import { type CompareInput, carryOn, compare } from '../core/verdict/analysis/compare.ts';
import type { ComparedFrom } from '../core/verdict/analysis/compared-metrics.ts';
import { carriedTo, type RunningComparison } from '../core/verdict/analysis/running.ts';
import { isJustRead, merged, nextRead, settledMs } from '../core/verdict/metric-reads.ts';
import { publishedSums } from '../core/verdict/published-metrics.ts';
import type { Comparison } from '../core/vocabulary/analysis.types.ts';
import type { MetricSeries } from '../core/vocabulary/metrics.types.ts';
import type { Carried } from '../core/vocabulary/placement.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Traffic } from '../core/vocabulary/state.types.ts';
import { isTest } from '../core/weights/test-route.ts';
import type { Deps } from './deps.types.ts';

type Compared = { comparison: Comparison | null; unreadable: string | null };

const NOT_COMPARED: Compared = { comparison: null, unreadable: null };

type Open = { carried: RunningComparison | null; series: MetricSeries };

const NOTHING: Open = { carried: null, series: EMPTY_SERIES };

type Deployment = {
  deploymentId: string;
  plan: Plan;
  position: number;
  /** Times from which minutes count: of the first shift, of the present one. */
  sinceMs: number;
  shiftFromMs: number;
  withBounds: boolean;
};

type Uses = Pick<Deps, 'trafficMetrics' | 'series' | 'clock'>;

/** A read or write of metrics that fails leaves the metrics unknown and nothing else: the alarms are still read. */
const orUnreadable = async <Value>(work: Promise<Value>): Promise<Value | { unreadable: string }> => {
  try {
    return await work;
  } catch (error) {
    if (isDeploymentError(error)) return { unreadable: error.message };
    throw error;
  }
};

const failed = (value: object | null): value is { unreadable: string } =>
  value !== null && 'unreadable' in value;

/** Reads what is missing of both colours' metrics, keeps it, and judges it with all that was read before. */
export const readComparison = async (deployment: Deployment, deps: Uses): Promise<Compared> => {
  const { deploymentId, plan, position, sinceMs, shiftFromMs, withBounds } = deployment;
  const { trafficMetrics, series, clock } = deps;
  const { analysis: policy } = plan;
  const loadBalancerArn = plan.routes[0]?.loadBalancerArn;
  // What testers ask is no figure of users, and users have met no green yet.
  if (
    policy === undefined ||
    isTest(plan, position) ||
    plan.blueTargetGroupArn === null ||
    loadBalancerArn === undefined
  )
    return NOT_COMPARED;

  const alone = plan.shifts[position]?.greenPct === 100;
  const from: ComparedFrom = {
    policy,
    sinceMs,
    shiftFromMs,
    alone,
    sticky: plan.routes.some(({ original }) => original.stickiness.enabled),
  };
  const inputOf = ({ carried, series: { minutes } }: Open): CompareInput => ({
    ...from,
    carried,
    series: minutes,
    withBounds,
    nowMs: clock.nowMs(),
  });
  const judged = (open: Open): Comparison => compare(inputOf(open));
  if (nextRead({ ...from, stored: EMPTY_SERIES, nowMs: clock.nowMs() }) === null)
    return { comparison: judged(NOTHING), unreadable: null };
  const stored = await orUnreadable(openFor(deploymentId, from, series));
  if (failed(stored)) return { comparison: judged(NOTHING), unreadable: stored.unreadable };
  const nowMs = clock.nowMs();
  const due = nextRead({ ...from, stored: stored.series, nowMs });
  if (due === null || isJustRead(stored.series.readAtMs, nowMs))
    return { comparison: judged(stored), unreadable: null };

  // Minutes of the comparison that are not final yet are asked for blue, too, for a while after green has everything.
  const blueIsOver = alone && due.fromMs >= shiftFromMs;
  const read = await orUnreadable(
    trafficMetrics.readMinutes(
      {
        loadBalancerArn,
        blueGroupArn: blueIsOver ? null : plan.blueTargetGroupArn,
        greenGroupArn: plan.green.targetGroupArn,
        slowOver: due.timed && !blueIsOver ? (policy.baseline?.slowOver ?? []) : [],
        // Without blue beside it nothing of the application's is compared.
        ...(blueIsOver ? {} : { application: publishedInPlan(plan) }),
      },
      due,
    ),
  );
  if (failed(read)) return { comparison: judged(stored), unreadable: read.unreadable };
  const known = { carried: stored.carried, series: merged(stored.series, read, due, nowMs) };
  const saved = await orUnreadable(keep(deploymentId, inputOf(known), known.series, due.fromMs, series));
  return { comparison: judged(known), unreadable: saved === null ? null : saved.unreadable };
};

/** What both colours publish of the application's metrics; nothing where there is no blue, or no such metric. */
const publishedInPlan = ({ analysis, blue, green }: Plan) => {
  const application = blue === null ? [] : (analysis?.application ?? []);
  return {
    blue: blue === null ? [] : publishedSums(application, blue),
    green: publishedSums(application, green),
  };
};

const keep = async (
  deploymentId: string,
  input: CompareInput,
  known: MetricSeries,
  fromMs: number,
  series: Uses['series'],
): Promise<null> => {
  await series.save(deploymentId, known, fromMs);
  const carried = carryOn(input, settledMs(input.policy, known, input.sinceMs));
  if (carried !== null) await series.saveCarried(deploymentId, carried);
  return null;
};

/** What judging continues from: the whole series where what was carried does not fit any more. */
const openFor = async (deploymentId: string, from: ComparedFrom, series: Uses['series']): Promise<Open> => {
  const open = await series.readOpen(deploymentId);
  if (open.carried === null || carriedTo(open.carried, from) !== null) return open;
  return { carried: null, series: await series.read(deploymentId) };
};

/** From where a baking deployment's minutes count, by its last decision and what was written beside the plan. */
export const minutesFrom = (
  before: Comparison | undefined,
  { shiftedAtMs }: Pick<Traffic, 'shiftedAtMs'>,
  carried: Carried | null,
): { sinceMs: number; shiftFromMs: number } => ({
  sinceMs: before?.sinceMs ?? nextMinute(shiftedAtMs),
  shiftFromMs: nextMinute(Math.max(shiftedAtMs, carried?.writtenAtMs ?? 0)),
});
