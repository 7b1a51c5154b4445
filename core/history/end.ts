import type { Outcome } from '../vocabulary/ending.types.ts';
import type { EndFacts, RollbackCause } from '../vocabulary/history.types.ts';
import type { DeploymentState } from '../vocabulary/state.types.ts';

type EndedState = Partial<
  Pick<DeploymentState, 'lease' | 'plan' | 'traffic' | 'decision' | 'rolledBack' | 'failure'>
>;

type Ended = {
  serviceKey: string;
  deploymentId: string;
  executionArn: string;
  /** Of a deployment that never got the lease. */
  executionStartedAtMs: number;
  /** As far as it could be read. */
  request: { taskDefinition?: string; startedBy?: string };
};

/** What the history keeps of a deployment, from what its steps left; null while nobody has ended it. */
export const endFacts = (
  { serviceKey, deploymentId, executionArn, executionStartedAtMs, request }: Ended,
  state: EndedState,
  { kind, reason, endedAtMs, aborted }: Outcome,
): EndFacts | null => {
  if (kind === 'stuck') return null;
  const { lease, plan, traffic, rolledBack } = state;
  const wentBack = kind === 'rolledBack';
  return {
    serviceKey,
    deploymentId,
    executionArn,
    startedAtMs: lease?.acquiredAtMs ?? executionStartedAtMs,
    endedAtMs,
    outcome: kind,
    ...(aborted && { aborted }),
    reason,
    from: plan?.blue?.taskDefinitionArn ?? null,
    to: plan?.green.taskDefinitionArn ?? request.taskDefinition ?? null,
    strategy: plan?.strategyName ?? null,
    startedBy: request.startedBy ?? lease?.request.startedBy ?? null,
    ...(lease?.request.committedAtMs === undefined ? {} : { committedAtMs: lease.request.committedAtMs }),
    usersAtMs: traffic?.usersSinceMs ?? null,
    reachedUsers: reachedUsers(kind, state),
    servedAtMs: kind === 'succeeded' ? (traffic?.shiftedAtMs ?? null) : null,
    restoredAtMs: wentBack ? (rolledBack?.leavesUntilMs ?? endedAtMs) : null,
    cause: wentBack ? causeOf(state, aborted === true) : null,
  };
};

/** A recovery does not have the slices of the execution that it takes over. */
const reachedUsers = (kind: EndFacts['outcome'], { lease, traffic }: EndedState): boolean | null => {
  if (kind !== 'rolledBack') return kind === 'succeeded';
  if (traffic !== undefined) return true;
  return lease?.kind === 'recovering' ? null : false;
};

/** In the order in which RollBack itself asks what began it. */
const causeOf = ({ lease, traffic, decision, failure }: EndedState, aborted: boolean): RollbackCause => {
  if (aborted) return 'operator';
  if (lease?.kind === 'recovering') return 'interrupted';
  if (decision?.kind === 'rollBack') {
    if (decision.drift !== undefined) return 'drift';
    if (decision.analysis?.kind === 'worse') return 'metrics';
    const red = decision.evidence.alarms.filter(({ state }) => state === 'ALARM');
    return red.some(({ name }) => !decision.ignoredUntilOk.includes(name)) ? 'alarm' : 'targets';
  }
  if (failure?.Error === 'TrafficDrifted') return 'drift';
  if (failure?.Error === 'NotEnoughHealthyTargets') return 'targets';
  if (failure === undefined && traffic === undefined) return 'neverHealthy';
  return 'error';
};
