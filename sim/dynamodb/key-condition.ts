import type { Reader } from './tokens.ts';
import { invalid } from './values.ts';

/** A Query's partition, and what its sort keys begin with. */
type KeyRange = { pk: string; prefix: string };

const stringValue = (reader: Reader): string => {
  const value = reader.placeholders.value(reader.take(), reader.kind).S;
  if (value === undefined) throw invalid(`Invalid ${reader.kind}: the key's attributes are strings`);
  return value;
};

/** @throws ValidationException for anything but `pk = :p` and `pk = :p AND begins_with(sk, :s)`. */
export const parseKeyCondition = (reader: Reader): KeyRange => {
  if (reader.attribute() !== 'pk') throw invalid('Query condition missed key schema element: pk');
  reader.expect('=');
  const pk = stringValue(reader);
  if (reader.peek() === undefined) return { pk, prefix: '' };

  reader.expect('AND');
  reader.expect('begins_with');
  reader.expect('(');
  if (reader.attribute() !== 'sk')
    throw invalid('Query key condition not supported: begins_with of another attribute than sk');
  reader.expect(',');
  const prefix = stringValue(reader);
  reader.expect(')');
  if (reader.peek() !== undefined) return reader.refuse();
  return { pk, prefix };
};
