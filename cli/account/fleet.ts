import { nameOf } from '../../core/deployment/service-key.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { endIn } from '../../core/history/chain.ts';
import type { ChainedEnd } from '../../core/vocabulary/history.types.ts';
import { makeWatcher } from '../watch/snapshot.ts';
import { viewOf } from '../watch/view.ts';
import type { View } from '../watch/view.types.ts';
import type { Account } from './account.ts';

/** A service of the installation: its running deployment, null when there is none, or why that could not be read. */
export type FleetService = {
  /** `cluster/service`. */
  serviceKey: string;
  view: View | null;
  trouble: string | null;
  /** How its last deployment that is over ended; null before the first. */
  last: ChainedEnd | null;
  /** False: it was deleted. Null: nobody may know. */
  there: boolean | null;
};

/** Deployments read at the same time; more would spend an account's reads, which the deployments themselves need. */
const AT_ONCE = 5;

/** The services by how much they need a person: stuck or waiting ones, those that run, the others, deleted ones. */
export const readFleet = async (account: Account): Promise<FleetService[]> => {
  const known = await account.verbs().services();
  const there = await readAllThere(
    account,
    known.map(({ serviceKey }) => serviceKey),
  );
  const fleet: FleetService[] = [];
  for (let at = 0; at < known.length; at += AT_ONCE) {
    const some = known.slice(at, at + AT_ONCE);
    const read = await Promise.all(some.map((one) => readOne(account, one)));
    fleet.push(...read.map((one) => ({ ...one, there: there(one.serviceKey) })));
  }
  return fleet.toSorted((a, b) => rankOf(a) - rankOf(b) || (a.serviceKey < b.serviceKey ? -1 : 1));
};

/** A call for ten services of a cluster, so that a fleet's list costs few of the account's reads. */
const readAllThere = async (
  account: Account,
  serviceKeys: readonly string[],
): Promise<(serviceKey: string) => boolean | null> => {
  const clusterOf = (serviceKey: string): string => serviceKey.split('/')[0] ?? '';
  const there = new Map<string, Set<string>>();
  for (const cluster of new Set(serviceKeys.map(clusterOf))) {
    const names = serviceKeys.filter((one) => clusterOf(one) === cluster).map(nameOf);
    try {
      there.set(cluster, await account.verbs().there(cluster, names));
    } catch (error) {
      // Who may not read services may still see their deployments.
      if (!isDeploymentError(error)) throw error;
    }
  }
  return (serviceKey) => there.get(clusterOf(serviceKey))?.has(nameOf(serviceKey)) ?? null;
};

const readOne = async (
  account: Account,
  {
    serviceKey,
    lease: { holder, executionArn },
  }: Awaited<ReturnType<ReturnType<Account['verbs']>['services']>>[0],
): Promise<Omit<FleetService, 'there'>> => {
  try {
    const last = await lastEnd(account, serviceKey);
    if (holder === undefined || executionArn === undefined)
      return { serviceKey, view: null, trouble: null, last };
    const watcher = makeWatcher(account, { deploymentId: holder, serviceKey, executionArn });
    return { serviceKey, view: viewOf(await watcher.observe()), trouble: null, last };
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    // One that may not be read hides none of the others.
    return { serviceKey, view: null, trouble: error.message, last: null };
  }
};

const lastEnd = async (account: Account, serviceKey: string): Promise<ChainedEnd | null> => {
  for await (const stored of account.verbs().ends(serviceKey, 1)) {
    const end = endIn(stored);
    if (end !== null) return end;
  }
  return null;
};

/** Nobody is at work on it: a person has to act, or the sweep has not come by yet. */
export const needsAPerson = ({ view }: FleetService): boolean =>
  view !== null && (view.phase === 'interrupted' || view.ended?.kind === 'stuck');

const rankOf = (service: FleetService): number => {
  if (needsAPerson(service) || service.trouble !== null) return 0;
  if (service.view === null) return service.there === false ? 4 : 3;
  return service.view.waitsFor === null ? 2 : 1;
};
