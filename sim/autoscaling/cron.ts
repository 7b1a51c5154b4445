/**
 * Cron expressions as Application Auto Scaling takes them (API reference, PutScheduledAction): minutes, hours, day of
 * the month, month, day of the week and, if given, year, with `, - * ? / L W #`, in UTC or a time zone.
 */

/** A minute on the clocks of one place. */
type Local = { year: number; month: number; day: number; hour: number; minute: number };

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const SATURDAY = 7;

/** @throws RangeError for a time zone that nobody knows */
export const clockOf = (timeZone: string | undefined): ((atMs: number) => Local) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timeZone ?? 'UTC',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (atMs) => {
    const parts = format.formatToParts(atMs);
    const of = (wanted: string): number => Number(parts.find(({ type }) => type === wanted)?.value);
    return { year: of('year'), month: of('month'), day: of('day'), hour: of('hour'), minute: of('minute') };
  };
};

const lastDayOf = ({ year, month }: Local): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** 1 for a Sunday, as AWS counts. */
const weekdayOf = ({ year, month }: Local, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

/** The weekday from Monday to Friday that is nearest to a day, in the same month. */
const nearestWorkday = (local: Local, day: number): number => {
  const weekday = weekdayOf(local, day);
  if (weekday === SATURDAY) return day > 1 ? day - 1 : day + 2;
  if (weekday === 1) return day < lastDayOf(local) ? day + 1 : day - 2;
  return day;
};

type Takes = (local: Local) => boolean;

/** `*`, `?`, a number, a name, a range, each with a step or without; null: not of that form. */
const ordinary = (part: string, of: (local: Local) => number, names: readonly string[]): Takes | null => {
  const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
  const number = (text: string): number =>
    names.includes(text.toUpperCase()) ? names.indexOf(text.toUpperCase()) + 1 : Number(text || Number.NaN);
  const every = Number(step ?? 1);
  const any = range === '*' || range === '?';
  const [first = '', last] = range.split('-');
  const from = any ? Math.min(1, names.length) : number(first);
  const to =
    any || (last === undefined && step !== undefined) ? Number.POSITIVE_INFINITY : number(last ?? first);
  if (Number.isNaN(from) || Number.isNaN(to) || every < 1) return null;
  return (local) => of(local) >= from && of(local) <= to && (of(local) - from) % every === 0;
};

const ofMonth = (part: string): Takes | null => {
  if (part === 'L') return (local) => local.day === lastDayOf(local);
  if (part === 'LW') return (local) => local.day === nearestWorkday(local, lastDayOf(local));
  const [, day] = /^(\d+)W$/.exec(part) ?? [];
  if (day !== undefined) return (local) => local.day === nearestWorkday(local, Number(day));
  // Days are counted from 1, as weekdays and months are.
  return ordinary(part.replace(/^\*/, '1-31'), ({ day: at }) => at, []);
};

const ofWeek = (part: string): Takes | null => {
  if (part === 'L') return (local) => weekdayOf(local, local.day) === SATURDAY;
  const [, name = '', end] = /^(\w+?)(L|#[1-5])$/.exec(part) ?? [];
  if (end === undefined) return ordinary(part, (local) => weekdayOf(local, local.day), DAYS);
  const isDay = ordinary(name, (local) => weekdayOf(local, local.day), DAYS);
  if (isDay === null) return null;
  return end === 'L'
    ? (local) => isDay(local) && local.day + 7 > lastDayOf(local)
    : (local) => isDay(local) && Math.ceil(local.day / 7) === Number(end.slice(1));
};

/** Whether a minute is one of the expression's; null for what is no cron expression. */
export const cronTakes = (fields: string): Takes | null => {
  const given = fields.trim().toUpperCase().split(/\s+/);
  const [minutes, hours, days, months, weekdays, years = '*', more] = given;
  if (weekdays === undefined || more !== undefined) return null;
  const field = (text: string | undefined, takes: (part: string) => Takes | null): Takes | null => {
    const parts = (text ?? '').split(',').map(takes);
    return parts.some((part) => part === null) ? null : (local) => parts.some((part) => part?.(local));
  };
  const all = [
    field(minutes, (part) => ordinary(part, ({ minute }) => minute, [])),
    field(hours, (part) => ordinary(part, ({ hour }) => hour, [])),
    field(days, ofMonth),
    field(months, (part) => ordinary(part, ({ month }) => month, MONTHS)),
    field(weekdays, ofWeek),
    field(years, (part) => ordinary(part, ({ year }) => year, [])),
  ];
  return all.some((part) => part === null) ? null : (local) => all.every((part) => part?.(local));
};
