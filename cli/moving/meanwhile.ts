import type { Moves } from '../../aws/store-verbs.ts';
import type { MoveNames, MoveObservation } from '../../core/adoption/adoption.types.ts';
import type { MovePlan } from '../../core/adoption/move-plan.ts';
import { commandOf } from '../../core/adoption/names.ts';
import { ours } from '../../core/adoption/roles.ts';
import type { MoveNotes } from '../../core/adoption/unattended.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { DeploymentError, isDeploymentError } from '../../core/errors.ts';
import { oneLine } from '../../core/one-line.ts';
import { iso } from '../watch/json-sink.ts';

/** What the Lambda WatchMoves did while no command ran. */

type Moved = NonNullable<MoveNotes['moved']>;

const sidesOf = ({ old, twin }: MoveNames, { percent }: Moved) =>
  percent === 100 ? { to: twin, from: old } : { to: old, from: twin };

/** When, to where, from where and why, one sentence. */
export const movedMeanwhile = (names: MoveNames, moved: Moved): string => {
  const { wasPct, atMs, reason } = moved;
  const before = wasPct === undefined ? '' : `, from ${wasPct} % on ${names.twin}`;
  return `while no command ran, all users were moved to ${sidesOf(names, moved).to} at ${iso(atMs)}${before}: ${oneLine(reason)}`;
};

const whatNext = ({ kind, names }: MovePlan, moved: Moved): string => {
  const again = commandOf(kind, names);
  return moved.percent === 100
    ? `${again} --continue continues from there; --undo takes the move back once ${names.old} is well again.`
    : `Once ${names.twin} is well again, ${again} --continue moves them there; --undo takes the move back.`;
};

/** For a person who reads the plan; none where nothing was done, or nobody watches moves. */
export const meanwhileOf = async (
  plan: MovePlan,
  { twin, groups }: Pick<MoveObservation, 'twin' | 'groups'>,
  moves: () => Promise<Moves>,
): Promise<string[]> => {
  const { names } = plan;
  if (![twin, ...groups].some((made) => ours(names, made))) return [];
  try {
    const serviceKey = serviceKeyOf({ cluster: names.cluster, service: names.old });
    const moved = (await (await moves()).notes(serviceKey))?.moved;
    if (moved === undefined) return [];
    return [`${movedMeanwhile(names, moved).replace(/^w/, 'W')}.`, whatNext(plan, moved)];
  } catch (error) {
    // Nothing is installed, or an earlier release, which watches no moves.
    if (isDeploymentError(error, 'NotFound', 'Rejected')) return [];
    if (!(error instanceof DeploymentError)) throw error;
    return [`Whether users were moved while no command ran is not known: ${error.message}`];
  }
};
