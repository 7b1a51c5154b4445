import type { WorldSeed } from '../sim/parts.types.ts';
import { ruleArn, type SmallService } from '../verify/stage/small-names.ts';
import { smallWorld } from '../verify/stage/small-world.ts';

/**
 * What a load balancer takes by default: 100 rules a listener, 100 target groups (quotas of Application Load
 * Balancers). A service has two groups, so half a hundred of them share one.
 */
export const SERVICES_PER_BALANCER = 50;

const nameOf = (index: number): string => `s${index}`;
/** The first of each half a hundred has the load balancer, and the others are behind it. */
const hostOf = (index: number): string => nameOf(index - (index % SERVICES_PER_BALANCER));

export const serviceAt = (index: number): SmallService => ({
  name: nameOf(index),
  routes: ['rule'],
  sticky: false,
  first: false,
  ...(hostOf(index) === nameOf(index) ? {} : { behind: hostOf(index) }),
});

/**
 * One account, one cluster: each service has two tasks, an alarm, and one rule among those of its load balancer's
 * others.
 */
export const sharedAccount = (count: number): WorldSeed => {
  const seed = smallWorld(Array.from({ length: count }, (_, index) => serviceAt(index)));
  return {
    ...seed,
    rules: seed.rules.map((rule, index) => ({
      ...rule,
      Rule: { ...rule.Rule, Priority: String(1 + (index % SERVICES_PER_BALANCER)) },
    })),
    traffic: { requestsPerSecond: 0 },
  };
};

/** The service's rule, on its host's listener. */
export const sharedRuleArn = (index: number): string => ruleArn(nameOf(index), hostOf(index));
