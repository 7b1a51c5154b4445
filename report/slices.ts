import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Requests, Traffic } from './report.types.ts';

/** Requests counted since the start, at one moment. */
export type Counted = { atMs: number; blue: Requests; green: Requests };

/** More would be thinner than the chart's pixels and longer than a table that anyone reads. */
const MOST_SLICES = 120;

const WIDTHS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map((hours) => hours * HOUR_MS),
];

export const sliceWidthMs = (durationMs: number): number =>
  WIDTHS_MS.find((width) => durationMs / width <= MOST_SLICES) ?? Math.ceil(durationMs / MOST_SLICES);

/**
 * Counts taken whenever something happened, cut into equal slices of time. Between two counts requests are taken to
 * have come evenly, so a slice is no thinner than `leastMs`, the time between two counts; what is rounded in one slice
 * is in the next, so the slices sum to the last count exactly.
 */
export const sliceTraffic = (counted: readonly Counted[], durationMs: number, leastMs = 0): Traffic => {
  const sliceMs = Math.max(leastMs, sliceWidthMs(durationMs));
  const total = counted.at(-1);
  const at = readAt(counted);
  const slices: Traffic['slices'] = [];
  let before = at(0);
  for (let atMs = 0; atMs < durationMs; atMs += sliceMs) {
    const after = at(Math.min(atMs + sliceMs, durationMs));
    slices.push({ atMs, blue: minus(after.blue, before.blue), green: minus(after.green, before.green) });
    before = after;
  }
  return { sliceMs, slices, total: total === undefined ? NONE : plus(total.blue, total.green) };
};

const NONE: Requests = { requests: 0, failed: 0 };

export const plus = (a: Requests, b: Requests): Requests => ({
  requests: a.requests + b.requests,
  failed: a.failed + b.failed,
});

const minus = (a: Requests, b: Requests): Requests => ({
  requests: a.requests - b.requests,
  failed: a.failed - b.failed,
});

/** Asked for rising times; before the first count and after the last nothing is counted. */
const readAt = (counted: readonly Counted[]) => {
  let next = 0;
  return (atMs: number): Omit<Counted, 'atMs'> => {
    while (next < counted.length && (counted[next] as Counted).atMs <= atMs) next += 1;
    const from = counted[next - 1] ?? { atMs: 0, blue: NONE, green: NONE };
    const to = counted[next];
    if (to === undefined) return from;
    const share = (atMs - from.atMs) / (to.atMs - from.atMs);
    const between = (a: number, b: number): number => Math.round(a + (b - a) * share);
    const requests = (a: Requests, b: Requests): Requests => ({
      requests: between(a.requests, b.requests),
      failed: between(a.failed, b.failed),
    });
    return { blue: requests(from.blue, to.blue), green: requests(from.green, to.green) };
  };
};
