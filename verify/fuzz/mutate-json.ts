import { pick, type Random } from '../../sim/kernel/random.ts';
import { mutateText, nastyTexts } from './mutate-text.ts';

type Parent = Record<string | number, unknown>;
type Place = { parent: Parent; key: string | number };

/**
 * What JSON has and a JavaScript value cannot hold until it is parsed: a number beyond all numbers, a member given
 * twice.
 */
const TOO_BIG = '#too big#';
const AGAIN = '#again#';

const nested = (depth: number): unknown => {
  let value: unknown = {};
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** JSON.stringify itself gives up somewhat above this. */
const DEEP = 1_500;

const anything = (random: Random): unknown => {
  switch (random.between(0, 5)) {
    case 0:
      return pick(random, nastyTexts);
    case 1:
      return pick(random, [null, true, false, [], {}, [null], [[]], { a: null }, [{}]]);
    case 2:
      return pick(random, [0, -1, 0.5, 1, 7, 100, 1e15, 2 ** 53, -1e308, 5e-324, TOO_BIG]);
    case 3:
      return JSON.parse('{"__proto__": {"a": 1}, "toString": 1, "constructor": null, "length": 3}');
    case 4:
      return nested(random.between(1, 20) === 1 ? DEEP : random.between(1, 5));
    default:
      return Array.from({ length: random.between(1, 120) }, () => random.between(0, 3));
  }
};

const placesIn = (root: unknown): Place[] => {
  const places: Place[] = [];
  const visit = (parent: Parent): void => {
    for (const key of Array.isArray(parent) ? parent.keys() : Object.keys(parent)) {
      places.push({ parent, key });
      const child = parent[key];
      if (typeof child === 'object' && child !== null) visit(child as Parent);
    }
  };
  visit({ root } as Parent);
  return places;
};

const without = ({ parent, key }: Place): void => {
  if (Array.isArray(parent)) Array.prototype.splice.call(parent, Number(key), 1);
  else delete parent[key];
};

const changed = (random: Random, value: unknown): unknown => {
  if (typeof value === 'string') return mutateText(random, value);
  if (typeof value === 'number') return pick(random, [-value, value * 1e9, value + 0.5, String(value)]);
  if (Array.isArray(value)) return Array.from({ length: random.between(2, 60) }, () => value[0]);
  return anything(random);
};

const mutateAt = (random: Random, place: Place, places: readonly Place[]): void => {
  const { parent, key } = place;
  const other = pick(random, places);
  switch (random.between(0, 8)) {
    case 0:
      without(place);
      return;
    case 1:
      parent[key] = null;
      return;
    case 2:
      parent[key] = [parent[key]];
      return;
    case 3:
      parent[key] = { [String(key)]: parent[key] };
      return;
    case 4:
      parent[`${key}${AGAIN}`] = anything(random);
      return;
    case 5:
      parent[pick(random, nastyTexts.slice(0, 20))] = anything(random);
      return;
    case 6:
      parent[key] = structuredClone(other.parent[other.key]);
      return;
    case 7:
      parent[key] = changed(random, parent[key]);
      return;
    default:
      parent[key] = anything(random);
  }
};

/** JSON text of a valid example after one to three changes of its structure, and now and then one of its text. */
export const mutateJson = (random: Random, example: unknown): string => {
  const root = structuredClone(example);
  const places = placesIn(root);
  const top = places[0] as Place;
  const changes = random.between(1, 3);
  for (let change = 0; change < changes; change += 1) mutateAt(random, pick(random, places), places);
  const text = (JSON.stringify(top.parent.root) ?? '')
    .replaceAll(`"${TOO_BIG}"`, '1e309')
    .replaceAll(`${AGAIN}"`, '"');
  return random.between(1, 20) === 1 ? mutateText(random, text) : text;
};

/** As what reads it gets it: what is not JSON arrives as a text. */
export const asValue = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
