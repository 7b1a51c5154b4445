import { RegisterTaskDefinition$ } from '@aws-sdk/client-ecs';
import { NormalizedSchema } from '@smithy/core/schema';
import { didYouMean } from '../core/did-you-mean.ts';
import { grouped } from '../core/figures.ts';
import { isObject } from '../core/is-object.ts';
import { containersOf, type TaskDefinitionDocument } from '../core/plan/task-definition-document.ts';

/** A document that ECS takes as it stands, what was changed for that, and everything that it would not take. */
type Checked = { document: TaskDefinitionDocument; notes: string[]; problems: string[] };

/**
 * Holds a task definition out of a file to the API's model. The SDK sends only the members that it knows, so one with
 * a typing error would vanish without a word; ECS's own answer to a number where it wants a text names no place.
 */
export const checkDocument = (document: TaskDefinitionDocument): Checked => {
  const found: Pick<Checked, 'notes' | 'problems'> = { notes: [], problems: [] };
  const schema = NormalizedSchema.of(RegisterTaskDefinition$[4] as never);
  const taken = read(schema, document, '', found) as TaskDefinitionDocument;
  const bytes = Buffer.byteLength(JSON.stringify(taken));
  if (bytes > MOST_BYTES) {
    found.problems.push(
      `expected at most ${grouped(MOST_BYTES)} bytes, found ${grouped(bytes)}: ` +
        'put large values into Parameter Store, Secrets Manager or S3',
    );
  }
  const containers = containersOf(taken).length;
  if (containers > MOST_CONTAINERS) {
    found.problems.push(
      `containerDefinitions: expected at most ${MOST_CONTAINERS} containers, found ${containers}: ` +
        'move some into a service of their own',
    );
  }
  return { document: taken, ...found };
};

/** A quota that nobody can raise [fact 179]. */
const MOST_CONTAINERS = 10;

/** A quota that nobody can raise [fact 179]. ECS adds its defaults, so it refuses some that are smaller, too. */
const MOST_BYTES = 64 * 1024;

type Found = Pick<Checked, 'notes' | 'problems'>;

const read = (schema: NormalizedSchema, value: unknown, path: string, found: Found): unknown => {
  if (value === null || value === undefined) return value;
  if (schema.isStructSchema()) return readStruct(schema, value, path, found);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return refuse(found, path, 'a list', value);
    return value.map((item, index) => read(schema.getValueSchema(), item, placeOf(path, item, index), found));
  }
  if (schema.isMapSchema()) {
    if (!isObject(value)) return refuse(found, path, 'an object', value);
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([name, member]) => [
        name,
        read(schema.getValueSchema(), member, `${path}.${name}`, found),
      ]),
    );
  }
  return readScalar(schema, value, path, found);
};

const readStruct = (schema: NormalizedSchema, value: unknown, path: string, found: Found): unknown => {
  if (!isObject(value)) return refuse(found, path, 'an object', value);
  const members = new Map([...schema.structIterator()]);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const at = path === '' ? name : `${path}.${name}`;
      const known = members.get(name);
      if (known !== undefined) return [name, read(known, member, at, found)];
      const near = didYouMean(name, [...members.keys()]);
      found.problems.push(
        `${at}: expected a member that ECS has, found "${name}"${near === undefined ? '' : `; did you mean ${near}?`}`,
      );
      return [name, member];
    }),
  );
};

/** A number where ECS wants a text, or the other way round, can mean one thing only. */
const readScalar = (schema: NormalizedSchema, value: unknown, path: string, found: Found): unknown => {
  const changed = (to: unknown): unknown => {
    found.notes.push(`${path}: ${JSON.stringify(value)} is taken for ${JSON.stringify(to)}`);
    return to;
  };
  if (schema.isStringSchema()) {
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean'
      ? changed(String(value))
      : refuse(found, path, 'a text', value);
  }
  if (schema.isNumericSchema()) {
    if (typeof value === 'number') return value;
    const isNumber = typeof value === 'string' && /^-?\d+$/.test(value.trim());
    return isNumber ? changed(Number(value)) : refuse(found, path, 'a number', value);
  }
  if (schema.isBooleanSchema()) {
    if (typeof value === 'boolean') return value;
    return value === 'true' || value === 'false'
      ? changed(value === 'true')
      : refuse(found, path, 'true or false', value);
  }
  return value;
};

const refuse = (found: Found, path: string, expected: string, value: unknown): unknown => {
  found.problems.push(`${path}: expected ${expected}, found ${JSON.stringify(value).slice(0, 60)}`);
  return value;
};

/** `containerDefinitions[web]`, as the differences name it. */
const placeOf = (path: string, item: unknown, index: number): string =>
  `${path}[${isObject(item) && typeof item.name === 'string' ? item.name : index}]`;
