import { verifyChain } from '../../core/history/chain.ts';
import type { ChainHead, StoredEnd } from '../../core/vocabulary/history.types.ts';
import { sha256 } from '../../functions/identify.ts';
import type { World } from '../../sim/world.ts';

/**
 * What is wrong with how the history has a deployment whose record is closed; null when nothing is: once, as the record
 * has it, in a chain that is whole and that the lease remembers.
 */
export const historyProblem = (
  { dynamoDb }: Pick<World, 'dynamoDb'>,
  serviceKey: string,
  deploymentId: string,
  outcome: { kind: string; endedAtMs: number },
): string | null => {
  const stored = dynamoDb.partition(`ends#${serviceKey}`).map(
    ({ sk, endJson, digest }): StoredEnd => ({
      key: String(sk),
      text: String(endJson),
      digest: String(digest),
    }),
  );
  const ends = stored.map(({ text }) => JSON.parse(text)).filter((end) => end.deploymentId === deploymentId);
  if (ends.length !== 1) return `its history has ${ends.length} ends of it, expected one`;
  if (ends[0].outcome !== outcome.kind || ends[0].endedAtMs !== outcome.endedAtMs)
    return `its history has it as ${ends[0].outcome}, its record as ${outcome.kind}`;

  const lease = dynamoDb.item('leases', serviceKey);
  const head: ChainHead | null =
    lease?.lastEndNumber === undefined
      ? null
      : { number: Number(lease.lastEndNumber), digest: String(lease.lastEndDigest) };
  const check = verifyChain(serviceKey, stored, head, sha256);
  return check.kind === 'whole'
    ? null
    : `record ${check.record} of its history was ${check.what}: ${check.description}`;
};
