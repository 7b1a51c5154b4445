import { describeHealth, enoughHealthy, type GroupHealth } from '../health/group-health.ts';
import { explainStopped, explainUncounted, isFailure } from '../health/stopped-tasks.ts';
import { LATE_READ_MS, THROTTLED_BLIND_MS, THROTTLED_TOLERANCE_MS, UNKNOWN_TOLERANCE_MS } from '../pace.ts';
import type { Comparison } from '../vocabulary/analysis.types.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { Drift } from '../vocabulary/drift.types.ts';
import type { ObservedAlarms, StoppedTask } from '../vocabulary/observed.types.ts';
import type { Carried, ColourCount } from '../vocabulary/placement.types.ts';
import type { Plan, Weights } from '../vocabulary/plan.types.ts';
import type { Traffic } from '../vocabulary/state.types.ts';
import type { Placement } from '../weights/placement.ts';
import { isTest, testWeightsAt } from '../weights/test-route.ts';
import { describeWeights, sameWeights, weightsAt } from '../weights/weights.ts';
import { judgeAlarms, type Verdict } from './alarms.ts';
import { exposureSoFar, exposureUsedUp } from './exposure.ts';
import type { GreenSize } from './growth-in-bake.ts';

/** One read of everything a decision depends on. */
export type Observation = {
  observedAtMs: number;
  /** Null on a first deployment, or when it could not be read. */
  blue: GroupHealth | null;
  /** Null when it could not be read. */
  green: GroupHealth | null;
  blueGone: boolean;
  /** Its task set is at scale 0, or being deleted. */
  blueIsGoing?: boolean;
  greenGone: boolean;
  /** What somebody else does to green's task set, as the end of a sentence; absent: nothing. */
  greenTaken?: 'deletes it' | 'scaled it down';
  /** Of a green that grows with its weight; absent otherwise, and when it could not be read. */
  greenSize?: GreenSize;
  /** Both colours as the rule for the weights counts them, and the tasks that the service needs. */
  counts?: { blue: ColourCount | null; green: ColourCount | null; needed: number };
  /** Tasks of green that have stopped, as far back as ECS tells: an hour. Absent when they could not be read. */
  greenStopped?: StoppedTask[];
  alarms: ObservedAlarms | { unreadable: string };
  /** `weights` null without `unreadable`: readable, but no split between our two groups. */
  routes: {
    label: string;
    weights: Weights | null;
    unreadable?: string;
    /** It is sticky, and lists blue's group. */
    holdsBlueClients?: true;
  }[];
  /** The test route in the same form; absent: the plan has none. */
  test?: { label: string; weights: Weights | null; unreadable?: string };
  /** What else could not be read, a sentence each. */
  unreadable: string[];
  /** Something could not be read, and nothing but the account's rate limits was the reason. */
  throttled?: boolean;
};

export type JudgeInput = {
  plan: Plan;
  traffic: Traffic;
  previous: Decision | undefined;
  observed: Observation;
  /** The last event of a watched alarm that turned red. */
  lastAlarm: { atMs: number; name: string } | null;
  /** What the metrics of both colours say; null or absent where they are not compared. */
  comparison?: Comparison | null;
  /** What was written beside the plan since the last shift. */
  carried?: Carried | null;
  /** What is known of both colours, and where users should be. */
  placed?: Placement | null;
  nowMs: number;
};

type Judgement = { verdict: Verdict; reason: string; drift?: Drift['of'] };

/**
 * What one observation says about green: drift first, then green's own targets and tasks, then the alarms, then what
 * could not be read. The worst of them stands; healthy only when all are.
 */
export const judge = (input: JudgeInput): Judgement & { ignoredUntilOk: string[] } => {
  const alarms = alarmsOf(input);
  const { verdict, reason, drift } = worst([
    routesOf(input),
    testRouteOf(input),
    greenOf(input),
    alarms,
    comparedOf(input),
    readableOf(input),
  ]);
  return { verdict, reason, ...(drift && { drift }), ignoredUntilOk: alarms.ignoredUntilOk };
};

const severity = { unhealthy: 2, unknown: 1, healthy: 0 } as const satisfies Record<Verdict, number>;

/** The worst of several judgements; among equals the first, with what the others of its kind say beside it. */
const worst = (judgements: Judgement[]): Judgement => {
  const level = Math.max(...judgements.map(({ verdict }) => severity[verdict]));
  const worst = judgements.filter(({ verdict }) => severity[verdict] === level);
  const drift = worst.find((judgement) => judgement.drift !== undefined)?.drift;
  return {
    verdict: worst[0]?.verdict ?? 'unknown',
    ...(drift && { drift }),
    reason: worst.flatMap(({ reason }) => (reason === '' ? [] : [reason])).join('; '),
  };
};

