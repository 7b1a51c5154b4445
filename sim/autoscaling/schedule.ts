import type { ScheduledAction, SuspendedState } from '@aws-sdk/client-application-auto-scaling';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { clockOf, cronTakes } from './cron.ts';

const UNITS: Record<string, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

const minuteText = ({ year, month, day, hour, minute }: ReturnType<ReturnType<typeof clockOf>>): string =>
  `${year}-${[month, day].map((one) => String(one).padStart(2, '0')).join('-')}T` +
  [hour, minute].map((one) => String(one).padStart(2, '0')).join(':');

/** Whether a schedule comes due in the minute that begins then; `rate` counts from the run's beginning. */
const dueIn = (
  { Schedule: schedule = '', Timezone: zone, StartTime, EndTime }: ScheduledAction,
  startMs: number,
): ((minuteStartMs: number) => boolean) => {
  const [, kind, inner = ''] = /^(cron|rate|at)\((.*)\)$/.exec(schedule) ?? [];
  const notModelled = () => new Error(`sim does not model the schedule ${schedule}`);
  // Worlds have times as texts.
  const fromMs = StartTime === undefined ? Number.NEGATIVE_INFINITY : new Date(StartTime).getTime();
  const toMs = EndTime === undefined ? Number.POSITIVE_INFINITY : new Date(EndTime).getTime();
  const within = (due: (minuteMs: number) => boolean) => (minuteMs: number) =>
    minuteMs + MINUTE_MS > fromMs && minuteMs <= toMs && due(minuteMs);
  const local = clockOf(zone);
  if (kind === 'cron') {
    const takes = cronTakes(inner);
    if (takes === null) throw notModelled();
    return within((minuteMs) => takes(local(minuteMs)));
  }
  if (kind === 'at') return (minuteMs) => minuteText(local(minuteMs)) === inner.slice(0, 16);
  const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
  const everyMs = Number(count) * (UNITS[unit] ?? 0);
  if (kind !== 'rate' || !(everyMs > 0)) throw notModelled();
  return within((minuteMs) => {
    const turns = Math.floor((minuteMs + MINUTE_MS - 1 - startMs) / everyMs);
    return turns > 0 && startMs + turns * everyMs >= minuteMs;
  });
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
  const due = actions.map((action) => ({ action, in: dueIn(action, startMs) }));
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
