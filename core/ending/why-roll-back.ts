import type { Command } from '../vocabulary/command.types.ts';
import type { DeploymentState } from '../vocabulary/state.types.ts';
import { failureMessage } from './failure.ts';

/** Why the deployment came to RollBack: what it first gave as its reason, or what the last slices say. */
export const whyRollBack = (
  state: Partial<Pick<DeploymentState, 'lease' | 'ready' | 'decision' | 'rolledBack' | 'hooks' | 'failure'>>,
): string => {
  if (state.rolledBack !== undefined) return state.rolledBack.because;
  if (state.lease?.kind === 'recovering') return state.lease.reason;
  if (state.decision?.kind === 'rollBack') return state.decision.reason;
  if (state.ready?.kind === 'failed') return state.ready.reason;
  if (state.hooks?.kind === 'failed') return state.hooks.reason;
  if (state.failure !== undefined) return failureMessage(state.failure);
  return 'the workflow met a state it does not know, which always means going back to blue';
};

/**
 * Whether it was an operator's abort that began the rollback. A step that is `Aborted` may also have waited for too
 * long.
 */
export const wasAborted = (
  state: Partial<Pick<DeploymentState, 'lease' | 'ready' | 'decision' | 'hooks' | 'failure'>>,
  commands: readonly Command[],
): boolean => {
  if (state.lease?.kind === 'recovering') return state.lease.began?.aborted === true;
  if (state.decision?.kind === 'rollBack') return state.decision.obeyed?.kind === 'abort';
  if (state.ready?.kind === 'failed') return state.ready.aborted === true;
  if (state.hooks?.kind === 'failed') return state.hooks.aborted === true;
  return state.failure?.Error === 'Aborted' && commands.some(({ kind }) => kind === 'abort');
};
