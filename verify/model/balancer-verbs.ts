import type { ObservedTarget } from '../../core/vocabulary/observed.types.ts';
import type { Deps } from '../../functions/deps.types.ts';
import { observed } from './ecs-verbs.ts';
import type { ModelBase, ModelRoute } from './model.types.ts';
import { notFound } from './not-found.ts';
import type { Session } from './session.ts';
import { isAttached } from './snapshot.ts';
import { BLUE_GROUP, balancer, GREEN_GROUP, groupOf, routeOf, TEST_RULE, testRuleOf } from './the-service.ts';

/** The load balancer as the steps use it, over a state of the model. */

const targetsIn = (session: Session, groupArn: string): ObservedTarget[] => {
  const { state } = session;
  const attached = isAttached(state, groupArn);
  return state.taskSets
    .filter((set) => set.targetGroupArn === groupArn)
    .flatMap((set) => {
      const { runningCount, computedDesiredCount } = observed(set, state.nowMs);
      return Array.from(
        { length: runningCount },
        (_, index): ObservedTarget => ({
          id: `${set.id}-${index}`,
          port: 8080,
          state: !attached
            ? 'unused'
            : computedDesiredCount === 0
              ? 'draining'
              : index < set.health
                ? 'healthy'
                : 'unhealthy',
        }),
      );
    });
};

export const balancerVerbs = (
  session: Session,
  base: ModelBase,
  deploymentId: string,
): Pick<Deps, 'listener' | 'targets'> => {
  const { state, call } = session;
  const route = (arn: string): ModelRoute => {
    const found = state.routes.find((one) => one.arn === arn && !one.deleted);
    if (found === undefined) throw notFound(`a rule that forwards at ${arn}`);
    return found;
  };
  const write = (name: string, target: string) => ({ call: name, target, deploymentId });

  return {
    listener: {
      findRoutes: (_balancers, groups) =>
        call('listener.findRoutes', 'read', () =>
          state.routes
            .filter(
              (one) =>
                !one.deleted &&
                (groups === undefined ||
                  one.groups.some(({ targetGroupArn }) => groups.includes(targetGroupArn))),
            )
            .map((one) => routeOf(one, base.sticky)),
        ),
      readRules: () =>
        call('listener.readRules', 'read', () =>
          state.routes
            .filter(({ arn, deleted }) => arn === TEST_RULE && !deleted)
            .map(({ groups }) => testRuleOf(groups)),
        ),
      read: (planned) =>
        call('listener.read', 'read', () => {
          const found = route(planned.arn);
          return { route: planned, forward: routeOf(found, base.sticky).original, actions: null };
        }),
      write: (live, groups) =>
        call(
          'listener.write',
          'write',
          () => {
            Object.assign(route(live.route.arn), {
              groups: groups.map((group) => ({ ...group })),
              foreign: false,
            });
          },
          write('ModifyListener', live.route.arn),
        ),
      readLoadBalancers: () => call('listener.readLoadBalancers', 'read', () => [balancer]),
    },

    targets: {
      read: (groupArn) => call('targets.read', 'read', () => targetsIn(session, groupArn)),
      readGroups: (arns) =>
        call('targets.readGroups', 'read', () => {
          const missing = arns.find((arn) => arn !== BLUE_GROUP && arn !== GREEN_GROUP);
          if (missing !== undefined) throw notFound(`target group ${missing}`);
          return arns.map(groupOf);
        }),
    },
  };
};
