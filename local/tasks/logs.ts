import { StringDecoder } from 'node:string_decoder';

export type LogLine = {
  /** Counts from 0. */
  number: number;
  atMs: number;
  /** The log group that CloudWatch Logs would have it in; the stream in it is the task's. */
  group: string;
  task: string;
  version: string;
  line: string;
};

type Stream = Pick<LogLine, 'group' | 'task' | 'version'>;

/** The last lines of all tasks. */
export type Logs = {
  /** A writer of one stream of one task. */
  writer(stream: Stream): (chunk: Buffer) => void;
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
  let number = 0;
  const add = (stream: Stream, line: string): void => {
    const entry = { number: number++, atMs: nowMs(), ...stream, line: line.slice(0, LONGEST_LINE) };
    kept.push(entry);
    if (kept.length > MOST_LINES * 1.1) kept.splice(0, kept.length - MOST_LINES);
    for (const listener of listeners) listener(entry);
  };

  return {
    writer: (stream) => {
      const decoder = new StringDecoder('utf8');
      let rest = '';
      return (chunk) => {
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) add(stream, line);
        if (rest.length > LONGEST_LINE) {
          add(stream, rest);
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
