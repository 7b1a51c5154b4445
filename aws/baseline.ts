import { isDeploymentError } from '../core/errors.ts';
import { comparesNothing } from '../core/plan/analysis.ts';
import { discover } from '../core/plan/discovery.ts';
import { baselineOf } from '../core/verdict/analysis/baseline.ts';
import { publishedSums } from '../core/verdict/published-metrics.ts';
import type { PlanObservation } from '../core/vocabulary/observation.types.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type { TrafficMetrics } from './metric-verbs.ts';

/**
 * Blue's metrics of the last hours, for a plan whose colours will be compared; nothing when they will not be. A read
 * that fails is no reason against a deployment: it is part of the plan that nothing is known.
 */
export const readBaseline = async (
  trafficMetrics: TrafficMetrics | undefined,
  observed: PlanObservation,
  request: DeploymentRequest,
): Promise<Pick<PlanObservation, 'baseline'>> => {
  const { analysis } = request;
  const { blueGroupArn, primary, routes } = discover(observed, request);
  const loadBalancerArn = routes[0]?.loadBalancerArn;
  const kind = observed.loadBalancers.find(({ arn }) => arn === loadBalancerArn)?.type;
  if (trafficMetrics === undefined || analysis === undefined || comparesNothing(analysis)) return {};
  if (primary === null) return {};
  if (blueGroupArn === null || loadBalancerArn === undefined || kind !== 'application') return {};
  try {
    const percentiles = analysis.latency.use === 'off' ? [] : [90, 99];
    const { application = [] } = analysis;
    const { taskDefinitionArn } = primary;
    const { minutes, times } = await trafficMetrics.readUsual({
      loadBalancerArn,
      targetGroupArn: blueGroupArn,
      percentiles,
      application: publishedSums(application, { taskDefinitionArn, targetGroupArn: blueGroupArn }),
    });
    return { baseline: baselineOf(minutes, times, application.length) };
  } catch (error) {
    if (isDeploymentError(error)) return { baseline: { unreadable: error.message } };
    throw error;
  }
};
