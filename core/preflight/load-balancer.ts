import type { Finding } from '../plan.types.ts';
import type { Check } from './check.types.ts';
import { error, warning } from './finding.ts';

/** ALB or NLB; what a gateway is for, and what an NLB cannot do [60, 83, 120]. */
export const checkLoadBalancer: Check = ({ observed: { loadBalancers }, request }) =>
  loadBalancers.flatMap(({ name, type }): Finding[] => {
    if (type === 'gateway') {
      return [
        error(
          'gateway-load-balancer',
          `expected an Application or Network Load Balancer, found the Gateway Load Balancer ${name}`,
          'Gateway Load Balancers pass traffic through appliances and are not for services: put the groups behind an ALB (HTTP) or an NLB (TCP, UDP).',
        ),
      ];
    }
    if (type !== 'network') return [];
    const short = request.shifts.some(({ bakeMs }) => bakeMs < NLB_SETTLING_MS);
    return [
      warning(
        'network-load-balancer',
        `expected percentages to hold at once, found the Network Load Balancer ${name}: new weights reach its data plane within about ten minutes and only for new flows; open flows stay with blue up to an hour, and there are no HTTP metrics per group`,
        short
          ? 'Bake each shift for more than 10m, keep blue for more than 1h, and use alarms on metrics of the application.'
          : 'Use alarms on metrics of the application.',
      ),
    ];
  });

/** ECS itself pauses so long after each shift behind an NLB (ECS guide, NLB resources for blue/green). */
export const NLB_SETTLING_MS = 10 * 60_000;
