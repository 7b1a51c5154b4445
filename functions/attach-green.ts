import type { LiveRoute } from '../aws/balancer-verbs.ts';
import { DeploymentError } from '../core/errors.ts';
import { BEFORE_LAUNCH } from '../core/hooks/due.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import {
  ALL_BLUE,
  describeWeights,
  groupsFor,
  groupsOf,
  sameWeights,
  weightsOf,
} from '../core/weights/weights.ts';
import { hookRuns, leases, listener, scaling } from './deps.ts';
import { lambdaHost } from './lambda-host.ts';
import { refuseWhileHooksAreDue } from './refuse-while-hooks-are-due.ts';
import { type Step, toHandler } from './step.ts';
import { suspendScaling } from './suspend-scaling.ts';

const hasGreen = (live: LiveRoute, plan: Plan): boolean =>
  live.forward.groups.some((group) => group.targetGroupArn === plan.green.targetGroupArn);

/**
 * What scales the service is suspended as planned, before anything else is written. Then, because a target group in no
 * forward action has no health checks and CreateTaskSet refuses it, green joins every route at weight 0 before it is
 * launched.
 */
export const attachGreen: Step<'AttachGreen', 'listener' | 'leases' | 'hookRuns' | 'scaling'> = async (
  { lease, plan },
  { listener, leases, hookRuns, scaling },
) => {
  await refuseWhileHooksAreDue({ lease, plan, before: BEFORE_LAUNCH }, { hookRuns });
  const live = await Promise.all(plan.routes.map((route) => listener.read(route)));

  const detached = live.filter((route) => !hasGreen(route, plan));
  // A first deployment's green may have all weight already: nobody else is there. Any other's was given it by somebody,
  // and so was one's that is to be tried first.
  const mayBeServed = plan.blue === null && plan.test === undefined;
  for (const { route, forward } of mayBeServed ? detached : live) {
    const weights = weightsOf(forward, groupsOf(plan));
    if (!sameWeights(weights, ALL_BLUE)) {
      throw new DeploymentError(
        'TrafficDrifted',
        `expected blue to hold all weight on ${route.label}, found ${describeWeights(weights)}: ` +
          'someone changed the listener after the plan was made; find out who did, then start again',
      );
    }
  }

  const suspended = await suspendScaling(lease, plan, { leases, scaling });
  if (detached.length > 0) await leases.assertHolds(lease);
  for (const route of detached) {
    await listener.write(route, groupsFor(route.forward, groupsOf(plan), ALL_BLUE));
    const after = await listener.read(route.route);
    if (!hasGreen(after, plan) || !sameWeights(weightsOf(after.forward, groupsOf(plan)), ALL_BLUE)) {
      throw new DeploymentError(
        'TrafficDrifted',
        `wrote green at weight 0 to ${route.route.label} and read back ` +
          `${describeWeights(weightsOf(after.forward, groupsOf(plan)))}: someone else writes this listener`,
      );
    }
  }
  return {
    changed: detached.map(({ route }) => route.label),
    ...(suspended === null ? {} : { scaling: suspended }),
  };
};

export const handler = toHandler(
  'AttachGreen',
  attachGreen,
  { listener, leases, hookRuns, scaling },
  lambdaHost,
);
