import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { nameOf } from '../../core/deployment/service-key.ts';
import { formatDuration } from '../../core/duration.ts';
import { count } from '../../core/figures.ts';
import type { ChainedEnd } from '../../core/vocabulary/history.types.ts';
import { type FleetService, needsAPerson } from '../account/fleet.ts';
import type { View } from '../watch/view.types.ts';
import { barOf, type Cell, cell, cutTo, pad, paintCells } from './cells.ts';
import { endWords } from './history.ts';
import type { Paint } from './paint.ts';

const BAR_BLOCKS = 8;
const INDENT = 2;
const LONGEST_NAME = 40;

/** `3 services, 1 deployment running` of where, then a line for each. */
export const fleetText = (
  fleet: readonly FleetService[],
  where: string,
  nowMs: number,
  width: number,
  paint: Paint,
): string => {
  const running = fleet.filter(({ view }) => view !== null).length;
  const title = `${count(fleet.length, 'service')}, ${count(running, 'deployment')} running`;
  const columns = Math.min(LONGEST_NAME, Math.max(...fleet.map(({ serviceKey }) => serviceKey.length)));
  const lines = fleet.map((service) =>
    paintCells(cutTo([cell(' '.repeat(INDENT)), ...rowOf(service, columns, nowMs)], width), paint).trimEnd(),
  );
  const head = paintCells(cutTo([cell(`  ${title}`, 'bold'), cell(` of ${where}`, 'dim')], width), paint);
  return `\n${head}\n\n${lines.join('\n')}\n\n`;
};

const rowOf = (service: FleetService, columns: number, nowMs: number): Cell[] => {
  const { serviceKey, view, trouble, last, there } = service;
  const name = pad([cell(serviceKey, view === null && trouble === null ? 'dim' : 'bold')], columns);
  if (trouble !== null) return [...name, cell('  cannot be read: ', 'red'), cell(trouble)];
  if (view === null)
    return [
      ...name,
      cell(there === false ? '  was deleted' : '  nothing is being deployed', 'dim'),
      ...(last === null ? [] : lastOf(last, nowMs)),
    ];
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

/** Nobody wants the seconds of what was days ago. */
const age = (ms: number): string => {
  const unit = [DAY_MS, HOUR_MS, MINUTE_MS].find((one) => ms >= one) ?? SECOND_MS;
  return formatDuration(Math.max(0, ms - (ms % unit)));
};

const lastOf = ({ aborted, outcome, from, to, endedAtMs }: ChainedEnd, nowMs: number): Cell[] => {
  const { text, style } = endWords[aborted === true ? 'aborted' : outcome];
  const versions = [from, to].map((arn) => (arn === null ? '-' : nameOf(arn))).join(' → ');
  return [
    cell('; ', 'dim'),
    cell(text, outcome === 'succeeded' ? 'dim' : style),
    cell(` ${age(nowMs - endedAtMs)} ago, ${versions}`, 'dim'),
  ];
};

const words = ({ waitsFor }: View): string =>
  waitsFor === 'approval' ? 'approval' : 'a person to resume it';

/** The least that any route gives green: 0 to 1. */
const greenShare = ({ routes }: View): number =>
  routes.length === 0 ? 0 : Math.min(...routes.map(({ weights }) => (weights?.green ?? 0) / 100));
