import type { Paint } from './paint.ts';
import { hang } from './text.ts';

const INDENT = 4;

/** What a rehearsal of a service in an account takes for granted; empty where nothing is. */
export const assumedText = (assumed: readonly string[], width: number, paint: Paint): string =>
  assumed.length === 0
    ? ''
    : [
        '',
        `  ${paint('bold', 'assumed, and not so or not known in the account:')}`,
        ...assumed.map((sentence) => `  - ${hang(sentence, INDENT, width)}`),
        '',
        '',
      ].join('\n');
