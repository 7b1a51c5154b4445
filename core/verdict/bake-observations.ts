import { MINUTE_MS, SECOND_MS } from '../clock.ts';

/**
 * Observations per bake when no signal comes. They are the net under the watch, which reads the same each minute and
 * wakes a bake; 5 of them make a bake of 48 hours cost as many transitions as one of 5 minutes, far under the 25,000
 * events of an execution (Step Functions quotas) [fact 93, 95].
 */
export const MAX_OBSERVATIONS_PER_BAKE = 5;

/** The first minutes after a shift show most, and CloudWatch evaluates alarms once a minute [fact 115]. */
const FIRST_OBSERVATION_MS = MINUTE_MS;

/**
 * A wake this shortly before an observation counts as that observation: clocks differ, and two in a row show nothing
 * new.
 */
const EARLY_MS = 5 * SECOND_MS;

/** How many observations a bake takes when nothing wakes it: one a minute, at most MAX_OBSERVATIONS_PER_BAKE. */
export const observationCount = (bakeMs: number): number =>
  Math.min(MAX_OBSERVATIONS_PER_BAKE, Math.ceil(Math.max(0, bakeMs) / FIRST_OBSERVATION_MS));

/**
 * Milliseconds until the next observation, in whole seconds, at least one; 0 when the bake is over. The observations
 * are fixed points of the bake, so a signal in between moves none of them, and the last one is the bake's end.
 */
export const nextObservationMs = (bakeMs: number, bakedMs: number): number => {
  const remainingMs = bakeMs - bakedMs;
  if (remainingMs <= 0) return 0;

  const atMs = observationTimes(bakeMs).find((timeMs) => timeMs > bakedMs + EARLY_MS) ?? bakeMs;
  return Math.ceil((atMs - bakedMs) / SECOND_MS) * SECOND_MS;
};

/** When a bake is observed, counted from its start: every minute, or stretched so that the last is its end. */
export const observationTimes = (bakeMs: number): number[] => {
  const count = observationCount(bakeMs);
  const ratio = growth(bakeMs);
  const times: number[] = [];
  for (let passed = 1; passed < count; passed += 1) {
    times.push(Math.round((FIRST_OBSERVATION_MS * seriesSum(ratio, passed)) / SECOND_MS) * SECOND_MS);
  }
  return count === 0 ? [] : [...times, bakeMs];
};

/** The ratio that makes MAX_OBSERVATIONS_PER_BAKE waits, the first of a minute, fill the bake; of a shorter one 1. */
const growth = (bakeMs: number): number => {
  // The sum rises with the ratio, so halving finds it; 60 halvings leave nothing of the interval.
  let low = 1;
  let high = bakeMs / FIRST_OBSERVATION_MS;
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (FIRST_OBSERVATION_MS * seriesSum(middle, MAX_OBSERVATIONS_PER_BAKE) < bakeMs) low = middle;
    else high = middle;
  }
  return high;
};

const seriesSum = (ratio: number, terms: number): number =>
  ratio === 1 ? terms : (ratio ** terms - 1) / (ratio - 1);
