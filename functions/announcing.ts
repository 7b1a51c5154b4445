import type { HookRuns } from '../aws/hook-verbs.ts';
import { hookEvents } from '../core/deployment/events.ts';
import type { HookRun } from '../core/vocabulary/hooks.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import type { Deps } from './deps.types.ts';

type Deployment = {
  lease: Pick<Lease, 'deploymentId' | 'serviceKey' | 'request'> & { executionArn?: string };
  plan: Plan | undefined;
};

type Key = Pick<HookRun, 'stage' | 'step' | 'name'>;

/** Publishes that a run began, or how it ended, as the record has it. */
export const announceHook = async (
  { lease, plan }: Deployment,
  { stage, step, name }: Key,
  { hookRuns, events }: Pick<Deps, 'hookRuns' | 'events'>,
): Promise<void> => {
  const runs = await hookRuns.read(lease.deploymentId);
  const run = runs.find((one) => one.stage === stage && one.step === step && one.name === name);
  if (run === undefined) return;
  for (const event of hookEvents({ deployment: lease, plan, run })) await events.emit(event);
};

/** The verbs of a deployment's runs, each of whose first writes is published. */
export const announcing = (deployment: Deployment, deps: Pick<Deps, 'hookRuns' | 'events'>): HookRuns => ({
  ...deps.hookRuns,
  async begin(deploymentId, run) {
    const began = await deps.hookRuns.begin(deploymentId, run);
    if (began) await announceHook(deployment, run, deps);
    return began;
  },
  async finish(deploymentId, run, result) {
    const kept = await deps.hookRuns.finish(deploymentId, run, result);
    if (kept) await announceHook(deployment, run, deps);
    return kept;
  },
});
