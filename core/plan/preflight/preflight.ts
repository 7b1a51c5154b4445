import type { Finding } from '../../vocabulary/finding.types.ts';
import type { PlanObservation } from '../../vocabulary/observation.types.ts';
import type { DeploymentRequest } from '../../vocabulary/request.types.ts';
import { discover } from '../discovery.ts';
import { checkAlarms } from './alarms.ts';
import { checkApplicationMetrics } from './application-metrics.ts';
import type { Check } from './check.types.ts';
import { checkContainer } from './container.ts';
import { checkDraining } from './draining.ts';
import { checkExposure } from './exposure.ts';
import { checkFailOpen } from './fail-open.ts';
import { checkHealthCheckPort } from './health-check-port.ts';
import { checkHealthCheckTiming } from './health-check-timing.ts';
import { checkHistoryBudget } from './history-budget.ts';
import { checkHookTasks } from './hook-tasks.ts';
import { checkHooks } from './hooks.ts';
import { checkHooksAllowed } from './hooks-allowed.ts';
import { checkImages } from './images.ts';
import { checkLaunch } from './launch.ts';
import { checkLoadBalancer } from './load-balancer.ts';
import { checkMetrics } from './metrics.ts';
import { checkNetworkMode } from './network-mode.ts';
import { checkNotChecked } from './not-checked.ts';
import { checkNotCompared } from './not-compared.ts';
import { checkPayloadBudget } from './payload-budget.ts';
import { checkProtection } from './protection.ts';
import { checkRouteOwner } from './route-owner.ts';
import { checkRouteStickiness } from './route-stickiness.ts';
import { checkRoutes } from './routes.ts';
import { checkScaling, checkZoneRebalancing } from './scaling.ts';
import { checkSecurityGroups } from './security-groups.ts';
import { checkService } from './service.ts';
import { checkSeveralTargetGroups } from './several-target-groups.ts';
import { checkShifts } from './shifts.ts';
import { checkSubnets } from './subnets.ts';
import { checkTakenOver } from './taken-over.ts';
import { checkTargetGroupPair } from './target-group-pair.ts';
import { checkTargetGroups } from './target-groups.ts';
import { checkBlueRevision, checkTaskDefinition, checkVolumesAtLaunch } from './task-definition.ts';
import { checkTaskSets } from './task-sets.ts';
import { checkTestRoute } from './test-route.ts';
import { checkTraffic } from './traffic.ts';
import { checkWayBack } from './way-back.ts';
import { checkFamily, checkNetworkChange } from './what-runs.ts';

/** In the order a person would set things up, which is the order to fix them in. */
const checks: readonly Check[] = [
  checkService,
  checkTaskSets,
  checkTakenOver,
  checkProtection,
  checkScaling,
  checkZoneRebalancing,
  checkSeveralTargetGroups,
  checkTaskDefinition,
  checkVolumesAtLaunch,
  checkBlueRevision,
  checkFamily,
  checkImages,
  checkContainer,
  checkNetworkMode,
  checkNetworkChange,
  checkLaunch,
  checkLoadBalancer,
  checkSubnets,
  checkSecurityGroups,
  checkTargetGroups,
  checkTargetGroupPair,
  checkFailOpen,
  checkRoutes,
  checkTraffic,
  checkRouteStickiness,
  checkRouteOwner,
  checkTestRoute,
  checkHealthCheckPort,
  checkHealthCheckTiming,
  checkDraining,
  checkAlarms,
  checkShifts,
  checkHooks,
  checkHookTasks,
  checkHooksAllowed,
  checkWayBack,
  checkMetrics,
  checkApplicationMetrics,
  checkExposure,
  checkNotCompared,
  checkHistoryBudget,
  checkNotChecked,
];

/**
 * Everything that is wrong, or not as the guides advise, in one list: errors first, each with what to do. Never stops
 * at the first.
 */
export const preflight = (observed: PlanObservation, request: DeploymentRequest): Finding[] => {
  const inspected = { observed, request, found: discover(observed, request) };
  const made = checks.flatMap((check) => check(inspected));
  const findings = [...made, ...checkPayloadBudget(inspected, made)];
  return [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ];
};
