import type { WorldSeed } from '../sim/parts.types.ts';
import { groupArn, listenerArn, ruleArn, type SmallService } from '../verify/stage/small-names.ts';
import { smallWorld } from '../verify/stage/small-world.ts';

/**
 * What a load balancer takes by default: 100 rules a listener, 100 target groups (quotas of Application Load
 * Balancers). A service has two groups, so half a hundred of them share one.
 */
export const SERVICES_PER_BALANCER = 50;

export const serviceAt = (index: number): SmallService => ({
  name: `s${index}`,
  routes: ['rule'],
  sticky: false,
  first: false,
});

/** The one whose load balancer and listener a service shares. */
const hostOf = (index: number): string => serviceAt(index - (index % SERVICES_PER_BALANCER)).name;

/** `app/s50/7335...` of `...:listener/app/s50/7335.../7335...`. */
const balancerPathOf = (name: string): string => listenerArn(name).split('/').slice(1, -1).join('/');

/**
 * One account, one cluster: each service has two tasks, an alarm, and one rule among those of its load balancer's
 * others.
 */
export const sharedAccount = (count: number): WorldSeed => {
  const seed = smallWorld(Array.from({ length: count }, (_, index) => serviceAt(index)));
  const hosts = new Set(Array.from({ length: count }, (_, index) => listenerArn(hostOf(index))));
  const listeners = seed.listeners.filter(({ ListenerArn }) => hosts.has(ListenerArn ?? ''));
  const balancers = new Set(listeners.map(({ LoadBalancerArn }) => LoadBalancerArn));
  return {
    ...seed,
    listeners,
    loadBalancers: seed.loadBalancers.filter(({ LoadBalancerArn }) => balancers.has(LoadBalancerArn)),
    rules: seed.rules.map(({ Rule }, index) => ({
      ListenerArn: listenerArn(hostOf(index)),
      Rule: {
        ...Rule,
        RuleArn: sharedRuleArn(index),
        Priority: String(1 + (index % SERVICES_PER_BALANCER)),
        Conditions: [
          { Field: 'path-pattern', PathPatternConfig: { Values: [`/${serviceAt(index).name}/*`] } },
        ],
      },
    })),
    metricAlarms: seed.metricAlarms.map((alarm, index) => ({
      ...alarm,
      Dimensions: [
        { Name: 'TargetGroup', Value: groupArn(serviceAt(index).name, 'b').replace(/^.*:/, '') },
        { Name: 'LoadBalancer', Value: balancerPathOf(hostOf(index)) },
      ],
    })),
    traffic: { requestsPerSecond: 0 },
  };
};

/** The service's rule, on its host's listener. */
export const sharedRuleArn = (index: number): string => {
  const { name } = serviceAt(index);
  return ruleArn(name).replace(balancerPathOf(name), balancerPathOf(hostOf(index)));
};
