import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { describeHealth, enoughHealthy } from '../health/group-health.ts';
import { steeringOf } from '../operator/commands.ts';
import { standingOrder } from '../operator/standing-order.ts';
import {
  THROTTLED_WAIT_MS,
  UNKNOWN_WAIT_MS,
  UNREAD_ALARM_TOLERANCE_MS,
  UNREAD_ALARM_WAIT_MS,
} from '../pace.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import { LATE_COUNT_WAIT_MS } from '../weights/late-counts.ts';
import { weightsAt } from '../weights/weights.ts';
import { awaitOperator, type Decided, type DecideInput, obeying } from './decision.ts';
import { evidenceFor, readinessNow } from './evidence.ts';
import { scaleFor } from './growth-in-bake.ts';
import { judge, type Observation, unknownLimitMs, unseenAlarm } from './judge.ts';
import { advanceOrHold } from './when-healthy.ts';

/** `growTo`: the scale that green gets with this decision, percent; absent: none is written. */
type Grown = Decision & { growTo?: number };

/**
 * What a baking deployment does next, and how large green has to be while it stays. A green that grows with its weight
 * gets the tasks first, whatever the verdict is: users who were moved to it count as much as those of the plan.
 */
export const decide = (input: DecideInput): Grown => {
  const decision = soonWhereCountsAreLate(decideTheNext(input), input);
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

/** Users may have to leave a colour, and the next read of ECS tells: no bake is waited for. */
const soonWhereCountsAreLate = (decision: Decision, { placed }: DecideInput): Decision =>
  placed?.countsAreLate === true
    ? { ...decision, waitSeconds: Math.min(decision.waitSeconds, LATE_COUNT_WAIT_MS / SECOND_MS) }
    : decision;

/**
 * A person's abort or freeze comes first. Drift, then a green without healthy targets, then a red alarm roll back at
 * once; an unknown verdict holds for a limited time and then rolls back; only a wholly healthy observation advances.
 */
const decideTheNext = (input: DecideInput): Decision => {
  const { plan, traffic, observed, commands } = input;
  const { position } = traffic;
  const { verdict, reason, drift, ignoredUntilOk } = judge(input);
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
    evidence: evidenceFor(input, readiness),
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
      return decided({ kind: 'rollBack', reason, ...(drift && { drift }) });
    case 'unknown':
      return tolerateUnknown(input, (fields) => decided({ ...fields, ...(drift && { drift }) }), reason);
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

/** Where a rate limit was the reason, asking again soon would make it worse; a signal still ends the wait. */
const unknownWaitMs = ({ throttled }: Observation): number =>
  throttled === true ? THROTTLED_WAIT_MS : UNKNOWN_WAIT_MS;

const blueAside = ({ blue, blueGone }: Observation): string => {
  if (blueGone) return '; blue is gone, so there is nothing to roll back to';
  return blue === null || enoughHealthy(blue) ? '' : `; blue has only ${describeHealth(blue)}`;
};
