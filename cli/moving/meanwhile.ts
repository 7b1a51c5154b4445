import type { Moves } from '../../aws/store-verbs.ts';
import type { MoveNames, MoveObservation } from '../../core/adoption/adoption.types.ts';
import type { MovePlan } from '../../core/adoption/move-plan.ts';
import { commandOf } from '../../core/adoption/names.ts';
import { isDetached, ours } from '../../core/adoption/roles.ts';
import type { MoveNotes } from '../../core/adoption/unattended.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { DeploymentError, isDeploymentError } from '../../core/errors.ts';
import { oneLine } from '../../core/one-line.ts';
import { iso } from '../watch/json-sink.ts';

/** What the Lambda WatchMoves did while no command ran. */

type Moved = NonNullable<MoveNotes['moved']>;

/** When, to where, from where and why, one sentence. */
export const movedMeanwhile = ({ old, twin }: MoveNames, moved: Moved): string => {
  const { percent, wasPct, atMs, reason } = moved;
  const [to, from] = percent === 100 ? [twin, old] : [old, twin];
  const left = wasPct === undefined ? null : Math.abs(percent - wasPct);
  // At weight 0 those with a cookie are on it still.
  const who = left === 0 ? `clients with a cookie for ${from}` : 'all users';
  const before = left === null || left === 0 ? '' : `, from ${left} % on ${from}`;
  return `while no command ran, ${who} were moved to ${to} at ${iso(atMs)}${before}: ${oneLine(reason)}`;
};

const whatNext = ({ kind, names }: MovePlan, { percent }: Moved, detached: boolean): string => {
  const { old, twin } = names;
  const again = commandOf(kind, names);
  if (percent !== 100)
    return `Once ${twin} is well again, ${again} --continue moves them there; --undo takes the move back.`;
  return detached
    ? `No route names ${old} any more: ${again} --undo takes the move back once it is well again, --finish ends it.`
    : `${again} --continue continues from there; --undo takes the move back once ${old} is well again.`;
};

/** For a person who reads the plan; none where nothing was done, or nobody watches moves. */
export const meanwhileOf = async (
  plan: MovePlan,
  observed: MoveObservation,
  moves: () => Promise<Moves>,
): Promise<string[]> => {
  const { names } = plan;
  if (![observed.twin, ...observed.groups].some((made) => ours(names, made))) return [];
  try {
    const serviceKey = serviceKeyOf({ cluster: names.cluster, service: names.old });
    const moved = (await (await moves()).notes(serviceKey))?.moved;
    if (moved === undefined) return [];
    return [
      `${movedMeanwhile(names, moved).replace(/^w/, 'W')}.`,
      whatNext(plan, moved, isDetached(names, observed, plan.roles(observed))),
    ];
  } catch (error) {
    // Nothing is installed, or an earlier release, which watches no moves.
    if (isDeploymentError(error, 'NotFound', 'Rejected')) return [];
    if (!(error instanceof DeploymentError)) throw error;
    return [`Whether users were moved while no command ran is not known: ${error.message}`];
  }
};
