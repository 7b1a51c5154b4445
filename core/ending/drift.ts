import type { Drift } from '../vocabulary/drift.types.ts';
import type { DeploymentState } from '../vocabulary/state.types.ts';

type EndedState = Partial<
  Pick<DeploymentState, 'lease' | 'plan' | 'green' | 'decision' | 'rolledBack' | 'removal' | 'failure'>
>;

/**
 * What somebody else wrote, from what the steps left: a decision that says so, or a step that found other weights than
 * the deployment's. Null where nobody did, or where an execution that was interrupted left nothing to read it from.
 */
export const driftOf = (
  { lease, plan, green, decision, rolledBack, removal, failure }: EndedState,
  nowMs: number,
): Drift | null => {
  if (lease === undefined || plan === undefined) return null;
  const between = { afterMs: lease.acquiredAtMs, foundAtMs: rolledBack?.startedAtMs ?? nowMs };
  const because = decision?.kind === 'rollBack' ? decision.drift : undefined;
  if (because === 'taskSet' && green !== undefined)
    return { of: 'taskSet', resources: [green.taskSetId, green.taskSetArn], ...between };
  const reassertedAtMs = decision?.placement?.reassertedAtMs;
  const drifted = because === 'weights' || failure?.Error === 'TrafficDrifted';
  const primaryMovedAtMs = removal?.primaryMovedAtMs;
  // After that decision, or where none is left to read, the label may be the deployment's own write.
  const ownPrimary = decision === undefined || decision.kind === 'promote';
  if (
    !drifted &&
    reassertedAtMs === undefined &&
    primaryMovedAtMs !== undefined &&
    !ownPrimary &&
    green !== undefined
  )
    return {
      of: 'primary',
      resources: [green.taskSetId, green.taskSetArn],
      afterMs: lease.acquiredAtMs,
      foundAtMs: primaryMovedAtMs,
    };
  if (!drifted && reassertedAtMs === undefined) return null;
  const routes = [...plan.routes, ...(plan.test === undefined ? [] : [plan.test.route])];
  const arns = routes.flatMap(({ arn, defaultRuleArn }) => [arn, defaultRuleArn ?? []].flat());
  const found = { of: 'weights' as const, resources: arns, ...between };
  if (drifted || reassertedAtMs === undefined) return found;
  // An observation that would have written them back may have found a reason to roll back instead.
  const written = decision?.kind !== 'rollBack' || reassertedAtMs < decision.evidence.observedAtMs;
  return { ...found, foundAtMs: reassertedAtMs, ...(written && { writtenBack: true as const }) };
};
