import { NormalizedSchema } from '@smithy/core/schema';
import { isObject } from '../../core/is-object.ts';
import { RefusedRequest } from './errors.ts';

/** Deeper than any input of AWS. */
const MOST_LEVELS = 64;

const shown = (path: string): string => (path === '' ? 'the body' : path.slice(0, 100));

const refused = (path: string, expected: string): RefusedRequest =>
  new RefusedRequest('SerializationException', `Expected ${expected} at ${shown(path)}.`);

/** What a value of this schema is in JavaScript, in words; null: it is. */
const mismatch = (schema: NormalizedSchema, value: unknown): string | null => {
  if (schema.isStructSchema() || schema.isMapSchema()) return isObject(value) ? null : 'an object';
  if (schema.isListSchema()) return Array.isArray(value) ? null : 'a list';
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? null : 'true or false';
  if (schema.isNumericSchema())
    return typeof value === 'number' && Number.isFinite(value) ? null : 'a number';
  if (schema.isTimestampSchema())
    return value instanceof Date && !Number.isNaN(value.getTime()) ? null : 'a time';
  if (schema.isBlobSchema()) return value instanceof Uint8Array ? null : 'bytes';
  if (schema.isStringSchema()) return typeof value === 'string' ? null : 'a text';
  return null;
};

const check = (schema: NormalizedSchema, value: unknown, path: string, level: number): void => {
  if (value === undefined || value === null) return;
  if (level > MOST_LEVELS) throw refused(path, `at most ${MOST_LEVELS} levels`);
  const expected = mismatch(schema, value);
  if (expected !== null) throw refused(path, expected);
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (schema.isListSchema()) {
    for (const [index, item] of (value as unknown[]).entries())
      checkItem(schema, item, at(String(index)), level);
  } else if (schema.isMapSchema()) {
    for (const [key, item] of Object.entries(value)) checkItem(schema, item, at(key), level);
  } else if (schema.isStructSchema()) {
    const members = value as Record<string, unknown>;
    for (const [name, member] of schema.structIterator()) {
      // A member that is null is one that is not there.
      if (members[name] === null) delete members[name];
      check(member, members[name], at(name), level + 1);
    }
  }
};

/** Of a list or a map: no item may be left out. */
const checkItem = (schema: NormalizedSchema, item: unknown, path: string, level: number): void => {
  if (item === null) throw refused(path, 'no null');
  check(schema.getValueSchema(), item, path, level + 1);
};

/**
 * What a codec has read, every member of the type that the API's model gives it: the codecs pass on what they find.
 * @throws RefusedRequest, a SerializationException as AWS answers it, with the member.
 */
export const checkedInput = (schema: unknown, read: () => unknown): object => {
  let value: unknown;
  try {
    value = read();
  } catch {
    throw new RefusedRequest('SerializationException', 'The body is not of the shape of this operation.');
  }
  check(NormalizedSchema.of(schema as never), value, '', 0);
  return (value ?? {}) as object;
};
