import { makeServiceList } from '../../aws/service-list.ts';
import { nameOf } from '../../core/deployment/service-key.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { UsageError } from '../usage-error.ts';
import { type Account, makeAccountCall } from './account.ts';
import type { Host } from './host.types.ts';
import type { Target } from './target.ts';

/**
 * What was read of a service, or, when there is none of that name, the nearest one. Rights to list are not needed; then
 * no name is offered.
 * @throws UsageError when there is none.
 */
export const orNearest = async <Read>(host: Host, target: Target, read: Promise<Read>): Promise<Read> => {
  try {
    return await read;
  } catch (error) {
    if (!isDeploymentError(error, 'NotFound')) throw error;
    const offer = await whatThereIs(host, target);
    throw new UsageError(
      `expected a service, found no ${target.words}${offer === null ? '' : `; ${offer}`}`,
      {
        hint: 'check the names, the account (credentials) and the Region',
      },
    );
  }
};

/** For a command that has found nothing about a service: whether there is such a service at all. */
export const refuseIfNotThere = async ({ host, verbs }: Account, target: Target): Promise<void> => {
  try {
    await orNearest(host, target, verbs().ecsServices.read(target.cluster, target.service));
  } catch (error) {
    // Who may not read services may still steer deployments.
    if (!isDeploymentError(error)) throw error;
  }
};

/** False: it was deleted. Without rights to read services nobody knows, and it counts as there. */
export const isThere = async (
  { verbs }: Account,
  { cluster, service }: Pick<Target, 'cluster' | 'service'>,
): Promise<boolean> => {
  try {
    // For a while after it was deleted ECS describes it as INACTIVE.
    return (await verbs().ecsServices.read(cluster, service)).status !== 'INACTIVE';
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    return !isDeploymentError(error, 'NotFound');
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

const whatThereIs = async (host: Host, target: Target): Promise<string | null> => {
  const list = makeServiceList(host.clients(target.region).ecs, makeAccountCall(host));
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
