import type { Status } from '../../rehearsal/rehearsal.types.ts';
import type { Paint } from './paint.ts';
import { short } from './text.ts';

/** Green's share as one text: routes agree but for the moment in which they are written one after the other. */
export const sharePercent = (status: Status): string => {
  const shares = Object.values(status.greenPctByRoute);
  const known = shares.filter((share) => share !== null);
  if (known.length === 0) return '?';
  const low = Math.min(...known);
  const high = Math.max(...known);
  const text = low === high ? `${low}%` : `${low}-${high}%`;
  return known.length === shares.length ? text : `${text}?`;
};

const highestShare = (status: Status): number =>
  Math.max(0, ...Object.values(status.greenPctByRoute).map((share) => share ?? 0));

/** A bar of green's share; any share above 0 shows at least one cell, and only 100 fills it. */
export const bar = (status: Status, cells: number, paint: Paint): string => {
  const share = highestShare(status);
  const rounded = Math.round((share / 100) * cells);
  const filled = share <= 0 ? 0 : share >= 100 ? cells : Math.min(cells - 1, Math.max(1, rounded));
  return paint('green', '█'.repeat(filled)) + paint('blue', '░'.repeat(cells - filled));
};

type Side = Status['blue'];

const sides = (status: Status): Side[] => [status.blue, status.green];

const healthText = ({ healthy, registered }: Side): string => `${healthy}/${registered}`;

/** Red when a colour has fewer healthy targets than targets. */
const healthStyle = ({ healthy, registered }: Side): 'red' | 'reset' =>
  healthy < registered ? 'red' : 'reset';

const failed = (status: Status): number => status.blue.failed + status.green.failed;

const WIDE_BAR = 10;
const SHARE = 5;
const HEALTH = 5;
const REQUESTS = 7;

/** The columns of a wide timeline, by the widths that statusColumns fills. */
export const STATUS_HEADER = {
  above: [
    'traffic'.padStart(WIDE_BAR + 1 + SHARE),
    'healthy'.padStart(2 * (2 + HEALTH)),
    'requests'.padStart(2 * REQUESTS + 1),
  ].join(' '),
  below: [
    'to green'.padStart(WIDE_BAR + 1 + SHARE),
    `  ${'blue'.padStart(HEALTH)}  ${'green'.padStart(HEALTH)}`,
    ...['blue', 'green', 'failed'].map((name) => name.padStart(REQUESTS)),
  ].join(' '),
} as const;

export const statusColumns = (status: Status, paint: Paint): string => {
  const cell = (side: Side): string => paint(healthStyle(side), healthText(side).padStart(HEALTH));
  const requests = sides(status).map((side) => short(side.requests).padStart(REQUESTS));
  const failures = failed(status);
  return [
    bar(status, WIDE_BAR, paint),
    sharePercent(status).padStart(SHARE),
    `  ${cell(status.blue)}  ${cell(status.green)}`,
    ...requests,
    paint(failures > 0 ? 'red' : 'reset', short(failures).padStart(REQUESTS)),
  ].join(' ');
};

/** Narrow enough for 80 columns with two-digit task counts. */
const NARROW_BAR = 8;

/** What a narrow timeline says under a line: the same numbers, named. */
export const statusLine = (status: Status, paint: Paint): string => {
  const failures = `${short(failed(status))} failed`;
  return [
    `${bar(status, NARROW_BAR, paint)} ${sharePercent(status).padStart(4)}`,
    `blue ${paint(healthStyle(status.blue), healthText(status.blue))}`,
    `green ${paint(healthStyle(status.green), healthText(status.green))}`,
    `${short(status.blue.requests)}+${short(status.green.requests)} req, ` +
      `${failed(status) > 0 ? paint('red', failures) : failures}`,
  ].join('  ');
};
