import type { Command, CommandKind, Commitment } from '../vocabulary/command.types.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import { describeCommand, type Steering, steeringOf } from './commands.ts';

/** Where a deployment that holds its service stands, as far as that decides which commands apply. */
export const commandPhases = [
  'waitingForGreen',
  'baking',
  'awaitingApproval',
  'paused',
  'frozen',
  'promoting',
  'finishing',
  'rollingBack',
  'recovering',
  'ended',
] as const;
export type CommandPhase = (typeof commandPhases)[number];

/** What each phase is, for docs/steering.md. */
export const phaseMeanings: Record<CommandPhase, string> = {
  waitingForGreen: 'planned, launched, waiting for its targets; no traffic shifted yet',
  baking: 'while the test route is open, between two shifts, or in the keep-blue window',
  awaitingApproval: 'baked, and waiting for an approval',
  paused: 'after `pause`, in any of the phases before',
  frozen: 'after `freeze`, in any of the phases before or while promoting',
  promoting: 'the last bake is over; blue still runs at full size',
  finishing: 'blue has begun to go; a first deployment: about to end',
  rollingBack: 'traffic goes back to blue, or is there; green is being removed',
  recovering: 'its execution has ended half-way, and the sweep or its recovery is at work',
  ended: 'the record is closed',
};

/** What is known of a deployment when a command arrives. */
export type SteeredDeployment = {
  /** `main/shop`, for what to do instead. */
  serviceKey: string;
  /** Why it ended, or null while it runs. */
  ended: string | null;
  commitment: Commitment | null;
  /** Its execution has ended although the deployment has not, or was started to recover one that did. */
  recovering: boolean;
  plan: Pick<Plan, 'shifts' | 'blue'> | null;
  /** The plan position it bakes at; null before the first shift. */
  position: number | null;
  /** What was decided last; absent before the first decision. */
  decided?: Pick<Decision, 'kind' | 'reason' | 'evidence' | 'asks'>;
  commands: readonly Command[];
  /** A hook waits for an approval. */
  hookAsks?: boolean;
};

export const phaseOf = (deployment: SteeredDeployment): CommandPhase => {
  const { ended, commitment, recovering, position, decided, commands } = deployment;
  if (ended !== null) return 'ended';
  if (commitment !== null) return commitment.to === 'finish' ? 'finishing' : 'rollingBack';
  const { abort, freeze, pause } = steeringOf(commands, 0);
  if (abort !== null || decided?.kind === 'rollBack') return 'rollingBack';
  if (recovering) return 'recovering';
  if (freeze !== null) return 'frozen';
  if (pause !== null) return 'paused';
  if (decided?.kind === 'promote') return 'promoting';
  if (position === null) return 'waitingForGreen';
  return awaitsApproval(deployment, position) ? 'awaitingApproval' : 'baking';
};

/** A decision that was made while somebody held the deployment waits for a person, too, but at no gate. */
const awaitsApproval = ({ plan, decided }: SteeredDeployment, position: number): boolean => {
  const asked = decided?.kind === 'awaitOperator' || (decided?.kind === 'hold' && decided.asks === 'wayBack');
  if (!asked) return false;
  const seen = steeringOf(
    decided.evidence.commands.map((command, index) => ({ ...command, id: String(index) })),
    0,
  );
  const gate = plan?.shifts[position]?.approval === true || decided.asks !== undefined;
  return gate && seen.freeze === null && seen.pause === null;
};

export type Refusal = keyof typeof refusals;
export type Answer = 'applies' | 'appliesWhenHeld' | 'appliesWhereAsked' | 'appliesNow' | Refusal;

