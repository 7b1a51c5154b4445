import { type Command, type CommandKind, commandKinds } from '../vocabulary/command.types.ts';

/** Who sends a command, and why: as long as a line or two, because every decision and every event repeats it. */
const MAX_TEXT = 256;

/**
 * Control characters, line ends, what turns the direction of text, and halves of characters: nothing a person reads.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');

/** What is wrong with a sender's text, or null. */
export const refuseText = (field: 'by' | 'reason', value: unknown): string | null => {
  const expected = `${field}: expected at most ${MAX_TEXT} printable characters`;
  if (typeof value !== 'string') return `${expected}, found ${value === null ? 'null' : `a ${typeof value}`}`;
  if (value.length > MAX_TEXT) return `${expected}, found ${value.length}`;
  const found = UNPRINTABLE.exec(value)?.[0];
  if (found === undefined) return null;
  const code = found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return `${expected}, found U+${code}; write one line of plain text`;
};

/** Whatever a writer that nobody asked gave, as text that is fit to be shown. */
export const shownText = (value: unknown): string =>
  (typeof value === 'object' ? JSON.stringify(value) : String(value))
    .slice(0, MAX_TEXT)
    .replace(ALL_UNPRINTABLE, '\u00b7');

/** A deployment takes so many commands: a person sends a few, and each is read at every observation. */
const MOST_COMMANDS = 80;

/** Kept for abort, which has to be taken whatever was sent before it. */
const MOST_ABORTS = 20;

export const mostCommands = (kind: CommandKind): number =>
  kind === 'abort' ? MOST_COMMANDS + MOST_ABORTS : MOST_COMMANDS;

/** A command as it was stored, by whatever wrote it. None when it is not one. */
export const commandIn = (stored: unknown): Command[] => {
  if (typeof stored !== 'object' || stored === null) return [];
  const { id, kind, by, reason = '', atMs, now } = stored as Partial<Record<keyof Command, unknown>>;
  const known = commandKinds.find((one) => one === kind);
  if (typeof id !== 'string' || known === undefined || typeof atMs !== 'number') return [];
  const command = { id, kind: known, by: shownText(by), reason: shownText(reason), atMs };
  return [now === true ? { ...command, now } : command];
};
