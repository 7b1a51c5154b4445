import { readFileSync } from 'node:fs';

/** Pages of /proc/PID/statm: 4 KB on the machines that Linux's containers run on. */
const PAGE_BYTES = 4_096;

/** Resident bytes of a process; undefined where nothing says (macOS, or it is gone). */
export const residentBytes = (pid: number): number | undefined => {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return Number.isFinite(pages) ? pages * PAGE_BYTES : undefined;
  } catch {
    return undefined;
  }
};