/** Weights that are not ours any more: somebody else moves traffic, so nothing we know about it holds. */
const routesOf = (input: JudgeInput): Judgement => {
  const { plan, traffic, observed, carried, placed, nowMs } = input;
  const expected = carried?.weights ?? weightsAt(plan, traffic.position);
  const writtenAtMs = carried?.writtenAtMs ?? traffic.shiftedAtMs;
  const read = observed.routes.filter((route) => route.unreadable === undefined);
  const off = read.filter((route) => !sameWeights(route.weights, expected));
  const late = off.filter((route) => {
    const before = carried?.before ?? traffic.routes.find(({ label }) => label === route.label)?.before;
    return before !== undefined && sameWeights(route.weights, before) && nowMs - writtenAtMs < LATE_READ_MS;
  });

  if (off.length > late.length) {
    const found = off.map((route) => `${describeWeights(route.weights)} on ${route.label}`).join(', ');
    const reason = `expected ${describeWeights(expected)}, found ${found}: somebody else changed the listener`;
    if (placed?.reasserts === true)
      return { verdict: 'unknown', reason: `${reason}, and the plan's weights are written back, once` };
    return { verdict: 'unhealthy', drift: 'weights', reason };
  }
  if (late.length > 0) {
    const labels = late.map((route) => route.label).join(', ');
    const reads = `${labels} still reads as it was before the last shift`;
    if (!sendsToNobody(input, late)) return { verdict: 'unknown', reason: reads };
    const reason = `${reads}, or somebody else put that back, and blue is gone`;
    return { verdict: 'unhealthy', drift: 'weights', reason };
  }
  const unread = plan.routes.filter(({ label }) => !observed.routes.some((route) => route.label === label));
  if (unread.length > 0) {
    return { verdict: 'unknown', reason: `${unread.map(({ label }) => label).join(', ')} was not read` };
  }
  return { verdict: 'healthy', reason: '' };
};

/**
 * A read that is late cannot be distinguished from somebody who puts the weights back, and usually time tells. Where
 * what was read gives requests to a blue that is gone, users cannot wait for that: RollBack writes them to where they
 * are served, and nobody's weights are overwritten by a deployment that continues. What was never known to be written
 * is not late: its step died, and is tried again.
 */
const sendsToNobody = (
  { plan, previous, carried, placed }: JudgeInput,
  late: Observation['routes'],
): boolean => {
  if (plan.blue === null || placed?.kinds.blue !== 'gone') return false;
  const written = carried == null || previous?.placement?.carried?.writtenAtMs === carried.writtenAtMs;
  return written && late.some(({ weights }) => (weights?.blue ?? 0) > 0);
};

/**
 * Tasks of green that may fail during one bake. Observations are minutes apart, and ECS replaces a task in one: a
 * green that dies between two observations reads as healthy at both. The figure is that of ECS's own deployment
 * circuit breaker, half of the desired count and at least 3 (ECS guide, How the Amazon ECS deployment circuit breaker
 * detects failures).
 */
const lossLimit = (wanted: number): number => Math.max(3, Math.ceil(wanted / 2));

const greenOf = ({ observed, traffic, placed }: JudgeInput): Judgement => {
  const { green, greenGone, greenTaken, greenStopped = [] } = observed;
  const lost = placed?.memory.lostGreen ?? null;
  if (lost !== null) {
    const reason = `green answered ${lost.answered} of ${lost.requests} requests in a minute`;
    return { verdict: 'unhealthy', reason };
  }
  const stoppedSince = greenStopped.filter(
    ({ stoppedAtMs = traffic.shiftedAtMs }) => stoppedAtMs >= traffic.shiftedAtMs,
  );
  const failedSince = stoppedSince.filter(isFailure);
  if (green !== null && failedSince.length >= lossLimit(green.wanted)) {
    const explained = explainStopped(failedSince);
    return {
      verdict: 'unhealthy',
      reason: `green's tasks keep stopping while they get requests: ${explained}`,
    };
  }
  if (greenGone)
    return {
      verdict: 'unhealthy',
      drift: 'taskSet',
      reason: "green's task set is gone: somebody deleted it",
    };
  if (green === null) return { verdict: 'unknown', reason: "green's health could not be read" };
  const reason = `green has ${describeHealth(green)}${explainUncounted(stoppedSince)}`;
  const taken = greenTaken === undefined ? '' : `; somebody else ${greenTaken}`;
  const drift = greenTaken === undefined ? {} : { drift: 'taskSet' as const };
  if (green.healthy === 0)
    return { verdict: 'unhealthy', reason: `${reason}, while it gets requests${taken}`, ...drift };
  // One task that ECS is replacing is not yet a sick version; the tolerance bounds how long it may take.
  if (!enoughHealthy(green)) return { verdict: 'unknown', reason: `${reason}${taken}`, ...drift };
  return { verdict: 'healthy', reason };
};

/**
 * Who tries green has to have met green: a test route that somebody else wrote meanwhile makes the test void. After
 * the test nothing rests on it, and it is only noted.
 */
