import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './clock.ts';

/** How a duration is written, for error messages. */
export const DURATION_FORM = 'a duration such as "30s", "5m", "1h", "2d" or "1h30m"';

// Each unit at most once, the largest first; seven digits reach 115 days in seconds, more than any limit allows.
const FORM = /^(?:(\d{1,7})d)?(?:(\d{1,7})h)?(?:(\d{1,7})m)?(?:(\d{1,7})s)?$/;

/** The same for a JSON Schema. */
export const DURATION_PATTERN = `^(?=.)${FORM.source.slice(1)}`;

/** Reads `30s`, `5m`, `1h`, `2d`, `1h30m`; milliseconds, or null when the text is none of that. */
export const parseDuration = (text: string): number | null => {
  const match = FORM.exec(text);
  if (text === '' || match === null) return null;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return (
    Number(days) * DAY_MS +
    Number(hours) * HOUR_MS +
    Number(minutes) * MINUTE_MS +
    Number(seconds) * SECOND_MS
  );
};

/** Writes milliseconds the way parseDuration reads them, to the nearest second: `1h30m`, `0s`. */
export const formatDuration = (ms: number): string => {
  let rest = Math.round(Math.max(0, ms) / SECOND_MS) * SECOND_MS;
  let text = '';
  for (const [unitMs, unit] of [
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'm'],
    [SECOND_MS, 's'],
  ] as const) {
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text === '' ? '0s' : text;
};
