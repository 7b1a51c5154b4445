import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { UsageError } from '../usage-error.ts';
import type { Watched } from '../watch/snapshot.ts';
import type { Account } from './account.ts';
import { earlierDeployments } from './history.ts';
import { deploymentNamed, runningDeployment } from './locate.ts';
import type { Target } from './target.ts';

/** The deployment of that name; without one the running one, else the last. */
export const lastDeployment = async (
  account: Account,
  target: Target,
  id: string | undefined,
): Promise<Watched> => {
  if (id !== undefined) return deploymentNamed(account, target, id);
  const running = await runningDeployment(account, target);
  if (running !== null) return running;
  const [last] = (await earlierDeployments(account, target, 1)).found;
  if (last !== undefined) {
    const { deploymentId, executionArn } = last;
    return { deploymentId, executionArn, serviceKey: serviceKeyOf(target) };
  }
  throw new UsageError(`expected a deployment of ${target.words}, found none in the last 90 days`, {
    hint: 'check the names; --deployment names one that is not among the newest',
  });
};
