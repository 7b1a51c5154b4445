import { formatDuration } from '../../core/duration.ts';
import type { Entry } from '../watch/timeline.ts';
import type { View } from '../watch/view.types.ts';
import { waitingWords } from './live-stages.ts';
import type { Paint } from './paint.ts';
import { clockTime, columnsOf, hang } from './text.ts';

const TIME_COLUMNS = 10;
const LABEL_COLUMNS = 10;
const INDENT = TIME_COLUMNS + LABEL_COLUMNS;

type Style = Parameters<Paint>[0];

const labels: Record<Exclude<Entry['type'], 'rehearsed'>, string> = {
  step: 'workflow',
  weights: 'weights',
  decision: 'decision',
  failure: 'failed',
  retry: 'retrying',
  command: 'operator',
  hook: 'hook',
  scaling: 'scaling',
  recovery: 'recovery',
  warning: 'warning',
};

/** Scaling as the deployment wants it. */
const fine: readonly string[] = ['asSet', 'restored', 'asFound'];

const styleOf = (entry: Entry): Style => {
  if (entry.type === 'failure' || entry.type === 'recovery') return ['red', 'bold'];
  if (entry.type === 'weights') return ['cyan', 'bold'];
  if (entry.type === 'command' || entry.type === 'rehearsed') return 'magenta';
  if (entry.type === 'warning' || entry.type === 'retry') return 'yellow';
  if (entry.type === 'hook')
    return entry.hook.status === 'SUCCEEDED'
      ? 'green'
      : entry.hook.status === 'RUNNING'
        ? 'bold'
        : ['red', 'bold'];
  if (entry.type === 'scaling') return fine.includes(entry.kind) ? 'bold' : 'yellow';
  if (entry.type === 'step') return entry.bad ? ['red', 'bold'] : 'bold';
  const { kind } = entry.decision;
  if (kind === 'rollBack') return ['red', 'bold'];
  if (kind === 'awaitOperator') return ['yellow', 'bold'];
  return kind === 'hold' ? 'reset' : ['green', 'bold'];
};

type LineOptions = { width: number; paint: Paint };

const line = (
  sinceStartMs: number,
  label: string,
  what: string,
  why: string,
  style: Style,
  { width, paint }: LineOptions,
): string => {
  const time = paint('dim', clockTime(Math.max(0, sinceStartMs)).padEnd(TIME_COLUMNS));
  const start = paint('dim', label.padEnd(LABEL_COLUMNS));
  const said = `${time}${start}${paint(style, hang(what, INDENT, width))}`;
  if (why === '') return `${said}\n`;
  if (!why.includes('\n') && INDENT + columnsOf(what) + 2 + columnsOf(why) <= width) {
    return `${said}  ${paint('dim', why)}\n`;
  }
  const indent = ' '.repeat(INDENT);
  const reasons = why.split('\n').map((part) => `${indent}${paint('dim', hang(part, INDENT, width))}\n`);
  return `${said}\n${reasons.join('')}`;
};

/** One line of the timeline, wrapped to the width, with its reason beside or under it. */
export const entryLine = (entry: Entry, startedAtMs: number, options: LineOptions): string =>
  line(
    entry.atMs - startedAtMs,
    entry.type === 'rehearsed' ? entry.label : labels[entry.type],
    entry.what,
    entry.why,
    styleOf(entry),
    options,
  );

/** How it stands, for a log in which nothing has happened for a while. */
export const standingLine = (view: View, options: LineOptions): string => {
  const { position, shifts, shiftedAtMs, nowMs, alarms, blue, green } = view;
  const shift = shifts[position ?? -1];
  const baking =
    view.phase === 'baking' && shift !== undefined && shiftedAtMs !== null
      ? `${shift.test === true ? 'test route open' : `${shift.greenPct} % baking`}, ` +
        `${formatDuration(Math.min(shift.bakeMs, nowMs - shiftedAtMs))} of ` +
        `${formatDuration(shift.bakeMs)}`
      : view.doing;
  const red = alarms.filter(({ state }) => state !== 'OK').map(({ name, state }) => `${name} ${state}`);
  // Before the first decision nobody has read an alarm, and a name alone would read like one that is red.
  const observed = view.decision !== null;
  const counts = [
    ...(blue === null ? [] : [`blue ${blue.healthy}/${blue.wanted}`]),
    ...(green === null ? [] : [`green ${green.healthy}/${green.wanted} healthy`]),
    ...(alarms.length === 0 || !observed ? [] : [red.length === 0 ? 'alarms OK' : red.join(', ')]),
    ...(view.size === null ? [] : [view.size.line]),
    ...(view.readiness === null ? [] : [`rolled back now: ${view.readiness.line}`]),
  ];
  const what = view.waitsFor === null ? baking : waitingWords(view);
  return line(nowMs - view.startedAtMs, 'now', what, counts.join(', '), 'reset', options);
};

/** About the watching itself. */
export const noteLine = (sinceStartMs: number, what: string, why: string, options: LineOptions): string =>
  line(sinceStartMs, 'watching', what, why, 'yellow', options);
