import { readFileSync } from 'node:fs';
import { apiErrors, errorNames, retryableErrorNames } from '../../core/errors.ts';
import { contract } from '../../statemachine/contract.ts';
import { table } from './words.ts';

/** `'Name',` with the comment above it: the names are documented where they are defined, and nowhere else. */
const meanings = (): Map<string, string> => {
  const source = readFileSync(new URL('../../core/errors.ts', import.meta.url), 'utf8');
  const documented = [...source.matchAll(/\/\*\* (.+?) \*\/\n {2}'(\w+)',/g)];
  return new Map(documented.map(([, meaning = '', name = '']) => [name, meaning]));
};

const raisedBy = (name: string): string => {
  if ((apiErrors as readonly string[]).includes(name)) return 'any AWS call';
  return Object.entries(contract)
    .filter(([, { raises }]) => (raises as readonly string[]).includes(name))
    .map(([step]) => step)
    .join(', ');
};

export const errorTable = (): string => {
  const means = meanings();
  return table(
    ['error', 'means', 'raised by', 'tried again by the state machine'],
    errorNames.map((name) => [
      `\`${name}\``,
      means.get(name) ?? '',
      raisedBy(name),
      (retryableErrorNames as readonly string[]).includes(name) ? 'yes' : 'no',
    ]),
  );
};
