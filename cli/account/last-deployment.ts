import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { UsageError } from '../usage-error.ts';
import type { Watched } from '../watch/snapshot.ts';
import type { Account } from './account.ts';
import { type EarlierDeployment, earlierDeployments } from './history.ts';
import { deploymentNamed, firstExecution, runningDeployment } from './locate.ts';
import { refuseIfNotThere } from './not-there.ts';
import type { Target } from './target.ts';

/** So many are read, in one call, to find one that was not refused. */
export const EARLIER_READ = 50;

/** A refused one changed nothing: "the last" is the one before it, if one is found. Newest first. */
export const lastThatRan = (earlier: readonly EarlierDeployment[]): EarlierDeployment | undefined =>
  earlier.find(({ ended }) => ended?.kind !== 'refused') ?? earlier[0];

/** The deployment of that name; without one the running one, else the last; null: nothing was ever deployed. */
export const deploymentIfAny = async (
  account: Account,
  target: Target,
  id: string | undefined,
): Promise<Watched | null> => {
  if (id !== undefined) return deploymentNamed(account, target, id);
  const running = await runningDeployment(account, target);
  if (running !== null) return running;
  const last = lastThatRan(await earlierDeployments(account, target, { limit: EARLIER_READ }));
  if (last === undefined) return null;
  const executionArn = await firstExecution(account, last.executionArn);
  return { deploymentId: last.deploymentId, executionArn, serviceKey: serviceKeyOf(target) };
};

/** @throws UsageError where there is none. */
export const lastDeployment = async (
  account: Account,
  target: Target,
  id: string | undefined,
): Promise<Watched> => {
  const found = await deploymentIfAny(account, target, id);
  if (found !== null) return found;
  await refuseIfNotThere(account, target);
  throw new UsageError(`expected a deployment of ${target.words}, found none`, {
    hint: 'check the names; --deployment names one that is not among the newest',
  });
};
