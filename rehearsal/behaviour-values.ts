import { parseDuration } from '../core/duration.ts';

export const share = (text: string): number | null => {
  const match = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text);
  const percent = Number(match?.[1]);
  return match !== null && percent <= 100 ? percent / 100 : null;
};

export const rate = (text: string): number | null => {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)rps$/.exec(text);
  return match === null || Number(match[1]) === 0 ? null : Number(match[1]);
};

export const milliseconds = (text: string): number | null => {
  const match = /^(\d{1,7})ms$/.exec(text);
  return match === null ? parseDuration(text) : Number(match[1]);
};

export const duration = (text: string): number | null => {
  const ms = parseDuration(text);
  return ms === null || ms === 0 ? null : ms;
};

export const factor = (text: string): number | null => {
  const match = /^(\d{1,4}(?:\.\d{1,2})?)x$/.exec(text);
  return match === null ? null : Number(match[1]);
};
