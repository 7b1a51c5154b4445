import { SECOND_MS } from '../clock.ts';
import { plannedScaling } from '../scaling/planned.ts';
import type { Finding } from '../vocabulary/finding.types.ts';
import type { PlanObservation } from '../vocabulary/observation.types.ts';
import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { BlueTaskSet, Plan } from '../vocabulary/plan.types.ts';
import type { DeploymentRequest, Shift } from '../vocabulary/request.types.ts';
import { plannedAnalysis } from './analysis.ts';
import { discover, groupOf, loadBalancerKind } from './discovery.ts';
import { greenSpec } from './green-spec.ts';
import { plannedHooks } from './hook-task.ts';
import { preflight } from './preflight/preflight.ts';
import { stopTimeoutSeconds } from './stop-timeout.ts';
import { plannedTest } from './test-route.ts';

type Planned = { plan: Plan; findings: Finding[] } | { plan: null; findings: Finding[] };

const blueOf = (
  primary: ObservedTaskSet | null,
  { service, from }: Pick<PlanObservation, 'service' | 'from'>,
): BlueTaskSet | null =>
  primary?.targetGroupArn === undefined
    ? null
    : {
        id: primary.id,
        arn: primary.arn,
        taskDefinitionArn: primary.taskDefinitionArn,
        targetGroupArn: primary.targetGroupArn,
        scalePercent: primary.scalePercent,
        ...(from == null || service?.taskSets.includes(primary) === true ? {} : { service: from.name }),
      };

/**
 * All alarms asked for, and which of them are red already: JudgeHealth leaves those out until they have been OK, or for
 * good under `override`.
 */
const watchedAlarms = (observed: PlanObservation, { alarms }: DeploymentRequest): Plan['alarms'] => {
  const red = observed.alarms.alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  return { ...alarms, ignoredUntilOk: alarms.redAtStart.kind === 'refuse' ? [] : red };
};

/**
 * A first deployment has nothing to shift from: all requests at once as soon as green is healthy, and tried where it
 * is to be, then the last bake.
 */
const courseOf = (
  { shifts, strategyName }: DeploymentRequest,
  primary: ObservedTaskSet | null,
  { position }: { position?: Shift },
): Pick<Plan, 'shifts' | 'strategyName'> => {
  const ofTest = position === undefined ? [] : [position];
  return primary === null
    ? { shifts: [...ofTest, ...shifts.slice(-1)], strategyName: 'AllAtOnce, first deployment' }
    : { shifts: [...ofTest, ...shifts], strategyName };
};

/**
 * Decides the whole deployment before anything is written: blue, green's specification, the routes as they are, the
 * shifts. With an error among the findings there is no plan, and nothing may be written.
 */
export const planDeployment = (observed: PlanObservation, request: DeploymentRequest): Planned => {
  const findings = preflight(observed, request);
  const found = discover(observed, request);
  const { service, taskDefinition } = observed;
  if (findings.some(({ severity }) => severity === 'error')) return { plan: null, findings };
  if (service === null || taskDefinition === null || found.greenGroupArn === null) {
    return { plan: null, findings: [...findings, incomplete] };
  }
  const green = greenSpec(request, found.primary, taskDefinition, found.greenGroupArn);
  const draining = groupOf(observed, found.primary === null ? found.greenGroupArn : found.blueGroupArn);
  if (green === null || draining === undefined) return { plan: null, findings: [...findings, incomplete] };

  const blue = blueOf(found.primary, observed);
  const kind = loadBalancerKind(observed, found);
  const test = plannedTest(observed, request, found);
  const hooks = plannedHooks(observed, request, found);
  const plan: Plan = {
    clusterArn: service.clusterArn,
    serviceArn: service.serviceArn,
    cluster: service.cluster,
    service: service.name,
    desiredCount: service.desiredCount,
    blue,
    blueTargetGroupArn: found.blueGroupArn,
    green,
    loadBalancerKind: kind,
    routes: found.routes,
    ...(test.test === undefined ? {} : { test: test.test }),
    ...courseOf(request, found.primary, test),
    alarms: watchedAlarms(observed, request),
    ...plannedAnalysis({ ...request, blue, green, loadBalancerKind: kind }, observed),
    ...(request.carry === undefined ? {} : { carry: request.carry }),
    ...(request.onDrift === undefined ? {} : { onDrift: request.onDrift }),
    ...(request.settleMs === undefined ? {} : { settleMs: request.settleMs }),
    ...(request.rollbackWithinMs === undefined ? {} : { rollbackWithinMs: request.rollbackWithinMs }),
    ...(hooks.length === 0 ? {} : { hooks }),
    ...(request.capacity === undefined || blue === null ? {} : { capacity: request.capacity }),
    ...plannedScaling(observed, request),
    healthyForMs: request.healthyForMs,
    timeToHealthyMs: request.timeToHealthyMs,
    deregistrationDelayMs: draining.deregistrationDelaySeconds * SECOND_MS,
    stopTimeoutMs: stopTimeoutSeconds(observed.blueTaskDefinition ?? taskDefinition) * SECOND_MS,
    warnings: findings,
  };
  return { plan, findings };
};

/** A check that should have said what is missing did not: refuse rather than plan with a hole. */
const incomplete: Finding = {
  id: 'plan-incomplete',
  severity: 'error',
  message: 'expected everything a plan needs to be found or named as missing, found a part that is neither',
  fix: 'This is a defect of Cutover: please report it with what the same command prints with --json.',
  docs: 'docs/preflight.md#plan-incomplete',
};
