import { didYouMean } from '../did-you-mean.ts';
import { DURATION_FORM, DURATION_PATTERN, formatDuration, parseDuration } from '../duration.ts';
import { isObject } from '../is-object.ts';
import { describeFound, type Problem } from './problem.ts';

/**
 * Readers of one JSON value each: the value, or undefined and a problem noted. All problems are collected in one
 * list.
 */
export type Fields = Record<string, unknown>;
export type Reader<Value> = ((value: unknown, path: string, problems: Problem[]) => Value | undefined) & {
  readonly schema?: Schema;
};

/**
 * A reader with the same in JSON Schema (2020-12), for editors; what concerns several fields together is only in the
 * reader.
 */
export type Read<Value> = Reader<Value> & { readonly schema: Schema };

export type Schema = Readonly<Record<string, unknown>>;

/** A reader with the schema of what it accepts. */
export const reading = <Value>(schema: Schema, read: Reader<Value>): Read<Value> =>
  Object.assign(read, { schema });

type Fielded = Readonly<Record<string, { schema: Schema }>>;

/** The schema of an object with these fields and no others. */
export const objectSchema = (fields: Fielded, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required }),
});

/** A request with a thousand unknown fields is a wrong file; a few are enough to see it. */
const UNKNOWN_FIELDS_NAMED = 10;

/** Notes one problem; returns undefined so that a reader can end with it. */
export const refuse = (
  problems: Problem[],
  path: string,
  expected: string,
  found: string,
  hint?: string,
): undefined => {
  problems.push({ path, expected, found, ...(hint === undefined ? {} : { hint }) });
  return undefined;
};

/** An object with no other than the named fields; unknown ones are problems, the object is still returned. */
export const readObject =
  (known: readonly string[], expected: string): Reader<Fields> =>
  (value, path, problems) => {
    if (!isObject(value)) return refuse(problems, path, expected, describeFound(value));
    const unknown = Object.keys(value).filter((name) => !known.includes(name));
    for (const name of unknown.slice(0, UNKNOWN_FIELDS_NAMED)) {
      const meant = didYouMean(name, known);
      const hint = meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${meant}?`;
      const at = path === 'request' ? name : `${path}.${name}`;
      refuse(problems, at.slice(0, 100), 'a known field', describeFound(value[name]), hint);
    }
    const more = unknown.length - UNKNOWN_FIELDS_NAMED;
    if (more > 0) refuse(problems, path, 'no unknown fields', `${more} more`);
    return value;
  };

export const readText = (
  form: RegExp,
  expected: string,
  hint?: (text: string) => string | undefined,
): Read<string> =>
  reading({ type: 'string', pattern: form.source, description: expected }, (value, path, problems) => {
    if (typeof value === 'string' && form.test(value)) return value;
    const padded = typeof value === 'string' && value !== value.trim() && form.test(value.trim());
    const advice = padded
      ? 'Remove the space around it.'
      : typeof value === 'string'
        ? hint?.(value)
        : undefined;
    return refuse(problems, path, expected, describeFound(value), advice);
  });

export const readChoice = <const Choice extends string>(choices: readonly Choice[]): Read<Choice> =>
  reading({ enum: choices }, (value, path, problems) => {
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    const meant = typeof value === 'string' ? didYouMean(value, choices) : undefined;
    const hint = meant === undefined ? undefined : `Did you mean "${meant}"?`;
    return refuse(
      problems,
      path,
      choices.map((choice) => `"${choice}"`).join(' or '),
      describeFound(value),
      hint,
    );
  });

export const readInteger = (
  min: number,
  max: number,
  expected = `a whole number from ${min} to ${max}`,
): Read<number> =>
  reading({ type: 'integer', minimum: min, maximum: max, description: expected }, (value, path, problems) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    const asText = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
    const hint = asText ? 'Write it without quotes.' : undefined;
    return refuse(problems, path, expected, describeFound(value), hint);
  });

export const SHARE = 'a share from 0 to 1';

/** Any number of a range, whole or not. */
export const readNumber = (min: number, max: number, expected: string): Read<number> =>
  reading({ type: 'number', minimum: min, maximum: max, description: expected }, (value, path, problems) => {
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return refuse(problems, path, expected, describeFound(value));
  });

export const readDuration = (minMs: number, maxMs: number): Read<number> => {
  const range =
    minMs === 0
      ? `up to ${formatDuration(maxMs)}`
      : `from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  const schema = { type: 'string', pattern: DURATION_PATTERN, description: `${DURATION_FORM}, ${range}` };
  return reading(schema, (value, path, problems) => {
    const ms = typeof value === 'string' ? parseDuration(value) : null;
    if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
    const hint = typeof value === 'number' ? 'A number has no unit: write seconds as "300s".' : undefined;
    return refuse(
      problems,
      path,
      ms === null ? DURATION_FORM : `a duration ${range}`,
      describeFound(value),
      hint,
    );
  });
};

/** A list whose entries all read well. A list that is too long is one problem, and its entries are not read. */
export const readList = <Value>(
  min: number,
  max: number,
  expected: string,
  entry: Reader<Value>,
): Read<Value[]> => {
  const schema = {
    type: 'array',
    minItems: min,
    maxItems: max,
    description: expected,
    items: entry.schema ?? {},
  };
  return reading(schema, (value, path, problems) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      return refuse(problems, path, expected, describeFound(value));
    }
    const entries = value.map((item: unknown, index) => entry(item, `${path}[${index}]`, problems));
    return entries.every((item) => item !== undefined) ? entries : undefined;
  });
};

/** Names each entry that was in the list before. */
const refuseRepeats = (entries: unknown, path: string, what: string, problems: Problem[]): void => {
  if (!Array.isArray(entries)) return;
  const seen = new Map<unknown, number>();
  for (const [index, item] of entries.entries()) {
    const first = seen.get(item);
    if (first === undefined) seen.set(item, index);
    else if (typeof item === 'string') {
      refuse(
        problems,
        `${path}[${index}]`,
        `each ${what} once`,
        `${describeFound(item)} again`,
        `It is ${path}[${first}] already.`,
      );
    }
  }
};

/** A list without an entry twice. */
export const withoutRepeats = (what: string, read: Read<string[]>): Read<string[]> =>
  reading({ ...read.schema, uniqueItems: true }, (value, path, problems) => {
    const entries = read(value, path, problems);
    refuseRepeats(entries, path, what, problems);
    return entries;
  });

/** Reads a field that may be left out. */
export const optional = <Value>(read: Reader<Value>): Read<Value> =>
  reading(read.schema ?? {}, (value, path, problems) =>
    value === undefined ? undefined : read(value, path, problems),
  );
