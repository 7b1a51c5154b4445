import type { Command } from '../vocabulary/command.types.ts';
import { claimed } from './claimed.ts';

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
    // The one who said that nobody is to wait is not taken back by a later abort.
    if (command.kind === 'abort' && steering.abort?.now === true) continue;
    if (!forThisShift || command.atMs >= shiftedAtMs) steering[command.kind] = command;
  }
  return steering;
};

/**
 * How long a deployment has been paused or frozen since `sinceMs`, milliseconds. A bake is time in which the deployment
 * was allowed to continue: what passed while somebody held it proves nothing, because nobody was waiting for it to.
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

/** `abort by ada (claimed): the banner is wrong` */
export const describeCommand = ({ kind, by, reason, now }: Command): string =>
  `${kind}${now === true ? ' now' : ''} by ${claimed(by)}${reason === '' ? '' : `: ${reason}`}`;
