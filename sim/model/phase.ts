import type { ModelState } from './model.types.ts';

/** What a deployment may still read: everything, what a bake looks at, or only what going back or finishing needs. */
export type Phase = 'starting' | 'baking' | 'ending';

const STARTING = new Set([
  'Begin',
  'AcquireLease',
  'WaitForLease',
  'PlanDeployment',
  'AttachGreen',
  'LaunchGreen',
  'CheckGreen',
  'WaitForGreen',
]);
const BAKING = new Set(['ShiftTraffic', 'JudgeHealth', 'Bake']);

/** From RollBack and PromoteGreen no way leads back to JudgeHealth, and a recovery begins with RollBack. */
export const phaseOf = ({ executions }: ModelState): Phase => {
  const last = executions.at(-1);
  if (last === undefined || last.status === 'ENDED') return 'ending';
  const recovers = executions.length > 1;
  if (STARTING.has(last.at)) return recovers ? 'ending' : 'starting';
  return BAKING.has(last.at) ? 'baking' : 'ending';
};
