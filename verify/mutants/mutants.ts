import type { Mutant } from './mutant.types.ts';
import { ofAnalysis } from './of-analysis.ts';
import { ofCalls } from './of-calls.ts';
import { ofCapacity } from './of-capacity.ts';
import { ofEnds } from './of-ends.ts';
import { ofHealth } from './of-health.ts';
import { ofHooks } from './of-hooks.ts';
import { ofLease } from './of-lease.ts';
import { ofSignals } from './of-signals.ts';
import { ofTakeovers } from './of-takeovers.ts';
import { ofTaskSets } from './of-task-sets.ts';
import { ofTestRoute } from './of-test-route.ts';
import { ofTraffic } from './of-traffic.ts';
import { ofWatch } from './of-watch.ts';
import { ofWorkflow } from './of-workflow.ts';

/** Every deliberate defect. */
export const mutants: readonly Mutant[] = [
  ...ofTraffic,
  ...ofTestRoute,
  ...ofHealth,
  ...ofHooks,
  ...ofTakeovers,
  ...ofTaskSets,
  ...ofCapacity,
  ...ofLease,
  ...ofSignals,
  ...ofWorkflow,
  ...ofCalls,
  ...ofEnds,
  ...ofWatch,
  ...ofAnalysis,
];

export const mutantNamed = (name: string): Mutant | undefined =>
  mutants.find((mutant) => mutant.name === name);
