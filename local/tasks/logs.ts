import { StringDecoder } from 'node:string_decoder';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { HostedTask } from '../../sim/parts.types.ts';

export type LogLine = {
  /** Counts from 0. */
  number: number;
  atMs: number;
  /** Where CloudWatch Logs would have it. */
  group: string;
  stream: string;
  task: string;
  /** Of a task that has several. */
  container?: string;
  version: string;
  line: string;
};

type Place = Omit<LogLine, 'number' | 'atMs' | 'line'>;

/** The last lines of all tasks. */
export type Logs = {
  /** A writer of one stream, for what one program prints. */
  writer(place: Place): (chunk: Buffer) => void;
  lines(): readonly LogLine[];
  /** Called for each line to come, until the returned function is called. */
  follow(listener: (line: LogLine) => void): () => void;
};

/** The group and stream that the container's awslogs options name; without a prefix, the task's stream. */
export const logPlaceOf = (
  { arn, label, service, taskDefinition }: HostedTask,
  { name = '', image = '', logConfiguration }: ContainerDefinition,
): Place => {
  const { 'awslogs-group': group = `/ecs/${service}`, 'awslogs-stream-prefix': prefix } =
    logConfiguration?.options ?? {};
  const several = (taskDefinition.containerDefinitions ?? []).length > 1;
  return {
    group,
    stream: prefix === undefined ? label : `${prefix}/${name}/${arn.slice(arn.lastIndexOf('/') + 1)}`,
    task: label,
    ...(several ? { container: name } : {}),
    version: image.split(':').at(-1) ?? '',
  };
};

const MOST_LINES = 5_000;
/** A program that never ends its line must not fill the memory. */
const LONGEST_LINE = 4_096;

export const makeLogs = (nowMs: () => number): Logs => {
  const kept: LogLine[] = [];
  const listeners = new Set<(line: LogLine) => void>();
  let number = 0;
  const add = (place: Place, line: string): void => {
    const entry = { number: number++, atMs: nowMs(), ...place, line: line.slice(0, LONGEST_LINE) };
    kept.push(entry);
    if (kept.length > MOST_LINES * 1.1) kept.splice(0, kept.length - MOST_LINES);
    for (const listener of listeners) listener(entry);
  };

  return {
    writer: (place) => {
      const decoder = new StringDecoder('utf8');
      let rest = '';
      return (chunk) => {
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) add(place, line);
        if (rest.length > LONGEST_LINE) {
          add(place, rest);
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
