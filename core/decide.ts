import { judgeAlarms, type Verdict } from './alarms.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from './clock.ts';
import { type Command, describeCommand, steeringOf } from './commands.ts';
import { formatDuration } from './duration.ts';
import { describeHealth, enoughHealthy, type GroupHealth } from './group-health.ts';
import type { ObservedAlarms, StoppedTask } from './observed.types.ts';
import type { Plan, Weights } from './plan.types.ts';
import type { Decision, Evidence, Traffic } from './state.types.ts';
import { explainStopped, isFailure } from './stopped-tasks.ts';
import { nextSweepMs } from './sweeps.ts';
import { describeWeights, sameWeights, weightsAt } from './traffic.ts';

/** How long an unknown verdict is waited out. Three one-minute CloudWatch periods: one may be late, two is a pattern. */
export const UNKNOWN_TOLERANCE_MS = 3 * MINUTE_MS;

/** An unknown verdict is looked at again this soon: what may be a sick green is not left for a whole sweep. */
export const UNKNOWN_WAIT_MS = 30 * SECOND_MS;

/**
 * For this long after a shift, a route that reads as it was before the shift is taken for a late answer from one of
 * the API's copies, not for a foreign writer. It never lasts: the deployment does not go on meanwhile.
 */
export const LATE_READ_MS = MINUTE_MS;

/** One look at everything a decision depends on. */
export type Observation = {
  observedAtMs: number;
  /** Null on a first deployment, or when it could not be read. */
  blue: GroupHealth | null;
  /** Null when it could not be read. */
  green: GroupHealth | null;
  blueGone: boolean;
  greenGone: boolean;
  /** Tasks of green that have stopped, as far back as ECS tells: an hour. Absent when they could not be read. */
  greenStopped?: StoppedTask[];
  alarms: ObservedAlarms | { unreadable: string };
  /** `weights` null without `unreadable`: readable, but no split between our two groups. */
  routes: { label: string; weights: Weights | null; unreadable?: string }[];
  /** What else could not be read, a sentence each. */
  unreadable: string[];
};

export type DecideInput = {
  plan: Plan;
  traffic: Traffic;
  previous: Decision | undefined;
  observed: Observation;
  /** All commands of the deployment so far. */
  commands: readonly Command[];
  nowMs: number;
};

type Judgement = { verdict: Verdict; reason: string };

/** A frozen or paused deployment, or one at a gate, is looked at this often: a signal wakes it anyway. */
export const OPERATOR_WAIT_MS = 15 * MINUTE_MS;

/** Nobody froze a deployment to keep it for ever: after a month of looks it goes back while history allows it [93]. */
export const OPERATOR_LIMIT_MS = 30 * DAY_MS;

/** How long a gate waits for an approval before it rolls back; what native ECS gives a pause hook [57]. */
export const APPROVAL_LIMIT_MS = DAY_MS;

/**
 * What a baking deployment does next. A person's abort or freeze comes first. Drift, then a green without healthy targets, then a red alarm roll back at
 * once; what cannot be told holds for a limited time and then rolls back; only a wholly healthy look goes on.
 */
