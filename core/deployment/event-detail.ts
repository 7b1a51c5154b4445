import { executionLink } from '../console-link.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import { EVENT_VERSION, type EventDetail, type EventHook } from '../vocabulary/events.types.ts';
import type { ShownHook } from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../vocabulary/request.types.ts';
import type { Lease } from '../vocabulary/state.types.ts';
import { nameOf } from './service-key.ts';

/** Who acts when no person does. */
export const CUTOVER = 'cutover';

/** What every event has: of which deployment, from which version to which, by whom and why. */
export const about = (
  lease: Pick<Lease, 'deploymentId' | 'serviceKey' | 'request' | 'executionArn'>,
  plan: Plan | undefined,
  { actor, reason }: Pick<EventDetail, 'actor' | 'reason'>,
): EventDetail => ({
  version: EVENT_VERSION,
  deploymentId: lease.deploymentId,
  cluster: lease.serviceKey.split('/')[0] ?? null,
  service: nameOf(lease.serviceKey),
  ...revisions(plan, lease.request),
  actor,
  reason,
  link: executionLink(lease.executionArn),
  executionArn: lease.executionArn,
});

export const revisions = (
  plan: Plan | undefined,
  request: Partial<Pick<DeploymentRequest, 'taskDefinition'>>,
): Pick<EventDetail, 'fromRevision' | 'toRevision'> => {
  const from = plan?.blue?.taskDefinitionArn;
  const to = plan?.green.taskDefinitionArn ?? request.taskDefinition;
  return {
    fromRevision: from === undefined ? null : nameOf(from),
    toRevision: to === undefined ? null : nameOf(to),
  };
};

/** The person whose command a decision follows. */
export const actorOf = ({ obeyed }: Decision): string => obeyed?.by ?? CUTOVER;

export const eventHook = ({ answer: _kept, ...hook }: ShownHook): EventHook => hook;
