import { type Html, html } from './html.ts';
import type { Mark, Report } from './report.types.ts';
import { cell, row, rowHead, table, time } from './table.ts';

export const kindWords: Record<Mark['kind'], string> = {
  shift: 'shift',
  rollBack: 'roll back',
  alarm: 'alarm',
  command: 'command',
  hook: 'hook',
  foreign: 'somebody else',
  fault: 'fault',
  milestone: 'milestone',
};

/** A reason of many lines stands at the top of the page, or in its section. */
const firstLine = (text: string): string => text.split('\n')[0] ?? text;

const deedRow = ({ atMs, kind, who, what, why }: Mark, index: number): Html =>
  row([rowHead(index + 1), time(atMs), cell(kindWords[kind]), cell(who), cell(what), cell(firstLine(why))], {
    id: `mark-${index + 1}`,
    class: kind,
  });

export const deedsSection = ({ marks }: Report): Html =>
  html`<section id="deeds"><h2>Who did what</h2>${table(
    'What the numbers in the chart stand for',
    ['#', 'After', 'Kind', 'Who', 'What', 'Why'],
    marks.map(deedRow),
    'marks',
  )}</section>`;
