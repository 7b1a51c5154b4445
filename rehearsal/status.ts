import type { Service } from '@aws-sdk/client-ecs';
import { weightsOf } from '../core/weights/weights.ts';
import { failureCauses, type GroupTraffic, type TrafficTotals } from '../sim/parts.types.ts';
import type { World } from '../sim/world.ts';
import type { Colours } from './colours.ts';
import type { Status } from './rehearsal.types.ts';

const NOTHING: GroupTraffic = { requests: 0, failed: 0, failedBecause: {} };

const minus = (a: GroupTraffic, b: GroupTraffic): GroupTraffic => ({
  requests: a.requests - b.requests,
  failed: a.failed - b.failed,
  failedBecause: lessBy(a.failedBecause, b.failedBecause),
});

const plus = (a: GroupTraffic, b: GroupTraffic): GroupTraffic => {
  const failedBecause = { ...a.failedBecause };
  for (const cause of failureCauses) {
    const count = (a.failedBecause[cause] ?? 0) + (b.failedBecause[cause] ?? 0);
    if (count > 0) failedBecause[cause] = count;
  }
  return { requests: a.requests + b.requests, failed: a.failed + b.failed, failedBecause };
};

const lessBy = <Cause extends string>(
  a: Partial<Record<Cause, number>>,
  b: Partial<Record<Cause, number>>,
): Partial<Record<Cause, number>> =>
  Object.fromEntries(
    Object.entries<number | undefined>(a)
      .map(([cause, count]) => [cause, (count ?? 0) - (b[cause as Cause] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  ) as Partial<Record<Cause, number>>;

/** The traffic before a deployment, and the target groups of the world's other services. */
export type TrafficBefore = { totals: TrafficTotals; othersGroups: readonly string[] };

/** Groups that serve for other services of the world and not for this one. */
export const groupsOfOthers = (services: readonly Service[], serviceArn: string): string[] => {
  const groupsOf = (chosen: readonly Service[]): string[] =>
    chosen
      .flatMap(({ taskSets = [], loadBalancers = [] }) => [
        ...loadBalancers,
        ...taskSets.flatMap((set) => set.loadBalancers ?? []),
      ])
      .flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const own = groupsOf(services.filter((service) => service.serviceArn === serviceArn));
  const others = groupsOf(services.filter((service) => service.serviceArn !== serviceArn));
  return [...new Set(others)].filter((arn) => !own.includes(arn));
};

/** Requests since `start` by colour, over all that the service's users sent, and those of other services. */
export const trafficSince = (world: World, start: TrafficBefore, { blue, green }: Colours) => {
  const now = world.traffic.totals();
  const { totals } = start;
  const group = (arn: string | undefined): GroupTraffic =>
    arn === undefined ? NOTHING : minus(now.byGroup[arn] ?? NOTHING, totals.byGroup[arn] ?? NOTHING);
  const others = start.othersGroups
    .filter((arn) => arn !== blue && arn !== green)
    .map(group)
    .reduce(plus, NOTHING);
  return {
    total: now.total - totals.total - others.requests,
    failed: now.failed - totals.failed - others.failed,
    failedBecause: lessBy(lessBy(now.failedBecause, totals.failedBecause), others.failedBecause),
    ...(others.requests === 0 ? {} : { others }),
    blue: group(blue),
    green: group(green),
  };
};

/** The world at this instant, as a line of the timeline shows it. */
export const statusOf = (
  world: World,
  start: TrafficBefore,
  startedAtMs: number,
  colours: Colours,
  /** Testers take it: what it has is no user's share. */
  testRoute?: string,
): Status => {
  const traffic = trafficSince(world, start, colours);
  const counts = (arn: string | undefined) => {
    const { healthy, registered } =
      arn === undefined ? { healthy: 0, registered: 0 } : world.elbv2.registry.counts(arn);
    return { healthy, registered };
  };
  const { blue, green } = colours;
  const routes = world.elbv2
    .routes()
    .filter(({ arn }) => arn !== testRoute)
    .filter(({ groups }) =>
      groups.some(({ targetGroupArn }) => targetGroupArn === blue || targetGroupArn === green),
    );
  return {
    sinceStartMs: world.kernel.scheduler.nowMs() - startedAtMs,
    greenPctByRoute: Object.fromEntries(
      routes.map((route) => [
        route.label,
        green === undefined ? 0 : (weightsOf(route, { blue: blue ?? null, green })?.green ?? null),
      ]),
    ),
    blue: { ...counts(blue), requests: traffic.blue.requests, failed: traffic.blue.failed },
    green: { ...counts(green), requests: traffic.green.requests, failed: traffic.green.failed },
  };
};