const testRouteOf = ({ plan, traffic, observed: { test }, nowMs }: JudgeInput): Judgement => {
  if (test === undefined) return { verdict: 'healthy', reason: '' };
  const expected = testWeightsAt(plan, traffic.position);
  const open = isTest(plan, traffic.position);
  const { label, weights, unreadable } = test;
  if (unreadable !== undefined)
    return {
      verdict: open ? 'unknown' : 'healthy',
      reason: `the test route ${label} could not be read: ${unreadable}`,
    };
  if (sameWeights(weights, expected)) return { verdict: 'healthy', reason: '' };
  const { before = null } = traffic.test ?? {};
  if (before !== null && sameWeights(weights, before) && nowMs - traffic.shiftedAtMs < LATE_READ_MS)
    return {
      verdict: open ? 'unknown' : 'healthy',
      reason: `the test route ${label} still reads as it was before`,
    };
  const found = `expected ${describeWeights(expected)} on the test route ${label}, found ${describeWeights(weights)}`;
  return {
    verdict: open ? 'unhealthy' : 'healthy',
    ...(open && { drift: 'weights' as const }),
    reason: `${found}: somebody else changed it${open ? ', so what was tried may not have been green' : ''}`,
  };
};

const alarmsOf = ({ plan, previous, observed: { alarms } }: JudgeInput) => {
  const ignoredUntilOk = previous?.ignoredUntilOk ?? plan.alarms.ignoredUntilOk;
  if (!('unreadable' in alarms)) return judgeAlarms(alarms, plan.alarms, ignoredUntilOk);
  return {
    verdict: 'unknown' as const,
    reason: `alarms could not be read: ${alarms.unreadable}`,
    ignoredUntilOk,
  };
};

/** Only what is proven counts here: metrics that show nothing leave the verdict to the others. */
const comparedOf = ({ plan, traffic, comparison }: JudgeInput): Judgement => {
  if (comparison == null) return { verdict: 'healthy', reason: '' };
  const { reason } = comparison;
  if (comparison.kind === 'worse') return { verdict: 'unhealthy', reason };
  // Once green has everything the budget has served its end.
  const proven = plan.shifts[traffic.position]?.greenPct === 100;
  const usedUp = proven ? null : exposureUsedUp(plan.analysis, comparison);
  if (usedUp !== null && plan.analysis?.exposure?.onUsedUp === 'rollBack')
    return { verdict: 'unhealthy', reason: `${usedUp}; ${reason}` };
  const soFar = proven || usedUp !== null ? null : exposureSoFar(plan.analysis, comparison);
  return { verdict: 'healthy', reason: soFar === null ? reason : `${reason}; ${soFar}` };
};

const readableOf = ({ observed }: JudgeInput): Judgement => {
  const routes = observed.routes.flatMap(({ label, unreadable }) =>
    unreadable === undefined ? [] : [`${label}: ${unreadable}`],
  );
  const problems = [...routes, ...observed.unreadable];
  if (problems.length === 0) return { verdict: 'healthy', reason: '' };
  return { verdict: 'unknown', reason: `could not be read: ${problems.join(', ')}` };
};

/** The event of a counting alarm that turned red and has not been readable since; null otherwise. */
export const unseenAlarm = ({ plan, previous, observed, lastAlarm }: JudgeInput): JudgeInput['lastAlarm'] => {
  if (lastAlarm === null || !('unreadable' in observed.alarms)) return null;
  if (lastAlarm.atMs < (previous?.alarmsReadAtMs ?? 0)) return null;
  const ignored = previous?.ignoredUntilOk ?? plan.alarms.ignoredUntilOk;
  const counts = plan.alarms.names.includes(lastAlarm.name) && !ignored.includes(lastAlarm.name);
  return counts ? lastAlarm : null;
};

/**
 * When blue lacks targets at the same time, the service is scaling out or a zone is failing, and green is not the
 * reason; new tasks are then given as long as the plan gives green's first ones. Blue is the control group.
 */
export const unknownLimitMs = ({ plan, previous, observed }: JudgeInput): number => {
  const bothShort = (
    blue: { healthy: number; wanted: number } | null,
    green: { healthy: number; wanted: number } | null,
  ) => blue !== null && green !== null && blue.healthy < blue.wanted && green.healthy < green.wanted;
  const now = bothShort(observed.blue, observed.green);
  const before = previous !== undefined && bothShort(previous.evidence.blue, previous.evidence.green);
  const greenIsShort = observed.green !== null && observed.green.healthy < observed.green.wanted;
  if (observed.throttled === true)
    return 'unreadable' in observed.alarms ? THROTTLED_BLIND_MS : THROTTLED_TOLERANCE_MS;
  if (!now && !(before && greenIsShort)) return UNKNOWN_TOLERANCE_MS;
  return Math.max(UNKNOWN_TOLERANCE_MS, plan.timeToHealthyMs);
};
