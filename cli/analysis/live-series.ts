import { observeForPlan } from '../../aws/plan-observation.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { discover } from '../../core/plan/discovery.ts';
import { DEFAULT_ANALYSIS } from '../../core/request/defaults.ts';
import { parseRequest } from '../../core/request/request.ts';
import { baselineOf } from '../../core/verdict/analysis/baseline.ts';
import { finalMinutes, METRIC_LAG_MS } from '../../core/verdict/analysis/final-minutes.ts';
import type { Account } from '../account/account.ts';
import { refuseIfNotThere } from '../account/not-there.ts';
import type { Target } from '../account/target.ts';
import { UsageError } from '../usage-error.ts';
import type { Series } from './read-series.ts';

/** As much as a long shift has. */
const WINDOW_MS = HOUR_MS;

/**
 * Both target groups of a service as it stands, even if others move them: the PRIMARY's is blue, the other one green.
 */
const groupsNow = async (account: Account, target: Target) => {
  await refuseIfNotThere(account, target);
  const verbs = account.verbs();
  const { cluster, service } = target;
  const { taskSets } = await verbs.ecsServices.read(cluster, service);
  const taskDefinition = taskSets.find(({ status }) => status === 'PRIMARY')?.taskDefinitionArn;
  const parsed = parseRequest({ cluster, service, taskDefinition });
  if (taskDefinition === undefined || !parsed.ok)
    throw new UsageError(
      `expected a PRIMARY task set of ${target.words}, found none: nothing serves its users`,
    );
  const { ecsServices, taskDefinitions, listener, targets, alarms } = verbs;
  const reading = { ecsServices, taskDefinitions, listener, targets, alarms };
  const observed = await observeForPlan(reading, parsed.request, []);
  const { blueGroupArn, greenGroupArn, routes } = discover(observed, parsed.request);
  const loadBalancerArn = routes[0]?.loadBalancerArn;
  if (blueGroupArn === null || greenGroupArn === null || loadBalancerArn === undefined) {
    throw new UsageError(`expected two target groups in the routes of ${target.words}, found no second one`, {
      hint: 'a service without a deployment is judged by the two groups that its routes forward to',
    });
  }
  return { loadBalancerArn, blueGroupArn, greenGroupArn };
};

/**
 * The last hour of both target groups from CloudWatch, from green's first request on, with the defaults of a request:
 * for a service whose users somebody else moves, or whose deployment is not in the table.
 */
export const liveSeries = async (account: Account, target: Target): Promise<Series> => {
  const groups = await groupsNow(account, target);
  const { trafficMetrics } = account.verbs();
  const toMs = Math.floor((account.host.clock.nowMs() - METRIC_LAG_MS) / MINUTE_MS) * MINUTE_MS;
  const [read, usual] = await Promise.all([
    trafficMetrics.readMinutes({ ...groups, slowOver: [] }, { fromMs: toMs - WINDOW_MS, toMs }),
    trafficMetrics.readUsual({
      loadBalancerArn: groups.loadBalancerArn,
      targetGroupArn: groups.blueGroupArn,
      percentiles: [],
    }),
  ]);
  const minutes = finalMinutes(read, account.host.clock.nowMs()).map(({ errors }) => errors);
  const first = minutes.findIndex(({ green }) => green.requests > 0);
  if (first < 0) {
    const name = groups.greenGroupArn.split('/')[1];
    throw new UsageError(`expected requests of both target groups in the last hour, found none of ${name}`, {
      hint: 'it is judged while some users are on it, and no deployment of the service has kept what it read',
    });
  }
  const { errors, alpha } = DEFAULT_ANALYSIS;
  const { sigma } = baselineOf(usual.minutes, usual.times);
  return {
    minutes: minutes.slice(first),
    analysis: { method: 'recommended', psi: errors.psi, delta: errors.delta, alpha, sigma, baselineRate: 0 },
    calibrated: true,
  };
};
