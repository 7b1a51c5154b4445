import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { OPERATOR_LIMIT_MS, OPERATOR_WAIT_MS } from '../pace.ts';
import type { Command } from '../vocabulary/command.types.ts';
import { describeCommand, heldMsSince, steeringOf } from './commands.ts';

/** What the commands so far demand of any step that could move the deployment. */
export type StandingOrder =
  | { kind: 'proceed' }
  | {
      kind: 'hold';
      command: Command;
      reason: string;
      /** Until the next visit; a command wakes the deployment before that. */
      waitSeconds: number;
      /** Until nobody has decided for too long; above 0. */
      leftMs: number;
    }
  | {
      kind: 'goBack';
      /** The abort; null when a hold has used up its time. */
      command: Command | null;
      reason: string;
    };

/**
 * Abort is the last word; freeze and pause hold, together for a month at most. Every step that moves a deployment
 * asks this.
 */
export const standingOrder = (commands: readonly Command[], nowMs: number): StandingOrder => {
  const { abort, freeze, pause } = steeringOf(commands, 0);
  if (abort !== null) return { kind: 'goBack', command: abort, reason: describeCommand(abort) };
  const command = freeze ?? pause;
  if (command === null) return { kind: 'proceed' };

  const leftMs = OPERATOR_LIMIT_MS - heldMsSince(commands, 0, nowMs);
  if (leftMs <= 0) {
    const reason = `${describeCommand(command)}; nobody decided within ${formatDuration(OPERATOR_LIMIT_MS)}`;
    return { kind: 'goBack', command: null, reason };
  }
  const reason = describeCommand(command);
  const waitSeconds = Math.ceil(Math.min(OPERATOR_WAIT_MS, leftMs) / SECOND_MS);
  return { kind: 'hold', command, reason, waitSeconds, leftMs };
};
