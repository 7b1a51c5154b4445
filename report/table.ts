import { formatDuration } from '../core/duration.ts';
import { attributes, type Html, html, type Part } from './html.ts';

/** Rows; with more, what comes after the table would be out of reach. */
const LONG_TABLE = 60;

const headOf = (names: readonly string[]): Html =>
  html`<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>`;

/** A table that scrolls by itself when it is wider than the page, also by keyboard. */
export const table = (
  caption: string,
  heads: readonly string[],
  rows: readonly Html[],
  id?: string,
): Html => {
  const scrolls = attributes({
    class: rows.length > LONG_TABLE ? 'scroll long' : 'scroll',
    tabindex: 0,
    role: 'region',
    'aria-label': caption,
  });
  const body = html`<caption>${caption}</caption>${headOf(heads)}<tbody>${rows}</tbody>`;
  return html`<div${scrolls}><table${attributes({ id })}>${body}</table></div>`;
};

type RowAttributes = { id?: string; class?: string; 'data-kind'?: string };

export const row = (cells: readonly Html[], of: RowAttributes = {}): Html =>
  html`<tr${attributes(of)}>${cells}</tr>`;

export const cell = (content: Part, kind?: 'number' | 'time' | 'before' | 'after'): Html =>
  html`<td${attributes({ class: kind })}>${content}</td>`;

export const number = (content: Part): Html => cell(content, 'number');

/** Since the deployment's start. */
export const time = (atMs: number): Html => cell(formatDuration(atMs), 'time');

/** What the row is about. */
export const rowHead = (content: Part): Html => html`<th scope="row">${content}</th>`;
