import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { beforeShift, whileAt } from '../hooks/due.ts';
import { describeCommand, heldMsSince, steeringOf } from '../operator/commands.ts';
import type { StandingOrder } from '../operator/standing-order.ts';
import { APPROVAL_LIMIT_MS } from '../pace.ts';
import type { Command } from '../vocabulary/command.types.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { Readiness } from '../vocabulary/readiness.types.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import { weightsAt } from '../weights/weights.ts';
import { awayFromPlan } from './away-from-plan.ts';
import { carriedNext } from './carried-next.ts';
import { awaitOperator, type Decided, type DecideInput, obeying } from './decision.ts';
import { endOfBake } from './end-of-bake.ts';
import { growthGate } from './growth-in-bake.ts';
import { hooksInBake } from './hooks-in-bake.ts';
import { growing, growthAhead } from './next-shifts-tasks.ts';
import { carriedMs } from './place-in-bake.ts';
import { wayBack } from './way-back.ts';

/** What the parts of this decision share. */
type Healthy = {
  input: DecideInput;
  decided: Decided;
  shift: Shift;
  readiness: Readiness;
  /** What the observation saw, for the reason. */
  seen: string;
  /** A person's command to go to everything, or to end this bake. */
  promote: Command | null;
  hurry: Command | null;
  approve: Command | null;
  hooks: Exclude<ReturnType<typeof hooksInBake>, { kind: 'rollBack' }>;
  /** Of this bake: how long it has lasted, and how long it did not count. */
  bakedMs: number;
  heldMs: number;
};

/** All is well: bake, wait for a person, or advance. */
export const advanceOrHold = (
  input: DecideInput,
  decided: Decided,
  shift: Shift,
  order: StandingOrder,
  readiness: Readiness,
  seen: string,
): Decision => {
  const { plan, traffic, commands, nowMs } = input;
  const { skip, approve, ...steering } = steeringOf(commands, traffic.shiftedAtMs);
  // A `promote` that arrives while a shift is being written means 100 %, unless the deployment is there already.
  const promote =
    traffic.position < plan.shifts.length - 1 ? steeringOf(commands, 0).promote : steering.promote;
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
  const healthy = { input, decided, shift, readiness, seen, promote, hurry, approve, hooks, bakedMs, heldMs };
  if (hurry !== null) return afterBake(healthy, { asks: null, aside: '' });
  const end = endOfBake({
    shift,
    bakedMs,
    policy: plan.analysis,
    comparison: input.comparison ?? null,
    unreadable: input.metricsUnreadable ?? null,
    sticky: plan.routes.some(({ original }) => original.stickiness.enabled),
    nowMs,
  });
  switch (end.kind) {
    case 'rollBack':
      return decided({ kind: 'rollBack', reason: `${end.reason}; ${seen}` });
    case 'bakes':
      return stillBakes(healthy, end);
    case 'ask':
      return afterBake(healthy, { asks: `the metrics do not tell: ${end.reason}`, aside: '' });
    case 'usedUp':
      return afterBake(healthy, { asks: end.reason, aside: '' });
    case 'over':
      return afterBake(healthy, { asks: null, aside: end.aside });
    default:
      return end satisfies never;
  }
};

const stillBakes = (
  { input, decided, shift, seen, hooks, bakedMs, heldMs }: Healthy,
  end: { waitMs: number; aside: string },
): Decision => {
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
};

/** The bake is over, by its time or by a command: its hooks and a person may still be waited for. */
const afterBake = (healthy: Healthy, end: { asks: string | null; aside: string }): Decision => {
  const { input, decided, shift, seen, promote, hurry, approve, hooks, heldMs } = healthy;
  const { plan, traffic, nowMs } = input;
  if (hooks.kind === 'runHooks') return decided({ ...hooks, reason: `${hooks.reason}; ${seen}` });
  const approval = approve ?? promote;
  if ((shift.approval === true || end.asks !== null) && approval === null) {
    const waits = `${shift.greenPct} % baked healthy and waits for an approval`;
    const because = end.asks === null ? '' : ` because ${end.asks}`;
    const reason = `${waits}${because}; ${seen}`;
    const waitedMs = nowMs - traffic.shiftedAtMs - shift.bakeMs - heldMs;
    const leftMs = APPROVAL_LIMIT_MS - waitedMs;
    if (leftMs > 0) {
      const waiting = awaitOperator(decided, reason, leftMs, null);
      return end.asks === null ? waiting : { ...waiting, asks: 'evidence' };
    }
    const late = `${reason}; nobody decided within ${formatDuration(APPROVAL_LIMIT_MS)}`;
    return decided({ kind: 'rollBack', reason: late });
  }

  const followed = [hurry, approval === hurry ? null : approval].filter((one) => one !== null);
  const named = `${end.aside}${followed.map((one) => `; ${describeCommand(one)}`).join('')}`;
  const obeyed = obeying(latestOf(followed));
  if (traffic.position === plan.shifts.length - 1) {
    const all = `every shift baked healthy; ${seen}${named}${hooks.aside}`;
    return decided({ kind: 'promote', reason: all, ...obeyed });
  }
  return nextShift(healthy, hooks.aside, named, obeyed);
};

/** What may still hold a shift back: a rollback that would take too long, tasks that are not there yet, its hooks. */
const nextShift = (
  { input, decided, shift, readiness, seen, promote, bakedMs }: Healthy,
  hooksAside: string,
  named: string,
  obeyed: Pick<Decision, 'obeyed'>,
): Decision => {
  const { plan, traffic, previous, commands, nowMs } = input;
  const last = plan.shifts.length - 1;
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
    const { waitSeconds, growth } = size;
    const reason = `${bakedHealthy(shift)}; ${size.reason}; ${seen}`;
    return decided({ kind: 'hold', reason, waitSeconds, growth });
  }
  const carried = carriedNext({
    plan,
    counts: input.observed.counts,
    greenPct: weightsAt(plan, target).green,
    previous,
    nowMs,
  });
  if (carried.kind === 'rollBack') return decided({ ...carried, reason: `${carried.reason}; ${seen}` });
  if (carried.kind === 'hold')
    return decided({ ...carried, reason: `${bakedHealthy(shift)}; ${carried.reason}; ${seen}` });
  const gate = hooksInBake({ hookRuns: [], ...input }, beforeShift(plan, traffic.position, target));
  if (gate.kind !== 'passed') return decided({ ...gate, reason: `${gate.reason}; ${seen}` });
  const aside = back.kind === 'taken' ? back.aside : '';
  const done = `${bakedHealthy(shift)} for ${formatDuration(bakedMs)}, ${plan.shifts[target]?.greenPct} % next`;
  const reason = `${done}; ${seen}${named}${aside}${hooksAside}${gate.aside}${size.aside}`;
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

/** Of two people, the one whose command let the deployment move. */
const latestOf = (commands: readonly Command[]): Command | null =>
  commands.toSorted((a, b) => a.atMs - b.atMs).at(-1) ?? null;
