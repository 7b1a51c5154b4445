import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HOUR_MS } from '../../core/clock.ts';

type Sample = { hours: number; megabytes: number };
type Slope = { slope: number; error: number };

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MEGABYTE = 1_048_576;

/** Megabytes a hour by least squares, and the standard error of that. */
const slopeOf = (samples: readonly Sample[]): Slope => {
  const count = samples.length;
  const mean = (read: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + read(sample), 0) / count;
  const [x, y] = [mean(({ hours }) => hours), mean(({ megabytes }) => megabytes)];
  const sxx = samples.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0);
  const sxy = samples.reduce((sum, { hours, megabytes }) => sum + (hours - x) * (megabytes - y), 0);
  const slope = sxy / sxx;
  const residual = samples.reduce(
    (sum, { hours, megabytes }) => sum + (megabytes - y - slope * (hours - x)) ** 2,
    0,
  );
  return { slope, error: Math.sqrt(residual / Math.max(1, count - 2) / sxx) };
};

/**
 * Measures this process's memory until it is asked for the result: what is kept after a collection, and what is
 * resident.
 */
export const watchMemory = (everyMs: number) => {
  const startedAt = performance.now();
  const kept: Sample[] = [];
  const resident: Sample[] = [];
  const timer = setInterval(() => {
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    const hours = (performance.now() - startedAt) / HOUR_MS;
    kept.push({ hours, megabytes: (heapUsed + external) / MEGABYTE });
    resident.push({ hours, megabytes: rss / MEGABYTE });
  }, everyMs);

  return (): string => {
    clearInterval(timer);
    // The first half fills what is kept on purpose: hours of metrics, the newest executions, lines of logs.
    const text = (name: string, samples: readonly Sample[]): string => {
      const { slope, error } = slopeOf(samples.slice(samples.length >> 1));
      return (
        `${name} ${Math.round(samples.at(-1)?.megabytes ?? 0)} MB, slope ${slope.toFixed(1)} ± ` +
        `${error.toFixed(1)} MB an hour`
      );
    };
    return `${text('kept after a collection', kept)}; ${text('resident', resident)} (second half)`;
  };
};
