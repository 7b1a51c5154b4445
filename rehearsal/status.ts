import { weightsOf } from '../core/weights/weights.ts';
import type { GroupTraffic, TrafficTotals } from '../sim/parts.types.ts';
import type { World } from '../sim/world.ts';
import type { Colours } from './colours.ts';
import type { Status } from './rehearsal.types.ts';

const NOTHING: GroupTraffic = { requests: 0, failed: 0, failedBecause: {} };

const minus = (a: GroupTraffic, b: GroupTraffic): GroupTraffic => ({
  requests: a.requests - b.requests,
  failed: a.failed - b.failed,
  failedBecause: lessBy(a.failedBecause, b.failedBecause),
});

const lessBy = <Cause extends string>(
  a: Partial<Record<Cause, number>>,
  b: Partial<Record<Cause, number>>,
): Partial<Record<Cause, number>> =>
  Object.fromEntries(
    Object.entries<number | undefined>(a)
      .map(([cause, count]) => [cause, (count ?? 0) - (b[cause as Cause] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  ) as Partial<Record<Cause, number>>;

/** Requests since `start`, over all and by colour. */
export const trafficSince = (world: World, start: TrafficTotals, { blue, green }: Colours) => {
  const now = world.traffic.totals();
  const group = (arn: string | undefined): GroupTraffic =>
    arn === undefined ? NOTHING : minus(now.byGroup[arn] ?? NOTHING, start.byGroup[arn] ?? NOTHING);
  return {
    total: now.total - start.total,
    failed: now.failed - start.failed,
    failedBecause: lessBy(now.failedBecause, start.failedBecause),
    blue: group(blue),
    green: group(green),
  };
};

/** The world at this instant, as a line of the timeline shows it. */
export const statusOf = (
  world: World,
  start: TrafficTotals,
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
