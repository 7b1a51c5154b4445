import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { openForReading } from './account.ts';
import type { Host } from './host.types.ts';
import type { Target } from './target.ts';

/**
 * Who deploys the service with Cutover, for commands that need describe rights and no installation: null also where
 * nothing is installed, or may not be asked.
 */
export const holderIfKnown = async (host: Host, target: Target): Promise<string | null> => {
  try {
    const { account, installed } = await openForReading(host, target);
    if (!installed) return null;
    return (await account.verbs().leases.read(serviceKeyOf(target))).holder ?? null;
  } catch (error) {
    if (isDeploymentError(error)) return null;
    throw error;
  }
};
