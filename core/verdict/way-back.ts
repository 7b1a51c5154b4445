import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { describeCommand, steeringOf } from '../operator/commands.ts';
import { APPROVAL_LIMIT_MS, nextWaitSeconds, waits } from '../pace.ts';
import type { Command } from '../vocabulary/command.types.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { Readiness } from '../vocabulary/readiness.types.ts';
import type { Traffic } from '../vocabulary/state.types.ts';
import { whyNotReady } from '../weights/readiness.ts';

type WayBackInput = {
  plan: Pick<Plan, 'rollbackWithinMs' | 'timeToHealthyMs'>;
  traffic: Pick<Traffic, 'position' | 'shiftedAtMs'>;
  previous: Pick<Decision, 'position' | 'notReadySinceMs'> | undefined;
  readiness: Readiness;
  commands: readonly Command[];
  nowMs: number;
};

/** What becomes of an advance: made, made because a person takes it on, or not. */
type WayBack =
  | { kind: 'open' }
  | { kind: 'taken'; command: Command; aside: string }
  | { kind: 'hold' | 'awaitOperator'; reason: string; waitSeconds: number; sinceMs: number }
  | { kind: 'rollBack'; reason: string };

/**
 * The request may limit how long a rollback takes. While it would take longer green gets no more users: for as long as
 * green's own start may take by itself, because what is missing is mostly a task of blue that ECS replaces; then a
 * person is asked. Only an approval or a promotion that came after the hold had begun ends it: one from before did not
 * know of it.
 */
export const wayBack = (input: WayBackInput): WayBack => {
  const { plan, traffic, previous, readiness, commands, nowMs } = input;
  const why = whyNotReady(plan, readiness);
  if (why === null) return { kind: 'open' };
  const before = previous?.position === traffic.position ? previous.notReadySinceMs : undefined;
  const sinceMs = before ?? nowMs;
  const { approve, promote } = steeringOf(commands, traffic.shiftedAtMs);
  const command =
    before === undefined ? undefined : [promote, approve].find((one) => one !== null && one.atMs > before);
  if (command != null)
    return { kind: 'taken', command, aside: `; ${describeCommand(command)}, although ${why}` };

  const waitedMs = nowMs - sinceMs;
  const limitMs = plan.timeToHealthyMs + APPROVAL_LIMIT_MS;
  if (waitedMs >= limitMs)
    return { kind: 'rollBack', reason: `${why}; nobody decided within ${formatDuration(limitMs)}` };
  const asks = waitedMs >= plan.timeToHealthyMs;
  const leftMs = (asks ? limitMs : plan.timeToHealthyMs) - waitedMs;
  return {
    kind: asks ? 'awaitOperator' : 'hold',
    reason: `green gets no more users, because ${why}; approve to advance all the same, or abort`,
    waitSeconds: Math.max(
      1,
      Math.min(nextWaitSeconds(waits.notReady, waitedMs), Math.ceil(leftMs / SECOND_MS)),
    ),
    sinceMs,
  };
};
