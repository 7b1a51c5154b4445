import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import { describeFound } from './problem.ts';
import { reading, readText, refuse } from './read-field.ts';

const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|([+-])(\d\d):?(\d\d))$/;
const EXPECTED =
  'the time of a commit with its zone, as 2026-01-31T10:00:00Z or `git show -s --format=%cI` has it';

/** Days from 1970-01-01 to a day of the Gregorian calendar, whose year begins in March so that leap days come last. */
const daysOf = (year: number, month: number, day: number): number => {
  const years = month <= 2 ? year - 1 : year;
  const inYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    365 * years + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + inYear - 719_468
  );
};

const daysIn = (year: number, month: number): number =>
  month === 12 ? 31 : daysOf(year, month + 1, 1) - daysOf(year, month, 1);

const millisecondsOf = (text: string): number | null => {
  const [, ...parts] = FORM.exec(text) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(0, 6).map(Number);
  const [sign, offsetHours, offsetMinutes] = parts.slice(6);
  const inRange =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!inRange) return null;
  const offset = Number(offsetHours ?? 0) * HOUR_MS + Number(offsetMinutes ?? 0) * MINUTE_MS;
  const local = daysOf(year, month, day) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
  return sign === '-' ? local + offset : local - offset;
};

const readForm = readText(FORM, EXPECTED);

/** Milliseconds since 1970, UTC. */
export const readCommittedAt = reading<number>(readForm.schema, (value, path, problems) => {
  const text = readForm(value, path, problems);
  if (text === undefined) return undefined;
  const ms = millisecondsOf(text);
  return ms ?? refuse(problems, path, EXPECTED, describeFound(value), 'There is no such day or time.');
});
