import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { mostRemovalReads } from '../ending/removal.ts';
import { greenLooks } from '../health/green-readiness.ts';
import { UNKNOWN_TOLERANCE_MS, UNKNOWN_WAIT_MS } from '../pace.ts';
import { sweepCount } from '../verdict/bake-looks.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import { LAMBDA_MEMORY_MB } from './lambda-size.ts';

/**
 * How long a plan takes and what it costs, from the shape of statemachine/deploy.asl.json. An operator's pause, a
 * rollback that waits for a sick blue, and the double capacity between launch and retirement are not in it.
 */
export type Estimate = {
  /** Everything healthy at the first look. */
  shortestMs: number;
  /** Green as late as allowed, blue as slow to go as it may be. */
  longestMs: number;
  /** From the start to RetireBlue's first write, when everything is healthy: until then rolling back is one write a route. */
  blueGoneAfterMs: number;
  transitions: Range;
  historyEvents: Range;
  /** Of the workflow itself, US dollars by list prices. */
  costUsd: Range;
};

export type Range = { min: number; max: number };

type Shape = Pick<
  Plan,
  'shifts' | 'healthyForMs' | 'timeToHealthyMs' | 'deregistrationDelayMs' | 'stopTimeoutMs'
>;

/** A Lambda that reads a few APIs at once and perhaps writes one, warm; and one with a cold start [fact 130] and a retry. */
const FAST_STEP_MS = 200;
const SLOW_STEP_MS = 2 * SECOND_MS;

/** A small image, started and once healthy; 1 to 5 minutes are usual in the field. */
const FASTEST_START_MS = 45 * SECOND_MS;

/** A task that has drained needs some seconds to stop, and ECS some more to say so. */
const FASTEST_STOP_MS = 10 * SECOND_MS;

/** A deleted task set stays readable as DRAINING up to so long (Terraform's provider waits that long) [fact 35]. */
const SLOWEST_DELETION_MS = 10 * MINUTE_MS;

/** A look that cannot tell is repeated until the tolerance is used up; once per shift in the worst case. */
const UNKNOWN_LOOKS = UNKNOWN_TOLERANCE_MS / UNKNOWN_WAIT_MS;

/**
 * History events per visit: a Lambda Task 5, a task-token Task 6, Choice, Wait, Pass and Succeed 2, the execution itself 2
 * (LocalStack's snapshots of the real service) [fact 95].
 */
const TASK_EVENTS = 5;
const TOKEN_EVENTS = 6;
const PLAIN_EVENTS = 2;

/**
 * US list prices: a Standard transition [fact 97]; a Lambda request and a GB-second on arm64 [fact 132]; two writes and three
 * reads of the record (DynamoDB on demand); a DescribeAlarms call beyond the free million of API requests.
 */
const USD_PER_TRANSITION = 0.025 / 1_000;
const USD_PER_INVOCATION = 0.2 / 1_000_000 + (2 * 0.625 + 3 * 0.125) / 1_000_000;
const USD_PER_LAMBDA_MS = ((LAMBDA_MEMORY_MB / 1_024) * 0.0000133334) / SECOND_MS;
const USD_PER_ALARM_READ = 0.01 / 1_000;

/** Visits by the kind of state, which is what both transitions and events are counted from. */
type Visits = { tasks: number; tokens: number; plain: number };

const visits = (tasks: number, tokens: number, plain: number): Visits => ({ tasks, tokens, plain });

const times = ({ tasks, tokens, plain }: Visits, count: number): Visits =>
  visits(tasks * count, tokens * count, plain * count);

const total = (parts: Visits[]): Visits =>
  parts.reduce(
    (sum, part) => visits(sum.tasks + part.tasks, sum.tokens + part.tokens, sum.plain + part.plain),
    visits(0, 0, 0),
  );

/** Begin, AcquireLease, PlanDeployment, AttachGreen, LaunchGreen. */
const OPENING = visits(4, 0, 1);
/** CheckGreen, GreenReady?, and WaitForGreen before each look but the first. */
const FIRST_GREEN_LOOK = visits(1, 0, 1);
const GREEN_LOOK = visits(1, 0, 2);
/** ShiftTraffic, JudgeHealth, WhatNext?. */
const SHIFT = visits(2, 0, 1);
/** Bake, JudgeHealth, WhatNext?. */
const SWEEP = visits(1, 1, 1);
/** PromoteGreen, then RetireBlue and BlueRetired? for each of its writes: scale, delete, and a sticky route's group. */
const PROMOTION = visits(1, 0, 0);
const REMOVAL_WRITE = visits(1, 0, 1);
/** WaitForRetirement, CheckRetired, BlueRetired?; green's removal on the way back is the same. */
const REMOVAL_LOOK = visits(1, 0, 2);
/** RollBack, BlueServes?: instead of a promotion. */
const ROLLBACK = visits(1, 0, 1);
/** RecordOutcome, HowDidItEnd?, Succeeded. */
const CLOSING = visits(1, 0, 2);

