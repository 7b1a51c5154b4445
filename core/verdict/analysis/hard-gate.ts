import type { Minute } from './series.types.ts';

/** An outage: so many failed requests of green in one minute, half of all it got, while blue is well. */
const LEAST_FAILED = 20;
const GREEN_FAILS = 0.5;
const BLUE_WELL = 0.05;

/**
 * A minute that needs no statistics. The test's own cap lets no single minute decide; an outage must not take a
 * second one.
 */
export const isOutage = ({ blue, green }: Minute): boolean =>
  green.bad >= LEAST_FAILED &&
  green.bad >= GREEN_FAILS * green.requests &&
  blue.requests > 0 &&
  blue.bad < BLUE_WELL * blue.requests;
