import { DAY_MS } from '../../core/clock.ts';
import { describeWriter } from '../../core/ending/writer.ts';
import type { Outcome } from '../../core/vocabulary/ending.types.ts';
import { askWho } from '../../functions/name-the-writer.ts';
import type { Account } from './account.ts';

/** CloudTrail forgets what is older [fact 177]. */
const KEPT_MS = 90 * DAY_MS;

/**
 * The outcome with who wrote what the deployment found changed. Its end came before CloudTrail had the event, perhaps,
 * or its role may not ask: the caller's credentials are tried then.
 */
export const withWriter = async (account: Account, outcome: Outcome): Promise<Outcome> => {
  const { drift } = outcome;
  const { writers } = account.verbs();
  if (drift === undefined || drift.writer !== null || writers === undefined) return outcome;
  if (account.host.clock.nowMs() - drift.foundAtMs > KEPT_MS) return outcome;
  const answer = await askWho(drift, writers);
  return {
    ...outcome,
    reason: outcome.reason.replace(describeWriter(drift), describeWriter(answer)),
    drift: { ...drift, ...answer },
  };
};
