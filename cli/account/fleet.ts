import { isDeploymentError } from '../../core/errors.ts';
import { endIn } from '../../core/history/chain.ts';
import type { ChainedEnd } from '../../core/vocabulary/history.types.ts';
import { makeWatcher } from '../watch/snapshot.ts';
import { type View, viewOf } from '../watch/view.ts';
import type { Account } from './account.ts';

/** A service of the installation: its running deployment, null when there is none, or why that could not be read. */
export type FleetService = {
  /** `cluster/service`. */
  serviceKey: string;
  view: View | null;
  trouble: string | null;
  /** How its last deployment that is over ended; null before the first. */
  last: ChainedEnd | null;
};

/** Deployments read at the same time; more would spend an account's reads, which the deployments themselves need. */
const AT_ONCE = 5;

/** The services by how much they need a person: stuck or waiting ones first, then those that run, then the others. */
export const readFleet = async (account: Account): Promise<FleetService[]> => {
  const known = await account.verbs().services();
  const fleet: FleetService[] = [];
  for (let at = 0; at < known.length; at += AT_ONCE) {
    const some = known.slice(at, at + AT_ONCE);
    fleet.push(...(await Promise.all(some.map((one) => readOne(account, one)))));
  }
  return fleet.toSorted((a, b) => rankOf(a) - rankOf(b) || (a.serviceKey < b.serviceKey ? -1 : 1));
};

const readOne = async (
  account: Account,
  {
    serviceKey,
    lease: { holder, executionArn },
  }: Awaited<ReturnType<ReturnType<Account['verbs']>['services']>>[0],
): Promise<FleetService> => {
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
  if (service.view === null) return 3;
  return service.view.waitsFor === null ? 2 : 1;
};
