import { StringDecoder } from 'node:string_decoder';

export type LogLine = { atMs: number; task: string; version: string; line: string };

/** The last lines of all tasks. */
export type Logs = {
  /** A writer of one stream of one task. */
  writer(task: string, version: string): (chunk: Buffer) => void;
  lines(): readonly LogLine[];
  /** Called for each line to come, until the returned function is called. */
  follow(listener: (line: LogLine) => void): () => void;
};

const MOST_LINES = 5_000;
/** A program that never ends its line must not fill the memory. */
const LONGEST_LINE = 4_096;

export const makeLogs = (nowMs: () => number): Logs => {
  const kept: LogLine[] = [];
  const listeners = new Set<(line: LogLine) => void>();
  const add = (task: string, version: string, line: string): void => {
    const entry = { atMs: nowMs(), task, version, line: line.slice(0, LONGEST_LINE) };
    kept.push(entry);
    if (kept.length > MOST_LINES * 1.1) kept.splice(0, kept.length - MOST_LINES);
    for (const listener of listeners) listener(entry);
  };

  return {
    writer: (task, version) => {
      const decoder = new StringDecoder('utf8');
      let rest = '';
      return (chunk) => {
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) add(task, version, line);
        if (rest.length > LONGEST_LINE) {
          add(task, version, rest);
          rest = '';
        }
      };
    },
    lines: () => kept,
    follow: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
