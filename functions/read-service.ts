import type { ObservedService } from '../core/vocabulary/observed.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Green } from '../core/vocabulary/state.types.ts';
import { withBlue } from '../core/weights/taken-over.ts';
import type { Deps } from './deps.types.ts';

/**
 * The service that is deployed, with blue among its task sets, also where another service is it.
 * @throws NotFound for an unknown service
 */
export const readService = async (
  ecsServices: Deps['ecsServices'],
  { clusterArn, serviceArn, blue }: Pick<Plan, 'clusterArn' | 'serviceArn' | 'blue'>,
  known?: Pick<Green, 'taskSetId'>,
): Promise<ObservedService> => {
  const [service, from] = await Promise.all([
    ecsServices.read(clusterArn, serviceArn, known),
    blue?.service === undefined ? null : ecsServices.readFrom(clusterArn, blue.service),
  ]);
  return withBlue(service, blue, from);
};
