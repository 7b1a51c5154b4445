import type { ObservedLoadBalancer } from '../../vocabulary/observed.types.ts';
import type { Inspected } from './check.types.ts';

/** The load balancers that the deployment's routes are on; one that only shares a group is no concern of green's. */
export const balancersOf = ({ observed, found }: Inspected): ObservedLoadBalancer[] => {
  const arns = new Set(found.routes.map(({ loadBalancerArn }) => loadBalancerArn));
  return observed.loadBalancers.filter(({ arn }) => arns.has(arn));
};
