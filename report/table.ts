import { type Html, html } from './html.ts';

/** Rows; with more, what comes after the table would be out of reach. */
const LONG_TABLE = 60;

/** A table that scrolls by itself when it is wider than the page, also by keyboard. */
export const table = (caption: string, heads: readonly string[], rows: readonly Html[], id = ''): Html =>
  html`<div class="${rows.length > LONG_TABLE ? 'scroll long' : 'scroll'}" tabindex="0" role="region" aria-label="${caption}"><table${id === '' ? null : html` id="${id}"`}><caption>${caption}</caption><thead><tr>${heads.map(
    (head) => html`<th scope="col">${head}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table></div>`;
