import { dirname, isAbsolute, join } from 'node:path';
import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Problem } from '../../core/request/problem.ts';
import { isFile, readText } from '../files.ts';
import { UsageError } from '../usage-error.ts';
import { type ConfigEntry, parseConfig } from './config.ts';
import { lineOf } from './config-lines.ts';

export const CONFIG_FILE = 'cutover.yaml';

/** The entries of the file: the one given, or cutover.yaml here. Null: none was given and there is none. */
export const readConfigFile = (given: string | undefined): ConfigEntry[] | null => {
  const path = given ?? CONFIG_FILE;
  if (!isFile(path)) {
    if (given === undefined) return null;
    throw new UsageError(`--config: expected a file, found nothing at ${given}`, {
      hint: '`cutover init` writes one',
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(readText(path), {
    lineCounter: lines,
    prettyErrors: false,
    // A key that is a list or an object is refused below, as the field it is not.
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    throw new UsageError(`${path} is not YAML`, {
      problems: document.errors.map((error) => describeSyntax(error, lines)),
    });
  }
  const parsed = parseConfig(resolved(document, path));
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
const resolved = (document: Document, path: string): unknown => {
  try {
    return document.toJS();
  } catch (error) {
    throw new UsageError(`${path} cannot be used: ${error instanceof Error ? error.message : error}`, {
      hint: 'give each anchor (&name) before its aliases (*name), or write the fields out',
    });
  }
};

const withLine = ({ line, text }: { line: number | null; text: string }): string =>
  line === null ? text : `line ${line}: ${text}`;

const describeSyntax = ({ message, pos: [start] }: YAMLError, lines: LineCounter): string => {
  const { line, col } = lines.linePos(start);
  return `line ${line}, column ${col}: ${message}`;
};

const describe = ({ path, expected, found, hint }: Problem): string =>
  `${path}: expected ${expected}, found ${found}${hint === undefined ? '' : `. ${hint}`}`;
