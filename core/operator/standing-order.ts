import { DAY_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import type { Command } from '../vocabulary/command.types.ts';
import { describeCommand, heldMsSince, steeringOf } from './commands.ts';

/**
 * Nobody froze or paused a deployment to keep it for ever: after a month it goes back. All its pauses and freezes together,
 * because each visit to a held deployment takes a part of its execution's history.
 */
export const OPERATOR_LIMIT_MS = 30 * DAY_MS;

/** A held deployment that sits in a plain wait, which no signal ends: soon at first, half an hour at most. */
const FIRST_HOLD_WAIT_MS = MINUTE_MS;
const LONGEST_HOLD_WAIT_MS = 30 * MINUTE_MS;

/** What the commands so far demand of any step that could move the deployment. */
export type StandingOrder =
  | { kind: 'proceed' }
  | {
      kind: 'hold';
      command: Command;
      reason: string;
      /** Until the next visit, where no signal wakes the deployment. */
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

/** Abort is the last word; freeze and pause hold, together for a month at most. Every step that moves a deployment asks this. */
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
  return { kind: 'hold', command, reason, waitSeconds: holdWaitSeconds(command, nowMs), leftMs };
};

const holdWaitSeconds = ({ atMs }: Command, nowMs: number): number => {
  const waitMs = Math.max(FIRST_HOLD_WAIT_MS, (nowMs - atMs) / 8);
  return Math.ceil(Math.min(LONGEST_HOLD_WAIT_MS, waitMs) / SECOND_MS);
};
