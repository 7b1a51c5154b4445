import type { MetricMinute } from '../vocabulary/metrics.types.ts';
import type { AnsweredMinute, PlacementMemory } from '../vocabulary/placement.types.ts';
import { EVIDENCE_REQUESTS, LOST_SHARE, NO_MEMORY } from './carry.ts';

/**
 * The first minute in which green answered next to nobody. Errors only ever convict: a group that hangs gives no 5xx, so a minute
 * without them acquits nobody.
 */
const lostMinute = (minutes: readonly MetricMinute[]): AnsweredMinute | null => {
  const green = minutes.map(({ startMs, green: { requests = 0, target5xx = 0, connectionErrors = 0 } }) => ({
    startMs,
    requests,
    answered: Math.max(0, requests - target5xx - connectionErrors),
  }));
  const lost = green.find(
    ({ requests, answered }) => requests >= EVIDENCE_REQUESTS && answered <= LOST_SHARE * requests,
  );
  return lost ?? null;
};

/** What is known, and that green is lost once its metrics have shown it: without users it has none that could show it again. */
export const rememberLostGreen = (
  memory: PlacementMemory | undefined,
  minutes: readonly MetricMinute[],
): PlacementMemory | undefined => {
  const lostGreen = memory?.lostGreen ?? lostMinute(minutes);
  return lostGreen === null ? memory : { ...(memory ?? NO_MEMORY), lostGreen };
};
