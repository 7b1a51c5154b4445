import { pick, type Random } from '../../sim/kernel/random.ts';

/** Longer than any limit of ours on a text, shorter than what a Lambda's payload or a state takes (256 KiB). */
const HUGE = 70_000;

/**
 * Texts that programs trip over: nothing, space, controls, half a character, direction marks, names of JavaScript's
 * own.
 */
export const nastyTexts: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '\ud800',
  '\ufeff',
  '\u2028',
  '🦆',
  'é',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'NaN',
  '1e309',
  '-1',
  '%s%n',
  '../..',
  '$.a',
  '[',
  '(((((((((',
  '*',
  '@',
  ':',
  '5m',
  'arn:aws:',
  'a'.repeat(HUGE),
  'a:'.repeat(300),
];

/** One small change of a text. */
export const mutateText = (random: Random, text: string): string => {
  const at = random.between(0, text.length);
  const to = random.between(at, text.length);
  switch (random.between(0, 6)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + pick(random, nastyTexts) + text.slice(at);
    case 2:
      return text.slice(0, at) + pick(random, nastyTexts) + text.slice(to);
    case 3:
      return text.slice(0, to) + text.slice(at);
    case 4:
      return text.toUpperCase();
    case 5:
      return text.slice(0, at) + String.fromCharCode(random.between(0, 0x2ff)) + text.slice(at + 1);
    default:
      return pick(random, nastyTexts);
  }
};
