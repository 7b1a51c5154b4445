import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import type { ColourCount } from '../vocabulary/placement.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { Readiness } from '../vocabulary/readiness.types.ts';
import { shareOfTasks } from './carry.ts';
import { leastCalmMs } from './placement.ts';
import { settleMs, usualSettleMs } from './propagation.ts';

/** How long the parts of a rollback take: as a rule, and as long as the APIs answer. */
type Span = { usualMs: number; mostMs: number };

/** From an alarm's event, or a command, until the deployment is awake (bench/restore.ts; AWS promises nothing). */
const WAKING: Span = { usualMs: 3 * SECOND_MS, mostMs: 3 * SECOND_MS };

/** JudgeHealth decides and RollBack writes: two Lambdas with their reads, warm; or cold [fact 130] and with a retry. */
const STEPS: Span = { usualMs: 2 * SECOND_MS, mostMs: 10 * SECOND_MS };

/** One route is written and read back, the next one after it. */
const ROUTE: Span = { usualMs: 0.5 * SECOND_MS, mostMs: 2 * SECOND_MS };

type ReadinessInput = {
  plan: Pick<Plan, 'loadBalancerKind' | 'settleMs' | 'carry' | 'healthyForMs'> & {
    /** Null: a first deployment. */
    blue: object | null;
    routes: readonly unknown[];
  };
  /** Blue's task set has been deleted, or has begun to go. */
  blueIsGoing: boolean;
  /** Null: it could not be read. */
  blue: ColourCount | null;
  green: ColourCount | null;
  /** Tasks that the service needs. */
  needed: number;
  /** Tasks that make blue whole, while a scale-out has not reached it; absent: all that the service needs. */
  blueShare?: number | undefined;
  /** Green was seen to answer nobody: blue gets all users whatever it carries. */
  greenIsLost: boolean;
  /** From the launch of green until all its targets were healthy, in this deployment; null: not seen yet. */
  launchMs: number | null;
};

const written = ({ routes }: Pick<ReadinessInput['plan'], 'routes'>, of: keyof Span): number =>
  WAKING[of] + STEPS[of] + routes.length * ROUTE[of];

const inSeconds = (ms: number): number => Math.ceil(ms / SECOND_MS);

/** Seconds by weights alone, when blue carries everything. */
const byWeights = (plan: Pick<ReadinessInput['plan'], 'routes' | 'loadBalancerKind' | 'settleMs'>) => ({
  seconds: inSeconds(written(plan, 'usualMs') + usualSettleMs(plan)),
  atMostSeconds: inSeconds(written(plan, 'mostMs') + settleMs(plan)),
});

const words = (seconds: number): string => formatDuration(seconds * SECOND_MS);

/** What a rollback at this moment would take and come to: it promises nothing that was not observed. */
export const readinessOf = (input: ReadinessInput): Readiness => {
  const { plan, blueIsGoing, blue, needed } = input;
  if (plan.blue === null)
    return {
      kind: 'none',
      seconds: null,
      atMostSeconds: null,
      carriesPct: null,
      line: 'there is nothing to roll back to: a first deployment',
    };
  if (blueIsGoing) return gone(input);
  if (blue === null || needed < 1) {
    const why =
      blue === null ? 'blue could not be read' : 'how many tasks the service needs could not be read';
    return {
      kind: 'unknown',
      seconds: null,
      atMostSeconds: null,
      carriesPct: null,
      line: `not known: ${why}`,
    };
  }

  const carriesPct = Math.floor(100 * shareOfTasks(blue.healthy, needed) + 1e-6);
  const tasks = `${blue.healthy} of ${needed} tasks healthy`;
  const carries = `blue would carry ${carriesPct} % of today's requests with ${tasks}`;
  if (!takesAll(input, blue)) return short(input, carriesPct, carries);
  const times = byWeights(plan);
  const open =
    plan.loadBalancerKind === 'network' ? '; connections that are open stay with green until they end' : '';
  const line = `users off green in ${words(times.seconds)}, at most ${words(times.atMostSeconds)}; ${carries}${open}`;
  return { kind: 'ready', ...times, carriesPct, line };
};

/**
 * Whether all users leave green at once, as RollBack decides it (core/weights/placement.ts,
 * core/ending/roll-back.ts).
 */
const takesAll = (
  { plan, green, needed, blueShare = needed, greenIsLost }: ReadinessInput,
  blue: ColourCount,
): boolean => {
  const share = shareOfTasks(blue.healthy, blueShare);
  if (share >= 1 || (greenIsLost && blue.running > 0)) return true;
  if (plan.carry === 'deadOnly') return blue.healthy > 0;
  return plan.carry === 'off' && green !== null && green.healthy <= blue.healthy;
};

/** Blue's tasks take as long to be back as green's took to start, and then prove for a while that they stay. */
const short = ({ plan, launchMs }: ReadinessInput, carriesPct: number, carries: string): Readiness => {
  const backMs = launchMs === null ? null : launchMs + leastCalmMs(plan.loadBalancerKind);
  const seconds = backMs === null ? null : byWeights(plan).seconds + inSeconds(backMs);
  const when =
    seconds === null ? 'nobody can tell how long that takes' : `about ${words(seconds)} if its tasks start`;
  return {
    kind: 'short',
    seconds,
    atMostSeconds: null,
    carriesPct,
    line: `${carries}; the rest stays on green until blue is back, ${when}`,
  };
};

const gone = ({ plan, launchMs }: ReadinessInput): Readiness => {
  const seconds =
    launchMs === null ? null : byWeights(plan).seconds + inSeconds(launchMs + plan.healthyForMs);
  const when = seconds === null ? '' : `, about ${words(seconds)}`;
  return {
    kind: 'gone',
    seconds,
    atMostSeconds: null,
    carriesPct: 0,
    line: `no way back by weights: it takes a new deployment of the previous version${when}`,
  };
};

/** The plan's figure: every task of blue healthy. */
export const plannedReadiness = (plan: ReadinessInput['plan'] & Pick<Plan, 'desiredCount'>): Readiness => {
  const { desiredCount } = plan;
  const whole = { healthy: desiredCount, registered: desiredCount, unchecked: false, running: desiredCount };
  return readinessOf({
    plan,
    blueIsGoing: false,
    blue: whole,
    green: whole,
    needed: desiredCount,
    greenIsLost: false,
    launchMs: null,
  });
};

/** What the request's limit does, as a clause; null: none. */
export const rollbackLimit = ({ rollbackWithinMs }: Pick<Plan, 'rollbackWithinMs'>): string | null =>
  rollbackWithinMs === undefined
    ? null
    : `green gets no more users while it would as a rule take more than ${formatDuration(rollbackWithinMs)}`;

/**
 * Why a deployment must not give green more users now, as the request limits the time of a rollback; null when it
 * may. What is not known is no pass.
 */
export const whyNotReady = (
  { rollbackWithinMs }: Pick<Plan, 'rollbackWithinMs'>,
  readiness: Readiness,
): string | null => {
  if (rollbackWithinMs === undefined || readiness.kind === 'none') return null;
  const { kind, seconds, line } = readiness;
  const inTime = kind === 'ready' && seconds !== null && seconds * SECOND_MS <= rollbackWithinMs;
  return inTime ? null : `a rollback would not be over within ${formatDuration(rollbackWithinMs)}: ${line}`;
};
