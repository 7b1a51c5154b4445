import { SECOND_MS } from '../clock.ts';
import { executionLink } from '../console-link.ts';
import { shownHooks } from '../hooks/evidence.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { Outcome } from '../vocabulary/ending.types.ts';
import { type DeploymentEvent, EVENT_VERSION, type EventDetail } from '../vocabulary/events.types.ts';
import type { ChainHead } from '../vocabulary/history.types.ts';
import type { HookRun } from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../vocabulary/request.types.ts';
import type { Lease } from '../vocabulary/state.types.ts';
import { about, actorOf, CUTOVER, eventHook, revisions } from './event-detail.ts';
import { nameOf } from './service-key.ts';

/** No ARN of a cluster, service or task definition is longer; what is, is not a name. */
const LONGEST_NAME = 1_024;

type End = {
  lease: Lease | undefined;
  plan: Plan | undefined;
  decision: Decision | undefined;
  /** Without a lease there is only the execution, and the request as far as it could be read. */
  executionArn: string;
  deploymentId: string | null;
  history: ChainHead | null;
  hookRuns: readonly HookRun[];
  request: Partial<Pick<DeploymentRequest, 'cluster' | 'service' | 'taskDefinition' | 'startedBy'>>;
};

/** What even a refused request says about whom it is for; nothing of it is checked. */
export const readableOf = (input: unknown): End['request'] => {
  if (typeof input !== 'object' || input === null) return {};
  const named = Object.entries(input).filter(
    ([name, value]) =>
      ['cluster', 'service', 'taskDefinition', 'startedBy'].includes(name) &&
      typeof value === 'string' &&
      value.length <= LONGEST_NAME,
  );
  return Object.fromEntries(named);
};

/** Each is less than a kilobyte, and an event holds 256 [fact 125]. */
const MOST_HOOKS = 100;

export const finishedEvent = (end: End, outcome: Outcome): DeploymentEvent => {
  const { lease, plan, decision, executionArn, request } = end;
  const { kind, reason, endedAtMs } = outcome;
  // Aborted or hurried by a person, or not: the last decision knows.
  const actor = decision === undefined || kind === 'stuck' ? CUTOVER : actorOf(decision);
  const bare: EventDetail = {
    version: EVENT_VERSION,
    deploymentId: end.deploymentId,
    cluster: request.cluster === undefined ? null : nameOf(request.cluster),
    service: request.service === undefined ? null : nameOf(request.service),
    ...revisions(undefined, request),
    actor,
    reason,
    link: executionLink(executionArn),
    executionArn,
  };
  return {
    type: 'Cutover Deployment Finished',
    detail: {
      ...(lease === undefined ? bare : about(lease, plan, { actor, reason })),
      outcome: kind,
      durationSeconds:
        lease === undefined ? null : Math.max(0, Math.round((endedAtMs - lease.acquiredAtMs) / SECOND_MS)),
      history: end.history,
      ...(end.hookRuns.length === 0
        ? {}
        : { hooks: shownHooks(end.hookRuns).slice(-MOST_HOOKS).map(eventHook) }),
    },
  };
};
