import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';

/**
 * A program in a process group of its own that does not outlive us, however we end: its wrapper waits on a pipe that
 * only this process holds the other end of, and kills the group when the pipe closes, which a SIGKILL of ours cannot
 * prevent. The shell then becomes the program, so that its pid, signals and exit code are the program's own. What
 * puts itself into another group escapes.
 */
const WRAPPER =
  '(trap "" TERM INT HUP; read -r _ <&3; kill -KILL -$$) </dev/null >/dev/null 2>&1 & exec "$@" 3<&-';

export type Child = {
  pid: number;
  process: ChildProcess;
  /** Of the whole group; nothing when it is gone. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
};

type ChildReports = {
  started(): void;
  /** The program could not be run at all. */
  failed(error: Error): void;
  /** `code` as a container's: 128 and the signal's number for one that a signal ended. */
  ended(code: number): void;
  output(chunk: Buffer, stream: 'stdout' | 'stderr'): void;
};

/** Numbers of the signals that end programs here (POSIX). */
const SIGNALS: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/**
 * Starts `command` without a shell between its words; `ipc` opens a channel for messages, `input` is what it reads.
 */
export const startChild = (
  [program = '', ...words]: readonly string[],
  options: { directory: string; environment: Record<string, string>; ipc?: boolean; input?: string },
  reports: ChildReports,
): Child => {
  const child = spawn(
    '/bin/sh',
    ['-c', WRAPPER, 'sh', program === 'node' ? process.execPath : program, ...words],
    {
      cwd: options.directory,
      env: options.environment,
      detached: true,
      stdio: [
        options.input === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        'pipe',
        ...(options.ipc === true ? (['ipc'] as const) : []),
      ],
    },
  );
  // It may end without having read.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input);
  const lifeline = child.stdio[3] as Duplex;
  lifeline.on('error', () => {});
  const kill = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  (child.stdout as Readable).on('data', (chunk: Buffer) => reports.output(chunk, 'stdout'));
  (child.stderr as Readable).on('data', (chunk: Buffer) => reports.output(chunk, 'stderr'));
  child.once('spawn', () => reports.started());
  child.once('error', (error) => reports.failed(error));
  child.once('exit', (code, signal) => {
    // Whatever it started goes with it, and the wrapper's waiting half.
    kill('SIGKILL');
    reports.ended(code ?? 128 + (SIGNALS[signal ?? ''] ?? 0));
  });
  return { pid: child.pid ?? 0, process: child, kill };
};
