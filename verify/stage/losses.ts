import type { OutcomeKind } from '../../core/vocabulary/ending.types.ts';
import type { FailureCause } from '../../sim/parts.types.ts';
import { failureCauses } from '../../sim/parts.types.ts';
import type { World } from '../../sim/world.ts';
import { groupArn, routeArns, type SmallService } from './small-names.ts';

/** Failed user requests by cause. */
export type Losses = Partial<Record<FailureCause, number>>;

export const minus = (a: Losses, b: Losses): Losses =>
  Object.fromEntries(
    failureCauses
      .map((cause) => [cause, (a[cause] ?? 0) - (b[cause] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );

/**
 * Counts what a service's users lose from now on. A first deployment has no users before green serves them, so there
 * the count begins when the data plane sends everything to green, and a rollback to nothing loses nobody.
 */
export const watchLosses = (
  { kernel, traffic, elbv2 }: World,
  service: SmallService,
): ((outcome: OutcomeKind | null) => Losses) => {
  const groups = [groupArn(service.name, 'a'), groupArn(service.name, 'b')];
  const now = (): Losses => {
    const { byGroup, failedBecause } = traffic.totals();
    const lost: Losses = {};
    for (const cause of failureCauses) {
      const count = groups.reduce((sum, arn) => sum + (byGroup[arn]?.failedBecause[cause] ?? 0), 0);
      if (count > 0) lost[cause] = count;
    }
    return failedBecause.noRoute === undefined ? lost : { ...lost, noRoute: failedBecause.noRoute };
  };
  let from: Losses | null = service.first ? null : now();

  if (service.first) {
    const routes = routeArns(service);
    kernel.onEvent(({ kind }) => {
      if (kind !== 'dataPlane' || from !== null) return;
      const live = elbv2.routes(routes);
      const allGreen = live.every(({ effectiveGroups }) =>
        effectiveGroups.every(({ targetGroupArn, weight }) => weight === 0 || targetGroupArn === groups[1]),
      );
      if (allGreen) from = now();
    });
  }
  return (outcome) => {
    if (from === null || (service.first && outcome !== 'succeeded')) return {};
    return minus(now(), from);
  };
};
