import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { failureId } from '../../core/ending/failure.ts';
import { heldMsSince, steeringOf } from '../../core/operator/commands.ts';
import {
  APPEARING_MS,
  APPROVAL_LIMIT_MS,
  FINISH_LIMIT_MS,
  HOLD_LIMIT_MS,
  LONGEST_RECOVERY_WAIT_MS,
  LONGEST_TRY_AGAIN_MS,
  OPERATOR_LIMIT_MS,
  REMOVAL_LIMIT_MS,
  UNKNOWN_TOLERANCE_MS,
  WAIT_LIMIT_MS,
  WAITER_GONE_MS,
} from '../../core/pace.ts';
import type { Command } from '../../core/vocabulary/command.types.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { RolledBack } from '../../core/vocabulary/ending.types.ts';
import type { Failure, Lease, Traffic } from '../../core/vocabulary/state.types.ts';
import type { Phase } from './phase.ts';
import type { Read } from './shape.ts';
import { START_MS } from './the-service.ts';

/**
 * What of a state counts when two are compared: everything but what is taken out here, each time with the reason.
 * search.ts checks whether states that count as the same go the same ways.
 */

/** From this age on a time of that name is only old: the longest limit that reads it, and a little more. */
const OLD_MS: Record<string, number> = {
  acquiredAtMs: WAIT_LIMIT_MS + HOUR_MS,
  waiterSeenMs: WAITER_GONE_MS + MINUTE_MS,
  // The model's healthyFor is 10 s, and nothing is throttled in it.
  healthySinceMs: MINUTE_MS,
  unknownSinceMs: UNKNOWN_TOLERANCE_MS + 2 * MINUTE_MS,
  startedAtMs: Math.max(HOLD_LIMIT_MS, REMOVAL_LIMIT_MS, FINISH_LIMIT_MS) + HOUR_MS,
  leftAtMs: 2 * MINUTE_MS,
  leavesUntilMs: 0,
  recoveredAtMs: LONGEST_RECOVERY_WAIT_MS + HOUR_MS,
  madeAtMs: LONGEST_TRY_AGAIN_MS,
  atMs: OPERATOR_LIMIT_MS + DAY_MS,
  sinceMs: OPERATOR_LIMIT_MS + DAY_MS,
  // A green that grows: healthyFor is 10 s, a read may be late for a minute, and its tasks for timeToHealthy, a minute.
  enoughSinceMs: MINUTE_MS,
  scaledAtMs: 3 * MINUTE_MS,
  waitedSinceMs: 3 * MINUTE_MS,
  resumedAtMs: 2 * MINUTE_MS,
  lastAlarmMs: 5 * MINUTE_MS,
  alarmsReadAtMs: 0,
  // Where users are placed: a return is forgotten after an hour, a verdict 15 minutes after its spell, evidence after
  // 5 (core/weights).
  roseAtMs: HOUR_MS,
  movedAtMs: HOUR_MS,
  seenAtMs: 6 * MINUTE_MS,
  trialAtMs: 6 * MINUTE_MS,
  overAtMs: 16 * MINUTE_MS,
  // Of a run without a result: what is over is kept by the next step that reads it (core/hooks/runs.ts).
  hookStartedAtMs: MINUTE_MS,
  hookDeadlineMs: 20 * SECOND_MS,
  // Only shown to people.
  promotedAtMs: 0,
  usersSinceMs: 0,
  endedAtMs: 0,
  observedAtMs: 0,
};

/** Those that later phases read less of, or not at all. */
const oldMs = (name: string, phase: Phase): number | undefined => {
  switch (name) {
    case 'createdAtMs':
    case 'launchedAtMs':
      // CheckGreen's limits count from the launch: this one, and the model's timeToHealthy of a minute.
      return phase === 'starting' ? APPEARING_MS + 4 * MINUTE_MS : 0;
    case 'shiftedAtMs':
      // RetireBlue lets the load balancer follow for a minute.
      return phase === 'baking' ? APPROVAL_LIMIT_MS + 2 * HOUR_MS : 2 * MINUTE_MS;
    default:
      return OLD_MS[name];
  }
};

/** Sentences, and counts that are only shown: no step decides by them. A wait's seconds are in the time it ends. */
const UNREAD = new Set([
  'reason',
  'because',
  'obeyed',
  'aborted',
  'began',
  'stuck',
  // Compared with the failure that there is, which key.ts asks (failedAgain).
  'caught',
  'runningCount',
  // Asked by the wait after it alone, which key.ts asks (unheardIn).
  'heard',
  'checkFailure',
  'taskSetArn',
  'waitSeconds',
]);

