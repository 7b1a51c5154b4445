import { decisionEvent } from '../core/deployment/events.ts';
import { DeploymentError } from '../core/errors.ts';
import { hasHooksInBake } from '../core/hooks/due.ts';
import { steeringOf } from '../core/operator/commands.ts';
import { refuseToGoOn } from '../core/safety/invariants.ts';
import { decide } from '../core/verdict/decide.ts';
import type { Observation } from '../core/verdict/judge.ts';
import { carriedSince, placeInBake } from '../core/verdict/place-in-bake.ts';
import type { Command } from '../core/vocabulary/command.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import { type Placement, worthKeeping } from '../core/weights/placement.ts';
import { regroups } from '../core/weights/sticky-clients.ts';
import {
  alarms,
  events,
  hookRuns,
  leases,
  listener,
  record,
  series,
  targets,
  taskSets,
  trafficMetrics,
} from './deps.ts';
import { growGreen } from './grow-green.ts';
import { lambdaHost } from './lambda-host.ts';
import { observeBake } from './observe-bake.ts';
import { placeUsers } from './place-users.ts';
import { readAnswered } from './read-answered.ts';
import { readAnswers } from './read-answers.ts';
import { minutesFrom, readComparison } from './read-comparison.ts';
import { type Step, toHandler } from './step.ts';

/** Some route's sticky clients of blue are to be set free, or its group is to be checked again. */
const regroupsBlue = (
  plan: Plan,
  commands: readonly Command[],
  placed: Placement,
  { routes }: Observation,
): boolean => {
  const frozen = plan.carry === 'off' || steeringOf(commands, 0).freeze !== null;
  return routes.some(({ holdsBlueClients = false }) => regroups(placed, { holdsBlueClients, frozen }));
};

/**
 * Reads the world once and lets core/verdict/decide.ts choose what happens next; the decision and its evidence go to
 * the record. Users whose colour cannot answer them are moved at once, beside the plan, and back when it can.
 */
export const judgeHealth: Step<
  'JudgeHealth',
  | 'alarms'
  | 'leases'
  | 'listener'
  | 'targets'
  | 'taskSets'
  | 'record'
  | 'events'
  | 'trafficMetrics'
  | 'series'
  | 'hookRuns'
> = async ({ lease, plan, green, ready, traffic, decision: previous }, deps) => {
  // Commands first: one that comes while the world is read is newer than this decision, and Bake finds it.
  const stored = await deps.record.read(lease.deploymentId);
  const scaled = previous?.scaled;
  const commands = stored?.commands ?? [];
  const memory = stored?.placement ?? previous?.placement;
  const carried = carriedSince(memory, traffic);
  // Together: who waits for users to leave green waits for the slowest read, and not for their sum.
  const [observed, { comparison, unreadable }, hookRuns] = await Promise.all([
    observeBake({ plan, traffic, green, scaled }, deps),
    readComparison(
      {
        deploymentId: lease.deploymentId,
        plan,
        position: traffic.position,
        ...minutesFrom(previous?.analysis, traffic, carried),
        withBounds: true,
      },
      deps,
    ),
    hasHooksInBake(plan.hooks ?? []) ? deps.hookRuns.read(lease.deploymentId) : [],
  ]);
  const nowMs = deps.clock.nowMs();
  const counts = observed.counts ?? { blue: null, green: null, needed: 0 };
  const answers = await readAnswers({ plan, ...counts, greenSinceMs: green.launchedAtMs, memory }, deps);
  const placed = placeInBake({
    plan,
    traffic,
    ...counts,
    routes: observed.routes,
    answers,
    commands,
    memory,
    nowMs,
  });
  const decided = decide({
    plan,
    traffic,
    previous,
    observed,
    comparison,
    metricsUnreadable: unreadable,
    lastAlarm: stored?.lastAlarm ?? null,
    commands,
    carried,
    placed,
    hookRuns,
    launchMs: ready?.kind === 'ready' ? (ready.launchMs ?? null) : null,
    nowMs,
  });
  const decision = { ...decided, ...(await readAnswered({ plan, green, decision: decided }, deps)) };
  const refusal = refuseToGoOn(decision, observed);
  if (refusal !== null) throw new DeploymentError('InvariantBroken', refusal);

  const stays = ['hold', 'awaitOperator', 'runHooks'].includes(decision.kind);
  if (placed !== null && worthKeeping(placed.memory, stored?.placement ?? null))
    // Before the write: one whose answer is lost would resemble somebody else's.
    await deps.record.savePlacement(lease, placed.memory);
  if (stays && placed !== null && (placed.move || regroupsBlue(plan, commands, placed, observed)))
    await placeUsers({ plan, lease }, placed, observed.routes, deps);
  const { growTo, ...kept } = decision;
  if (growTo !== undefined && observed.greenSize != null)
    await growGreen({ lease, plan }, observed.greenSize, growTo, deps);
  await deps.record.appendDecision(lease.deploymentId, kept);
  await deps.events.emit(decisionEvent({ lease, plan, traffic }, kept, previous));
  return kept;
};

export const handler = toHandler(
  'JudgeHealth',
  judgeHealth,
  { alarms, leases, listener, targets, taskSets, record, events, trafficMetrics, series, hookRuns },
  lambdaHost,
);
