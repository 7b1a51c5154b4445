import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { validationError as invalid, SimApiError } from '../kernel/fake-client.ts';
import type { Routes, SimRoute } from './routes.ts';

/** What AWS demands of a rule's conditions and of its place among the others, whichever call gives them. */

/** Quotas of an Application Load Balancer: so many values over all conditions of a rule. */
const MAX_CONDITION_VALUES = 5;

const MAX_PRIORITY = 50_000;

const valuesOf = (condition: RuleCondition): number =>
  [
    condition.Values,
    condition.PathPatternConfig?.Values,
    condition.HostHeaderConfig?.Values,
    condition.HttpHeaderConfig?.Values,
    condition.HttpRequestMethodConfig?.Values,
    condition.QueryStringConfig?.Values,
    condition.SourceIpConfig?.Values,
  ].find((values) => values !== undefined && values.length > 0)?.length ?? 0;

export const checkConditions = (conditions: readonly RuleCondition[]): void => {
  if (conditions.length === 0) throw invalid('A rule must have at least one condition');
  if (conditions.reduce((sum, condition) => sum + valuesOf(condition), 0) > MAX_CONDITION_VALUES)
    throw invalid(`A rule can have up to ${MAX_CONDITION_VALUES} condition values`);
};

/** Of each listener's rules a priority has one at most; `moving` leave theirs in the same call. */
export const checkPriority = (
  routes: Routes,
  listenerArn: string,
  priority: number,
  moving: readonly SimRoute[] = [],
): void => {
  if (!Number.isInteger(priority) || priority < 1 || priority > MAX_PRIORITY)
    throw invalid(`A priority is from 1 to ${MAX_PRIORITY}; found ${priority}`);
  const taken = routes
    .ofListener(listenerArn)
    .some(
      (route) =>
        Number(route.rule?.Priority) === priority && !routes.isDeleted(route) && !moving.includes(route),
    );
  if (taken) throw new SimApiError('PriorityInUseException', `Priority '${priority}' is currently in use`);
};
