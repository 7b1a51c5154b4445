import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { count } from '../figures.ts';
import { describeHealth, enoughHealthy, type GroupHealth } from '../health/group-health.ts';
import { beforeShift, whileAt } from '../hooks/due.ts';
import { describeCommand, heldMsSince, steeringOf } from '../operator/commands.ts';
import { type StandingOrder, standingOrder } from '../operator/standing-order.ts';
import {
  APPROVAL_LIMIT_MS,
  OPERATOR_WAIT_MS,
  THROTTLED_WAIT_MS,
  UNKNOWN_WAIT_MS,
  UNREAD_ALARM_TOLERANCE_MS,
  UNREAD_ALARM_WAIT_MS,
} from '../pace.ts';
import type { Comparison } from '../vocabulary/analysis.types.ts';
import type { Command } from '../vocabulary/command.types.ts';
import type { HookRun } from '../vocabulary/hooks.types.ts';
import type { Carried } from '../vocabulary/placement.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { Readiness } from '../vocabulary/readiness.types.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import type { Decision, Evidence, Traffic } from '../vocabulary/state.types.ts';
import type { Placement } from '../weights/placement.ts';
import { readinessOf } from '../weights/readiness.ts';
import { describeWeights, sameWeights, weightsAt } from '../weights/weights.ts';
import { endOfBake } from './end-of-bake.ts';
import { growingMs, growthGate, growthOf, leadMs, scaleFor } from './growth-in-bake.ts';
import { hooksInBake } from './hooks-in-bake.ts';
import { judge, type Observation, unknownLimitMs, unseenAlarm } from './judge.ts';
import { awaySeconds, carriedMs } from './place-in-bake.ts';
import { wayBack } from './way-back.ts';

export type DecideInput = {
  plan: Plan;
  traffic: Traffic;
  previous: Decision | undefined;
  observed: Observation;
  /** The last event of a watched alarm that turned red. */
  lastAlarm: { atMs: number; name: string } | null;
  /** All commands of the deployment so far. */
  commands: readonly Command[];
  /** What the metrics of both colours say; null or absent where they are not compared. */
  comparison?: Comparison | null;
  /** Why the metrics could not be read in this observation. */
  metricsUnreadable?: string | null;
  /** What was written beside the plan since the last shift. */
  carried?: Carried | null;
  /** Where users should be; null on a first deployment. */
  placed?: Placement | null;
  /** The runs of the plan's hooks; absent where it has none. */
  hookRuns?: readonly HookRun[];
  /** From green's launch until it had enough healthy targets; null or absent: unknown. */
  launchMs?: number | null;
  nowMs: number;
};

/** `growTo`: the scale that green gets with this decision, percent; absent: none is written. */
type Grown = Decision & { growTo?: number };

type Decided = (fields: Pick<Decision, 'kind' | 'reason'> & Partial<Decision>) => Decision;

/**
 * What a baking deployment does next, and how large green has to be while it stays. A green that grows with its weight
 * gets the tasks first, whatever the verdict is: users who were moved to it count as much as those of the plan.
 */
export const decide = (input: DecideInput): Grown => {
  const decision = decideTheNext(input);
  const { previous, observed, plan, traffic, placed, nowMs } = input;
  const scaled = previous?.scaled;
  const kept = scaled === undefined ? decision : { ...decision, scaled };
  const frozen = steeringOf(input.commands, 0).freeze !== null;
  if (frozen || !['hold', 'awaitOperator', 'runHooks'].includes(decision.kind)) return kept;
  const has = [
    weightsAt(plan, traffic.position),
    placed?.weights,
    ...observed.routes.map(({ weights }) => weights),
  ];
  const greenPct = Math.max(...has.map((weights) => weights?.green ?? 0), decision.growth?.greenPct ?? 0);
  const growTo = scaleFor({ plan, size: observed.greenSize }, greenPct);
  return growTo === null ? kept : { ...kept, growTo, scaled: { percent: growTo, scaledAtMs: nowMs } };
};

