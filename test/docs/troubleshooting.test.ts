import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { allTexts, HOLE } from '../printed/sources.ts';

/**
 * A symptom is a piece of a message that stands in the code: a page about a message that nobody prints helps nobody.
 */
const page = readFileSync('docs/troubleshooting.md', 'utf8');
const symptoms = [...page.matchAll(/^### `(.+)`$/gm)].map(([, text = '']) => text);

let texts: string[] = [];
beforeAll(() => {
  texts = allTexts();
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const shows = (symptom: string): RegExp =>
  new RegExp(
    symptom
      .split('…')
      .map((part) => escaped(part.trim()))
      .join(`.*${HOLE}?.*`),
    's',
  );

describe('docs/troubleshooting.md', () => {
  test.each(symptoms)('%s is printed by the code', (symptom) => {
    expect(texts.filter((text) => shows(symptom).test(text))).not.toEqual([]);
  });

  test('has many, and a message that nothing prints would be found', () => {
    expect(symptoms.length).toBeGreaterThan(20);
    expect(texts.some((text) => shows('the flux capacitor is empty').test(text))).toBe(false);
  });
});
