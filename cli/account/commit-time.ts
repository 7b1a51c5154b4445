import { execFileSync } from 'node:child_process';

/** Reading one commit takes git milliseconds; a clone on a drive that hangs keeps nobody from deploying. */
const PATIENCE_MS = 5_000;

/** When a commit was made, by the clone around the working directory; null when there is none that has it. */
export const commitTime = (id: string): string | null => {
  try {
    return execFileSync('git', ['show', '--no-patch', '--format=%cI', id, '--'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE_MS,
    }).trim();
  } catch {
    return null;
  }
};
