import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vitest/node';
import { ROOMS, sourceFiles } from '../source-files.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Rooms whose texts reach a person who runs Cutover; verify/ is for those who work on it. */
const PRINTING = ROOMS.filter((room) => room !== 'verify');

/** A command as a source has it, and where. */
export type Skeleton = {
  path: string;
  /** The text, each hole of a template as `HOLE`. */
  text: string;
  /** Neither in backticks nor alone on its line: nobody sees where it ends. */
  loose: boolean;
};

export const HOLE = '\u0000';

/** A command begins so: the program, a service or a verb, and for AWS an operation. */
const BEGINS = /(?:npx )?\b(?:aws [a-z][a-z0-9-]+ [a-z][a-z-]+|cutover [a-z]{3,})\b/g;

type Node = { type: string; [member: string]: unknown };
type Piece = { value: { cooked: string } };

const isNode = (value: unknown): value is Node =>
  value !== null && typeof value === 'object' && typeof (value as Node).type === 'string';

/** What an expression writes, as far as the source has it; undefined of what is no text. */
const textOf = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'TemplateLiteral')
    return (node.quasis as Piece[]).map(({ value: { cooked } }) => cooked).join(HOLE);
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : (left ?? HOLE) + (right ?? HOLE);
};

/** Every text of a file, a template's holes marked. */
const textsOf = (path: string): string[] => {
  const texts: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) visit(one);
    if (!isNode(value)) return;
    const text = textOf(value);
    if (text !== undefined) texts.push(text);
    // A line that is broken in the source is one text.
    if (value.type === 'BinaryExpression' && text !== undefined) return;
    for (const member of Object.values(value)) visit(member);
  };
  visit(parseAst(readFileSync(join(ROOT, path), 'utf8'), { lang: 'ts' }));
  return texts;
};

/** Verbs that follow the name in prose ("cutover rehearses") are none. */
export const commandsIn = (text: string, verbs: readonly string[]): { text: string; loose: boolean }[] =>
  [...text.matchAll(BEGINS)].flatMap((match) => {
    const [begin] = match;
    const words = begin.replace(/^npx /, '').split(' ');
    if (words[0] === 'cutover' && !verbs.includes(words[1] ?? '')) return [];
    const before = text.slice(0, match.index);
    // It is in the middle of a line that another command begins.
    if (before.endsWith(' | ')) return [];
    const quoted = before.endsWith('`');
    const rest = text.slice(match.index);
    // In backticks to the next one; else to the end of its line, of its JSON string, or of its column.
    const [line = ''] = rest.split(quoted ? '`' : /\n|"[,}]| {3,}/);
    const alone = new RegExp(`(^|\\n|: |${HOLE})\\s*$`).test(before);
    // In a shell's own brackets, and the comment that names a completion script.
    const nested = /(\$|<)\($|^# $/.test(before);
    return [{ text: line.trim().replace(/\)$/, nested ? '' : ')'), loose: !quoted && !alone && !nested }];
  });

/** Every text of the sources. */
export const allTexts = (): string[] =>
  PRINTING.flatMap((room) => sourceFiles(room))
    .filter(({ path }) => path.endsWith('.ts'))
    .flatMap(({ path }) => textsOf(path));

export const skeletons = (verbs: readonly string[]): Skeleton[] =>
  PRINTING.flatMap((room) => sourceFiles(room))
    .filter(({ path }) => path.endsWith('.ts'))
    .flatMap(({ path }) =>
      textsOf(path).flatMap((text) => commandsIn(text, verbs).map((command) => ({ path, ...command }))),
    );
