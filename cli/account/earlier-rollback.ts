import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { sha256 } from '../../functions/identify.ts';
import type { Watched } from '../watch/snapshot.ts';
import type { Account } from './account.ts';
import { earlierDeployments } from './history.ts';
import { firstExecution } from './locate.ts';
import { findNamed } from './start.ts';
import type { Target } from './target.ts';

/** A rollback of some name, and which way it went. */
type EarlierRollback = { watched: Watched; by: 'deploy' | 'abort' };

/** A job is tried again soon: so many deployments back its rollback is searched for. */
const DEPLOYMENTS_READ = 10;

/** An abort has no name, but an id, which the record keeps: letters, digits and _. */
export const abortIdOf = (name: string): string => `back_${sha256(name).slice(0, 32)}`;

/**
 * The rollback that was started with this name, running or over; null when there is none. Rolled back a second time, a
 * service would be at the version before that one.
 */
export const findRollback = async (
  account: Account,
  target: Target,
  name: string,
): Promise<EarlierRollback | null> => {
  const named = await findNamed(account, target, name);
  if (named !== null) return { watched: named, by: 'deploy' };
  const earlier = await earlierDeployments(account, target, { limit: DEPLOYMENTS_READ });
  const { record } = account.verbs();
  const records = await Promise.all(earlier.map(({ deploymentId }) => record.read(deploymentId)));
  const at = records.findIndex((stored) => stored?.commands.some(({ id }) => id === abortIdOf(name)));
  const found = earlier[at];
  if (found === undefined) return null;
  const { deploymentId } = found;
  const executionArn = await firstExecution(account, found.executionArn);
  return { watched: { deploymentId, executionArn, serviceKey: serviceKeyOf(target) }, by: 'abort' };
};
