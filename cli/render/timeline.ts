import type { ErrorName } from '../../core/errors.ts';
import type { Status } from '../../rehearsal/rehearsal.types.ts';
import type { SimEvent, SimEventKind } from '../../sim/kernel/trace.ts';
import { waitsForToken } from '../../statemachine/contract.ts';
import { mergedSentence, mergeKey } from './merge-events.ts';
import type { Paint } from './paint.ts';
import { STATUS_HEADER, statusColumns, statusLine } from './status.ts';
import { clockTime, columnsOf, hang } from './text.ts';

/** From here on the numbers have columns of their own; below, they stand on a line under what changed them. */
const WIDE_COLUMNS = 130;

const TIME_COLUMNS = 10;
const LABEL_COLUMNS = 10;
const STATUS_COLUMNS = STATUS_HEADER.below.length + 3;

export const labels: Record<SimEventKind, string> = {
  step: 'workflow',
  decision: 'decision',
  weights: 'weights',
  dataPlane: 'balancer',
  task: 'tasks',
  target: 'targets',
  alarm: 'alarm',
  fault: 'fault',
  published: 'event',
  command: 'operator',
  log: 'log',
  violation: 'VIOLATION',
};

type Style = Parameters<Paint>[0];

export const styleOf = ({ kind, data }: SimEvent): Style => {
  switch (kind) {
    case 'violation':
      return ['red', 'bold'];
    case 'fault':
      return 'magenta';
    case 'weights':
      return ['cyan', 'bold'];
    case 'alarm':
      return data?.to === 'ALARM' ? ['red', 'bold'] : 'green';
    case 'decision':
      return data?.kind === 'rollBack'
        ? ['red', 'bold']
        : data?.kind === 'hold' || data?.kind === 'awaitOperator'
          ? 'reset'
          : ['green', 'bold'];
    case 'step':
      return isBad(data) ? 'red' : 'bold';
    default:
      return 'reset';
  }
};

/** A step's bad result, a try of it that failed, or the execution's end. */
const isBad = (data: SimEvent['data']): boolean =>
  data?.bad === true ||
  data?.phase === 'retried' ||
  (data?.phase === 'caught' && !isPlanned(String(data.state), errorName(data.error))) ||
  data?.phase === 'failed' ||
  data?.status === 'FAILED';

/**
 * Lines for `--verbose` alone: what the simulator marks as detail; the workflow's own steps, which the sentences about
 * their results repeat; a bake that is over, which the decision after it says.
 */
export const isDetail = ({ kind, detail, data }: SimEvent): boolean => {
  if (detail === true || kind === 'published') return true;
  if (kind !== 'step') return false;
  if (data?.phase === 'succeeded') return true;
  return data?.phase === 'caught' && isPlanned(String(data.state), errorName(data.error));
};

/** A wait that is over, and a step that makes way for hooks: how the workflow goes when nothing is wrong. */
const isPlanned = (state: string, error: unknown): boolean =>
  error === ('HooksDue' satisfies ErrorName) || (error === 'States.Timeout' && waitsForToken(state));

const errorName = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'Error' in error ? error.Error : error;

/** Kinds that a reader judges by the numbers at that moment. */
const alwaysCounted: readonly SimEventKind[] = ['decision', 'alarm', 'fault', 'violation'];

/** How long like events are gathered, virtual time: a launch of hundreds of tasks still shows its progress. */
const GATHERED_MS = 5_000;

type Gathered = { event: SimEvent; count: number };

type TimelineOptions = { width: number; paint: Paint; verbose: boolean };

