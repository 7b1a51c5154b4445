import type { ScheduledAction, SuspendedState } from '@aws-sdk/client-application-auto-scaling';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { Kernel } from '../kernel/kernel.ts';

const UNITS: Record<string, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const numberOf = (text: string, names: readonly string[]): number =>
  names.includes(text.toUpperCase()) ? names.indexOf(text.toUpperCase()) + 1 : Number(text);

/** Whether a cron field takes a value: `*`, `?`, numbers and names, lists and ranges of them. */
const takes = (field: string, value: number, names: readonly string[] = []): boolean =>
  field === '*' ||
  field === '?' ||
  field.split(',').some((part) => {
    const [from = '', to = from] = part.split('-');
    return value >= numberOf(from, names) && value <= numberOf(to, names);
  });

/** `minutes hours day-of-month month day-of-week year`, in UTC. */
const cronAt = (fields: string): ((atMs: number) => boolean) => {
  const [minutes, hours, day, month, weekday, year = '*'] = fields.trim().split(/\s+/);
  if (weekday === undefined || /[/#LW]/.test(fields.replace(/JUL|WED/gi, '')))
    throw new Error(`sim does not model the schedule cron(${fields})`);
  return (atMs) => {
    const at = new Date(atMs);
    return (
      takes(minutes as string, at.getUTCMinutes()) &&
      takes(hours as string, at.getUTCHours()) &&
      takes(day as string, at.getUTCDate()) &&
      takes(month as string, at.getUTCMonth() + 1, MONTHS) &&
      takes(weekday, at.getUTCDay() + 1, DAYS) &&
      takes(year, at.getUTCFullYear())
    );
  };
};

/** Whether a schedule comes due in the minute that begins then; `rate` counts from the run's beginning. */
const dueIn = (schedule: string, startMs: number): ((minuteStartMs: number) => boolean) => {
  const [, kind, inner = ''] = /^(cron|rate|at)\((.*)\)$/.exec(schedule) ?? [];
  if (kind === 'cron') return cronAt(inner);
  if (kind === 'at') {
    const atMs = Date.parse(`${inner}Z`);
    return (minuteMs) => atMs >= minuteMs && atMs < minuteMs + MINUTE_MS;
  }
  const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
  const everyMs = Number(count) * (UNITS[unit] ?? 0);
  if (kind !== 'rate' || !(everyMs > 0)) throw new Error(`sim does not model the schedule ${schedule}`);
  return (minuteMs) => {
    const turns = Math.floor((minuteMs + MINUTE_MS - 1 - startMs) / everyMs);
    return turns > 0 && startMs + turns * everyMs >= minuteMs;
  };
};

/** One that comes while it is suspended is skipped, and not made up for (assumed [fact 172]). */
export const scaleBySchedule = (
  { scheduler }: Kernel,
  actions: readonly ScheduledAction[],
  state: () => Required<SuspendedState>,
  act: (action: ScheduledAction, cause: string) => void,
): void => {
  if (actions.length === 0) return;
  const startMs = scheduler.nowMs();
  const due = actions.map((action) => ({ action, in: dueIn(action.Schedule ?? '', startMs) }));
  const tick = (): void => {
    const minuteMs = Math.floor(scheduler.nowMs() / MINUTE_MS) * MINUTE_MS;
    for (const one of due) {
      if (one.in(minuteMs) && !state().ScheduledScalingSuspended)
        act(one.action, `${one.action.ScheduledActionName}: ${one.action.Schedule}`);
    }
    scheduler.after(MINUTE_MS, tick);
  };
  scheduler.after(MINUTE_MS, tick);
};
