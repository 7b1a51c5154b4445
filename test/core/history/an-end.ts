import { nextEnd } from '../../../core/history/chain.ts';
import type { EndFacts, StoredEnd } from '../../../core/vocabulary/history.types.ts';
import { sha256 } from '../../../functions/identify.ts';
import { NOW } from '../a-deployment.ts';

/** The fourth deployment of a service, which brought version 4 in half an hour. */
export const anEnd = (changes: Partial<EndFacts> = {}): EndFacts => ({
  serviceKey: 'main/shop',
  deploymentId: 'deploy-4-0123456789',
  executionArn: 'arn:aws:states:eu-west-1:1:execution:cutover:deploy-4',
  startedAtMs: NOW - 1_800_000,
  endedAtMs: NOW,
  outcome: 'succeeded',
  reason: 'green serves all traffic and blue is gone',
  from: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:3',
  to: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:4',
  strategy: 'AllAtOnce',
  startedBy: 'ci',
  usersAtMs: NOW - 1_200_000,
  reachedUsers: true,
  servedAtMs: NOW - 1_200_000,
  restoredAtMs: null,
  cause: null,
  ...changes,
});

/** The chain that these ends make, oldest first. */
export const aChain = (ends: readonly EndFacts[]): StoredEnd[] => {
  const chain: StoredEnd[] = [];
  for (const end of ends) {
    const last = chain.at(-1);
    chain.push(
      nextEnd(end, last === undefined ? null : { number: chain.length, digest: last.digest }, sha256),
    );
  }
  return chain;
};
