import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HOUR_MS } from '../../core/clock.ts';
import { type Point, slopeOf } from './slope.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MEGABYTE = 1_048_576;
/** With fewer measurements a slope means nothing. */
const FEWEST = 10;

/**
 * Measures this process's memory until it is asked for the result: what is kept after a collection, what is resident,
 * and of that what is not V8's heap. V8 enlarges the room for new objects by tens of megabytes when it likes, which no
 * collection gives back: `npm run bench:load` fixes its size, or a step of V8's would be taken for growth.
 */
export const watchMemory = (everyMs: number) => {
  const startedAt = performance.now();
  const kept: Point[] = [];
  const resident: Point[] = [];
  const native: Point[] = [];
  const timer = setInterval(() => {
    collect();
    const { heapUsed, heapTotal, external, rss } = process.memoryUsage();
    const x = (performance.now() - startedAt) / HOUR_MS;
    kept.push({ x, y: (heapUsed + external) / MEGABYTE });
    resident.push({ x, y: rss / MEGABYTE });
    native.push({ x, y: (rss - heapTotal) / MEGABYTE });
  }, everyMs);

  return (requests: number): string => {
    clearInterval(timer);
    const millionsAnHour = requests / 1e6 / ((performance.now() - startedAt) / HOUR_MS);
    // The first half fills what is kept on purpose: hours of metrics, the newest executions, lines of logs.
    const text = (name: string, all: readonly Point[]): string => {
      const points = all.slice(all.length >> 1);
      const { slope, error } = slopeOf(points);
      const per = (value: number): string => (value / millionsAnHour).toFixed(1);
      return (
        `${name} ${Math.round(points.at(-1)?.y ?? 0)} MB, ${slope.toFixed(1)} ± ${error.toFixed(1)} MB an hour, ` +
        `${per(slope)} ± ${per(error)} MB a million requests`
      );
    };
    const count = kept.length - (kept.length >> 1);
    if (count < FEWEST) return `memory: ${count} measurements in the second half, too few for a slope`;
    return [
      `memory, least squares over the ${count} measurements of the second half, ± half of the 95 % interval:`,
      `  ${text('kept after a collection', kept)}`,
      `  ${text('resident', resident)}`,
      `  ${text('of that outside of V8’s heap', native)}`,
    ].join('\n');
  };
};
