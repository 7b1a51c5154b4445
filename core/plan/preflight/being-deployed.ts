import type { Finding } from '../../vocabulary/finding.types.ts';
import { error } from './finding.ts';

/**
 * The only finding then, in place of what the other checks find: half-way through a deployment they take green for a
 * leftover, and its weights for somebody else's. A person who pastes what they advise would end the deployment.
 */
export const beingDeployed = (serviceKey: string, holder: string): Finding =>
  error(
    'being-deployed',
    `expected no deployment of ${serviceKey}, found ${holder}: its task sets and weights are not what the next ` +
      'one will meet, so nothing else was checked',
    `Check again when it has ended; \`cutover status ${serviceKey}\` shows how far it is.`,
  );
