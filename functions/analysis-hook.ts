import { MINUTE_MS } from '../core/clock.ts';
import { isDeploymentError } from '../core/errors.ts';
import {
  failed,
  type HookAnswer,
  hookAnswer,
  inProgress,
  insufficient,
  succeeded,
} from '../core/native/hook-answer.ts';
import { groupsOf, publishedOf } from '../core/native/hook-colours.ts';
import { askedFor, type HookEvent, readHookEvent } from '../core/native/hook-event.ts';
import { type HookPolicy, readHookPolicy } from '../core/native/hook-policy.ts';
import { firstState, type HookState, stateAt } from '../core/native/hook-state.ts';
import { describeProblems } from '../core/request/problem.ts';
import { baselineOf } from '../core/verdict/analysis/baseline.ts';
import { compare } from '../core/verdict/analysis/compare.ts';
import { silence } from '../core/verdict/insufficient.ts';
import type { PublishedSums } from '../core/verdict/published-metrics.ts';
import type { AnalysisPlan } from '../core/vocabulary/analysis.types.ts';
import type { MetricMinute } from '../core/vocabulary/metrics.types.ts';
import { nativeDeployments, nativeHooks, trafficMetrics } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type StepDeps, toHandler } from './step.ts';

type Uses = 'nativeDeployments' | 'nativeHooks' | 'trafficMetrics';
type Deps = StepDeps<Uses>;

/** Both colours' groups, the load balancer in front of them, and what their applications publish. */
type Colours = {
  loadBalancerArn: string;
  blueGroupArn: string;
  greenGroupArn: string;
  sticky: boolean;
  application: { blue: PublishedSums[]; green: PublishedSums[] };
};

/** Why nothing can be compared, or what is. */
const coloursOf = async (
  { serviceDeploymentArn, targetRevisionArn }: HookEvent,
  { analysis }: HookPolicy,
  { nativeDeployments }: Deps,
): Promise<Colours | { first: true } | { impossible: string }> => {
  const { first, blue, green } = await nativeDeployments.read(serviceDeploymentArn, targetRevisionArn);
  if (first) return { first: true };
  const groups = groupsOf(blue, green);
  if ('impossible' in groups) return groups;
  const application = publishedOf(analysis, groups, [blue, green]);
  if ('impossible' in application) return application;
  const { loadBalancerArn, sticky } = await nativeDeployments.readGroup(groups.greenGroupArn);
  if (loadBalancerArn === null || !loadBalancerArn.includes('/app/'))
    return { impossible: 'a network load balancer has no errors and response times by target group' };
  return { loadBalancerArn, ...groups, sticky, application };
};

/** What was usual for blue; a read that fails leaves it unknown. */
const baselineFor = async (
  { analysis }: HookPolicy,
  { loadBalancerArn, blueGroupArn, application }: Colours,
  { trafficMetrics }: Deps,
): Promise<HookState['baseline']> => {
  try {
    const percentiles = analysis.latency.use === 'off' ? [] : [90, 99];
    const usual = {
      loadBalancerArn,
      targetGroupArn: blueGroupArn,
      percentiles,
      application: application.blue,
    };
    const { minutes, times } = await trafficMetrics.readUsual(usual);
    return baselineOf(minutes, times, application.blue.length);
  } catch (error) {
    if (isDeploymentError(error)) return null;
    throw error;
  }
};

/** All minutes so far: there are hours of them at most, and CloudWatch charges by the series. */
const readSeries = async (
  { loadBalancerArn, blueGroupArn, greenGroupArn, application }: Colours,
  { sinceMs }: HookState,
  { baseline }: AnalysisPlan,
  { trafficMetrics, clock }: Deps,
): Promise<{ minutes: MetricMinute[]; unreadable: string | null }> => {
  const toMs = Math.floor(clock.nowMs() / MINUTE_MS) * MINUTE_MS;
  if (toMs <= sinceMs) return { minutes: [], unreadable: null };
  try {
    const slowOver = baseline?.slowOver ?? [];
    const of = { loadBalancerArn, blueGroupArn, greenGroupArn, slowOver, application };
    const minutes = await trafficMetrics.readMinutes(of, { fromMs: sinceMs, toMs });
    return { minutes, unreadable: null };
  } catch (error) {
    if (isDeploymentError(error)) return { minutes: [], unreadable: error.message };
    throw error;
  }
};

