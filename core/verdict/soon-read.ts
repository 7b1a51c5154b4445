import { MINUTE_MS, SECOND_MS } from '../clock.ts';

/**
 * Minutes can be known at full minutes (METRIC_LAG_MS), and each is read, judged and acted upon within the next. Who
 * reads later in a minute than this may come too late: one turn takes up to two seconds longer than another, the
 * verdict and the weights take another two.
 */
const LATEST_MS = 55 * SECOND_MS;

/** An observation that began just before a full minute is over by then: a turn that waits finds its decision. */
const OVER_MS = 2 * SECOND_MS;

/** How long a turn of the watch waits: at the end of a minute for the next, so that none is read a minute late. */
export const turnWaitMs = (nowMs: number): number => {
  const intoMs = nowMs % MINUTE_MS;
  if (intoMs < OVER_MS) return OVER_MS - intoMs;
  return intoMs <= LATEST_MS ? 0 : MINUTE_MS + OVER_MS - intoMs;
};

/** Whether a deployment's own observation, which begins then, reads in time what can be known by now. */
export const readsInTime = (observesAtMs: number, nowMs: number): boolean => {
  const lateMs = observesAtMs - (nowMs - (nowMs % MINUTE_MS));
  return lateMs >= 0 && lateMs <= LATEST_MS;
};
