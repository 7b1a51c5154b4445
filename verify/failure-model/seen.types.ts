/**
 * What was seen when one kind of fault struck one place of one deployment, over all its points there. Seconds are
 * rounded up.
 */
export type Row = {
  place: string;
  deployment: string;
  fault: string;
  runs: number;
  /** How often it ended how: `succeeded`, `rolledBack by a recovery`. */
  ends: Record<string, number>;
  /** Until users were back on blue: the shortest and the longest; null when they never left it or stayed on green. */
  backSeconds: [number, number] | null;
  /** How much later than undisturbed it ended, where it ended alike; the longest. */
  lateSeconds: number;
  /** Failed requests beyond the undisturbed run's, the most of any run. */
  lost: Record<string, number>;
  left: string[];
};

export type SeenOutside = {
  ends: string;
  backSeconds: number | null;
  endedSeconds: number;
  lost: Record<string, number>;
  left: string[];
};

export type Seen = {
  /** By deployment: how it goes when nothing is struck. */
  undisturbed: Record<string, { ends: string; backSeconds: number | null; endedSeconds: number }>;
  /** By step: the calls it made, reads first. */
  calls: Record<string, string[]>;
  rows: Row[];
  /** By the name of a failure outside the workflow. */
  outside: Record<string, SeenOutside>;
};
