import { NormalizedSchema } from '@smithy/core/schema';
import { RefusedRequest } from './errors.ts';

/**
 * Parameters by their names' parts: `Actions.member.1.Type=forward` is `{ Actions: { member: { 1: { Type: 'forward' }
 * } } }`.
 */
type Tree = { value?: string; parts: Map<string, Tree> };

/** Deeper than any input of AWS. */
const MOST_PARTS = 32;

const treeOf = (parameters: URLSearchParams): Tree => {
  const root: Tree = { parts: new Map() };
  for (const [name, value] of parameters) {
    const names = name.split('.');
    if (names.length > MOST_PARTS) throw malformed(name, `at most ${MOST_PARTS} parts`);
    let at = root;
    for (const part of names) {
      const next: Tree = at.parts.get(part) ?? { parts: new Map() };
      at.parts.set(part, next);
      at = next;
    }
    at.value = value;
  }
  return root;
};

const malformed = (name: string, expected: string): RefusedRequest =>
  new RefusedRequest('MalformedInput', `Expected ${expected} in the parameter ${name.slice(0, 100)}.`);

/** Members 1, 2, 3 of a list, in their order. */
const itemsOf = (tree: Tree): Tree[] =>
  [...tree.parts]
    .filter(([index]) => /^\d+$/.test(index))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);

/** EC2's dialect: lists have no `member`, and names begin with a capital. */
type Dialect = { ec2: boolean };

const nameOf = (member: NormalizedSchema, memberName: string, { ec2 }: Dialect): string => {
  const { ec2QueryName, xmlName } = member.getMergedTraits() as { ec2QueryName?: string; xmlName?: string };
  if (ec2 && ec2QueryName !== undefined) return ec2QueryName;
  const name = xmlName ?? memberName;
  return ec2 ? `${name.charAt(0).toUpperCase()}${name.slice(1)}` : name;
};

const readValue = (schema: NormalizedSchema, tree: Tree, name: string, dialect: Dialect): unknown => {
  if (schema.isStructSchema()) return readStruct(schema, tree, name, dialect);
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const itemName = (item.getMergedTraits() as { xmlName?: string }).xmlName ?? 'member';
    const flat = dialect.ec2 || (schema.getMergedTraits() as { xmlFlattened?: number }).xmlFlattened;
    const holder = flat ? tree : tree.parts.get(itemName);
    return holder === undefined ? [] : itemsOf(holder).map((each) => readValue(item, each, name, dialect));
  }
  if (schema.isMapSchema()) {
    const holder = tree.parts.get('entry') ?? tree;
    const entries = itemsOf(holder).map((entry): [string, unknown] => [
      entry.parts.get('key')?.value ?? '',
      readValue(schema.getValueSchema(), entry.parts.get('value') ?? { parts: new Map() }, name, dialect),
    ]);
    return Object.fromEntries(entries);
  }
  const text = tree.value ?? '';
  if (schema.isBooleanSchema()) return booleanOf(text, name);
  if (schema.isNumericSchema()) return numberOf(text, name);
  if (schema.isTimestampSchema()) return dateOf(text, name);
  return text;
};

const readStruct = (schema: NormalizedSchema, tree: Tree, at: string, dialect: Dialect): object => {
  const read: Record<string, unknown> = {};
  for (const [memberName, member] of schema.structIterator()) {
    const name = nameOf(member, memberName, dialect);
    const part = tree.parts.get(name);
    if (part !== undefined) read[memberName] = readValue(member, part, `${at}${name}.`, dialect);
  }
  return read;
};

const booleanOf = (text: string, name: string): boolean => {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  throw malformed(name, '"true" or "false"');
};

const numberOf = (text: string, name: string): number => {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw malformed(name, 'a number');
};

const dateOf = (text: string, name: string): Date => {
  const date = /^\d+(\.\d+)?$/.test(text) ? new Date(Number(text) * 1_000) : new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw malformed(name, 'a time');
};

/** The input that a body of the query protocol holds, by the operation's schema. @throws RefusedRequest */
export const readQuery = (input: unknown, parameters: URLSearchParams, dialect: Dialect): object =>
  readStruct(NormalizedSchema.of(input as never), treeOf(parameters), '', dialect);
