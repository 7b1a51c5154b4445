import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { cell, cutTo, pad } from '../../cli/render/cells.ts';
import { hang, wrap } from '../../cli/render/text.ts';

/** Two columns a character, one column for two code points, and an emoji of several. */
const WIDE = '決済サービスの異常';
const COMBINED = 'e\u0301e\u0301e\u0301';
const FAMILY = '👩‍👩‍👧‍👦';

const textOf = (cells: readonly { text: string }[]): string => cells.map(({ text }) => text).join('');

describe('columns hold for characters of every width', () => {
  test.each([WIDE, COMBINED, FAMILY, `${WIDE} ${FAMILY}${FAMILY} shop`])(
    '%s is filled up to 24 columns',
    (text) => {
      expect(stringWidth(textOf(pad([cell(text)], 24)))).toBe(24);
    },
  );

  test.each([3, 4, 5, 6, 7, 8])(
    'cut to %i columns it takes no more, and no character is cut in two',
    (width) => {
      const cut = textOf(cutTo([cell('ab'), cell(WIDE), cell(FAMILY)], width));

      expect(stringWidth(cut)).toBeLessThanOrEqual(width);
      expect(stringWidth(cut)).toBeGreaterThanOrEqual(width - 1);
      expect(cut.endsWith('…')).toBe(true);
      expect(`ab${WIDE}${FAMILY}`.startsWith(cut.slice(0, -1))).toBe(true);
    },
  );

  test('a family is one character: it stays whole or goes', () => {
    expect(textOf(cutTo([cell(`a${FAMILY}b`)], 3))).toBe('a…');
  });

  test('lines break where the columns end', () => {
    for (const line of wrap(`${WIDE} ${WIDE} ${WIDE}`, 40)) expect(stringWidth(line)).toBeLessThanOrEqual(40);
    expect(hang(`${WIDE} ${WIDE} ${WIDE}`, 0, 40).split('\n')).toHaveLength(2);
  });
});
