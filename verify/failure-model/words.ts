import { formatDuration } from '../../core/duration.ts';
import type { Row, SeenOutside } from './seen.types.ts';

const tableRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [tableRow(head), tableRow(head.map(() => '---')), ...rows.map(tableRow)].join('\n');

export const duration = (seconds: number): string => formatDuration(seconds * 1_000);

const endWords: Record<string, string> = {
  succeeded: 'succeeded',
  rolledBack: 'rolled back',
  refused: 'refused',
  neverBegan: 'ended before it began',
  unrecorded: 'ended, and its record was not closed',
  open: 'stuck: a person has to finish',
};

/** `rolledBack by a recovery` -> `rolled back by a recovery` */
export const endInWords = (end: string): string => {
  const [kind = '', ...by] = end.split(' ');
  return [endWords[kind] ?? kind, ...by].join(' ');
};

export const endsInWords = (ends: Record<string, number>): string => {
  const all = Object.entries(ends).sort(([, a], [, b]) => b - a);
  if (all.length === 1) return endInWords(all[0]?.[0] ?? '');
  return all.map(([end, count]) => `${endInWords(end)} (${count})`).join(', ');
};

const lossWords: Record<string, string> = {
  noRoute: 'got the 404 behind the deleted rule',
  emptyGroup: 'went to a group without targets',
  deadTarget: 'reached the dead task until it was noticed',
  sickTarget: 'reached a task that was not ready',
  versionError: "were answered with the bad version's errors",
};

/** Only whether there were any: how many depends on the traffic, and in the rehearsals on when a person would act. */
const lossesInWords = (lost: Record<string, number>): string[] =>
  Object.keys(lost).map((cause) => `requests ${lossWords[cause] ?? cause}`);

const range = ([low, high]: [number, number]): string =>
  low === high ? duration(low) : `${duration(low)} to ${duration(high)}`;

/** What users and the deployment noticed of it. */
export const noticed = ({ backSeconds, lateSeconds, lost }: Row): string => {
  const parts = [
    ...(backSeconds === null ? [] : [`users back on blue after ${range(backSeconds)}`]),
    ...(lateSeconds === 0 ? [] : [`ended up to ${duration(lateSeconds)} later`]),
    ...lossesInWords(lost),
  ];
  return parts.length === 0 ? 'nothing' : parts.join('; ');
};

export const outsideInWords = ({ ends, backSeconds, lost, left }: SeenOutside): string[] => [
  endInWords(ends),
  backSeconds === null ? '' : duration(backSeconds),
  [...lossesInWords(lost), ...left].join('; ') || 'nothing',
];
