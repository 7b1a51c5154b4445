import { scaleLinear } from 'd3-scale';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';

/** Units of the SVG's view box; the page scales it. */
export const WIDTH = 960;
export const LEFT = 64;
/** Room for the names at the ends of the lines. */
export const RIGHT = 128;
export const LANE_HEIGHT = 84;
export const LANE_GAP = 42;

export type TimeScale = (atMs: number) => number;

export const timeScale = (durationMs: number): TimeScale => {
  const scale = scaleLinear([0, Math.max(durationMs, SECOND_MS)], [LEFT, WIDTH - RIGHT]);
  return (atMs) => round(scale(atMs));
};

const TICKS_MS = [
  ...[1, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 30].map((days) => days * DAY_MS),
];

/** As many labels as fit side by side. */
const MOST_TICKS = 12;

/** Round times, where d3's own ticks would be round numbers of milliseconds. */
export const timeTicks = (durationMs: number): { atMs: number; label: string }[] => {
  const step = TICKS_MS.find((width) => durationMs / width <= MOST_TICKS) ?? durationMs;
  if (step <= 0) return [{ atMs: 0, label: '0' }];
  return Array.from({ length: Math.floor(durationMs / step) + 1 }, (_, index) => ({
    atMs: index * step,
    label: index === 0 ? '0' : formatDuration(index * step),
  }));
};

/** A tenth of a unit is less than anyone sees, and a third of the bytes. */
export const round = (value: number): number => Math.round(value * 10) / 10;
