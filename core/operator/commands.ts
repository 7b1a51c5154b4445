import { DAY_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Command } from '../vocabulary/command.types.ts';

/** What all commands so far add up to. */
export type Steering = {
  /** Roll back; the last word. */
  abort: Command | null;
  /** Stop moving, neither forward nor back. */
  freeze: Command | null;
  /** Stay at the present weights; alarms still roll back. */
  pause: Command | null;
  /** End the present bake now. */
  skip: Command | null;
  /** Go straight to 100 %, or end the keep-blue window when already there. */
  promote: Command | null;
  /** Pass the gate the deployment waits at. */
  approve: Command | null;
};

export const NO_STEERING: Steering = {
  abort: null,
  freeze: null,
  pause: null,
  skip: null,
  promote: null,
  approve: null,
};

const inOrder = (commands: readonly Command[]): Command[] =>
  [...commands].sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));

/**
 * `resume` ends a pause and a freeze; skip, promote and approve count only for the shift during which they came, which
 * has lasted since `shiftedAtMs`.
 */
export const steeringOf = (commands: readonly Command[], shiftedAtMs: number): Steering => {
  const steering: Steering = { ...NO_STEERING };
  for (const command of inOrder(commands)) {
    if (command.kind === 'resume') {
      steering.pause = null;
      steering.freeze = null;
      continue;
    }
    const forThisShift = ['skip', 'promote', 'approve'].includes(command.kind);
    if (!forThisShift || command.atMs >= shiftedAtMs) steering[command.kind] = command;
  }
  return steering;
};

/**
 * How long a deployment has been paused or frozen since `sinceMs`, milliseconds. A bake is time in which the deployment
 * was let go on: what passed while somebody held it proves nothing, because nobody was waiting for it to.
 */
export const heldMsSince = (commands: readonly Command[], sinceMs: number, nowMs: number): number => {
  let heldMs = 0;
  let fromMs: number | null = null;
  const add = (untilMs: number) => {
    if (fromMs !== null) heldMs += Math.max(0, Math.min(untilMs, nowMs) - Math.max(fromMs, sinceMs));
    fromMs = null;
  };
  for (const { kind, atMs } of inOrder(commands)) {
    if (kind === 'resume') add(atMs);
    else if (kind === 'pause' || kind === 'freeze') fromMs ??= atMs;
  }
  add(nowMs);
  return heldMs;
};

/**
 * Nobody froze or paused a deployment to keep it for ever: after a month it goes back. All its pauses and freezes together,
 * because each look at a held deployment takes a part of its execution's history.
 */
export const OPERATOR_LIMIT_MS = 30 * DAY_MS;

/** Milliseconds of OPERATOR_LIMIT_MS that are left; 0 or less when it is used up. */
export const holdLeftMs = (commands: readonly Command[], nowMs: number): number =>
  OPERATOR_LIMIT_MS - heldMsSince(commands, 0, nowMs);

/** While nothing is shifted a frozen deployment sits in a plain wait, which no signal ends: soon at first, half an hour at most. */
const FIRST_FROZEN_WAIT_MS = MINUTE_MS;
const LONGEST_FROZEN_WAIT_MS = 30 * MINUTE_MS;

export const frozenWaitSeconds = (freeze: Pick<Command, 'atMs'>, nowMs: number): number => {
  const waitMs = Math.max(FIRST_FROZEN_WAIT_MS, (nowMs - freeze.atMs) / 8);
  return Math.ceil(Math.min(LONGEST_FROZEN_WAIT_MS, waitMs) / SECOND_MS);
};

/** `abort by ada: the banner is wrong` */
export const describeCommand = ({ kind, by, reason }: Command): string =>
  `${kind} by ${by}${reason === '' ? '' : `: ${reason}`}`;
