import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** An empty directory in the run's temporary folder, there until the test file ends (test/each-file.ts removes it). */
export const aDirectory = (name: string): string => {
  const path = mkdtempSync(join(tmpdir(), `cutover-${name}-`));
  made.push(path);
  return path;
};

export const removeDirectories = (): void => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
};
