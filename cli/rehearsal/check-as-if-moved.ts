import { readDescribedService } from '../../aws/world-reads.ts';
import { estimate as estimateOf } from '../../core/estimate/estimate.ts';
import { planDeployment } from '../../core/plan/plan.ts';
import { checkService } from '../../core/plan/preflight/service.ts';
import type { TaskDefinitionDocument } from '../../core/plan/task-definition-document.ts';
import type { Fields } from '../../core/request/read-field.ts';
import { makeAccountCall } from '../account/account.ts';
import type { CheckedService } from '../account/check-service.ts';
import type { Host } from '../account/host.types.ts';
import { orNearest } from '../account/not-there.ts';
import type { Target } from '../account/target.ts';
import { readLiveInputs } from './inputs.ts';
import { observeWorld } from './observe-world.ts';

type Wanted = { target: Target; fields: Fields; taskDefinition: string | TaskDefinitionDocument | null };

/**
 * What preflight finds of a service that another controller deploys, as if it had moved to Cutover. It is refused as it
 * is, so that nobody takes what would be for what is. Undefined: it is EXTERNAL already.
 */
export const checkAsIfMoved = async (
  host: Host,
  wanted: Wanted,
): Promise<(CheckedService & { assumed: readonly string[] }) | undefined> => {
  const { target } = wanted;
  const { ecs } = host.clients(target.region);
  const service = await orNearest(host, target, readDescribedService(ecs, makeAccountCall(host), target));
  const controller = service.deploymentController?.type ?? 'ECS';
  if (controller === 'EXTERNAL') return undefined;

  const { request, world } = await readLiveInputs(host, { ...wanted, atPeak: false });
  const observed = await observeWorld(world, request);
  const { plan, findings } = planDeployment(observed, request);
  const asItIs =
    observed.service === null
      ? []
      : checkService({ observed: { ...observed, service: { ...observed.service, controller } }, request });
  return {
    plan,
    findings: [...asItIs, ...findings],
    estimate: plan === null ? null : estimateOf(plan),
    refused: true,
    assumed: world.assumed ?? [],
  };
};
