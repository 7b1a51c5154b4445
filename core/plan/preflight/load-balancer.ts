import type { Finding } from '../../vocabulary/finding.types.ts';
import type { Check } from './check.types.ts';
import { error, warning } from './finding.ts';

/** ALB or NLB; what a gateway is for, and what an NLB cannot do [fact 60, 83, 120]. */
export const checkLoadBalancer: Check = ({ observed: { loadBalancers }, request }) =>
  loadBalancers.flatMap(({ name, type }): Finding[] => {
    if (type === 'gateway') {
      return [
        error(
          'gateway-load-balancer',
          `expected an Application or Network Load Balancer, found the Gateway Load Balancer ${name}: ` +
            'it passes traffic through appliances and is not for services',
          'Put the service behind an Application Load Balancer (HTTP) or a Network Load Balancer (TCP, UDP).',
        ),
      ];
    }
    if (type !== 'network') return [];
    const short = request.shifts.some(({ bakeMs }) => bakeMs < NLB_SETTLING_MS);
    return [
      warning(
        'network-load-balancer',
        `expected weights that act at once, found the Network Load Balancer ${name}: it takes up to ` +
          'ten minutes to follow them and only for new connections, open ones stay where they are, and ' +
          'it has no HTTP metrics',
        short
          ? 'Bake each shift for more than 10m, keep blue for more than 1h, and watch alarms on metrics ' +
              'of the application.'
          : 'Watch alarms on metrics of the application.',
      ),
    ];
  });

/** ECS itself pauses so long after each shift behind an NLB (ECS guide, NLB resources for blue/green). */
const NLB_SETTLING_MS = 10 * 60_000;
