import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import type { SimElbv2 } from '../sim/elbv2/elbv2.ts';
import type { Kernel } from '../sim/kernel/kernel.ts';
import { type Cancel, makeListeners } from '../sim/kernel/listeners.ts';
import type { FailureCause } from '../sim/parts.types.ts';
import { watchHosts } from '../sim/traffic/host-counts.ts';
import { makeMinutes } from '../sim/traffic/minutes.ts';
import { makeTally } from '../sim/traffic/tally.ts';
import type { SimTraffic } from '../sim/traffic/traffic.ts';
import { makeResponseTimes, type ResponseTimes } from './response-times.ts';

/** One request, after its end. */
export type Served = {
  /** Undefined: no group was found for it. */
  targetGroupArn: string | undefined;
  /** The address of the target that it was sent to; undefined: none was found. */
  target: string | undefined;
  /** The target's status; undefined when it gave none. */
  status: number | undefined;
  seconds: number;
  cause: FailureCause | undefined;
};

/** Requests as they were really served, counted where the simulator counts its flow. */
export type ServedTraffic = SimTraffic & {
  record(served: Served): void;
  /** Each request that failed, until the returned function is called. */
  onFailed(listener: (served: Served) => void): Cancel;
};

/** Longer than any alarm's periods reach back. */
const KEPT_MS = 3 * HOUR_MS;

export const makeServedTraffic = ({ scheduler, random }: Kernel, { dataPlane }: SimElbv2): ServedTraffic => {
  const tally = makeTally(dataPlane.groupArns());
  const minutes = makeMinutes(random, KEPT_MS);
  const noteHosts = watchHosts(dataPlane, minutes);
  const failures = makeListeners<[served: Served]>();
  const times = new Map<string, Map<number, ResponseTimes>>();

  const timesOf = (arn: string, minute: number): ResponseTimes => {
    const ofGroup = times.get(arn) ?? new Map<number, ResponseTimes>();
    times.set(arn, ofGroup);
    const made = ofGroup.get(minute) ?? makeResponseTimes();
    if (!ofGroup.has(minute)) {
      ofGroup.set(minute, made);
      for (const old of ofGroup.keys()) if (old < minute - KEPT_MS / MINUTE_MS) ofGroup.delete(old);
    }
    return made;
  };

  scheduler.onAdvance((fromMs, toMs) => {
    let atMs = fromMs;
    while (atMs < toMs) {
      noteHosts(atMs);
      atMs = (Math.floor(atMs / MINUTE_MS) + 1) * MINUTE_MS;
    }
  });

  return {
    totals: tally.totals,
    minute: (arn, startMs) => {
      const found = minutes.metrics(arn, startMs);
      const measured = times.get(arn)?.get(Math.floor(startMs / MINUTE_MS));
      return found === undefined || measured === undefined
        ? found
        : { ...found, responseQuantile: measured.quantile };
    },
    onFailed: failures.add,
    record: (served) => {
      const { targetGroupArn, target, status, seconds, cause } = served;
      if (cause !== undefined) failures.call(served);
      if (targetGroupArn === undefined) return tally.unrouted(1);
      const nowMs = scheduler.nowMs();
      const answers = {
        failed: cause === undefined ? {} : { [cause]: 1 },
        reached: target === undefined ? 0 : 1,
        answered: status === undefined ? 0 : 1,
        ...(status === undefined && cause === undefined ? { left: 1 } : {}),
        target5xx: status !== undefined && status >= 500 ? 1 : 0,
        responseMs: seconds * 1_000,
        varies: false,
      };
      tally.group(targetGroupArn, 1, answers);
      minutes.requests(targetGroupArn, nowMs, 1, answers);
      if (status !== undefined) timesOf(targetGroupArn, Math.floor(nowMs / MINUTE_MS)).add(seconds);
    },
  };
};
