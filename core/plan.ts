import { SECOND_MS } from './clock.ts';
import { type Discovery, discover, groupOf } from './discovery.ts';
import { greenSpec } from './green-spec.ts';
import type {
  ObservedAlarms,
  ObservedLoadBalancer,
  ObservedService,
  ObservedTarget,
  ObservedTargetGroup,
  ObservedTaskDefinition,
  ObservedTaskSet,
} from './observed.types.ts';
import type { BlueTaskSet, Finding, Plan, Route } from './plan.types.ts';
import { preflight } from './preflight/preflight.ts';
import type { Surroundings } from './preflight/surroundings.types.ts';
import type { DeploymentRequest } from './request.types.ts';
import { stopTimeoutSeconds } from './stop-timeout.ts';

/** Everything PlanDeployment reads, in one piece; aws/plan-observation.ts makes it. What does not exist is null or missing here, not an error. */
export type PlanObservation = {
  /** Null: no such cluster or service. */
  service: ObservedService | null;
  /** The one to deploy; null: no such family or revision. */
  taskDefinition: ObservedTaskDefinition | null;
  /** The one that runs; null on a first deployment, or when it has been deleted since. */
  blueTaskDefinition: ObservedTaskDefinition | null;
  /** Of all groups below. */
  loadBalancers: ObservedLoadBalancer[];
  /** Every route on those load balancers that names any of the groups below. */
  routes: Route[];
  /** Blue's, the request's, those of the last deployment, and whatever else blue's routes name. */
  groups: ObservedTargetGroup[];
  /** Groups that were looked for and do not exist. */
  missingGroups: string[];
  /** Registered targets by group ARN. */
  targets: Record<string, ObservedTarget[]>;
  alarms: ObservedAlarms;
  /** Both groups of the service's last deployment, from the record. */
  lastGroups: string[];
  /** Read by the command line only, and only where the caller may; absent: nobody looked. */
  surroundings?: Surroundings;
};

export type Planned = { plan: Plan; findings: Finding[] } | { plan: null; findings: Finding[] };

const blueOf = (primary: ObservedTaskSet | null): BlueTaskSet | null =>
  primary?.targetGroupArn === undefined
    ? null
    : {
        id: primary.id,
        arn: primary.arn,
        taskDefinitionArn: primary.taskDefinitionArn,
        targetGroupArn: primary.targetGroupArn,
        scalePercent: primary.scalePercent,
      };

/**
 * All alarms asked for, and which of them are red already: JudgeHealth leaves those out until they have been OK, or for
 * good under `override`.
 */
const watchedAlarms = (observed: PlanObservation, { alarms }: DeploymentRequest): Plan['alarms'] => {
  const red = observed.alarms.alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  return { ...alarms, ignoredUntilOk: alarms.redAtStart.kind === 'refuse' ? [] : red };
};

/** A first deployment has nothing to shift from: all requests at once as soon as green is healthy, then the last bake. */
const courseOf = (
  { shifts, strategyName }: DeploymentRequest,
  primary: ObservedTaskSet | null,
): Pick<Plan, 'shifts' | 'strategyName'> =>
  primary === null
    ? { shifts: shifts.slice(-1), strategyName: 'AllAtOnce, first deployment' }
    : { shifts, strategyName };

const loadBalancerKind = (observed: PlanObservation, found: Discovery): Plan['loadBalancerKind'] => {
  const arns = found.routes.map(({ loadBalancerArn }) => loadBalancerArn);
  return observed.loadBalancers.some(({ arn, type }) => arns.includes(arn) && type === 'network')
    ? 'network'
    : 'application';
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

  const plan: Plan = {
    clusterArn: service.clusterArn,
    serviceArn: service.serviceArn,
    cluster: service.cluster,
    service: service.name,
    desiredCount: service.desiredCount,
    blue: blueOf(found.primary),
    blueTargetGroupArn: found.blueGroupArn,
    green,
    loadBalancerKind: loadBalancerKind(observed, found),
    routes: found.routes,
    ...courseOf(request, found.primary),
    alarms: watchedAlarms(observed, request),
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
  fix: 'This is a defect of Cutover: please report it with the output of `cutover plan --json`.',
  docs: 'docs/preflight.md#plan-incomplete',
};
