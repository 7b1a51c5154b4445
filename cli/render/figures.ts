import { DAY_MS } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import { count, percentOf } from '../../core/figures.ts';
import type { Figures } from '../../core/history/figures.ts';
import { type Cell, cell, cutTo, pad, paintCells } from './cells.ts';
import type { Paint } from './paint.ts';

const COLUMNS = [9, 9, 12, 16, 20] as const;
const HEADS = ['changes', 'a day', 'failed', 'restored in', 'of them at most'] as const;
const LONGEST_NAME = 40;

export type FigureRow = { name: string; figures: Figures; unchanged: boolean };

/** A line for each service, and one for all of them when there are several. */
export const figuresText = (
  rows: readonly FigureRow[],
  all: Figures | null,
  width: number,
  paint: Paint,
): string => {
  const names = [...rows.map(({ name }) => name), ...(all === null ? [] : [`all ${rows.length} services`])];
  const longest = Math.min(LONGEST_NAME, Math.max(...names.map((name) => name.length)));
  const line = (name: string, cells: readonly Cell[]): string =>
    paintCells(
      cutTo([cell('  '), ...pad([cell(name)], longest), cell('  '), ...columns(cells)], width),
      paint,
    ).trimEnd();
  const sum = all ?? rows[0]?.figures;
  const days = sum === undefined ? 0 : Math.round((sum.toMs - sum.fromMs) / DAY_MS);
  return [
    '',
    `  ${paint('bold', `delivery figures of ${count(days, 'day')}`)}`,
    '',
    line(
      '',
      HEADS.map((head) => cell(head, 'dim')),
    ),
    ...rows.map(({ name, figures }) => line(name, cellsOf(figures))),
    ...(all === null ? [] : [line(`all ${rows.length} services`, cellsOf(all))]),
    ...(sum === undefined ? [] : ['', `  ${leadLine(sum)}`, `  ${paint('dim', besides(sum))}`]),
    ...rows.flatMap(({ name, unchanged }) =>
      unchanged
        ? []
        : [
            `  ${paint('red', `records of ${name} were changed, and its figures are of what is there now:`)}`,
            `  cutover history ${name} --verify`,
          ],
    ),
    '',
    '',
  ].join('\n');
};

const columns = (cells: readonly Cell[]): Cell[] =>
  cells.flatMap((one, at) => pad([one], COLUMNS[at] ?? one.text.length));

const cellsOf = ({ changes, perDay, failed, failureRate, restore }: Figures): Cell[] => [
  cell(String(changes)),
  cell(perDay.toFixed(2)),
  failureRate === null
    ? cell('-')
    : cell(`${failed}, ${percentOf(failureRate)}`, failed > 0 ? 'yellow' : 'green'),
  cell(restore === null ? '-' : formatDuration(restore.medianMs)),
  cell(restore === null ? '-' : formatDuration(restore.longestMs)),
];

/** Where it comes from, too: a figure of a part of the changes is not one of all. */
const leadLine = ({ lead, changes, failed }: Figures): string =>
  lead === null
    ? 'commit to users: not known, no request had committedAt'
    : `commit to users: ${formatDuration(lead.medianMs)} in the middle, ${formatDuration(lead.longestMs)} at most, ` +
      `of ${count(lead.known, 'change')} whose request had committedAt, ${changes - failed} succeeded`;

const besides = ({ deployments, refused, caughtBeforeUsers, wentBack }: Figures): string =>
  `${count(deployments, 'deployment')}: ${refused} refused, ${caughtBeforeUsers} rolled back before any user was on ` +
  `the new version, ${wentBack} went back to an earlier one; these are no changes`;