/**
 * A person's abort or freeze comes first. Drift, then a green without healthy targets, then a red alarm roll back at
 * once; an unknown verdict holds for a limited time and then rolls back; only a wholly healthy observation advances.
 */
const decideTheNext = (input: DecideInput): Decision => {
  const { plan, traffic, observed, commands } = input;
  const { position } = traffic;
  const { verdict, reason, ignoredUntilOk } = judge(input);
  const alarmsReadAtMs =
    'unreadable' in observed.alarms ? input.previous?.alarmsReadAtMs : observed.observedAtMs;
  const readiness = readinessNow(input);
  const decided: Decided = (fields) => ({
    position,
    waitSeconds: 0,
    unknownSinceMs: null,
    ...(alarmsReadAtMs === undefined ? {} : { alarmsReadAtMs }),
    ignoredUntilOk,
    ...(input.placed == null ? {} : { placement: input.placed.memory }),
    evidence: { ...evidenceOf(plan, observed), readiness, commands: commandsAsEvidence(commands) },
    ...(input.comparison == null ? {} : { analysis: input.comparison }),
    ...fields,
  });

  const order = standingOrder(commands, input.nowMs);
  if (order.kind === 'goBack') {
    return decided({ kind: 'rollBack', reason: order.reason, ...obeying(order.command) });
  }
  if (order.kind === 'hold' && order.command.kind === 'freeze') {
    const wouldMove = input.placed?.frozen === true ? `; ${input.placed.reason}` : '';
    const reason = `${order.reason}; nothing moves until resume or abort${wouldMove}`;
    return awaitOperator(decided, reason, order.leftMs, order.command);
  }
  const shift = plan.shifts[position];
  if (shift === undefined) {
    const why = `the plan has no position ${position}; it has ${plan.shifts.length}`;
    return decided({ kind: 'rollBack', reason: why });
  }
  switch (verdict) {
    case 'unhealthy':
      return decided({ kind: 'rollBack', reason });
    case 'unknown':
      return tolerateUnknown(input, decided, reason);
    case 'healthy':
      return advanceOrHold(input, decided, shift, order, readiness, `${reason}${blueAside(observed)}`);
    default:
      return verdict satisfies never;
  }
};

/** An unknown verdict is tolerated for a limited time, counted from the first unknown observation at this position. */
const tolerateUnknown = (input: DecideInput, decided: Decided, reason: string): Decision => {
  const { traffic, previous, nowMs } = input;
  const here = previous?.position === traffic.position ? previous : undefined;
  const unknownSinceMs = here?.unknownSinceMs ?? nowMs;
  const unseen = unseenAlarm(input);
  const limitMs = unseen === null ? unknownLimitMs(input) : UNREAD_ALARM_TOLERANCE_MS;
  // From the first unknown observation: nobody has waited for an older event yet.
  const leftMs = Math.max(unknownSinceMs, unseen?.atMs ?? 0) + limitMs - nowMs;
  const event = unseen === null ? '' : `alarm ${unseen.name} turned red, by its event; `;
  if (leftMs <= 0) {
    const why = `${event}not known to be healthy for ${formatDuration(limitMs)}: ${reason}`;
    return decided({ kind: 'rollBack', reason: why });
  }

  const why =
    `${event}cannot tell whether green is healthy, rolling back in ${formatDuration(leftMs)} unless that ` +
    `changes: ${reason}`;
  const waitMs = unseen === null ? unknownWaitMs(input.observed) : UNREAD_ALARM_WAIT_MS;
  const waitSeconds = Math.max(1, Math.ceil(Math.min(leftMs, waitMs) / SECOND_MS));
  return decided({ kind: 'hold', reason: why, waitSeconds, unknownSinceMs });
};

/** Asking again soon is what the limit is against; a signal wakes it all the same. */
const unknownWaitMs = ({ throttled }: Observation): number =>
  throttled === true ? THROTTLED_WAIT_MS : UNKNOWN_WAIT_MS;

