import type { Reader } from './tokens.ts';
import { invalid } from './values.ts';

/** A Query's partition, and which of its sort keys are meant. */
type KeyRange = { pk: string; holds(sk: string): boolean };

const stringValue = (reader: Reader): string => {
  const value = reader.placeholders.value(reader.take(), reader.kind).S;
  if (value === undefined) throw invalid(`Invalid ${reader.kind}: the key's attributes are strings`);
  return value;
};

const isBetween = (sk: string, from: string, to: string): boolean =>
  Buffer.compare(Buffer.from(from), Buffer.from(sk)) <= 0 &&
  Buffer.compare(Buffer.from(sk), Buffer.from(to)) <= 0;

/**
 * @throws ValidationException for anything but `pk = :p`, alone or with `begins_with(sk, :s)` or `sk BETWEEN :from AND
 * :to`.
 */
export const parseKeyCondition = (reader: Reader): KeyRange => {
  if (reader.attribute() !== 'pk') throw invalid('Query condition missed key schema element: pk');
  reader.expect('=');
  const pk = stringValue(reader);
  if (reader.peek() === undefined) return { pk, holds: () => true };

  reader.expect('AND');
  const ranged = reader.skip('begins_with') ? beginsWith(reader) : between(reader);
  if (reader.peek() !== undefined) return reader.refuse();
  return { pk, holds: ranged };
};

const beginsWith = (reader: Reader): KeyRange['holds'] => {
  reader.expect('(');
  if (reader.attribute() !== 'sk')
    throw invalid('Query key condition not supported: begins_with of another attribute than sk');
  reader.expect(',');
  const prefix = stringValue(reader);
  reader.expect(')');
  return (sk) => sk.startsWith(prefix);
};

const between = (reader: Reader): KeyRange['holds'] => {
  if (reader.peek() !== 'sk') return reader.refuse();
  reader.attribute();
  reader.expect('BETWEEN');
  const from = stringValue(reader);
  reader.expect('AND');
  const to = stringValue(reader);
  return (sk) => isBetween(sk, from, to);
};
