import { expect, test } from 'vitest';
import { clockOf, cronTakes } from '../../../sim/autoscaling/cron.ts';

/** Every minute of these days that the expression takes, in the time zone's own clock. */
const minutes = (cron: string, from: string, days: number, zone?: string): string[] => {
  const takes = cronTakes(cron);
  if (takes === null) throw new Error(`no cron expression: ${cron}`);
  const local = clockOf(zone);
  const startMs = Date.parse(`${from}T00:00:00Z`);
  return Array.from({ length: days * 1_440 }, (_, at) => startMs + at * 60_000)
    .filter((ms) => takes(local(ms)))
    .map((ms) => new Date(ms).toISOString().slice(5, 16));
};

test.each<[string, string, number, string[]]>([
  ['0 8 * * ? *', '2026-03-02', 2, ['03-02T08:00', '03-03T08:00']],
  ['0 8 ? * MON-FRI *', '2026-03-06', 4, ['03-06T08:00', '03-09T08:00']],
  ['0/20 9 2 * ? *', '2026-03-02', 1, ['03-02T09:00', '03-02T09:20', '03-02T09:40']],
  ['*/30 9-10 2 * ?', '2026-03-02', 1, ['03-02T09:00', '03-02T09:30', '03-02T10:00', '03-02T10:30']],
  ['5-15/5 0 2 MAR ? 2026', '2026-03-02', 1, ['03-02T00:05', '03-02T00:10', '03-02T00:15']],
  ['0 0 */10 * ? *', '2026-03-01', 31, ['03-01T00:00', '03-11T00:00', '03-21T00:00', '03-31T00:00']],
  ['0 0 L * ? *', '2026-02-26', 4, ['02-28T00:00']],
  ['0 0 LW * ? *', '2026-02-25', 6, ['02-27T00:00']],
  ['0 0 1W * ? *', '2026-02-28', 5, ['03-02T00:00']],
  ['0 0 ? * 6L *', '2026-03-01', 31, ['03-27T00:00']],
  ['0 0 ? * MON#2 *', '2026-03-01', 31, ['03-09T00:00']],
  ['0 0 ? * 1,7 *', '2026-03-01', 8, ['03-01T00:00', '03-07T00:00', '03-08T00:00']],
])('%s comes in these minutes', (cron, from, days, expected) => {
  expect(minutes(cron, from, days)).toEqual(expected);
});

test('a time zone moves it, also over the day on which its clocks change', () => {
  expect(minutes('0 8 * * ? *', '2026-03-28', 2, 'Europe/Berlin')).toEqual(['03-28T07:00', '03-29T06:00']);
});

test.each(['', '0 8 * *', '0 8 * * ? * *', 'x 8 * * ? *', '0 8 * * ? 20x', '0/0 8 * * ? *', '0 8 Q * ? *'])(
  '%j is no cron expression',
  (cron) => {
    expect(cronTakes(cron)).toBeNull();
  },
);
