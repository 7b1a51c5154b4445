import { dirname, isAbsolute, join } from 'node:path';
import { type Document, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import type { Problem } from '../../core/request/problem.ts';
import { exists, isFile, readText } from '../files.ts';
import { UsageError } from '../usage-error.ts';
import { type ConfigEntry, parseConfig } from './config.ts';
import { lineOf } from './config-lines.ts';

export const CONFIG_FILE = 'cutover.yaml';

/** The entries of the file: the one given, or cutover.yaml here. Null: none was given and there is none. */
export const readConfigFile = (given: string | undefined): ConfigEntry[] | null => {
  const path = given ?? CONFIG_FILE;
  if (!isFile(path)) {
    if (given === undefined && !exists(path)) return null;
    const found = exists(path) ? `a directory at ${path}` : `nothing at ${path}`;
    throw new UsageError(
      `${given === undefined ? CONFIG_FILE : '--config'}: expected a file, found ${found}`,
      {
        hint: '`cutover init` writes one',
      },
    );
  }
  const lines = new LineCounter();
  const text = readText(path);
  const document = parseDocument(text, {
    lineCounter: lines,
    // `<<: *shared`, which YAML 1.1 had and files of many tools use.
    merge: true,
    prettyErrors: false,
    // A key that is a list or an object is refused below, as the field it is not.
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    throw new UsageError(`${path} is not YAML`, {
      problems: [...new Set(document.errors.map((error) => describeSyntax(error, text, lines)))],
      hint: 'correct the lines that are named; an editor with YAML support marks them too',
    });
  }
  const parsed = parseConfig(resolved(document, path, lines));
  if (parsed.ok) return parsed.entries.map((entry) => besideFile(entry, path));
  const found = parsed.problems.map((problem) => ({
    line: lineOf(document, lines, problem.path),
    text: describe(problem),
  }));
  throw new UsageError(`${path} cannot be used`, {
    problems: [...new Set(found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).map(withLine))],
    hint: 'docs/cli.md describes the file, docs/request.md the fields',
  });
};

/** A file is named as seen from cutover.yaml, wherever the command is typed. */
const besideFile = (entry: ConfigEntry, path: string): ConfigEntry => {
  const { taskDefinition } = entry.fields;
  if (typeof taskDefinition !== 'string' || !taskDefinition.endsWith('.json') || isAbsolute(taskDefinition))
    return entry;
  return { ...entry, fields: { ...entry.fields, taskDefinition: join(dirname(path), taskDefinition) } };
};

/** Aliases are only followed here: one may name no anchor, or itself, or stand for more than fits into memory. */
const resolved = (document: Document, path: string, lines: LineCounter): unknown => {
  try {
    return document.toJS();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const line = lineOfAlias(document, lines, /: (\S+)$/.exec(said)?.[1]);
    throw new UsageError(`${path} cannot be used: ${line === null ? '' : `line ${line}: `}${said}`, {
      hint: 'give each anchor (&name) before its aliases (*name), or write the fields out',
    });
  }
};

/** Of the first alias of this name. */
const lineOfAlias = (document: Document, lines: LineCounter, name: string | undefined): number | null => {
  let start: number | undefined;
  visit(document, {
    Alias: (_, { source, range }) => {
      if (source === name) start ??= range?.[0];
    },
  });
  return start === undefined ? null : lines.linePos(start).line;
};

const withLine = ({ line, text }: { line: number | null; text: string }): string =>
  line === null ? text : `line ${line}: ${text}`;

/** What the parser says in its own words, where they are of no use to who wrote the file. */
const inOurWords = ({ code, message, pos: [start] }: YAMLError, text: string): string => {
  const [, key] = /^\s*("[^"]*"|'[^']*'|[^:\s]+)/.exec(text.slice(start)) ?? [];
  if (code === 'DUPLICATE_KEY') return `expected each field once, found ${key ?? 'one'} again`;
  if (code === 'MULTIPLE_DOCS') return 'expected one document, found another after ---';
  return message;
};

const describeSyntax = (error: YAMLError, text: string, lines: LineCounter): string => {
  const { line, col } = lines.linePos(error.pos[0]);
  return `line ${line}, column ${col}: ${inOurWords(error, text)}`;
};

/** What YAML leaves empty is null to a program, and nothing to the one who wrote it. */
const describe = ({ path, expected, found, hint }: Problem): string =>
  `${path}: expected ${expected}, found ${found === 'null' ? 'nothing' : found}${hint === undefined ? '' : `. ${hint}`}`;
