import { expect, test } from 'vitest';
import { readCommittedAt } from '../../../core/request/committed-at.ts';
import type { Problem } from '../../../core/request/problem.ts';

const read = (value: unknown) => {
  const problems: Problem[] = [];
  return { ms: readCommittedAt(value, 'committedAt', problems), problems };
};

test.each([
  '2026-01-31T10:00:00Z',
  '1970-01-01T00:00:00Z',
  '2024-02-29T23:59:59Z',
  '2000-02-29T12:00:00+00:00',
  '2026-12-31T23:30:00-01:30',
  '2026-03-01T00:30:00+05:30',
  '2100-03-01T00:00:00Z',
])('the time of %s is the one that JavaScript gives it', (text) => {
  expect(read(text)).toEqual({ ms: Date.parse(text), problems: [] });
});

test('fractions are cut off, and an offset may be written without a colon', () => {
  expect(read('2026-01-31T10:00:00.987654Z').ms).toBe(Date.parse('2026-01-31T10:00:00Z'));
  expect(read('2026-01-31T10:00:00+0200').ms).toBe(Date.parse('2026-01-31T08:00:00Z'));
});

test.each([
  '2026-02-29T10:00:00Z',
  '2100-02-29T10:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-00T00:00:00Z',
])('%s is no time', (text) => {
  const { ms, problems } = read(text);

  expect(ms).toBeUndefined();
  expect(problems).toMatchObject([{ path: 'committedAt', hint: 'There is no such day or time.' }]);
});

test.each(['2026-01-31', '2026-01-31T10:00:00', 'yesterday', 1_800_000_000, null])(
  '%s has no zone or no form',
  (value) => {
    expect(read(value)).toMatchObject({ ms: undefined, problems: [{ path: 'committedAt' }] });
  },
);
