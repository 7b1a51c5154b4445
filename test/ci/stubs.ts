import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aDirectory } from '../a-directory.ts';

/** Programs that write down how they were called, and end and print as they are asked. */
export const aWorkshop = () => {
  const directory = aDirectory('ci');
  const calls = join(directory, 'calls');

  const stub = (name: string, { code = 0, prints = '' }: { code?: number; prints?: string } = {}): void => {
    const path = join(directory, name);
    writeFileSync(join(directory, `${name}.out`), prints);
    // A line a call: the name, then every argument in brackets, so that one with a blank is distinguished from two.
    writeFileSync(
      path,
      `#!/usr/bin/env bash\n{ printf '%s' ${name}; printf ' [%s]' "$@"; printf '\\n'; } ` +
        `>>'${calls}'\ncat '${path}.out'\n[ "\${1:-}" = report ] && exit ` +
        `"\${REPORT_CODE:-0}"\nexit ${code}\n`,
    );
    chmodSync(path, 0o755);
  };

  const run = (script: string, environment: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: directory,
      encoding: 'utf8',
      // With a socket as its input bash takes itself for a remote shell and reads the user's settings.
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: `${directory}:${process.env.PATH}`, HOME: directory, TMPDIR: tmpdir(), ...environment },
    });
    return { status, stdout, stderr };
  };

  return {
    directory,
    stub,
    run,
    calls: (): string[] => (existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : []),
    read: (name: string): string => readFileSync(join(directory, name), 'utf8'),
  };
};
