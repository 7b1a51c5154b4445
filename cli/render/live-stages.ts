import { shiftInWords } from '../../core/deployment/in-words.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Shift } from '../../core/vocabulary/request.types.ts';
import type { View } from '../watch/view.types.ts';
import { barOf, type Cell, cell } from './cells.ts';

const PROGRESS_BLOCKS = 16;

type Mark = 'done' | 'now' | 'todo' | 'failed' | 'left';

const marks: Record<Mark, Cell> = {
  done: cell('✔', 'green'),
  now: cell('▶', ['cyan', 'bold']),
  todo: cell('·', 'dim'),
  failed: cell('✖', 'red'),
  left: cell('-', 'dim'),
};

const LABEL_COLUMNS = 17;

const row = (mark: Mark, label: string, detail: readonly Cell[] = []): Cell[] => [
  marks[mark],
  cell(` ${label.padEnd(LABEL_COLUMNS)}`, mark === 'now' ? 'bold' : mark === 'done' ? undefined : 'dim'),
  ...detail,
];

/** The way of a deployment, a line a stage. */
export const stageRows = (view: View, nowMs: number): Cell[][] => {
  const { phase, launched, position, from, noReturn, ended, why } = view;
  const back = phase === 'rollingBack' || phase === 'removing';
  // Whether it goes back or finishes forward is for the recovery to find out.
  const open = phase === 'recovering' || phase === 'interrupted' || ended?.kind === 'stuck';
  const goneBack = ended?.kind === 'rolledBack' || ended?.kind === 'aborted';
  const planned = view.shifts.length > 0;
  const healthy = position !== null;
  const atMark = (reached: boolean, working: boolean): Mark =>
    reached ? 'done' : working ? 'now' : back || goneBack || open ? 'left' : 'todo';
  const rows = [
    row(atMark(planned, !back && !goneBack && !open), 'planned', phase === 'queued' ? [cell(why)] : []),
    row(atMark(launched, phase === 'launching'), 'green launched'),
    row(
      atMark(healthy, phase === 'gettingHealthy'),
      'green healthy',
      phase === 'gettingHealthy' ? [cell(why)] : [],
    ),
    ...view.shifts.map((_, index) => shiftRow(view, index, nowMs, back || goneBack || open)),
  ];
  if (back || goneBack) {
    rows.push(row(goneBack || phase === 'removing' ? 'done' : 'now', 'traffic to blue', [cell(why)]));
    rows.push(row(goneBack ? 'done' : phase === 'removing' ? 'now' : 'todo', 'green removed'));
  } else if (!open && (from !== null || !planned)) {
    const done = ended?.kind === 'succeeded';
    const going = noReturn || phase === 'retiring';
    const label = view.blueStays ? 'weights settled' : 'blue retired';
    rows.push(row(done ? 'done' : going ? 'now' : 'todo', label, going && !done ? [cell(why)] : []));
  }
  return rows;
};

const shiftRow = (view: View, index: number, nowMs: number, back: boolean): Cell[] => {
  const { position, shifts, shiftedAtMs, noReturn, phase, ended } = view;
  const shift = shifts[index] as Shift;
  const last = index === shifts.length - 1;
  const label = `${shiftInWords(shift)}${last && view.from !== null ? ', blue kept' : ''}`;
  const bake = formatDuration(shift.bakeMs);
  if (back) return row('left', label);
  if (position === null || index > position) {
    return row('todo', label, [cell(`${bake}${shift.approval === true ? ', then approval' : ''}`, 'dim')]);
  }
  const over =
    index < position ||
    noReturn ||
    phase === 'promoting' ||
    phase === 'retiring' ||
    ended?.kind === 'succeeded';
  if (over) return row('done', label);
  const bakedMs = Math.min(shift.bakeMs, Math.max(0, nowMs - (shiftedAtMs ?? nowMs)));
  if (view.waitsFor !== null) return row('now', label, [cell(waitingWords(view), ['yellow', 'bold'])]);
  return row('now', label, [
    ...barOf(shift.bakeMs === 0 ? 1 : bakedMs / shift.bakeMs, PROGRESS_BLOCKS, 'cyan', 'dim'),
    cell(` ${formatDuration(bakedMs)} of ${bake}`),
  ]);
};

export const waitingWords = ({ waitsFor }: View): string =>
  waitsFor === 'approval'
    ? 'waits for an approval'
    : waitsFor === 'paused'
      ? 'paused'
      : 'frozen: nothing moves';

/** At most `room` rows: those around the present one, with what is left out counted. */
export const around = (rows: Cell[][], room: number): Cell[][] => {
  if (rows.length <= room) return rows;
  const now = rows.findIndex(([mark]) => mark === marks.now);
  const inner = Math.max(1, room - 2);
  const from = Math.max(0, Math.min((now < 0 ? 0 : now) - Math.floor(inner / 2), rows.length - inner));
  const after = rows.length - from - inner;
  const gap = (count: number): Cell[][] => (count === 0 ? [] : [[cell(`  … ${count} more`, 'dim')]]);
  return [...gap(from), ...rows.slice(from, from + inner), ...gap(after)];
};
