import { SECOND_MS } from '../clock.ts';
import { describeHook, shownHook } from '../hooks/evidence.ts';
import { describeRun } from '../hooks/gate.ts';
import type { Comparison } from '../vocabulary/analysis.types.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { RolledBack } from '../vocabulary/ending.types.ts';
import type { DeploymentEvent, EventDecision } from '../vocabulary/events.types.ts';
import type { HookRun } from '../vocabulary/hooks.types.ts';
import type { Plan, Weights } from '../vocabulary/plan.types.ts';
import type { Lease, Traffic } from '../vocabulary/state.types.ts';
import { isTest } from '../weights/test-route.ts';
import { about, actorOf, CUTOVER, eventHook } from './event-detail.ts';
import { nameOf } from './service-key.ts';

const starterOf = ({ request }: Lease): string => request.startedBy ?? 'unknown';

export const startedEvent = (lease: Lease, plan: Plan): DeploymentEvent => {
  const to = nameOf(plan.green.taskDefinitionArn);
  const reason = `deploys ${to} to ${lease.serviceKey} with ${plan.strategyName}`;
  return {
    type: 'Cutover Deployment Started',
    detail: {
      ...about(lease, plan, { actor: starterOf(lease), reason }),
      strategy: plan.strategyName,
      shifts: plan.shifts.map(({ greenPct, bakeMs, approval, test }) => ({
        ...(test === true ? { test } : {}),
        greenPct,
        bakeSeconds: bakeMs / SECOND_MS,
        approval: approval === true,
      })),
      routes: plan.routes.map(({ label }) => label),
      alarms: plan.alarms.names,
    },
  };
};

/** Another deployment has the service. */
export const inLineEvent = (lease: Lease): DeploymentEvent => ({
  type: 'Cutover Deployment Waiting',
  detail: {
    ...about(lease, undefined, { actor: starterOf(lease), reason: lease.reason }),
    waitingFor: 'lease',
    decision: null,
  },
});

type Baking = { lease: Lease; plan: Plan; traffic: Traffic };

export const shiftedEvent = ({ lease, plan, traffic }: Baking, decision?: Decision): DeploymentEvent => {
  const open = isTest(plan, traffic.position);
  const first = open ? 'open to testers, and to no user' : 'its first requests';
  const reason = decision?.reason ?? `green has had enough healthy targets for long enough: ${first}`;
  const { test } = traffic;
  return {
    type: 'Cutover Traffic Shifted',
    detail: {
      ...about(lease, plan, { actor: decision === undefined ? CUTOVER : actorOf(decision), reason }),
      shift: traffic.position + 1,
      shifts: plan.shifts.length,
      greenPct: traffic.weights.green,
      routes: traffic.routes.map(({ label, before, after }) => ({ route: label, before, after })),
      ...(test === undefined ? {} : { test: { route: test.label, url: plan.test?.url ?? null, open } }),
    },
  };
};

/** The weights a rollback wrote: users are back where they were, or, beyond the point of no return, on green. */
export const restoredEvent = (
  {
    lease,
    plan,
    routes,
  }: Omit<Baking, 'traffic'> & {
    routes: { label: string; before: Weights | null; after: Weights | null }[];
  },
  { kind, because, reason }: RolledBack,
  decision: Decision | undefined,
): DeploymentEvent => {
  const actor = decision === undefined ? CUTOVER : actorOf(decision);
  const last = plan.shifts.length;
  return {
    type: 'Cutover Traffic Shifted',
    detail: {
      ...about(lease, plan, { actor, reason: `${because}; ${reason}` }),
      shift: kind === 'finishForward' ? last : 0,
      shifts: last,
      greenPct: Math.max(0, ...routes.map(({ after }) => after?.green ?? 0)),
      routes: routes.map(({ label, before, after }) => ({ route: label, before, after })),
    },
  };
};

/**
 * One event a decision. The one that begins to wait for a person says so by its type; the observations after it are
 * decisions like any other, so that nobody is notified at every observation.
 */
export const decisionEvent = (
  { lease, plan, traffic }: Baking,
  decision: Decision,
  previous: Decision | undefined,
): DeploymentEvent => {
  const { observedAtMs, blue, green, alarms, routes, test, readiness, size } = decision.evidence;
  const shown: EventDecision = {
    kind: decision.kind,
    waitSeconds: decision.waitSeconds,
    shift: traffic.position + 1,
    evidence: {
      observedAtMs,
      blue,
      green,
      alarms,
      routes,
      ...(test === undefined ? {} : { test }),
      ...(readiness === undefined ? {} : { readiness }),
      ...(size === undefined ? {} : { size }),
    },
    analysis: decision.analysis === undefined ? null : analysisOf(decision.analysis),
  };
  const detail = about(lease, plan, { actor: actorOf(decision), reason: decision.reason });
  const waitingFor = waitOf(decision);
  const before = previous?.position === decision.position ? waitOf(previous) : null;
  if (waitingFor === null || waitingFor === before)
    return { type: 'Cutover Decision Made', detail: { ...detail, decision: shown } };
  return { type: 'Cutover Deployment Waiting', detail: { ...detail, waitingFor, decision: shown } };
};

/** A number that any reader of JSON can hold; beyond it the evidence is overwhelming anyway. */
const MOST_EVIDENCE = 1e9;

const evidenceIn = (logE: number): number => Number(Math.min(MOST_EVIDENCE, Math.exp(logE)).toPrecision(4));

const analysisOf = ({
  kind,
  minutes,
  exposed,
  metrics,
}: Comparison): NonNullable<EventDecision['analysis']> => ({
  kind,
  minutes,
  evidence: evidenceIn(
    Math.max(0, ...metrics.flatMap(({ use, maxLogE }) => (use === 'decide' ? [maxLogE] : []))),
  ),
  exposed: { requests: exposed.requests, failed: exposed.bad },
  metrics: metrics.map(({ metric, use, blue, green, maxLogE }) => ({
    metric,
    use,
    blue,
    green,
    evidence: evidenceIn(maxLogE),
  })),
});

type OfHook = {
  /** `executionArn`: of an approval, which has none of its own. */
  deployment: Pick<Lease, 'deploymentId' | 'serviceKey' | 'request'> & { executionArn?: string };
  plan: Plan | undefined;
  run: HookRun;
};

/** It began, or has its result. One that begins to wait for a person is a wait of the deployment as well. */
export const hookEvents = ({ deployment, plan, run }: OfHook): DeploymentEvent[] => {
  const hook = shownHook(run);
  const executionArn = run.executionArn ?? deployment.executionArn;
  // A run that an earlier release began: its result is in the record.
  if (executionArn === undefined) return [];
  const reason = describeHook(hook);
  const detail = about({ ...deployment, executionArn }, plan, { actor: CUTOVER, reason });
  const changed: DeploymentEvent = {
    type: 'Cutover Hook Changed',
    detail: { ...detail, hook: eventHook(hook) },
  };
  if (hook.kind !== 'approval' || hook.status !== 'RUNNING') return [changed];
  const waiting = `${describeRun(hook)} waits for an approval`;
  return [
    changed,
    {
      type: 'Cutover Deployment Waiting',
      detail: { ...detail, reason: waiting, waitingFor: 'approval', decision: null },
    },
  ];
};

/** A person who froze or paused is expected to resume or abort; else a shift waits for its approval. */
const waitOf = ({ kind, obeyed }: Decision): 'approval' | 'operator' | null => {
  if (kind !== 'awaitOperator') return null;
  return obeyed === undefined ? 'approval' : 'operator';
};
