import { readFileSync } from 'node:fs';
import { SECOND_MS } from '../../core/clock.ts';
import type { Container } from './container.ts';

/** Pages of /proc/PID/statm: 4 KB on the machines that Linux's containers run on. */
const PAGE_BYTES = 4_096;
/** How often a task's memory is measured against its limits. */
const MEASURED_EVERY_MS = SECOND_MS;
const MIB = 1_024 * 1_024;

/** Resident bytes of a process; undefined where nothing says (macOS, or it is gone). */
const residentBytes = (pid: number): number | undefined => {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return Number.isFinite(pages) ? pages * PAGE_BYTES : undefined;
  } catch {
    return undefined;
  }
};

/** Kills what passes its own limit, and the largest when all together pass the task's. Call the result to end it. */
export const watchMemory = (containers: readonly Container[], taskLimitMiB: number): (() => void) => {
  const own = containers.some(({ definition }) => (definition.memory ?? 0) > 0);
  if (!own && taskLimitMiB <= 0) return () => {};
  const timer = setInterval(() => {
    const measured = containers
      .flatMap((container) => {
        const bytes = container.child === undefined ? undefined : residentBytes(container.child.pid);
        return bytes === undefined || container.state.status !== 'RUNNING' ? [] : [{ container, bytes }];
      })
      .sort((a, b) => b.bytes - a.bytes);
    const total = measured.reduce((sum, { bytes }) => sum + bytes, 0);
    const above = taskLimitMiB > 0 && total > taskLimitMiB * MIB;
    for (const [at, { container, bytes }] of measured.entries()) {
      const limitMiB = container.definition.memory ?? 0;
      if (!(above && at === 0) && !(limitMiB > 0 && bytes > limitMiB * MIB)) continue;
      container.reason = 'OutOfMemoryError: Container killed due to memory usage';
      container.child?.kill('SIGKILL');
    }
  }, MEASURED_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
};
