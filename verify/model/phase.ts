import type { TrafficIs } from '../../statemachine/phases.ts';
import { trafficAt } from '../../statemachine/states.ts';
import type { ModelExecution, ModelState } from './model.types.ts';

/** What a deployment may still read: everything, what a bake reads, or only what going back or finishing needs. */
export type Phase = 'starting' | 'baking' | 'ending';

const phaseWhen: Record<TrafficIs, Phase> = { before: 'starting', moving: 'baking', decided: 'ending' };

/** What a state of the workflow may still lead to. From RollBack and PromoteGreen no way leads back to JudgeHealth. */
export const phaseAt = (place: string): Phase => phaseWhen[trafficAt(place) ?? 'decided'];

/** Hooks are waited for before green is launched and checked, too. */
const isBeforeUsers = ({ at, input }: ModelExecution): boolean =>
  (at === 'RunHooks' || at === 'AwaitHooks') && !('traffic' in input);

export const phaseOf = ({ executions }: ModelState): Phase => {
  const last = executions.at(-1);
  if (last === undefined || last.status === 'ENDED') return 'ending';
  const phase = isBeforeUsers(last) ? 'starting' : phaseAt(last.at);
  // A recovery begins with the same states, and goes to RollBack from there.
  return phase === 'starting' && executions.length > 1 ? 'ending' : phase;
};

/**
 * Whether a command may still change the way. Of those that come once a deployment goes back or finishes only
 * RetireBlue reads any, before the record is committed; and no way leads there unless JudgeHealth had said promote,
 * because without that green never is PRIMARY.
 */
export const obeys = (state: ModelState): boolean => {
  if (phaseOf(state) !== 'ending') return true;
  return state.record?.decided?.kind === 'promote' && state.record.commitment === null;
};
