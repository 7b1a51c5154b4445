import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Reader } from './tokens.ts';
import { type Item, invalid, normalised } from './values.ts';

/** The item after the update; the one before is not changed. */
type Update = { attributes: readonly string[]; apply(item: Item): Item };

type Value = (item: Item) => AttributeValue;
type Change = (before: Item, after: Item) => void;

const parseList = (reader: Reader): Value => {
  reader.expect('(');
  const first = parseValue(reader);
  reader.expect(',');
  const second = parseValue(reader);
  reader.expect(')');
  return (item) => {
    const [a, b] = [first(item), second(item)];
    if (a.L === undefined || b.L === undefined) {
      throw invalid(
        'Invalid UpdateExpression: Incorrect operand type for operator or function; list_append takes lists',
      );
    }
    return { L: [...a.L, ...b.L] };
  };
};

const parseIfNotExists = (reader: Reader): Value => {
  reader.expect('(');
  const name = reader.attribute();
  reader.expect(',');
  const otherwise = parseValue(reader);
  reader.expect(')');
  return (item) => item[name] ?? otherwise(item);
};

/** `:v`, `a`, `if_not_exists(a, value)` or `list_append(value, value)`; reads the item as it was before the update. */
const parseValue = (reader: Reader): Value => {
  if (reader.skip('if_not_exists')) return parseIfNotExists(reader);
  if (reader.skip('list_append')) return parseList(reader);
  if (reader.peek()?.startsWith(':')) {
    const value = reader.placeholders.value(reader.take(), reader.kind);
    return () => value;
  }
  const name = reader.attribute();
  return (item) => {
    const value = item[name];
    if (value !== undefined) return value;
    throw invalid('The provided expression refers to an attribute that does not exist in the item');
  };
};

const parseSet = (reader: Reader, touch: (name: string) => void): Change => {
  const name = reader.attribute();
  touch(name);
  reader.expect('=');
  const value = parseValue(reader);
  return (before, after) => {
    after[name] = normalised(value(before));
  };
};

const parseRemove = (reader: Reader, touch: (name: string) => void): Change => {
  const name = reader.attribute();
  touch(name);
  return (_before, after) => {
    delete after[name];
  };
};

const parseAdd = (reader: Reader, touch: (name: string) => void): Change => {
  const name = reader.attribute();
  touch(name);
  const added = reader.placeholders.value(reader.take(), reader.kind).N;
  if (added === undefined) throw invalid('Invalid UpdateExpression: sim models ADD of numbers only');
  return (before, after) => {
    const present = before[name] ?? { N: '0' };
    if (present.N === undefined)
      throw invalid('An operand in the update expression has an incorrect data type');
    after[name] = { N: String(Number(present.N) + Number(added)) };
  };
};

const clauses = { SET: parseSet, REMOVE: parseRemove, ADD: parseAdd } as const;

/** @throws ValidationException for anything beyond SET, REMOVE and ADD of whole attributes. */
export const parseUpdate = (reader: Reader): Update => {
  const attributes: string[] = [];
  const changes: Change[] = [];
  const seen = new Set<string>();
  const touch = (name: string): void => {
    if (attributes.includes(name)) {
      throw invalid(`Invalid UpdateExpression: Two document paths overlap with each other; path: [${name}]`);
    }
    attributes.push(name);
  };

  do {
    const keyword = (reader.peek() ?? reader.refuse()).toUpperCase();
    const parse = clauses[keyword as keyof typeof clauses];
    if (parse === undefined) return reader.refuse();
    if (seen.has(keyword)) {
      throw invalid(`Invalid UpdateExpression: The "${keyword}" section can only be used once`);
    }
    seen.add(keyword);
    reader.take();
    do changes.push(parse(reader, touch));
    while (reader.skip(','));
  } while (reader.peek() !== undefined);

  return {
    attributes,
    apply: (item) => {
      const after = { ...item };
      for (const change of changes) change(item, after);
      return after;
    },
  };
};
