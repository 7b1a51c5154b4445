import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { mostRemovalReads } from '../ending/removal.ts';
import { greenLooks } from '../health/green-readiness.ts';
import { UNKNOWN_TOLERANCE_MS, UNKNOWN_WAIT_MS } from '../pace.ts';
import { observationCount } from '../verdict/bake-observations.ts';
import { seriesAskedFor } from '../verdict/metric-reads.ts';
import type { TimedHook } from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import { removesBlue } from '../weights/taken-over.ts';
import { hookCalls, hookMs, roughHooks, smoothHooks } from './hooks.ts';
import { LAMBDA_MEMORY_MB } from './lambda-size.ts';
import { type StateKind, ways } from './ways.ts';

/**
 * How long a plan takes and what it costs, from the shape of statemachine/deploy.asl.json. An operator's pause, a
 * rollback that waits for a sick blue, what the functions of hooks do, and the double capacity between launch and
 * retirement are not in it.
 */
export type Estimate = {
  /** Everything healthy at the first observation. */
  shortestMs: number;
  /** Green as late as allowed, blue as slow to go as it may be. */
  longestMs: number;
  /**
   * From the start to RetireBlue's first write, when everything is healthy: until then rolling back is one write a
   * route.
   */
  blueGoneAfterMs: number;
  /** Of all executions. */
  transitions: Range;
  /** Of the deployment's own. */
  historyEvents: Range;
  /** Of the workflow itself, US dollars by list prices. */
  costUsd: Range;
};

type Range = { min: number; max: number };

type Shape = Pick<
  Plan,
  | 'shifts'
  | 'analysis'
  | 'capacity'
  | 'healthyForMs'
  | 'timeToHealthyMs'
  | 'deregistrationDelayMs'
  | 'stopTimeoutMs'
> & { hooks?: readonly TimedHook[] };

/**
 * A Lambda that reads a few APIs at once and perhaps writes one, warm; and one with a cold start [fact 130] and a
 * retry.
 */
const FAST_STEP_MS = 200;
const SLOW_STEP_MS = 2 * SECOND_MS;

/** A small image, started and once healthy; 1 to 5 minutes are usual in the field. */
const FASTEST_START_MS = 45 * SECOND_MS;

/** A task that has drained needs some seconds to stop, and ECS some more to say so. */
const FASTEST_STOP_MS = 10 * SECOND_MS;

/** A deleted task set stays readable as DRAINING up to so long (Terraform's provider waits that long) [fact 35]. */
const SLOWEST_DELETION_MS = 10 * MINUTE_MS;

/** An observation without an answer is repeated until the tolerance is used up; once per shift in the worst case. */
const UNKNOWN_OBSERVATIONS = UNKNOWN_TOLERANCE_MS / UNKNOWN_WAIT_MS;

/**
 * History events per visit: a Lambda Task 5, a task-token Task 6, Choice, Wait, Pass and Succeed 2, the execution
 * itself 2 (LocalStack's snapshots of the real service) [fact 95].
 */
const TASK_EVENTS = 5;
const TOKEN_EVENTS = 6;
const PLAIN_EVENTS = 2;

/**
 * US list prices: a Standard transition [fact 97]; a Lambda request and a GB-second on arm64 [fact 132]; two writes
 * and three reads of the record (DynamoDB on demand); a DescribeAlarms call beyond the free million of API requests.
 */
const USD_PER_TRANSITION = 0.025 / 1_000;
const USD_PER_INVOCATION = 0.2 / 1_000_000 + (2 * 0.625 + 3 * 0.125) / 1_000_000;
const USD_PER_LAMBDA_MS = ((LAMBDA_MEMORY_MB / 1_024) * 0.0000133334) / SECOND_MS;
const USD_PER_ALARM_READ = 0.01 / 1_000;
/** A series asked for with GetMetricData; none of them is free. */
const USD_PER_SERIES = 0.01 / 1_000;
/** A bake may last twice as long while green may be worse. */
const EXTENDED = 2;

/** Visits by the kind of state, which is what both transitions and events are counted from. */
type Visits = { tasks: number; tokens: number; plain: number };

const NONE: Visits = { tasks: 0, tokens: 0, plain: 0 };

const visitsOf = (way: keyof typeof ways): Visits => {
  const kinds: StateKind[] = Object.values(ways[way]);
  const count = (kind: StateKind): number => kinds.filter((one) => one === kind).length;
  return { tasks: count('task'), tokens: count('token'), plain: count('plain') };
};

/** Ways with how often each is taken. */
const total = (parts: { [Name in keyof typeof ways]?: number }): Visits =>
  Object.entries(parts).reduce((sum, [name, count]) => {
    const { tasks, tokens, plain } = visitsOf(name as keyof typeof ways);
    return {
      tasks: sum.tasks + tasks * count,
      tokens: sum.tokens + tokens * count,
      plain: sum.plain + plain * count,
    };
  }, NONE);

const bakesMs = ({ shifts }: Shape): number => shifts.reduce((sum, { bakeMs }) => sum + bakeMs, 0);

const observations = ({ shifts }: Shape): number =>
  shifts.reduce((sum, { bakeMs }) => sum + observationCount(bakeMs), 0);

/** Drained as soon as documented and deleted at once: a read a minute. */
const fewestRemovalReads = (lastingMs: number): number => 1 + Math.max(1, Math.ceil(lastingMs / MINUTE_MS));

/** Shifts for which green has to grow, at most. */
const growths = ({ shifts, capacity }: Shape): number => (capacity === undefined ? 0 : shifts.length - 1);

