import { describe, expect, test } from 'vitest';
import { readBenchOptions, WHOLE_NUMBER } from '../../bench/options.ts';

const wanted = {
  options: { hours: WHOLE_NUMBER, rates: { expects: '1/N', matches: /^1\/\d+$/ }, quick: 'flag' },
  positionals: WHOLE_NUMBER,
} as const;

const read = (...args: string[]) => readBenchOptions(args, wanted);

describe('options of a measurement', () => {
  test('are read', () => {
    expect(read('--rates', '1/10', '--quick', '3', '30')).toEqual({
      values: { rates: '1/10', quick: 'true' },
      positionals: ['3', '30'],
    });
    expect(read()).toEqual({ values: {}, positionals: [] });
  });

  test('all that is wrong is said at once', () => {
    expect(read('--unknown', '3', '--rates', 'x', '--hours', '--quick=1', '0')).toEqual({
      problems: [
        'unknown option --unknown',
        '--rates: expected 1/N, found "x"',
        '--hours: expected a whole number from 1, found "--quick=1"',
        'expected a whole number from 1, found "0"',
      ],
    });
    expect(read('--quick=1', '--hours')).toEqual({
      problems: [
        '--quick: expected no value, found "1"',
        '--hours: expected a whole number from 1, found nothing',
      ],
    });
  });

  test('numbers where none are taken', () => {
    expect(readBenchOptions(['3'], { options: {} })).toEqual({
      problems: ['expected options only, found "3"'],
    });
  });
});