export const decide = (input: DecideInput): Decision => {
  const { plan, traffic, previous, observed, nowMs } = input;
  const { position } = traffic;
  const shift = plan.shifts[position];
  const here = previous?.position === position ? previous : undefined;
  const alarms = alarmsOf(input);
  const decided = (fields: Pick<Decision, 'kind' | 'reason'> & Partial<Decision>): Decision => ({
    position,
    waitSeconds: 0,
    unknownSinceMs: null,
    ignoredUntilOk: alarms.ignoredUntilOk,
    evidence: { ...evidenceOf(plan, observed), commands: commandsAsEvidence(input.commands) },
    ...fields,
  });
  const steering = steeringOf(input.commands, traffic.shiftedAtMs);
  if (steering.abort !== null) return decided({ kind: 'rollBack', reason: describeCommand(steering.abort) });
  const awaiting = (reason: string, sinceMs: number, limitMs = OPERATOR_LIMIT_MS): Decision => {
    const leftMs = sinceMs + limitMs - nowMs;
    if (leftMs <= 0)
      return decided({
        kind: 'rollBack',
        reason: `${reason}; nobody decided within ${formatDuration(limitMs)}`,
      });
    const waitSeconds = Math.max(1, Math.ceil(Math.min(leftMs, OPERATOR_WAIT_MS) / SECOND_MS));
    return decided({ kind: 'awaitOperator', reason, waitSeconds });
  };
  if (steering.freeze !== null) {
    return awaiting(
      `${describeCommand(steering.freeze)}; nothing moves until resume or abort`,
      steering.freeze.atMs,
    );
  }
  if (shift === undefined) {
    return decided({
      kind: 'rollBack',
      reason: `the plan has no position ${position}; it has ${plan.shifts.length}`,
    });
  }

  const { verdict, reason } = worst([routesOf(input), greenOf(input), alarms, readableOf(input)]);
  switch (verdict) {
    case 'unhealthy':
      return decided({ kind: 'rollBack', reason });
    case 'unknown': {
      const unknownSinceMs = here?.unknownSinceMs ?? nowMs;
      const limitMs = unknownLimitMs(input);
      const leftMs = unknownSinceMs + limitMs - nowMs;
      if (leftMs <= 0) {
        return decided({
          kind: 'rollBack',
          reason: `not known to be healthy for ${formatDuration(limitMs)}: ${reason}`,
        });
      }
      const waitSeconds = Math.max(1, Math.ceil(Math.min(leftMs, UNKNOWN_WAIT_MS) / SECOND_MS));
      const told = `cannot tell whether green is healthy, rolling back in ${formatDuration(leftMs)} unless that changes: ${reason}`;
      return decided({ kind: 'hold', reason: told, waitSeconds, unknownSinceMs });
    }
    case 'healthy': {
      // Clocks of two Lambdas differ a little; a bake never counts as negative.
      const bakedMs = Math.max(0, nowMs - traffic.shiftedAtMs);
      const seen = `${reason}${blueAside(observed)}`;
      if (steering.pause !== null) {
        return awaiting(
          `${describeCommand(steering.pause)}; until resume, alarms still roll back; ${seen}`,
          steering.pause.atMs,
        );
      }
      const hurry = steering.promote ?? steering.skip;
      const waitMs = hurry === null ? nextSweepMs(shift.bakeMs, bakedMs) : 0;
      if (waitMs > 0) {
        const baked = `baked ${formatDuration(bakedMs)} of ${formatDuration(shift.bakeMs)} at ${shift.greenPct} %`;
        return decided({ kind: 'hold', reason: `${baked}; ${seen}`, waitSeconds: waitMs / SECOND_MS });
      }
      const approval = steering.approve ?? steering.promote;
      if (shift.approval === true && approval === null) {
        const gateMs = traffic.shiftedAtMs + shift.bakeMs;
        return awaiting(
          `${shift.greenPct} % baked healthy and waits for an approval; ${seen}`,
          gateMs,
          APPROVAL_LIMIT_MS,
        );
      }
      const told = [hurry, approval === hurry ? null : approval].flatMap((one) =>
        one === null ? [] : `; ${describeCommand(one)}`,
      );
      const last = plan.shifts.length - 1;
      if (position === last) {
        return decided({ kind: 'promote', reason: `every shift baked healthy; ${seen}${told.join('')}` });
      }
      const target = steering.promote === null ? position + 1 : last;
      const done = `${shift.greenPct} % baked healthy for ${formatDuration(bakedMs)}, ${plan.shifts[target]?.greenPct} % next`;
      return decided({ kind: 'advance', position: target, reason: `${done}; ${seen}${told.join('')}` });
    }
    default:
      return verdict satisfies never;
  }
};

const severity = { unhealthy: 2, unknown: 1, healthy: 0 } as const satisfies Record<Verdict, number>;

/** The worst of several judgements; among equals the first, with what the others of its kind say beside it. */
const worst = (judgements: Judgement[]): Judgement => {
  const level = Math.max(...judgements.map(({ verdict }) => severity[verdict]));
  const worst = judgements.filter(({ verdict }) => severity[verdict] === level);
  return {
    verdict: worst[0]?.verdict ?? 'unknown',
    reason: worst.flatMap(({ reason }) => (reason === '' ? [] : [reason])).join('; '),
  };
};

/** Weights that are not ours any more: somebody else moves traffic, so nothing we know about it holds. */
const routesOf = ({ plan, traffic, observed, nowMs }: DecideInput): Judgement => {
  const expected = weightsAt(plan, traffic.position);
  const read = observed.routes.filter((route) => route.unreadable === undefined);
  const off = read.filter((route) => !sameWeights(route.weights, expected));
  const late = off.filter((route) => {
    const before = traffic.routes.find(({ label }) => label === route.label)?.before;
    return (
      before !== undefined && sameWeights(route.weights, before) && nowMs - traffic.shiftedAtMs < LATE_READ_MS
    );
  });

  if (off.length > late.length) {
    const found = off.map((route) => `${describeWeights(route.weights)} on ${route.label}`).join(', ');
    return {
      verdict: 'unhealthy',
      reason: `expected ${describeWeights(expected)}, found ${found}: somebody else changed the listener`,
    };
  }
  if (late.length > 0) {
    const labels = late.map((route) => route.label).join(', ');
    return { verdict: 'unknown', reason: `${labels} still reads as it was before the last shift` };
  }
  const unread = plan.routes.filter(({ label }) => !observed.routes.some((route) => route.label === label));
  if (unread.length > 0) {
    return { verdict: 'unknown', reason: `${unread.map(({ label }) => label).join(', ')} was not read` };
  }
  return { verdict: 'healthy', reason: '' };
};