/** Before its bake ends, and when its tasks should be there and have been healthy for long enough. */
const GROWTH_OBSERVATIONS = 3;

/** One whose tasks come as late as they may: observed each minute, and more often at first. */
const lateGrowthReads = ({ timeToHealthyMs }: Shape): number => 10 + Math.ceil(timeToHealthyMs / MINUTE_MS);

const smoothVisits = (shape: Shape, hasBlue: boolean): Visits =>
  total({
    opening: 1,
    firstGreenRead: 1,
    greenRead: greenLooks(shape, FASTEST_START_MS + shape.healthyForMs),
    shift: shape.shifts.length,
    observation: observations(shape) + growths(shape) * GROWTH_OBSERVATIONS,
    promotion: 1,
    // Scale and delete; a first deployment's retirement only finds that there is nothing.
    retirementWrite: hasBlue ? 2 : 1,
    retirementRead: hasBlue ? fewestRemovalReads(shape.deregistrationDelayMs) : 0,
    succeeded: 1,
    ...smoothHooks(shape),
  });

/** The roughest way that still ends by itself: late green, every shift unclear for a while, rolled back at the end. */
const roughVisits = (shape: Shape): Visits =>
  total({
    opening: 1,
    firstGreenRead: 1,
    greenRead: greenLooks(shape, shape.timeToHealthyMs + shape.healthyForMs),
    shift: shape.shifts.length,
    observation:
      observations(shape) +
      UNKNOWN_OBSERVATIONS * shape.shifts.length +
      growths(shape) * lateGrowthReads(shape),
    promotion: 1,
    rollBack: 1,
    // PRIMARY back to blue, scale, delete.
    removalWrite: 3,
    removalRead: mostRemovalReads(shape, drainMs(shape) + SLOWEST_DELETION_MS),
    rolledBack: 1,
    ...roughHooks(shape),
  });

const drainMs = ({ deregistrationDelayMs, stopTimeoutMs }: Shape): number =>
  deregistrationDelayMs + stopTimeoutMs;

const transitionsOf = ({ tasks, tokens, plain }: Visits): number => tasks + tokens + plain;

const eventsOf = ({ tasks, tokens, plain }: Visits): number =>
  PLAIN_EVENTS + tasks * TASK_EVENTS + tokens * TOKEN_EVENTS + plain * PLAIN_EVENTS;

/** A round of the state machine of hooks: InvokeHook, HookAnswer, Answered?, and WaitToAsk or the end. */
const HOOK_ROUND_TRANSITIONS = 4;

type Read = { alarmReads: number; series: number; hookRounds: number };

const costOf = (all: Visits, stepMs: number, { alarmReads, series, hookRounds }: Read): number => {
  const invocation = USD_PER_INVOCATION + stepMs * USD_PER_LAMBDA_MS;
  const usd =
    (transitionsOf(all) + hookRounds * HOOK_ROUND_TRANSITIONS) * USD_PER_TRANSITION +
    (all.tasks + all.tokens + hookRounds) * invocation +
    alarmReads * USD_PER_ALARM_READ +
    series * USD_PER_SERIES;
  // A hundredth of a cent is as fine as an estimate can be.
  return Math.round(usd * 10_000) / 10_000;
};

/** How many of an execution's 25,000 history events [fact 93] such a deployment may use. */
export const historyEvents = (shape: Shape): Range => ({
  min: eventsOf(smoothVisits(shape, true)),
  max: eventsOf(roughVisits(shape)),
});

/** Durations, transitions, history and price of a plan. Milliseconds and US dollars. */
export const estimate = (plan: Shape & Pick<Plan, 'blue'>): Estimate => {
  const hasBlue = removesBlue(plan);
  const smooth = smoothVisits(plan, hasBlue);
  const rough = roughVisits(plan);
  const hooks = hookMs(plan);
  const calls = hookCalls(plan);
  const stepsMs = smooth.tasks * FAST_STEP_MS;
  const blueGoneAfterMs = FASTEST_START_MS + plan.healthyForMs + bakesMs(plan) + stepsMs + hooks.min;
  const unclearMs = plan.shifts.length * UNKNOWN_TOLERANCE_MS;
  const alarmReads = rough.tokens + plan.shifts.length;
  const series = seriesAskedFor(plan.shifts, plan.analysis);
  return {
    shortestMs: blueGoneAfterMs + (hasBlue ? plan.deregistrationDelayMs + FASTEST_STOP_MS : 0),
    longestMs:
      plan.timeToHealthyMs +
      plan.healthyForMs +
      bakesMs(plan) +
      unclearMs +
      hooks.max +
      growths(plan) * (plan.timeToHealthyMs + plan.healthyForMs) +
      (hasBlue ? drainMs(plan) + SLOWEST_DELETION_MS : 0) +
      rough.tasks * SLOW_STEP_MS,
    blueGoneAfterMs,
    transitions: {
      min: transitionsOf(smooth) + calls.min * HOOK_ROUND_TRANSITIONS,
      max: transitionsOf(rough) + calls.max * HOOK_ROUND_TRANSITIONS,
    },
    historyEvents: { min: eventsOf(smooth), max: eventsOf(rough) },
    costUsd: {
      min: costOf(smooth, FAST_STEP_MS, { alarmReads: 0, series, hookRounds: calls.min }),
      max: costOf(rough, SLOW_STEP_MS, {
        alarmReads,
        series: EXTENDED * series,
        hookRounds: calls.max,
      }),
    },
  };
};
