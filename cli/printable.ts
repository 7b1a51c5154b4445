import { withPages } from './render/pages.ts';
import type { Terminal } from './terminal.ts';

/**
 * Texts of others (a request's, an alarm's name, a stopped task's reason) reach the terminal and a pipeline's log as
 * they are read: one that carries an escape sequence could move the cursor, hide a line, or turn the direction of the
 * next. So whatever is no character to read is written as its escape, which JSON takes, too. A line end of another
 * kind is one of them, because it would hide what stands before it.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** What paint.ts writes: colours and bold, none of which hides anything. */
const STYLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  /\u001b\[(?:0|1|2|22|3[0-9]|39|9[0-7])m/g;

/** A runner of GitHub Actions or Azure Pipelines takes a line that begins so for a command. */
const RUNNER_COMMAND = /^([ \t]*)(::|##\[|##vso\[)/gm;

const escaped = (character: string): string =>
  character === '\r' ? '\\r' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const withoutStyle = (text: string): string => text.replace(UNSEEN, escaped);

export const printable = (text: string, colour: boolean): string => {
  const styles = colour ? (text.match(STYLE) ?? []) : [];
  const parts = (colour ? text.split(STYLE) : [text]).map(withoutStyle);
  const shown = parts.reduce((all, part, index) => `${all}${styles[index - 1] ?? ''}${part}`);
  return shown.replace(RUNNER_COMMAND, '$1\\$2');
};

/**
 * The same terminal, on which nothing unseen can be written, and a page of ours is named by where it is. What goes into
 * a file or another program keeps the names.
 */
export const printing = (terminal: Terminal): Terminal => {
  const { colour, interactive } = terminal;
  const read = (text: string): string => (interactive && !text.startsWith('{') ? withPages(text) : text);
  return Object.create(terminal, {
    out: { value: (text: string) => terminal.out(printable(read(text), colour)) },
    err: { value: (text: string) => terminal.err(printable(withPages(text), colour)) },
    redraw: { value: (cursor: string, text: string) => terminal.out(cursor + printable(text, colour)) },
  }) as Terminal;
};
