import type { Limit, Path } from './definition.types.ts';
import { parsePath } from './paths.ts';

/** Readers of a definition's fields. Each throws with the place, what was expected and what was found. */

export type Fields = Record<string, unknown>;

export const fields = (value: unknown, where: string): Fields => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(`${where} must be an object, found ${JSON.stringify(value)}`);
};

export const only = (value: Fields, allowed: readonly string[], where: string): void => {
  const stranger = Object.keys(value).find((name) => !allowed.includes(name));
  if (stranger !== undefined) throw new Error(`sim does not model the field ${stranger} of ${where}`);
};

export const text = (value: unknown, where: string): string => {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${where} must be a non-empty string, found ${JSON.stringify(value)}`);
};

export const number = (value: unknown, least: number, where: string): number => {
  if (typeof value === 'number' && value >= least) return value;
  throw new Error(`${where} must be a number of at least ${least}, found ${JSON.stringify(value)}`);
};

export const list = (value: unknown, where: string): unknown[] => {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new Error(`${where} must be a list with at least one entry, found ${JSON.stringify(value)}`);
};

/** A path to write to: the context object cannot be written. */
export const referencePath = (value: unknown, where: string): Path => {
  const path = parsePath(value, where);
  if (path.root === 'context') throw new Error(`${where} must start with $., found ${path.text}`);
  return path;
};

/** Exactly one of `<field>` and `<field>Path`, or neither. */
export const loadLimit = (state: Fields, field: string, where: string): Limit | undefined => {
  const plain = state[field];
  const path = state[`${field}Path`];
  if (plain !== undefined && path !== undefined) {
    throw new Error(`${where} must have one of ${field} and ${field}Path, found both`);
  }
  if (plain !== undefined) return { kind: 'seconds', seconds: number(plain, 0, `${where}, ${field}`) };
  if (path !== undefined) return { kind: 'path', path: parsePath(path, `${where}, ${field}Path`) };
  return undefined;
};
