import type { AnalysisPlan } from '../../core/vocabulary/analysis.types.ts';
import type { Plan, Route } from '../../core/vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';
import type { Execution, Green, Lease, Traffic } from '../../core/vocabulary/state.types.ts';
import { identify } from '../../functions/identify.ts';
import { aForward, aPlan, BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { aRequest } from '../core/an-observation.ts';

/** The slices of a deployment under way, of a service with a listener's default action and a rule to shift. */

export const CLUSTER = 'arn:aws:ecs:eu-west-1:1:cluster/main';
export const SERVICE = 'arn:aws:ecs:eu-west-1:1:service/main/shop';
export const BALANCER = 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/shop/1';
export const LISTENER = 'arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/shop/1/2';
export const RULE = 'arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/app/shop/1/2/3';

export const BLUE_ID = 'ecs-svc/1';
export const GREEN_ID = 'ecs-svc/2';

export const executionNamed = (name: string): Execution => ({
  id: `arn:aws:states:eu-west-1:1:execution:cutover:${name}`,
  name,
  startedAt: '2027-01-15T08:00:00Z',
});
export const execution = executionNamed('deploy-8');

export const request: DeploymentRequest = aRequest();

/** The id of the deployment that an execution of this name is. */
export const idOf = (name: string): string => identify(request, executionNamed(name)).deploymentId;
export const DEPLOYMENT = idOf('deploy-8');

export const lease: Lease = {
  kind: 'held',
  deploymentId: DEPLOYMENT,
  serviceKey: 'main/shop',
  executionArn: execution.id,
  acquiredAtMs: NOW,
  request,
  lastGroups: [],
  waitSeconds: 0,
  reason: '',
};

export const defaultRoute = (original = aForward([BLUE, 100], [GREEN, 0])): Route => ({
  arn: LISTENER,
  kind: 'listener',
  listenerArn: LISTENER,
  loadBalancerArn: BALANCER,
  label: 'HTTPS:443 default',
  original,
});

export const ruleRoute = (original = aForward([BLUE, 100], [GREEN, 0])): Route => ({
  ...defaultRoute(original),
  arn: RULE,
  kind: 'rule',
  label: 'HTTPS:443 path /api/*',
});

/** With both routes. */
export const theirPlan = (changes: Partial<Plan> = {}): Plan =>
  aPlan({ routes: [defaultRoute(), ruleRoute()], ...changes });

export const green: Green = {
  taskSetId: GREEN_ID,
  taskSetArn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/2',
  launchedAtMs: NOW,
  adopted: false,
};

/** What ShiftTraffic left when it had moved both routes to a position of the plan. */
export const shiftedTo = (position: number, greenPct: number, changes: Partial<Traffic> = {}): Traffic => ({
  position,
  weights: { blue: 100 - greenPct, green: greenPct },
  shiftedAtMs: NOW,
  routes: [],
  ...changes,
});

/** Errors decide, of a service whose blue failed one request in a thousand. */
export const ERRORS_DECIDE: AnalysisPlan = {
  errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
  latency: { use: 'off', psi: 1.25, delta: 0.005 },
  alpha: 0.01,
  onInconclusive: 'advance',
  baseline: { minutes: 180, requests: 1_800_000, bad: 1_800, sigma: 0.25, slowOver: [] },
};
