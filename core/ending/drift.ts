import type { Drift } from '../vocabulary/drift.types.ts';
import type { DeploymentState } from '../vocabulary/state.types.ts';

type EndedState = Partial<
  Pick<DeploymentState, 'lease' | 'plan' | 'green' | 'decision' | 'rolledBack' | 'failure'>
>;

/**
 * What somebody else wrote, from what the steps left: a decision that says so, or a step that found other weights than
 * the deployment's. Null where nobody did, or where an execution that was interrupted left nothing to read it from.
 */
export const driftOf = (
  { lease, plan, green, decision, rolledBack, failure }: EndedState,
  nowMs: number,
): Drift | null => {
  if (lease === undefined || plan === undefined) return null;
  const between = { afterMs: lease.acquiredAtMs, foundAtMs: rolledBack?.startedAtMs ?? nowMs };
  const found = decision?.kind === 'rollBack' ? decision.drift : undefined;
  if (found === 'taskSet' && green !== undefined)
    return { of: 'taskSet', resources: [green.taskSetId, green.taskSetArn], ...between };
  if (found !== 'weights' && failure?.Error !== 'TrafficDrifted') return null;
  const routes = [...plan.routes, ...(plan.test === undefined ? [] : [plan.test.route])];
  const arns = routes.flatMap(({ arn, defaultRuleArn }) => [arn, defaultRuleArn ?? []].flat());
  return { of: 'weights', resources: arns, ...between };
};
