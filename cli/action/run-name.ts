import { createHash } from 'node:crypto';

/** What a deployment's id repeats whole. */
const CHARACTERS = 36;

/** Enough to distinguish the services and environments of one workflow run. */
const DIGEST_CHARACTERS = 6;

/**
 * `shop-production-3f9a1c-12345678901`, made of a service, its environment and what else distinguishes it. The same for
 * each attempt of a run, so that a job which is tried again watches its deployment; another one for each service,
 * environment, Region and installation of it.
 */
export const runName = (target: readonly string[], runId: string): string => {
  const digest = createHash('sha256')
    .update(JSON.stringify(target))
    .digest('hex')
    .slice(0, DIGEST_CHARACTERS);
  const end = `-${digest}-${runId.replace(/[^A-Za-z0-9_-]/g, '-') || '0'}`;
  const words = target
    .slice(0, 2)
    .filter((word) => word !== '')
    .join('-')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    // An option of the command line begins with one.
    .replace(/^-+/, '');
  return `${words.slice(0, Math.max(1, CHARACTERS - end.length)) || 'service'}${end}`;
};
