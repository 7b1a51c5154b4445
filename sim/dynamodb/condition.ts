import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Reader } from './tokens.ts';
import { compare, equal, type Item } from './values.ts';

/** Whether an item (empty when there is none) meets the condition. */
type Condition = (item: Item) => boolean;

type Operand = (item: Item) => AttributeValue | undefined;

const comparators: Readonly<Record<string, (a: AttributeValue, b: AttributeValue) => boolean>> = {
  '=': equal,
  '<>': (a, b) => !equal(a, b),
  '<': (a, b) => (compare(a, b) ?? Number.NaN) < 0,
  '<=': (a, b) => (compare(a, b) ?? Number.NaN) <= 0,
  '>': (a, b) => (compare(a, b) ?? Number.NaN) > 0,
  '>=': (a, b) => (compare(a, b) ?? Number.NaN) >= 0,
};

const parseOperand = (reader: Reader): Operand => {
  if (reader.peek()?.startsWith(':')) {
    const value = reader.placeholders.value(reader.take(), reader.kind);
    return () => value;
  }
  const name = reader.attribute();
  return (item) => item[name];
};

const parseComparison = (reader: Reader): Condition => {
  const left = parseOperand(reader);
  const operator = reader.peek() ?? '';
  const holds = comparators[operator];
  if (holds === undefined) return reader.refuse();
  reader.take();
  const right = parseOperand(reader);
  return (item) => {
    const [a, b] = [left(item), right(item)];
    // An attribute that is not there is unlike everything; no other comparison holds for it.
    return a === undefined || b === undefined ? operator === '<>' : holds(a, b);
  };
};

const parseExistence = (reader: Reader, wanted: boolean): Condition => {
  reader.expect('(');
  const name = reader.attribute();
  reader.expect(')');
  return (item) => (item[name] !== undefined) === wanted;
};

const parsePrimary = (reader: Reader): Condition => {
  if (reader.skip('NOT')) {
    const inner = parsePrimary(reader);
    return (item) => !inner(item);
  }
  if (reader.skip('(')) {
    const inner = parseOr(reader);
    reader.expect(')');
    return inner;
  }
  // Function names, unlike keywords, are case-sensitive.
  if (reader.peek() === 'attribute_exists') return parseExistence(taken(reader), true);
  if (reader.peek() === 'attribute_not_exists') return parseExistence(taken(reader), false);
  return parseComparison(reader);
};

const taken = (reader: Reader): Reader => {
  reader.take();
  return reader;
};

const parseAnd = (reader: Reader): Condition => {
  const all = [parsePrimary(reader)];
  while (reader.skip('AND')) all.push(parsePrimary(reader));
  return (item) => all.every((condition) => condition(item));
};

const parseOr = (reader: Reader): Condition => {
  const any = [parseAnd(reader)];
  while (reader.skip('OR')) any.push(parseAnd(reader));
  return (item) => any.some((condition) => condition(item));
};

/**
 * @throws ValidationException for anything beyond attribute_(not_)exists, comparisons, AND, OR, NOT and parentheses.
 */
export const parseCondition = (reader: Reader): Condition => {
  const condition = parseOr(reader);
  if (reader.peek() !== undefined) return reader.refuse();
  return condition;
};
