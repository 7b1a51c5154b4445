import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the run, its threads and the programs they start a temporary folder of their own, and fails a run that leaves
 * something in it.
 */
export const setup = () => {
  const before = process.env.TMPDIR;
  const folder = mkdtempSync(join(tmpdir(), 'cutover-tests-'));
  process.env.TMPDIR = folder;
  // npm, which some tests start, would keep its compiled code there.
  process.env.NODE_DISABLE_COMPILE_CACHE = '1';

  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    delete process.env.NODE_DISABLE_COMPILE_CACHE;
    const left = readdirSync(folder);
    rmSync(folder, { recursive: true, force: true });
    if (left.length === 0) return;
    throw new Error(
      `expected nothing in the temporary folder after the run, found ${left.join(', ')}: make it with ` +
        'aDirectory of test/a-directory.ts',
    );
  };
};
