import type { Paint } from './paint.ts';
import { columnsOf } from './text.ts';

type Style = Parameters<Paint>[0];

/** A line in the making: text with a style, so that its width can be known before it is painted. */
export type Cell = { text: string; style?: Style };
type Cells = readonly Cell[];

export const cell = (text: string, style?: Style): Cell => (style === undefined ? { text } : { text, style });

const widthOf = (cells: Cells): number => cells.reduce((sum, { text }) => sum + columnsOf(text), 0);

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** As many whole characters as fit into `columns`. */
const beginning = (text: string, columns: number): string => {
  let taken = 0;
  let end = 0;
  for (const { segment } of characters.segment(text)) {
    taken += columnsOf(segment);
    if (taken > columns) break;
    end += segment.length;
  }
  return text.slice(0, end);
};

/** Cut to `width` with an ellipsis: a live view's line must never wrap, or the next one would be drawn over. */
export const cutTo = (cells: Cells, width: number): Cell[] => {
  if (widthOf(cells) <= width) return [...cells];
  const cut: Cell[] = [];
  let left = width - 1;
  for (const { text, style } of cells) {
    if (left <= 0) break;
    const fitting = beginning(text, left);
    cut.push(cell(fitting, style));
    left = fitting === text ? left - columnsOf(text) : 0;
  }
  return [...cut, cell('…', 'dim')];
};

/** Cut and filled up with blanks to exactly `width`. */
export const pad = (cells: Cells, width: number): Cell[] => {
  const fitted = cutTo(cells, width);
  return [...fitted, cell(' '.repeat(Math.max(0, width - widthOf(fitted))))];
};

export const paintCells = (cells: Cells, paint: Paint): string =>
  cells.map(({ text, style }) => (style === undefined ? text : paint(style, text))).join('');

/** A bar of `cells` blocks. Anything above 0 shows a block, and only all of it fills the bar. */
export const barOf = (share: number, blocks: number, full: Style = 'green', rest: Style = 'blue'): Cell[] => {
  const rounded = Math.round(share * blocks);
  const filled = share <= 0 ? 0 : share >= 1 ? blocks : Math.min(blocks - 1, Math.max(1, rounded));
  return [cell('█'.repeat(filled), full), cell('░'.repeat(blocks - filled), rest)];
};