const judge = async (event: HookEvent, policy: HookPolicy, deps: Deps): Promise<HookAnswer> => {
  const { nativeHooks, clock } = deps;
  const asked = askedFor(event);
  if (asked.kind === 'nothing') return succeeded(asked.reason);
  const colours = await coloursOf(event, policy, deps);
  if ('first' in colours)
    return succeeded('the service’s first deployment: there is no blue to compare with');
  if ('impossible' in colours) return insufficient(policy, colours.impossible);

  const key = event.serviceDeploymentArn;
  const nowMs = clock.nowMs();
  const known =
    (await nativeHooks.read(key)) ??
    firstState(await baselineFor(policy, colours, deps), colours.sticky, nowMs);
  if (asked.kind === 'begin') {
    await nativeHooks.save(key, { ...known, letOnMs: nowMs });
    return succeeded('green has no traffic yet: what is usual for blue has been read');
  }

  const alone = asked.kind === 'alone';
  const state = stateAt(known, alone ? 100 : asked.greenPct, nowMs);
  const plan: AnalysisPlan = { ...policy.analysis, baseline: state.baseline };
  const { minutes, unreadable } = await readSeries(colours, state, plan, deps);
  const comparison = compare({
    policy: plan,
    carried: null,
    series: minutes,
    sinceMs: state.sinceMs,
    shiftFromMs: state.at?.fromMs ?? state.sinceMs,
    alone,
    sticky: state.sticky,
    withBounds: true,
    nowMs,
  });
  const waitedMs = nowMs - (state.at?.askedMs ?? nowMs);
  const unknown =
    unreadable === null ? silence(comparison, nowMs) : `the metrics cannot be read: ${unreadable}`;
  const answer = hookAnswer({ policy, comparison, unknown, waitedMs, alone });
  // Nothing is asked after a failure: a table that cannot be written must not keep ECS from going back.
  if (answer.hookStatus !== 'FAILED')
    await nativeHooks.save(key, answer.hookStatus === 'SUCCEEDED' ? { ...state, letOnMs: nowMs } : state);
  return answer;
};

/**
 * The lifecycle hook of a native ECS deployment: it lets ECS continue once the metrics of both colours show no harm,
 * and fails the deployment, so that ECS rolls back, once they show it. What is not understood fails; an API that may
 * come back is asked again, and the hook's own timeout in the service's definition bounds that.
 */
export const analysisHook = async (input: unknown, deps: Deps): Promise<HookAnswer> => {
  const event = readHookEvent(input);
  if ('problems' in event) return failed(describeProblems(event.problems, 'event of ECS'));
  const policy = readHookPolicy(event.event.hookDetails);
  if ('problems' in policy) return failed(describeProblems(policy.problems, 'hook'));
  try {
    return await judge(event.event, policy.policy, deps);
  } catch (error) {
    if (isDeploymentError(error, 'Throttled', 'Unavailable')) return inProgress(error.message, 0);
    if (isDeploymentError(error)) return failed(error.message);
    throw error;
  }
};

export const handler = toHandler(
  'AnalysisHook',
  async (input: unknown, deps: Deps) => {
    const answer = await analysisHook(input, deps);
    // The reason is nowhere else: ECS shows that a hook failed, and not why.
    lambdaHost.log({ step: 'AnalysisHook', message: answer.reason, hookStatus: answer.hookStatus });
    return answer;
  },
  { nativeDeployments, nativeHooks, trafficMetrics },
  lambdaHost,
);
