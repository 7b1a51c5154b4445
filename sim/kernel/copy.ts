/**
 * Copies of plain data. Every call copies its input and its output, and a proof makes millions of calls: these do what
 * structuredClone and a JSON round trip do, several times faster, and leave what they do not know to those.
 */

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

type Members = Record<string, unknown>;

/** An assignment to this name sets the prototype instead of a member. */
const PROTOTYPE = '__proto__';

/** As structuredClone, but that a part which occurs twice is copied twice. */
export const copyOf = <Value>(value: Value): Value => copied(value) as Value;

const copied = (value: unknown): unknown => {
  if (typeof value === 'function' || typeof value === 'symbol') return structuredClone(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  if (value instanceof Date) return new Date(value);
  if (!isPlain(value)) return structuredClone(value);
  const copy: Members = {};
  for (const name of Object.keys(value)) {
    if (name === PROTOTYPE) return structuredClone(value);
    copy[name] = copied((value as Members)[name]);
  }
  return copy;
};

/** As a round trip through JSON text: what JSON does not know is left out, made null or, as dates are, made text. */
export const jsonCopyOf = (value: unknown): unknown => jsonCopied(value ?? null);

const roundTrip = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const isLeftOut = (value: unknown): boolean =>
  value === undefined || typeof value === 'function' || typeof value === 'symbol';

const jsonCopied = (value: unknown): unknown => {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== 'object') return roundTrip(value);
  if (Array.isArray(value)) return Array.from(value, (item) => (isLeftOut(item) ? null : jsonCopied(item)));
  if (!isPlain(value) || 'toJSON' in value) return roundTrip(value);
  const copy: Members = {};
  for (const name of Object.keys(value)) {
    if (name === PROTOTYPE) return roundTrip(value);
    const member = (value as Members)[name];
    if (!isLeftOut(member)) copy[name] = jsonCopied(member);
  }
  return copy;
};