/** Turns events into lines. What `add` returns may be empty: a line waits for more like it, `end` flushes it. */
export const makeTimeline = ({ width, paint, verbose }: TimelineOptions) => {
  const wide = width >= WIDE_COLUMNS;
  const indent = TIME_COLUMNS + (wide ? STATUS_COLUMNS : 0) + LABEL_COLUMNS;
  const gathered = new Map<string, Gathered>();
  let gatheredFromMs = 0;
  let gatheredStatus: Status | null = null;
  let lastHold = '';
  let lastStatus = '';

  const header = (): string => {
    if (!wide) return '';
    const lines = [STATUS_HEADER.above, STATUS_HEADER.below].map(
      (text) => `${' '.repeat(TIME_COLUMNS)}${text}\n`,
    );
    return paint('dim', lines.join(''));
  };

  /** A bake is observed many times and mostly shows the same; what it saw is said once. */
  const repeatsHold = ({ kind, data }: SimEvent): boolean => {
    if (kind !== 'decision') return false;
    const waits = data?.kind === 'hold' || data?.kind === 'awaitOperator';
    const seen = waits ? holdSignature(data) : '';
    const repeats = seen !== '' && seen === lastHold;
    lastHold = seen;
    return repeats;
  };

  const add = (event: SimEvent, status: Status): string => {
    const repeats = repeatsHold(event);
    if (!verbose && (isDetail(event) || repeats)) return '';

    const key = verbose ? null : mergeKey(event);
    if (key === null) return end() + line(event, event.what, status);

    const flushed = status.sinceStartMs - gatheredFromMs > GATHERED_MS ? end() : '';
    if (gathered.size === 0) gatheredFromMs = status.sinceStartMs;
    gathered.set(key, { event, count: (gathered.get(key)?.count ?? 0) + 1 });
    gatheredStatus = status;
    return flushed;
  };

  /** Everything gathered, with the numbers and the time of the last of it. */
  const end = (): string => {
    if (gatheredStatus === null) return '';
    const status = gatheredStatus;
    const all = [...gathered.values()];
    const lines = all.map(({ event, count }, index) =>
      line(event, mergedSentence(event, count), status, index === all.length - 1),
    );
    gathered.clear();
    gatheredStatus = null;
    return lines.join('');
  };

  const line = (event: SimEvent, sentence: string, status: Status, counted = true): string => {
    const time = paint('dim', clockTime(status.sinceStartMs).padEnd(TIME_COLUMNS));
    const label = paint('dim', labels[event.kind].padEnd(LABEL_COLUMNS));
    // What preflight refused with stands above the timeline and below it in full.
    const why = verbose ? event.why : event.why?.split('\n')[0];
    const said = sentences(paint(styleOf(event), hang(sentence, indent, width)), sentence, why);
    return wide
      ? `${time}${statusColumns(status, paint)}   ${label}${said}\n`
      : `${time}${label}${said}\n${counted ? changedStatus(event, status) : ''}`;
  };

  /** What happened and why, on one line where there is room for both. */
  const sentences = (painted: string, sentence: string, why: string | undefined): string => {
    if (why === undefined || why === '') return painted;
    if (indent + columnsOf(sentence) + 2 + columnsOf(why) <= width) return `${painted}  ${paint('dim', why)}`;
    return `${painted}\n${' '.repeat(indent)}${paint('dim', hang(why, indent, width))}`;
  };

  /** The numbers, unless nothing but the count of served requests has changed since they were last shown. */
  const changedStatus = ({ kind }: SimEvent, status: Status): string => {
    const signature = statusSignature(status);
    if (signature === lastStatus && !alwaysCounted.includes(kind)) return '';
    lastStatus = signature;
    return `${' '.repeat(TIME_COLUMNS)}${statusLine(status, paint)}\n`;
  };

  return { header, add, end };
};

const holdSignature = (data: Record<string, unknown>): string => {
  const { kind, evidence, position } = data as {
    kind?: string;
    position?: number;
    evidence?: { blue: unknown; green: unknown; alarms: unknown; routes: unknown };
  };
  return JSON.stringify([
    kind,
    position,
    evidence?.blue,
    evidence?.green,
    evidence?.alarms,
    evidence?.routes,
  ]);
};

const statusSignature = ({ greenPctByRoute, blue, green }: Status): string =>
  JSON.stringify([
    greenPctByRoute,
    [blue, green].map(({ healthy, registered, failed }) => [healthy, registered, failed > 0]),
  ]);
