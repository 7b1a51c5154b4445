import { makeServiceList } from '../../aws/service-list.ts';
import { nameOf } from '../../core/deployment/service-key.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { UsageError } from '../usage-error.ts';
import { type Account, makeAccountCall } from './account.ts';
import type { Target } from './target.ts';

/**
 * For a command that has found nothing about a service: whether there is such a service at all. Rights to list are
 * not needed; then no name is offered.
 * @throws UsageError when there is none.
 */
export const refuseIfNotThere = async (account: Account, target: Target): Promise<void> => {
  try {
    await account.verbs().ecsServices.read(target.cluster, target.service);
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    // Who may not read services may still steer deployments.
    if (error.name !== 'NotFound') return;
    const offer = await whatThereIs(account, target);
    throw new UsageError(
      `expected a service, found no ${target.words}${offer === null ? '' : `; ${offer}`}`,
      {
        hint: 'check the names, the account (credentials) and the Region',
      },
    );
  }
};

/** Names are offered, so many of them. */
const OFFERED = 5;

const offerOf = (wanted: string, known: string[], what: string, before = ''): string => {
  const near = didYouMean(wanted, known);
  if (near !== undefined) return `did you mean ${before}${near}?`;
  const more = known.length > OFFERED ? ', ...' : '';
  return `${what} ${known.length === 0 ? 'none' : known.slice(0, OFFERED).join(', ') + more}`;
};

const whatThereIs = async (account: Account, target: Target): Promise<string | null> => {
  const list = makeServiceList(account.clients.ecs, makeAccountCall(account.host));
  const [cluster, service] = [nameOf(target.cluster), nameOf(target.service)];
  try {
    const clusters = await list.clusters();
    const there = clusters.find((arn) => nameOf(arn) === cluster);
    if (there === undefined) return offerOf(cluster, clusters.map(nameOf), 'the clusters here are');
    const services = (await list.services(there)).map(nameOf);
    return offerOf(service, services, `the services of ${cluster} are`, `${cluster}/`);
  } catch (error) {
    if (isDeploymentError(error)) return null;
    throw error;
  }
};
