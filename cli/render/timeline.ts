import type { SimEvent, SimEventKind } from '../../sim/kernel/trace.ts';
import type { Status } from '../../sim/rehearsal.types.ts';
import type { Paint } from './paint.ts';
import { STATUS_HEADER, statusColumns, statusLine } from './status.ts';
import { clockTime, hang } from './text.ts';

/** From here on the numbers have columns of their own; below, they stand on a line under what changed them. */
export const WIDE_COLUMNS = 130;

const TIME_COLUMNS = 10;
const LABEL_COLUMNS = 10;
const STATUS_COLUMNS = STATUS_HEADER.below.length + 3;

const labels: Record<SimEventKind, string> = {
  step: 'workflow',
  decision: 'decision',
  weights: 'weights',
  dataPlane: 'balancer',
  task: 'tasks',
  target: 'targets',
  alarm: 'alarm',
  fault: 'fault',
  published: 'event',
  log: 'log',
  violation: 'VIOLATION',
};

type Style = Parameters<Paint>[0];

const styleOf = ({ kind, data, what }: SimEvent): Style => {
  switch (kind) {
    case 'violation':
      return ['red', 'bold'];
    case 'fault':
      return 'magenta';
    case 'weights':
      return ['cyan', 'bold'];
    case 'alarm':
      return /\bALARM\b/.test(what) ? 'red' : 'green';
    case 'decision':
      return data?.kind === 'rollBack'
        ? ['red', 'bold']
        : data?.kind === 'hold'
          ? 'reset'
          : ['green', 'bold'];
    case 'step':
      return /^roll back|failed/.test(what) ? 'red' : 'bold';
    default:
      return 'reset';
  }
};

export type TimelineOptions = { width: number; paint: Paint; verbose: boolean };

/**
 * Turns events into lines, one call an event; an event that only `--verbose` shows, or that repeats what stands there
 * already, gives null.
 */
export const makeTimeline = ({ width, paint, verbose }: TimelineOptions) => {
  const wide = width >= WIDE_COLUMNS;
  const indent = TIME_COLUMNS + (wide ? STATUS_COLUMNS : 0) + LABEL_COLUMNS;
  let lastHold = '';
  let lastStatus = '';

  const header = (): string => {
    if (!wide) return '';
    const lines = [STATUS_HEADER.above, STATUS_HEADER.below].map(
      (text) => `${' '.repeat(TIME_COLUMNS - 4)}${text}`,
    );
    return paint('dim', `${lines.join('\n')}\n`);
  };

  /** A bake looks many times and mostly sees the same; what it saw is said once. */
  const repeatsHold = ({ kind, data }: SimEvent): boolean => {
    if (kind !== 'decision') return false;
    const seen = data?.kind === 'hold' ? holdSignature(data) : '';
    const repeats = seen !== '' && seen === lastHold;
    lastHold = seen;
    return repeats;
  };

  const line = (event: SimEvent, status: Status): string | null => {
    const repeats = repeatsHold(event);
    if (!verbose && (event.detail === true || repeats)) return null;

    const time = paint('dim', clockTime(status.sinceStartMs).padEnd(TIME_COLUMNS));
    const style = styleOf(event);
    const label = paint('dim', labels[event.kind].padEnd(LABEL_COLUMNS));
    const what = paint(style, hang(event.what, indent, width));
    const why =
      event.why === undefined ? '' : `\n${' '.repeat(indent)}${paint('dim', hang(event.why, indent, width))}`;
    if (wide) return `${time}${statusColumns(status, paint)}   ${label}${what}${why}\n`;

    return `${time}${label}${what}${why}\n${changedStatus(status)}`;
  };

  /** The numbers, unless nothing but the count of served requests has changed since they were last shown. */
  const changedStatus = (status: Status): string => {
    const signature = statusSignature(status);
    if (signature === lastStatus) return '';
    lastStatus = signature;
    return `${' '.repeat(TIME_COLUMNS)}${statusLine(status, paint)}\n`;
  };

  return { header, line };
};

const holdSignature = (data: Record<string, unknown>): string => {
  const { evidence, position } = data as {
    position?: number;
    evidence?: { blue: unknown; green: unknown; alarms: unknown; routes: unknown };
  };
  return JSON.stringify([position, evidence?.blue, evidence?.green, evidence?.alarms, evidence?.routes]);
};

const statusSignature = ({ greenPctByRoute, blue, green }: Status): string =>
  JSON.stringify([
    greenPctByRoute,
    [blue, green].map(({ healthy, registered, failed }) => [healthy, registered, failed > 0]),
  ]);
