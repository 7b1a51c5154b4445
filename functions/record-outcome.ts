import { deploymentIdOf } from '../core/deployment-id.ts';
import { isDeploymentError } from '../core/errors.ts';
import { outcomeOf } from '../core/outcome.ts';
import { parseRequest } from '../core/request.ts';
import { serviceKeyOf } from '../core/service-key.ts';
import type { StepState } from '../statemachine/contract.ts';
import { sha256 } from './acquire-lease.ts';
import { events, record } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { type Step, toHandler } from './step.ts';

type Held = { serviceKey: string; deploymentId: string };

/**
 * The lease to free. When AcquireLease's answer was lost the slice is missing although the lease may be taken; both
 * names follow from the input, and freeing is conditional on the deployment's own id.
 */
const leaseOf = ({ lease, request, execution }: StepState<'RecordOutcome'>): Held | null => {
  if (lease !== undefined) return lease;
  const parsed = parseRequest(request);
  if (!parsed.ok) return null;
  return { serviceKey: serviceKeyOf(parsed.request), deploymentId: deploymentIdOf(execution.name, sha256) };
};

/** Closes the record with the truth, frees the lease unless somebody still has to finish, and says it once. */
export const recordOutcome: Step<'RecordOutcome', 'record' | 'events'> = async (
  state,
  { record, events, clock },
) => {
  const held = leaseOf(state);

  const outcome = outcomeOf(state, clock.nowMs());
  const groups =
    state.plan === undefined ? [] : [state.plan.green.targetGroupArn, state.plan.blueTargetGroupArn];

  const stands = state.lease === undefined ? outcome : await record.close(state.lease.deploymentId, outcome);
  // A stuck deployment keeps the lease: whatever comes next must first finish what is half done.
  if (held !== null && stands.kind !== 'stuck') {
    await record.release(
      held,
      groups.filter((group) => group !== null),
    );
  }
  try {
    await events.emit('Cutover Deployment Ended', {
      deploymentId: held?.deploymentId ?? null,
      execution: state.execution.id,
      cluster: state.plan?.cluster ?? null,
      service: state.plan?.service ?? null,
      outcome: stands.kind,
      reason: stands.reason,
    });
  } catch (error) {
    // The outcome is recorded; a bus that does not answer must not turn it into another one.
    if (!isDeploymentError(error)) throw error;
  }
  return stands;
};

export const handler = toHandler('RecordOutcome', recordOutcome, { record, events }, lambdaHost);
