import { type Html, html } from './html.ts';
import type { Report } from './report.types.ts';
import { cell, row, table, time } from './table.ts';

/** A box for each kind; the style sheet hides the rows of those that are not ticked, without any script. */
export const eventsSection = ({ events, source }: Report): Html => {
  const kinds = [...new Set(events.map(({ kind }) => kind))].sort();
  return html`<section id="events"><h2>Everything that happened</h2>
<details><summary>${events.length} events${source === 'rehearsal' ? ' of the rehearsal' : ''}</summary>
<fieldset><legend>Show</legend>${kinds.map(
    (kind) => html`<label><input type="checkbox" checked data-kind="${kind}"> ${kind}</label>`,
  )}</fieldset>
${table(
  'Every event in order',
  ['After', 'Kind', 'What', 'Why'],
  events.map(({ atMs, kind, what, why }) =>
    row([time(atMs), cell(kind), cell(what), cell(why)], { class: 'event', 'data-kind': kind }),
  ),
  'all-events',
)}</details></section>`;
};
