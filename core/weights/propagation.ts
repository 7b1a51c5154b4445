import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { LoadBalancerKind, Plan } from '../vocabulary/plan.types.ts';

/**
 * How long a load balancer may still send requests by the weights it had before a write. A read-back shows what is
 * configured, not what happens. AWS publishes no figure for application load balancers; seconds are usual [fact 82],
 * and other tools have seen the old group asked for up to two minutes, so these are waited where nothing hurries. For
 * network load balancers ECS itself waits ten minutes (ECS guide, NLB resources for blue/green) [fact 60].
 */
const SETTLE_MS: Record<LoadBalancerKind, number> = {
  application: 2 * MINUTE_MS,
  network: 10 * MINUTE_MS,
};

/** As a rule: seconds [fact 82]; of a network load balancer nothing better is known. */
const USUAL_SETTLE_MS: Record<LoadBalancerKind, number> = {
  application: 10 * SECOND_MS,
  network: SETTLE_MS.network,
};

/** Never longer than what the request takes for certain. */
export const usualSettleMs = (plan: Settling): number =>
  Math.min(USUAL_SETTLE_MS[plan.loadBalancerKind], settleMs(plan));

/** What the request asks for, or what the load balancer's kind may take. */
type Settling = Pick<Plan, 'loadBalancerKind' | 'settleMs'>;

export const settleMs = ({ loadBalancerKind, settleMs: asked }: Settling): number =>
  asked ?? SETTLE_MS[loadBalancerKind];

/** Whole seconds until a write made at `writtenAtMs` has surely reached the data plane; 0 when it has. */
export const settleSecondsLeft = (plan: Settling, writtenAtMs: number, nowMs: number): number =>
  Math.max(0, Math.ceil((writtenAtMs + settleMs(plan) - nowMs) / SECOND_MS));