/** All is well: bake, wait for a person, or advance. */
const advanceOrHold = (
  input: DecideInput,
  decided: Decided,
  shift: Shift,
  order: StandingOrder,
  readiness: Readiness,
  seen: string,
): Decision => {
  const { plan, traffic, previous, commands, nowMs } = input;
  const { skip, approve, ...steering } = steeringOf(commands, traffic.shiftedAtMs);
  const last = plan.shifts.length - 1;
  // One that came while a shift was on its way still means everything, as long as not everything has been shifted.
  const promote = traffic.position < last ? steeringOf(commands, 0).promote : steering.promote;
  if (order.kind === 'hold') {
    const reason = `${order.reason}; until resume, alarms still roll back; ${seen}`;
    return awaitOperator(decided, reason, order.leftMs, order.command);
  }
  const away = promote === null ? awayFromPlan(input, decided, seen) : null;
  if (away !== null) return away;
  const hooks = hooksHere(input);
  if (hooks.kind === 'rollBack') return decided({ kind: 'rollBack', reason: `${hooks.reason}; ${seen}` });
  const heldMs = heldMsSince(commands, traffic.shiftedAtMs, nowMs) + carriedMs(input.carried ?? null, nowMs);
  // Clocks of two Lambdas differ a little; a bake never counts as negative.
  const bakedMs = Math.max(0, nowMs - traffic.shiftedAtMs - heldMs);
  const hurry = promote ?? skip;
  const end =
    hurry === null
      ? endOfBake({
          shift,
          bakedMs,
          policy: plan.analysis,
          comparison: input.comparison ?? null,
          unreadable: input.metricsUnreadable ?? null,
        })
      : ({ kind: 'over', aside: '' } as const);
  if (end.kind === 'rollBack') return decided({ kind: 'rollBack', reason: `${end.reason}; ${seen}` });
  if (end.kind === 'bakes') {
    const aside = heldMs === 0 ? '' : `, and was held for ${formatDuration(heldMs)}`;
    const lasted = `${formatDuration(bakedMs)} of ${formatDuration(shift.bakeMs)}`;
    const baked =
      shift.test === true
        ? `open to testers for ${lasted}, no user meets green${aside}`
        : `baked ${lasted} at ${shift.greenPct} %${aside}`;
    const ahead = growthAhead(input, shift, bakedMs);
    const waitSeconds = Math.ceil(Math.min(end.waitMs, ahead.waitMs) / SECOND_MS);
    const reason = `${baked}${end.aside}${ahead.aside}; ${seen}`;
    if (hooks.kind === 'passed') return decided({ kind: 'hold', reason, waitSeconds, ...ahead.growth });
    return decided({
      ...hooks,
      reason: `${hooks.reason}; ${reason}`,
      waitSeconds: Math.min(waitSeconds, hooks.waitSeconds),
    });
  }
  if (hooks.kind === 'runHooks') return decided({ ...hooks, reason: `${hooks.reason}; ${seen}` });
  const approval = approve ?? promote;
  const asks = end.kind === 'ask' ? end.reason : null;
  if ((shift.approval === true || asks !== null) && approval === null) {
    const waits = `${shift.greenPct} % baked healthy and waits for an approval`;
    const reason =
      asks === null ? `${waits}; ${seen}` : `${waits} because the metrics do not tell: ${asks}; ${seen}`;
    const waitedMs = nowMs - traffic.shiftedAtMs - shift.bakeMs - heldMs;
    const leftMs = APPROVAL_LIMIT_MS - waitedMs;
    if (leftMs > 0) {
      const waiting = awaitOperator(decided, reason, leftMs, null);
      return asks === null ? waiting : { ...waiting, asks: 'evidence' };
    }
    const late = `${reason}; nobody decided within ${formatDuration(APPROVAL_LIMIT_MS)}`;
    return decided({ kind: 'rollBack', reason: late });
  }

  const followed = [hurry, approval === hurry ? null : approval].filter((one) => one !== null);
  const named = `${end.kind === 'over' ? end.aside : ''}${followed.map((one) => `; ${describeCommand(one)}`).join('')}`;
  const obeyed = obeying(latestOf(followed));
  if (traffic.position === last) {
    const all = `every shift baked healthy; ${seen}${named}${hooks.aside}`;
    return decided({ kind: 'promote', reason: all, ...obeyed });
  }
  const back = wayBack({ plan, traffic, previous, readiness, commands, nowMs });
  if (back.kind === 'rollBack') return decided({ kind: 'rollBack', reason: `${back.reason}; ${seen}` });
  if (back.kind === 'hold' || back.kind === 'awaitOperator') {
    const { kind, waitSeconds, sinceMs } = back;
    const reason = `${bakedHealthy(shift)}; ${back.reason}; ${seen}`;
    return decided({ kind, reason, waitSeconds, asks: 'wayBack', notReadySinceMs: sinceMs });
  }
  const target = promote === null ? traffic.position + 1 : last;
  const size = growthGate(growing(input, target));
  if (size.kind === 'rollBack') return decided({ kind: 'rollBack', reason: `${size.reason}; ${seen}` });
  if (size.kind === 'hold') {
    const { reason, waitSeconds, growth } = size;
    return decided({
      kind: 'hold',
      reason: `${bakedHealthy(shift)}; ${reason}; ${seen}`,
      waitSeconds,
      growth,
    });
  }
  const gate = hooksInBake({ hookRuns: [], ...input }, beforeShift(plan, traffic.position, target));
  if (gate.kind !== 'passed') return decided({ ...gate, reason: `${gate.reason}; ${seen}` });
  const aside = back.kind === 'taken' ? back.aside : '';
  const done =
    `${bakedHealthy(shift)} for ${formatDuration(bakedMs)}, ` + `${plan.shifts[target]?.greenPct} % next`;
  const reason = `${done}; ${seen}${named}${aside}${hooks.aside}${gate.aside}${size.aside}`;
  const taken = back.kind === 'taken' ? obeying(back.command) : obeyed;
  return decided({ kind: 'advance', position: target, reason, ...taken });
};

