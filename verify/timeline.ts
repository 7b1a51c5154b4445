import type { SimEvent } from '../sim/kernel/trace.ts';

/** `+00:02:31.042`, for people who compare runs. */
const clock = (ms: number): string => {
  const at = new Date(Math.max(0, ms));
  return `+${at.toISOString().slice(11, 23)}`;
};

/** One line for each event, for the replay of a failure. */
export const lineOf = ({ kind, what, why }: SimEvent, sinceStartMs: number): string =>
  `${clock(sinceStartMs)} ${kind.padEnd(9)} ${what}${why === undefined ? '' : ` (${why})`}`;