/** Every command in every phase. Whatever is taken is obeyed; whatever would do nothing is refused. */
export const answers: Record<CommandPhase, Record<CommandKind, Answer>> = {
  waitingForGreen: {
    promote: 'noTraffic',
    skip: 'noTraffic',
    approve: 'noTraffic',
    pause: 'applies',
    freeze: 'applies',
    resume: 'notHeld',
    abort: 'applies',
  },
  baking: {
    promote: 'applies',
    skip: 'applies',
    approve: 'appliesWhereAsked',
    pause: 'applies',
    freeze: 'applies',
    resume: 'notHeld',
    abort: 'applies',
  },
  awaitingApproval: {
    promote: 'applies',
    skip: 'bakeIsOver',
    approve: 'applies',
    pause: 'applies',
    freeze: 'applies',
    resume: 'notHeld',
    abort: 'applies',
  },
  paused: {
    promote: 'resumeFirst',
    skip: 'resumeFirst',
    approve: 'resumeFirst',
    pause: 'applies',
    freeze: 'applies',
    resume: 'applies',
    abort: 'applies',
  },
  frozen: {
    promote: 'resumeFirst',
    skip: 'resumeFirst',
    approve: 'resumeFirst',
    pause: 'resumeFirst',
    freeze: 'applies',
    resume: 'applies',
    abort: 'applies',
  },
  promoting: {
    promote: 'promoted',
    skip: 'promoted',
    approve: 'promoted',
    pause: 'promoted',
    freeze: 'applies',
    resume: 'notHeld',
    abort: 'applies',
  },
  finishing: all('finishing'),
  rollingBack: { ...all('rollingBack'), abort: 'appliesNow' },
  recovering: { ...all('recovering'), resume: 'appliesWhenHeld', abort: 'applies' },
  ended: all('ended'),
};

function all(answer: Answer): Record<CommandKind, Answer> {
  return {
    promote: answer,
    skip: answer,
    approve: answer,
    pause: answer,
    freeze: answer,
    resume: answer,
    abort: answer,
  };
}

const asShown = ({ freeze, pause }: Steering): string => {
  const held = freeze ?? pause;
  return held === null ? 'somebody holds it' : describeCommand(held);
};

const whyBack = ({ commitment, commands, decided }: SteeredDeployment): string | undefined => {
  const { abort } = steeringOf(commands, 0);
  return abort === null ? (commitment?.reason ?? decided?.reason) : describeCommand(abort);
};

/** Why not, and what to do instead. */
const refusals = {
  noTraffic: () =>
    'no traffic has been shifted yet, so there is no bake to end and no gate to pass; send it after the first shift',
  notHeld: () => 'it is neither paused nor frozen',
  noGate: () => 'the present shift asks for no approval; `skip` ends its bake',
  bakeIsOver: () =>
    'its bake is over and it waits for an approval: send approve, or promote for all the traffic',
  resumeFirst: ({ commands }) => `${asShown(steeringOf(commands, 0))}; send resume first`,
  promoted: () =>
    'every shift has baked and blue is about to go; until its tasks stop, abort and freeze still can',
  finishing: ({ commitment, plan, serviceKey }) => {
    const back =
      plan?.blue === null
        ? 'deploy another version once it has ended'
        : `once it has ended, \`cutover rollback ${serviceKey}\` deploys the previous version`;
    return `${commitment?.reason ?? 'blue has begun to go'}, so it only finishes; ${back}`;
  },
  rollingBack: (deployment) =>
    `it is rolling back already: ${whyBack(deployment)}; users are only moved to where they are ` +
    `answered, and \`cutover watch ${deployment.serviceKey}\` shows it`,
  aborted: (deployment) =>
    `it is rolling back already: ${whyBack(deployment)}; \`cutover abort ${deployment.serviceKey} ` +
    '--now` takes all users from green as soon as one task of blue is healthy',
  recovering: () =>
    'its execution has ended half-way, and a recovery gives all traffic back to blue, or finishes what ' +
    'was promoted; only abort applies',
  ended: ({ ended }) => `it has ended: ${ended}`,
} satisfies Record<string, (deployment: SteeredDeployment) => string>;

/** Where a hook may wait for an approval, whatever the shift asks for. */
const asksInHooks: readonly CommandPhase[] = ['waitingForGreen', 'baking', 'awaitingApproval'];

/** Why a command cannot apply now and what to do instead, for the person who sent it; null when it can. */
export const refuseCommand = (
  kind: CommandKind,
  deployment: SteeredDeployment,
  { now = false }: { now?: boolean } = {},
): string | null => {
  const phase = phaseOf(deployment);
  if (kind === 'approve' && deployment.hookAsks === true && asksInHooks.includes(phase)) return null;
  const answer = answers[phase][kind];
  const refuse = (why: Refusal) => refusals[why](deployment);
  switch (answer) {
    case 'applies':
      return null;
    case 'appliesWhenHeld': {
      const { freeze, pause } = steeringOf(deployment.commands, 0);
      return freeze === null && pause === null ? refuse('notHeld') : null;
    }
    case 'appliesNow':
      return now && steeringOf(deployment.commands, 0).abort?.now !== true ? null : refuse('aborted');
    case 'appliesWhereAsked':
      return deployment.plan?.shifts[deployment.position ?? -1]?.approval === true ? null : refuse('noGate');
    default:
      return refuse(answer);
  }
};
