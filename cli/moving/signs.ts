import type { MoveObservation } from '../../core/adoption/adoption.types.ts';
import type { MovePlan } from '../../core/adoption/move-plan.ts';
import { moveRecordOf } from '../../core/adoption/move-record.ts';
import { usersRoutes } from '../../core/adoption/roles.ts';
import { isBetween } from '../../core/adoption/unattended.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { DeploymentError, isDeploymentError } from '../../core/errors.ts';
import { movedMeanwhile } from './meanwhile.ts';
import type { MoveSeams } from './run-move.types.ts';

/** As often as the command observes. */
const EVERY_MS = 10 * SECOND_MS;

/**
 * Signs of life of a command, for the Lambda WatchMoves: while they come, it leaves the users alone. Where no
 * installation watches moves, or this person may not write there, the command continues without them and says so.
 */
export const makeSigns = (plan: MovePlan, { clock, moves, alarmNames = [], say }: SignSeams) => {
  const serviceKey = serviceKeyOf({ cluster: plan.names.cluster, service: plan.names.old });
  let lastMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  let without = moves === undefined;

  const send = async (observed: MoveObservation): Promise<void> => {
    const record = moveRecordOf(plan.kind, plan.names, observed, plan.roles(observed), alarmNames);
    if (moves === undefined || record === null) return;
    count += 1;
    const nowMs = clock.nowMs();
    const notes = await (await moves()).beat(serviceKey, record, `${nowMs} ${count}`);
    lastMs = nowMs;
    if (notes?.moved !== undefined) say(movedMeanwhile(plan.names, notes.moved));
  };

  const tryTo = async (attempt: () => Promise<void>): Promise<DeploymentError | null> => {
    try {
      await attempt();
      return null;
    } catch (error) {
      // What may go away is tried again with the next one.
      if (isDeploymentError(error, 'Throttled', 'Unavailable')) return error;
      if (!(error instanceof DeploymentError)) throw error;
      without = true;
      say(`nobody moves users of this move while no command runs: ${error.message}`);
      return null;
    }
  };

  return {
    /** With each observation, while users can be moved between the two. */
    async give(observed: MoveObservation): Promise<void> {
      if (without || clock.nowMs() - lastMs < EVERY_MS) return;
      const { from, to } = plan.roles(observed);
      const between = usersRoutes(plan.names, observed, plan.roles(observed)).some(
        (route) => from !== null && to !== null && isBetween(route, { from, to }),
      );
      if (between) await tryTo(() => send(observed));
    },

    /** Before the new service gets more: who does not know that a command runs could move them away meanwhile. */
    async need(observed: MoveObservation): Promise<void> {
      if (without || clock.nowMs() - lastMs < EVERY_MS) return;
      const failed = await tryTo(() => send(observed));
      if (failed !== null) throw failed;
    },

    /** The move is over, or taken back. */
    async end(): Promise<void> {
      if (without || moves === undefined) return;
      const failed = await tryTo(async () => (await moves()).end(serviceKey));
      if (failed !== null) say(`the record of this move stays until it expires: ${failed.message}`);
    },
  };
};

type SignSeams = Pick<MoveSeams, 'clock' | 'say' | 'moves' | 'alarmNames'>;
