import { DAY_MS, MINUTE_MS, SECOND_MS } from './clock.ts';
import type { Plan } from './plan.types.ts';
import type { Decision } from './state.types.ts';

/** What a person, or another deployment, may tell a running one. */
export const commandKinds = ['promote', 'skip', 'pause', 'resume', 'approve', 'abort', 'freeze'] as const;
export type CommandKind = (typeof commandKinds)[number];

export type Command = {
  /** Given by the sender; the same id twice is one command. */
  id: string;
  kind: CommandKind;
  /** Who sent it: an IAM identity, or `deployment <id>` for one that supersedes. */
  by: string;
  /** Why, in the sender's words; may be empty. */
  reason: string;
  atMs: number;
};

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

/** Nobody froze or paused a deployment to keep it for ever: after a month it goes back. */
export const OPERATOR_LIMIT_MS = 30 * DAY_MS;

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

/** What is known of a deployment when a command arrives. */
export type SteeredDeployment = {
  /** Why it ended, or null while it runs. */
  ended: string | null;
  plan: Pick<Plan, 'shifts'> | null;
  /** The plan position it bakes at; null before the first shift. */
  position: number | null;
  /** What was decided last; absent before the first decision. */
  decided?: Pick<Decision, 'kind' | 'reason'>;
  commands: readonly Command[];
};

/** Why a command cannot apply now, for the person who sent it; null when it can. */
export const refuseCommand = (
  kind: CommandKind,
  { ended, plan, position, decided, commands }: SteeredDeployment,
): string | null => {
  if (ended !== null) return `it has ended: ${ended}`;
  const { abort, pause, freeze } = steeringOf(commands, 0);
  if (abort !== null) return `it is rolling back already: ${describeCommand(abort)}`;
  if (decided?.kind === 'rollBack') return `it is rolling back already: ${decided.reason}`;

  const held = freeze ?? pause;
  const forward = ['skip', 'promote', 'approve'].includes(kind);
  if (forward && held !== null) return `${describeCommand(held)}; send resume first`;
  if (decided?.kind === 'promote' && (forward || kind === 'pause')) {
    return 'green is promoted and blue is being removed; until its tasks stop, abort and freeze still can';
  }
  const shift = position === null ? undefined : plan?.shifts[position];
  switch (kind) {
    case 'abort':
    case 'freeze':
    case 'pause':
      return null;
    case 'resume':
      return pause === null && freeze === null ? 'it is neither paused nor frozen' : null;
    case 'skip':
    case 'promote':
      return shift === undefined ? 'no traffic has been shifted yet, so there is no bake to end' : null;
    case 'approve':
      return shift?.approval === true ? null : 'the present shift asks for no approval';
    default:
      return kind satisfies never;
  }
};
