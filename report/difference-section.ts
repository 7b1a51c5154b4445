import { type Html, html } from './html.ts';
import type { Report } from './report.types.ts';
import { cell, row, rowHead, table } from './table.ts';

const value = (of: unknown): Html =>
  of === undefined
    ? html`<em>not there</em>`
    : html`<code>${typeof of === 'string' ? of : JSON.stringify(of)}</code>`;

const whyNone = ({ plan, deployment: { from } }: Report): string => {
  if (plan === null) return 'There was no plan, and so nothing to compare.';
  return from === null
    ? 'A first deployment: there is nothing to compare with.'
    : 'The two revisions could not be compared: one of them could not be read.';
};

const body = (report: Report): Html => {
  const { difference } = report;
  const { from, to } = report.deployment;
  if (difference === null) return html`<p>${whyNone(report)}</p>`;
  if (difference.length === 0) return html`<p>${from ?? ''} and ${to} say the same.</p>`;
  return table(
    `What ${to} changes of ${from}`,
    ['Member', from ?? 'before', to],
    difference.map(({ path, before, after }) =>
      row([rowHead(path), cell(value(before), 'before'), cell(value(after), 'after')]),
    ),
  );
};

export const differenceSection = (report: Report): Html =>
  html`<section id="difference"><h2>The task definition</h2>${body(report)}</section>`;
