import { SECOND_MS } from '../../clock.ts';
import { historyEvents } from '../../estimate/estimate.ts';
import { groupOf } from '../discovery.ts';
import { stopTimeoutSeconds } from '../stop-timeout.ts';
import { testPosition } from '../test-route.ts';
import type { Check } from './check.types.ts';
import { error } from './finding.ts';

/**
 * An execution ends at 25,000 history events, and no Catch runs then (Step Functions quotas) [fact 93]. The rest is for
 * alarm events and operators, which wake a bake more often than planned, and for the rollback.
 */
const HISTORY_BUDGET_EVENTS = 15_000;

export const checkHistoryBudget: Check = ({ observed, request, found }) => {
  const draining = groupOf(observed, found.blueGroupArn ?? found.greenGroupArn);
  const test = testPosition(request);
  const { max } = historyEvents({
    shifts: [...(test === undefined ? [] : [test]), ...request.shifts],
    ...(request.hooks === undefined ? {} : { hooks: request.hooks }),
    healthyForMs: request.healthyForMs,
    timeToHealthyMs: request.timeToHealthyMs,
    deregistrationDelayMs: (draining?.deregistrationDelaySeconds ?? 0) * SECOND_MS,
    stopTimeoutMs: stopTimeoutSeconds(observed.blueTaskDefinition ?? observed.taskDefinition) * SECOND_MS,
  });
  if (max <= HISTORY_BUDGET_EVENTS) return [];
  const hooks = request.hooks === undefined ? '' : ' with hooks that take as long as they may';
  return [
    error(
      'history-budget',
      `expected a deployment of at most ${HISTORY_BUDGET_EVENTS} history events, found up to ${max} ` +
        `for ${request.shifts.length} shifts${hooks}: Step Functions ends an execution for good at 25000, ` +
        'without a rollback',
      'Use fewer shifts, bakes of less than 10m, ' +
        `${request.hooks === undefined ? '' : 'hooks at fewer `steps` or with a shorter `timeout`, '}or a ` +
        'shorter `timeToHealthy`.',
    ),
  ];
};
