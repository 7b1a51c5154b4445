import { existsSync, readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { Problem } from '../../core/problem.ts';
import { UsageError } from '../usage-error.ts';
import { type ConfigEntry, parseConfig } from './config.ts';

export const CONFIG_FILE = 'cutover.yaml';

/** The entries of the file: the one given, or cutover.yaml here. Null: none was given and there is none. */
export const readConfigFile = (given: string | undefined): ConfigEntry[] | null => {
  const path = given ?? CONFIG_FILE;
  if (!existsSync(path)) {
    if (given === undefined) return null;
    throw new UsageError(`--config: expected a file, found nothing at ${given}`, {
      hint: 'cutover init writes one',
    });
  }
  const document = parseDocument(readFileSync(path, 'utf8'));
  if (document.errors.length > 0) {
    throw new UsageError(`${path} is not YAML`, { problems: document.errors.map(({ message }) => message) });
  }
  const parsed = parseConfig(document.toJS());
  if (parsed.ok) return parsed.entries;
  throw new UsageError(`${path} cannot be used`, {
    problems: parsed.problems.map(describe),
    hint: 'docs/cli.md describes the file, docs/request.md the fields',
  });
};

const describe = ({ path, expected, found, hint }: Problem): string =>
  `${path}: expected ${expected}, found ${found}${hint === undefined ? '' : `. ${hint}`}`;
