import { MINUTE_MS } from '../core/clock.ts';
import type { Requests, Traffic } from './report.types.ts';

/** A rate is taken over as many slices as have so many requests. One failure among them is a tenth of a percent. */
export const ENOUGH_REQUESTS = 1_000;

/** Or so many failed ones: of an outage the last minute says more than the good requests before it. */
export const ENOUGH_FAILED = 10;

/** With neither, one failed request of a dozen would be the highest peak of the chart. */
const FEWEST_REQUESTS = 300;
const FEWEST_FAILED = 5;

type Colour = 'blue' | 'green';

/**
 * The share of a colour's requests that failed at the end of each slice, in percent. Null where the colour had no
 * request, or has had too few for a rate.
 */
export const errorRates = (
  { slices, sliceMs }: Traffic,
  colour: Colour,
): { atMs: number; value: number | null }[] => {
  const ofColour = slices.map((slice) => slice[colour]);
  const leastSlices = Math.max(1, Math.ceil(MINUTE_MS / sliceMs));
  return slices.map(({ atMs }, index) => ({
    atMs,
    value: ofColour[index]?.requests === 0 ? null : rateAt(ofColour.slice(0, index + 1), leastSlices),
  }));
};

const rateAt = (until: readonly Requests[], leastSlices: number): number | null => {
  let requests = 0;
  let failed = 0;
  let taken = 0;
  for (const slice of until.toReversed()) {
    if (taken >= leastSlices && (requests >= ENOUGH_REQUESTS || failed >= ENOUGH_FAILED)) break;
    requests += slice.requests;
    failed += slice.failed;
    taken += 1;
  }
  const known = requests >= FEWEST_REQUESTS || failed >= FEWEST_FAILED;
  return known ? (100 * failed) / requests : null;
};