const bakedHealthy = ({ greenPct, test }: Shift): string =>
  test === true ? 'the test route was open with a healthy green' : `${greenPct} % baked healthy`;

/**
 * They run while the test route is open, and while the last shift bakes: blue is at full size, and one that fails rolls
 * back at once.
 */
const hooksHere = (input: DecideInput): ReturnType<typeof hooksInBake> => {
  const moment = whileAt(input.plan, input.traffic.position);
  return moment === null ? { kind: 'passed', aside: '' } : hooksInBake({ hookRuns: [], ...input }, moment);
};

/** Of the next shift's tasks, as core/verdict/growth-in-bake.ts asks. */
const growing = ({ plan, previous, observed, launchMs, nowMs }: DecideInput, target: number) => ({
  plan,
  size: observed.greenSize,
  greenPct: weightsAt(plan, target).green,
  previous,
  launchMs,
  nowMs,
});

/**
 * The next shift's tasks start before the bake ends, so that they are ready when it does: as long before as green's own
 * start took in this deployment. A shift that waits for a person may wait for a day, so its tasks come afterwards.
 */
const growthAhead = (
  input: DecideInput,
  shift: Shift,
  bakedMs: number,
): { waitMs: number; aside: string; growth: Pick<Decision, 'growth'> } => {
  const { plan, traffic, launchMs } = input;
  const none = { waitMs: Number.POSITIVE_INFINITY, aside: '', growth: {} };
  const next = plan.shifts[traffic.position + 1];
  if (plan.capacity === undefined || next === undefined || shift.approval === true) return none;
  const leftMs = (shift.evidence?.atLeastMs ?? shift.bakeMs) - bakedMs - leadMs(launchMs, plan.healthyForMs);
  if (leftMs > 0) return { ...none, waitMs: leftMs };
  const about = growing(input, traffic.position + 1);
  const growth = growthOf(about);
  if (growth === undefined) return none;
  if (growth.enoughSinceMs !== null) return { ...none, growth: { growth } };
  const aside = `; green grows to ${count(growth.tasks, 'task')} for ${next.greenPct} %`;
  return { waitMs: growingMs(about), aside, growth: { growth } };
};

