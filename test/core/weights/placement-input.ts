import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import type { AnsweredMinute, ColourCount } from '../../../core/vocabulary/placement.types.ts';
import type { Weights } from '../../../core/vocabulary/plan.types.ts';
import { NO_MEMORY } from '../../../core/weights/carry.ts';
import { type Placement, type PlacementInput, placementOf } from '../../../core/weights/placement.ts';

export const START_MS = 1_800_000_000_000;
const UNKNOWN_TIME_MS = 90 * SECOND_MS;

/** So many of four tasks healthy, and all of them running unless said otherwise. */
export const alive = (healthy: number, running = 4): ColourCount => ({
  healthy,
  registered: running,
  unchecked: false,
  running,
});
export const GONE: ColourCount = { healthy: 0, registered: 0, unchecked: false, running: 0 };
/** All targets fail their checks although four tasks run. */
export const UNWELL = alive(0);

export const greenAt = (green: number): Weights => ({ blue: 100 - green, green });

/** A minute of 1,000 requests. */
export const minute = (
  answeredPct: number,
  endedMsAgo = UNKNOWN_TIME_MS,
  requests = 1_000,
): AnsweredMinute => ({
  startMs: START_MS - endedMsAgo - MINUTE_MS,
  requests,
  answered: (requests * answeredPct) / 100,
});

/** Rolling back from 50/50 with everything whole. */
export const rollingBack = (given: Partial<PlacementInput> = {}): PlacementInput => ({
  policy: 'on',
  loadBalancerKind: 'application',
  blue: alive(4),
  green: alive(4),
  needed: 4,
  want: greenAt(0),
  current: greenAt(50),
  answers: { blue: [], green: [] },
  healthCheckMs: 20 * SECOND_MS,
  abortNow: false,
  frozen: false,
  memory: NO_MEMORY,
  nowMs: START_MS,
  ...given,
});

/** Baking at that weight. */
export const baking = (greenPct: number, given: Partial<PlacementInput> = {}): PlacementInput =>
  rollingBack({ want: greenAt(greenPct), current: greenAt(greenPct), ...given });

/** Observations one after another, each with what the last one left; `atS` counts seconds from the first. */
export const inTurn = (
  first: PlacementInput,
  observations: (Partial<PlacementInput> & { atS: number })[],
): Placement[] => {
  let input = first;
  return observations.map(({ atS, ...changes }) => {
    input = { ...input, ...changes, nowMs: START_MS + atS * SECOND_MS };
    const placed = placementOf(input);
    input = { ...input, memory: placed.memory, current: placed.weights };
    return placed;
  });
};

export const greens = (placed: Placement[]): (number | undefined)[] =>
  placed.map(({ weights }) => weights?.green);
