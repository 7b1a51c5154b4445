import { nameOf, serviceKeyOf } from '../../core/deployment/service-key.ts';
import { endIn } from '../../core/history/chain.ts';
import type { ChainedEnd, StoredEnd } from '../../core/vocabulary/history.types.ts';
import { endedOf } from '../watch/view.ts';
import type { Ended } from '../watch/view.types.ts';
import type { Account } from './account.ts';
import { runningDeployment } from './locate.ts';
import type { Target } from './target.ts';

/** One deployment of the service, as history shows it. */
export type EarlierDeployment = {
  deploymentId: string;
  executionArn: string;
  startedAtMs: number;
  endedAtMs: number | null;
  /** Task definitions: `family:revision`. */
  from: string | null;
  to: string | null;
  strategy: string | null;
  startedBy: string | null;
  /** Null while it runs, or is being recovered. */
  ended: Ended | null;
  /** Its place in the service's history; null while it has not ended. */
  end: (ChainedEnd & { digest: string }) | null;
};

type Wanted = {
  limit?: number;
  sinceMs?: number;
  /** Each record that was read for it, the newest first, whatever it is. */
  onRead?(stored: StoredEnd): void;
};

/**
 * The last deployments of the service, newest first: the one that holds it, then the ends of its history, however old.
 * Records that are no ends are left out; `verifyChain` names them.
 */
export const earlierDeployments = async (
  account: Account,
  target: Pick<Target, 'cluster' | 'service'>,
  { limit = Number.POSITIVE_INFINITY, sinceMs = Number.NEGATIVE_INFINITY, onRead }: Wanted,
): Promise<EarlierDeployment[]> => {
  const found: EarlierDeployment[] = [];
  // First: one that ends between the two reads is then shown as the end that it has.
  const running = await readRunning(account, target);
  for await (const stored of account.verbs().ends(serviceKeyOf(target))) {
    const end = endIn(stored);
    onRead?.(stored);
    if (end === null) continue;
    if (found.length >= limit || end.endedAtMs < sinceMs) break;
    found.push(fromEnd({ ...end, digest: stored.digest }));
  }
  const shown = running === null || found.some(({ deploymentId }) => deploymentId === running.deploymentId);
  return (shown || running === null ? found : [running, ...found]).slice(0, limit);
};

/** Every end of the service, oldest first: what figures are made of, and what is verified. */
export const allEnds = async (account: Account, serviceKey: string): Promise<StoredEnd[]> => {
  const ends: StoredEnd[] = [];
  for await (const stored of account.verbs().ends(serviceKey)) ends.push(stored);
  return ends.reverse();
};

const fromEnd = (end: ChainedEnd & { digest: string }): EarlierDeployment => {
  const { deploymentId, executionArn, startedAtMs, endedAtMs, strategy, startedBy, reason, outcome } = end;
  return {
    deploymentId,
    executionArn,
    startedAtMs,
    endedAtMs,
    from: end.from === null ? null : nameOf(end.from),
    to: end.to === null ? null : nameOf(end.to),
    strategy,
    startedBy,
    ended: { kind: end.aborted === true ? 'aborted' : outcome, reason, endedAtMs },
    end,
  };
};

/** The one that holds the service's lease: it runs, is stuck, or is being recovered. */
const readRunning = async (
  account: Account,
  target: Pick<Target, 'cluster' | 'service'>,
): Promise<EarlierDeployment | null> => {
  const running = await runningDeployment(account, target);
  if (running === null) return null;
  const { deploymentId, executionArn, acquiredAtMs } = running;
  const { deployments, record } = account.verbs();
  const [stored, execution] = await Promise.all([
    record.read(deploymentId),
    deployments.describe(executionArn),
  ]);
  const plan = stored?.plan ?? null;
  const ended = endedOf({ record: stored, execution });
  const asked = stored === null ? null : nameOf(stored.request.taskDefinition);
  return {
    deploymentId,
    executionArn,
    startedAtMs: acquiredAtMs ?? execution?.startedAtMs ?? account.host.clock.nowMs(),
    endedAtMs: ended?.endedAtMs ?? null,
    from: plan?.blue == null ? null : nameOf(plan.blue.taskDefinitionArn),
    to: plan === null ? asked : nameOf(plan.green.taskDefinitionArn),
    strategy: plan?.strategyName ?? null,
    startedBy: stored?.request.startedBy ?? null,
    ended,
    end: null,
  };
};
