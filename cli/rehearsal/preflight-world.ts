import { planDeployment } from '../../core/plan/plan.ts';
import type { Finding } from '../../core/vocabulary/finding.types.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { observeWorld } from './observe-world.ts';

export type WorldPreflight = {
  /** What `cutover plan` and `cutover preflight` would say. */
  findings: Finding[];
  /** Errors that a deployment does not search for, and that a rehearsal therefore does not stop at. */
  unseen: string[];
};

/** Preflight of a world's files, also of those that only the command line reads. */
export const preflightWorld = async (
  world: WorldSeed,
  request: DeploymentRequest,
): Promise<WorldPreflight> => {
  const { surroundings, ...observed } = await observeWorld(world, request);
  const ofDeployment = planDeployment(observed, request).findings.map(({ id }) => id);
  const { findings } = planDeployment({ ...observed, ...(surroundings && { surroundings }) }, request);
  const unseen = findings
    .filter(({ id, severity }) => severity === 'error' && !ofDeployment.includes(id))
    .map(({ id }) => id);
  return { findings, unseen: [...new Set(unseen)] };
};