const bakesMs = ({ shifts }: Shape): number => shifts.reduce((sum, { bakeMs }) => sum + bakeMs, 0);

const sweeps = ({ shifts }: Shape): number => shifts.reduce((sum, { bakeMs }) => sum + sweepCount(bakeMs), 0);

/** Drained as soon as documented and deleted at once: a read a minute. */
const fewestRemovalReads = (lastingMs: number): number => 1 + Math.max(1, Math.ceil(lastingMs / MINUTE_MS));

const smoothVisits = (shape: Shape, hasBlue: boolean): Visits =>
  total([
    OPENING,
    FIRST_GREEN_LOOK,
    times(GREEN_LOOK, greenLooks(shape, FASTEST_START_MS + shape.healthyForMs)),
    times(SHIFT, shape.shifts.length),
    times(SWEEP, sweeps(shape)),
    PROMOTION,
    ...(hasBlue
      ? [times(REMOVAL_WRITE, 2), times(REMOVAL_LOOK, fewestRemovalReads(shape.deregistrationDelayMs))]
      : [REMOVAL_WRITE]),
    CLOSING,
  ]);

/** The roughest way that still ends by itself: late green, every shift unclear for a while, rolled back at the end. */
const roughVisits = (shape: Shape): Visits =>
  total([
    OPENING,
    FIRST_GREEN_LOOK,
    times(GREEN_LOOK, greenLooks(shape, shape.timeToHealthyMs + shape.healthyForMs)),
    times(SHIFT, shape.shifts.length),
    times(SWEEP, sweeps(shape) + UNKNOWN_LOOKS * shape.shifts.length),
    PROMOTION,
    ROLLBACK,
    times(REMOVAL_WRITE, 3),
    times(REMOVAL_LOOK, mostRemovalReads(shape, drainMs(shape) + SLOWEST_DELETION_MS)),
    CLOSING,
  ]);

const drainMs = ({ deregistrationDelayMs, stopTimeoutMs }: Shape): number =>
  deregistrationDelayMs + stopTimeoutMs;

const transitionsOf = ({ tasks, tokens, plain }: Visits): number => tasks + tokens + plain;

const eventsOf = ({ tasks, tokens, plain }: Visits): number =>
  PLAIN_EVENTS + tasks * TASK_EVENTS + tokens * TOKEN_EVENTS + plain * PLAIN_EVENTS;

const costOf = (all: Visits, stepMs: number, alarmReads: number): number => {
  const invocation = USD_PER_INVOCATION + stepMs * USD_PER_LAMBDA_MS;
  const usd =
    transitionsOf(all) * USD_PER_TRANSITION +
    (all.tasks + all.tokens) * invocation +
    alarmReads * USD_PER_ALARM_READ;
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
  const hasBlue = plan.blue !== null;
  const smooth = smoothVisits(plan, hasBlue);
  const rough = roughVisits(plan);
  const stepsMs = smooth.tasks * FAST_STEP_MS;
  const blueGoneAfterMs = FASTEST_START_MS + plan.healthyForMs + bakesMs(plan) + stepsMs;
  const unclearMs = plan.shifts.length * UNKNOWN_TOLERANCE_MS;
  const alarmReads = rough.tokens + plan.shifts.length;
  return {
    shortestMs: blueGoneAfterMs + (hasBlue ? plan.deregistrationDelayMs + FASTEST_STOP_MS : 0),
    longestMs:
      plan.timeToHealthyMs +
      plan.healthyForMs +
      bakesMs(plan) +
      unclearMs +
      (hasBlue ? drainMs(plan) + SLOWEST_DELETION_MS : 0) +
      rough.tasks * SLOW_STEP_MS,
    blueGoneAfterMs,
    transitions: { min: transitionsOf(smooth), max: transitionsOf(rough) },
    historyEvents: { min: eventsOf(smooth), max: eventsOf(rough) },
    costUsd: { min: costOf(smooth, FAST_STEP_MS, 0), max: costOf(rough, SLOW_STEP_MS, alarmReads) },
  };
};