/** As long as an approval may take. */
const AWAY_LIMIT_MS = APPROVAL_LIMIT_MS;

/** Users are not where the plan wants them: the bake stands still, and nothing advances. */
const awayFromPlan = (input: DecideInput, decided: Decided, seen: string): Decision | null => {
  const { plan, traffic, carried = null, placed, hookRuns = [], nowMs } = input;
  const want = weightsAt(plan, traffic.position);
  const weights = placed?.weights ?? null;
  const pending = placed?.move === true && carried !== null && carried.sinceMs !== null;
  if (placed == null || weights === null || (sameWeights(weights, want) && !pending)) return null;
  const awayMs = nowMs - (carried?.sinceMs ?? nowMs);
  const reason =
    `users are at ${describeWeights(weights)} instead of ${describeWeights(want)}: ` +
    `${placed.reason}; ${seen}`;
  const waitSeconds = awaySeconds(awayMs);
  const last = plan.shifts.length - 1;
  const noBlue = weights.green > want.green;
  if (awayMs < plan.timeToHealthyMs || !noBlue) return decided({ kind: 'hold', reason, waitSeconds });
  if (awayMs < AWAY_LIMIT_MS || traffic.position === last)
    return decided({
      kind: 'awaitOperator',
      reason: `${reason}; blue does not come back, promote or abort`,
      waitSeconds,
    });
  const gate = hooksInBake({ plan, hookRuns, nowMs }, beforeShift(plan, traffic.position, last));
  if (gate.kind !== 'passed') return decided({ ...gate, reason: `${gate.reason}; ${reason}` });
  const size = growthGate(growing(input, last));
  if (size.kind !== 'open') return decided({ kind: 'hold', reason, waitSeconds });
  const limit = formatDuration(AWAY_LIMIT_MS);
  return decided({
    kind: 'advance',
    position: last,
    reason: `no blue to go back to for ${limit}; ${reason}`,
  });
};

/** Of two people, the one whose command let the deployment move. */
const latestOf = (commands: readonly Command[]): Command | null =>
  commands.toSorted((a, b) => a.atMs - b.atMs).at(-1) ?? null;

/** A person decides, within the time that is left. */
const awaitOperator = (
  decided: Decided,
  reason: string,
  leftMs: number,
  command: Command | null,
): Decision => {
  const waitSeconds = Math.max(1, Math.ceil(Math.min(leftMs, OPERATOR_WAIT_MS) / SECOND_MS));
  return decided({ kind: 'awaitOperator', reason, waitSeconds, ...obeying(command) });
};

/** The command that a decision follows, so that its events name a person; nothing where Cutover decided by itself. */
const obeying = (command: Command | null): Pick<Decision, 'obeyed'> =>
  command === null ? {} : { obeyed: { id: command.id, kind: command.kind, by: command.by } };

const blueAside = ({ blue, blueGone }: Observation): string => {
  if (blueGone) return '; blue is gone, so there is nothing to roll back to';
  return blue === null || enoughHealthy(blue) ? '' : `; blue has only ${describeHealth(blue)}`;
};

const readinessNow = ({ plan, observed, placed, launchMs = null }: DecideInput): Readiness => {
  const { blue, green, needed } = observed.counts ?? { blue: null, green: null, needed: 0 };
  return readinessOf({
    plan,
    blueIsGoing: observed.blueGone || observed.blueIsGoing === true,
    blue,
    green,
    needed,
    blueShare: placed?.memory.shares?.blue,
    greenIsLost: placed != null && placed.memory.lostGreen !== null,
    launchMs,
  });
};

const evidenceOf = (plan: Plan, observed: Observation): Omit<Evidence, 'commands' | 'readiness'> => ({
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
  ...(observed.test === undefined
    ? {}
    : { test: { label: observed.test.label, weights: observed.test.weights } }),
});

const commandsAsEvidence = (commands: readonly Command[]): Evidence['commands'] =>
  commands.map(({ kind, by, reason, atMs }) => ({ kind, by, reason, atMs }));

const countsOf = ({ healthy, wanted }: GroupHealth) => ({ healthy, wanted });
