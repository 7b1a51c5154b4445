import type { Program } from '../local-file.ts';
import { startChild } from './child.ts';

/**
 * A container's own health check: passes with exit code 0 in time, which is real time, as the program's answers are.
 */
export const runHealthCheck = (
  command: readonly string[],
  { directory, environment }: Pick<Program, 'directory' | 'environment'>,
  timeoutMs: number,
  conclude: (passed: boolean) => void,
): void => {
  let over = false;
  const end = (passed: boolean): void => {
    clearTimeout(timer);
    if (!over) conclude(passed);
    over = true;
  };
  const check = startChild(
    command,
    { directory, environment },
    { started: () => {}, failed: () => end(false), ended: (code) => end(code === 0), output: () => {} },
  );
  const timer = setTimeout(() => {
    check.kill('SIGKILL');
    end(false);
  }, timeoutMs);
};
