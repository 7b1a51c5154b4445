import { formatDuration } from '../../core/duration.ts';
import { count } from '../../core/figures.ts';
import { type FleetService, needsAPerson } from '../account/fleet.ts';
import type { View } from '../watch/view.ts';
import { barOf, type Cell, cell, cutTo, pad, paintCells } from './cells.ts';
import type { Paint } from './paint.ts';

const BAR_BLOCKS = 8;
const INDENT = 2;
const LONGEST_NAME = 40;

/** `3 services, 1 deployment running`, then a line for each. */
export const fleetText = (fleet: readonly FleetService[], width: number, paint: Paint): string => {
  const running = fleet.filter(({ view }) => view !== null).length;
  const title = `${count(fleet.length, 'service')}, ${count(running, 'deployment')} running`;
  const columns = Math.min(LONGEST_NAME, Math.max(...fleet.map(({ serviceKey }) => serviceKey.length)));
  const lines = fleet.map((service) =>
    paintCells(cutTo([cell(' '.repeat(INDENT)), ...rowOf(service, columns)], width), paint).trimEnd(),
  );
  return `\n  ${paint('bold', title)}\n\n${lines.join('\n')}\n\n`;
};

const rowOf = (service: FleetService, columns: number): Cell[] => {
  const { serviceKey, view, trouble } = service;
  const name = pad([cell(serviceKey, view === null && trouble === null ? 'dim' : 'bold')], columns);
  if (trouble !== null) return [...name, cell('  cannot be read: ', 'red'), cell(trouble)];
  if (view === null) return [...name, cell('  nothing is being deployed', 'dim')];
  const why = view.waitsFor === null && view.why === '' ? '' : `: ${view.why || `waits for ${words(view)}`}`;
  return [
    ...name,
    cell('  '),
    ...barOf(greenShare(view), BAR_BLOCKS),
    cell(`  ${view.from ?? '-'} → ${view.to ?? '?'}  `),
    cell(formatDuration(view.nowMs - view.startedAtMs), 'dim'),
    cell('  '),
    cell(`${view.doing}${why}`, needsAPerson(service) ? 'red' : view.waitsFor === null ? 'cyan' : 'yellow'),
  ];
};

const words = ({ waitsFor }: View): string =>
  waitsFor === 'approval' ? 'approval' : 'a person to resume it';

/** The least that any route gives green: 0 to 1. */
const greenShare = ({ routes }: View): number =>
  routes.length === 0 ? 0 : Math.min(...routes.map(({ weights }) => (weights?.green ?? 0) / 100));
