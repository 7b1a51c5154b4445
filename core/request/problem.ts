import { oneLine } from '../one-line.ts';

/** One wrong field of a request, in words a person can act on. */
export type Problem = {
  /** Where, as one would write it in JavaScript: `shifts[1].bake`; `request` for the whole. */
  path: string;
  expected: string;
  found: string;
  hint?: string;
};

/** A whole ARN, of which the end is what distinguishes it; a request can be 256 KB and an error message cannot. */
const SHOWN_CHARACTERS = 160;
const SHOWN_FIELDS = 5;

/** A file of a month's minutes can be wrong in each of them: more than a screen or two repeats itself. */
const SHOWN_PROBLEMS = 40;

const shorten = (text: string): string =>
  oneLine(
    text.length <= SHOWN_CHARACTERS
      ? text
      : `${text.slice(0, SHOWN_CHARACTERS)}... (${text.length} characters)`,
  );

/** Any JSON value, and what is none, in a few words. */
export const describeFound = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return `"${shorten(value)}"`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value !== 'object' || value === null) return shorten(String(value));
  const fields = Object.keys(value);
  if (fields.length === 0) return 'an empty object';
  const named = fields.slice(0, SHOWN_FIELDS).map(shorten).join(', ');
  return `an object with ${named}${fields.length > SHOWN_FIELDS ? ` and ${fields.length - SHOWN_FIELDS} more` : ''}`;
};

/** One line a problem; the text a person reads when a request, or another file of theirs, is refused. */
export const describeProblems = (problems: readonly Problem[], what = 'request'): string => {
  const lines = problems
    .slice(0, SHOWN_PROBLEMS)
    .map(
      ({ path, expected, found, hint }) =>
        `- ${oneLine(path)}: expected ${expected}, found ${found}.${hint === undefined ? '' : ` ${hint}`}`,
    );
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const more = problems.length - lines.length;
  const rest = more > 0 ? `\n- and ${more} more of them.` : '';
  return `The ${what} has ${count}:\n${lines.join('\n')}${rest}`;
};
