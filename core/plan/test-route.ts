import type { PlanObservation } from '../vocabulary/observation.types.ts';
import type { ObservedRule } from '../vocabulary/observed.types.ts';
import type { TestRoute } from '../vocabulary/plan.types.ts';
import type { DeploymentRequest, Shift } from '../vocabulary/request.types.ts';
import type { Discovery } from './discovery.ts';
import { headerOf } from './rule-match.ts';

/** The rule of the test route; a listener's default action is the rule without a priority. */
export const testRuleOf = ({ testListener }: PlanObservation, routeArn: string): ObservedRule | null =>
  testListener?.rules.find(({ arn, priority }) =>
    routeArn.includes(':listener/') ? priority === null : arn === routeArn,
  ) ?? null;

/** How long the plan is open to testers before its first shift: a position of its own, at which no user meets green. */
export const testPosition = ({ test }: DeploymentRequest): Shift | undefined =>
  test === undefined ? undefined : { greenPct: 0, bakeMs: test.forMs, test: true };

/** The test route as the plan keeps it. */
export const plannedTest = (
  observed: PlanObservation,
  request: DeploymentRequest,
  found: Discovery,
): { test?: TestRoute; position?: Shift } => {
  const position = testPosition(request);
  const { test } = request;
  if (test === undefined || found.test === null || position === undefined) return {};
  const header = headerOf(testRuleOf(observed, test.route) ?? { conditions: [] });
  return {
    test: {
      route: found.test,
      ...(test.url === undefined ? {} : { url: test.url }),
      ...(header === null ? {} : { header }),
    },
    position,
  };
};
