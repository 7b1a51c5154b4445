import { MINUTE_MS } from '../../core/clock.ts';
import type { SimElbv2 } from '../elbv2/elbv2.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { MinuteMetrics, TrafficSeed, TrafficTotals } from '../parts.types.ts';
import { watchAppChanges } from './app-changes.ts';
import { answersOf } from './group-answers.ts';
import { watchHosts } from './host-counts.ts';
import { makeMinutes } from './minutes.ts';
import { followUsers, type Shares } from './stickiness.ts';
import { makeTally } from './tally.ts';

export type SimTraffic = {
  /** Everything up to now, in whole requests. */
  totals(): TrafficTotals;
  /** One group's minute, complete once it is over; undefined before the run began. */
  minute(targetGroupArn: string, minuteStartMs: number): MinuteMetrics | undefined;
  /** From now on users send so many times what the world says; absent where their requests are real. */
  setLoad?(factor: number): void;
};

/** How long a user keeps coming back when the world does not say: a visit to a shop. */
const SESSION_SECONDS = 300;

/** Requests per millisecond by route ARN, where there are any. */
const demandOf = (seed: TrafficSeed, forwarding: readonly string[]): Map<string, number> => {
  const shares = new Map(
    Object.entries(seed.shares ?? Object.fromEntries(forwarding.map((arn) => [arn, 1]))),
  );
  const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
  if (total === 0 || seed.requestsPerSecond === 0) return new Map();
  return new Map(
    [...shares]
      .filter(([, share]) => share !== 0)
      .map(([arn, share]) => [arn, (seed.requestsPerSecond / 1000) * (share / total)]),
  );
};

/** User requests as a flow, integrated exactly over each stretch in which nothing changes. */
export const makeTraffic = (kernel: Kernel, seed: TrafficSeed, { dataPlane }: SimElbv2): SimTraffic => {
  const demand = demandOf(seed, dataPlane.forwardingRoutes());
  const sessionSeconds = seed.sessionSeconds ?? SESSION_SECONDS;
  const tally = makeTally(dataPlane.groupArns());
  const minutes = makeMinutes(kernel.random.fork('minutes'));
  const nextAppChangeMs = watchAppChanges(dataPlane);
  const noteHosts = watchHosts(dataPlane, minutes);
  const usersByRoute = new Map<string, Shares>();
  let load = 1;
  /** Requests by group over a stretch; those that find no group are counted here. */
  const arrivals = (ms: number): Map<string, number> => {
    const byGroup = new Map<string, number>();
    for (const [route, usualPerMs] of demand) {
      const perMs = usualPerMs * load;
      const forward = dataPlane.forward(route);
      let unrouted = perMs * ms;
      if (forward !== undefined) {
        const { mean, after } = followUsers(usersByRoute.get(route), forward, sessionSeconds, ms / 1000);
        usersByRoute.set(route, after);
        for (const [arn, share] of mean) {
          const requests = perMs * ms * share;
          unrouted -= requests;
          if (dataPlane.isFunction(arn)) continue;
          byGroup.set(arn, (byGroup.get(arn) ?? 0) + requests);
        }
      }
      // Shares of 1 leave rounding noise behind; a route without a group leaves everything.
      if (unrouted > perMs * ms * 1e-9 && !dataPlane.answersItself(route)) tally.unrouted(unrouted);
    }
    return byGroup;
  };

  const integrate = (fromMs: number, toMs: number): void => {
    noteHosts(fromMs);
    for (const [arn, requests] of arrivals(toMs - fromMs)) {
      if (requests === 0) continue;
      const perSecond = (requests / (toMs - fromMs)) * 1000;
      const answers = answersOf(dataPlane.targets(arn), perSecond, fromMs);
      tally.group(arn, requests, answers);
      minutes.requests(arn, fromMs, requests, answers);
    }
  };

  kernel.scheduler.onAdvance((fromMs, toMs) => {
    let atMs = fromMs;
    while (atMs < toMs) {
      const minuteEndsMs = (Math.floor(atMs / MINUTE_MS) + 1) * MINUTE_MS;
      const nextMs = Math.min(toMs, minuteEndsMs, nextAppChangeMs(atMs));
      integrate(atMs, nextMs);
      atMs = nextMs;
    }
  });

  return {
    totals: tally.totals,
    minute: minutes.metrics,
    setLoad: (factor) => {
      load = factor;
    },
  };
};