/**
 * Tasks of green that may fail during one bake. Looks are minutes apart, and ECS replaces a task in one: a green that
 * dies between two looks reads as healthy at both. The figure is that of ECS's own deployment circuit breaker, half of the
 * desired count and at least 3 (ECS guide, How the Amazon ECS deployment circuit breaker detects failures).
 */
const lossLimit = (wanted: number): number => Math.max(3, Math.ceil(wanted / 2));

const greenOf = ({ observed: { green, greenGone, greenStopped = [] }, traffic }: DecideInput): Judgement => {
  const failedSince = greenStopped.filter(
    (task) => isFailure(task) && (task.stoppedAtMs ?? traffic.shiftedAtMs) >= traffic.shiftedAtMs,
  );
  if (green !== null && failedSince.length >= lossLimit(green.wanted)) {
    const told = explainStopped(failedSince);
    return { verdict: 'unhealthy', reason: `green's tasks keep stopping while they get requests: ${told}` };
  }
  if (greenGone) return { verdict: 'unhealthy', reason: "green's task set is gone: somebody deleted it" };
  if (green === null) return { verdict: 'unknown', reason: "green's health could not be read" };
  const reason = `green has ${describeHealth(green)}`;
  if (green.healthy === 0) return { verdict: 'unhealthy', reason: `${reason}, while it gets requests` };
  // One task that ECS is replacing is not yet a sick version; the tolerance bounds how long it may take.
  return { verdict: enoughHealthy(green) ? 'healthy' : 'unknown', reason };
};

const alarmsOf = ({ plan, previous, observed: { alarms } }: DecideInput) => {
  const ignoredUntilOk = previous?.ignoredUntilOk ?? plan.alarms.ignoredUntilOk;
  if (!('unreadable' in alarms)) return judgeAlarms(alarms, plan.alarms, ignoredUntilOk);
  return {
    verdict: 'unknown' as const,
    reason: `alarms could not be read: ${alarms.unreadable}`,
    ignoredUntilOk,
  };
};

const readableOf = ({ observed }: DecideInput): Judgement => {
  const routes = observed.routes.flatMap(({ label, unreadable }) =>
    unreadable === undefined ? [] : [`${label}: ${unreadable}`],
  );
  const problems = [...routes, ...observed.unreadable];
  if (problems.length === 0) return { verdict: 'healthy', reason: '' };
  return { verdict: 'unknown', reason: `could not be read: ${problems.join(', ')}` };
};

/**
 * When blue lacks targets at the same time, the service is scaling out or a zone is failing, and green is not the
 * reason; new tasks are then given as long as the plan gives green's first ones. Blue is the control group.
 */
const unknownLimitMs = ({ plan, previous, observed }: DecideInput): number => {
  const bothShort = (
    blue: { healthy: number; wanted: number } | null,
    green: { healthy: number; wanted: number } | null,
  ) => blue !== null && green !== null && blue.healthy < blue.wanted && green.healthy < green.wanted;
  const now = bothShort(observed.blue, observed.green);
  const before = previous !== undefined && bothShort(previous.evidence.blue, previous.evidence.green);
  const greenIsShort = observed.green !== null && observed.green.healthy < observed.green.wanted;
  if (!now && !(before && greenIsShort)) return UNKNOWN_TOLERANCE_MS;
  return Math.max(UNKNOWN_TOLERANCE_MS, plan.timeToHealthyMs);
};

const blueAside = ({ blue, blueGone }: Observation): string => {
  if (blueGone) return '; blue is gone, so there is nothing to roll back to';
  return blue === null || enoughHealthy(blue) ? '' : `; blue has only ${describeHealth(blue)}`;
};

const evidenceOf = (plan: Plan, observed: Observation): Omit<Evidence, 'commands'> => ({
  observedAtMs: observed.observedAtMs,
  blue: observed.blue === null ? null : countsOf(observed.blue),
  green: observed.green === null ? { healthy: 0, wanted: 0 } : countsOf(observed.green),
  alarms:
    'unreadable' in observed.alarms
      ? plan.alarms.names.map((name) => ({ name, state: 'UNREADABLE' }))
      : [
          ...observed.alarms.alarms.map(({ name, state }) => ({ name, state })),
          ...observed.alarms.missing.map((name) => ({ name, state: 'MISSING' })),
        ],
  routes: observed.routes.map(({ label, weights }) => ({ label, weights })),
});

const commandsAsEvidence = (commands: readonly Command[]): Evidence['commands'] =>
  commands.map(({ kind, by, reason, atMs }) => ({ kind, by, reason, atMs }));

const countsOf = ({ healthy, wanted }: GroupHealth) => ({ healthy, wanted });