const readIn =
  (phase: Phase): Read =>
  (name, value) => {
    if (UNREAD.has(name)) return 'unread';
    if (typeof value !== 'number' || !name.endsWith('Ms')) return 'itself';
    const limitMs = oldMs(name, phase);
    if (limitMs !== undefined) return { kind: 'time', oldMs: limitMs };
    return value >= START_MS ? { kind: 'time', oldMs: null } : 'itself';
  };

export const reads: Record<Phase, Read> = {
  starting: readIn('starting'),
  baking: readIn('baking'),
  ending: readIn('ending'),
};

/**
 * Of what a late step was answered: it is over within a minute, and when commands were sent is asked in months;
 * evidence is shown to people; the token in the record is for those who wake a wait.
 */
const UNREAD_LATE = new Set(['atMs', 'lastSignal', 'decided', 'evidence', 'taskToken']);

export const readLate: Read = (name, value) => (UNREAD_LATE.has(name) ? 'unread' : reads.baking(name, value));

/**
 * No step reads what woke a wait; the execution's own names, and the request that the lease repeats, tell no two
 * apart.
 */
export const DROPPED = new Set(['wake', 'execution', 'request', 'attached', 'promoted', 'outcome']);

export const essenceOf = (name: string, slice: object, phase: Phase): unknown => {
  switch (name) {
    case 'traffic': {
      const { routes, ...rest } = slice as Traffic;
      return phase === 'baking' ? slice : rest;
    }
    case 'decision': {
      // Nothing is known of the metrics here (verify/model/verbs.ts): what is kept of them is the same in every state.
      const { evidence, analysis: _analysis, ...rest } = slice as Decision;
      // RollBack begins with what JudgeHealth has learned of the colours, and asks nothing else.
      if (phase === 'ending') return rest.placement ?? null;
      return { ...rest, blue: evidence.blue, green: evidence.green };
    }
    case 'rolledBack': {
      const { evidence: _shown, ...rest } = slice as RolledBack;
      return rest;
    }
    case 'lease': {
      const { kind, acquiredAtMs, lastGroups } = slice as Lease;
      return { kind, lastGroups, acquiredAtMs: kind === 'waiting' ? acquiredAtMs : null };
    }
    case 'failure': {
      // Those that core/ending/roll-back.ts and core/ending/outcome.ts ask for; the others are only shown.
      const { Error: name } = slice as Failure;
      return ['Aborted', 'NotFound', 'Conflict'].includes(name) ? name : 'another';
    }
    default:
      return slice;
  }
};

/** Whether RollBack failed since it last reported: of the failure it caught only that counts. */
export const failedAgain = ({
  rolledBack,
  failure,
}: {
  rolledBack?: RolledBack;
  failure?: Failure;
}): boolean => rolledBack !== undefined && failure !== undefined && failureId(failure) !== rolledBack.caught;

export const seenBy = (decision: Decision | undefined, { kind, by, atMs }: Command): boolean =>
  decision?.evidence.commands.some((one) => one.kind === kind && one.by === by && one.atMs === atMs) === true;

/** What all commands add up to, as the steps ask for it; of what came before only whether it counts. */
export const steeringIn = (
  commands: readonly Command[],
  shiftedAtMs: number,
  phase: Phase,
  nowMs: number,
): unknown => {
  const { abort, freeze, pause, skip, promote, approve } = steeringOf(commands, shiftedAtMs);
  const now = {
    abort: abort !== null,
    freeze: freeze && { atMs: freeze.atMs },
    pause: pause && { atMs: pause.atMs },
    // Of the month that a deployment may be held whole days count, beside the time since it is held now.
    heldDays: Math.floor(heldMsSince(commands, 0, nowMs) / DAY_MS),
  };
  // The others are for bakes, and CheckGreen counts a minute from a resume.
  if (phase === 'ending') return now;
  return {
    ...now,
    held: heldMsSince(commands, shiftedAtMs, nowMs),
    skip: skip !== null,
    promote: promote !== null,
    early: steeringOf(commands, 0).promote !== null,
    approve: approve !== null,
    resumedAtMs: commands.findLast(({ kind }) => kind === 'resume')?.atMs,
  };
};
