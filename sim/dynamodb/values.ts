import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { SimApiError } from '../kernel/fake-client.ts';

/** An item as the API takes it. */
export type Item = Record<string, AttributeValue>;

export const invalid = (message: string): SimApiError => new SimApiError('ValidationException', message);

/** Attribute types that are modelled: strings, numbers, booleans, null, lists and maps. */
const TYPES = ['S', 'N', 'BOOL', 'NULL', 'L', 'M'];

const NUMBER = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The type's letter and what it holds. @throws for a value that is not exactly one of the modelled types. */
const typed = (value: AttributeValue): { type: string; held: unknown } => {
  const members = Object.entries(value).filter(([, held]) => held !== undefined);
  const [type, held] = members[0] ?? [];
  if (type === undefined || members.length !== 1) {
    throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (!TYPES.includes(type)) throw new Error(`sim does not model DynamoDB's attribute type ${type}`);
  return { type, held };
};

/** Numbers come back in their shortest form, whatever was written; all others as they were written. */
export const normalised = (value: AttributeValue): AttributeValue => {
  const { type, held } = typed(value);
  if (type === 'N') {
    if (typeof held !== 'string' || !NUMBER.test(held)) {
      throw invalid(`The parameter cannot be converted to a numeric value: ${String(held)}`);
    }
    return { N: String(Number(held)) };
  }
  if (value.L !== undefined) return { L: value.L.map(normalised) };
  if (value.M !== undefined) return { M: normalisedItem(value.M) };
  return value;
};

export const normalisedItem = (item: Item): Item =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, normalised(value)]));

/** Equal in type and value; maps whatever the order of their members. */
export const equal = (a: AttributeValue, b: AttributeValue): boolean => {
  const [left, right] = [typed(a), typed(b)];
  if (left.type !== right.type) return false;
  if (left.type === 'N') return Number(left.held) === Number(right.held);
  if (a.L !== undefined && b.L !== undefined) {
    const others = b.L;
    return a.L.length === others.length && a.L.every((one, at) => equal(one, others[at] as AttributeValue));
  }
  if (a.M !== undefined && b.M !== undefined) {
    const others = b.M;
    const names = Object.keys(a.M);
    return (
      names.length === Object.keys(others).length &&
      names.every((name) => {
        const other = others[name];
        return other !== undefined && equal((a.M as Item)[name] as AttributeValue, other);
      })
    );
  }
  return left.held === right.held;
};

/** Negative, zero or positive; undefined where the types do not compare, which no comparison then holds for. */
export const compare = (a: AttributeValue, b: AttributeValue): number | undefined => {
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) - Number(b.N);
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  return undefined;
};

/** Plain data, for people and reports. */
const plain = (value: AttributeValue): unknown => {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(plain);
  if (value.M !== undefined) return plainItem(value.M);
  return null;
};

export const plainItem = (item: Item): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
