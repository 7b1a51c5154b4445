import { describe, expect, test } from 'vitest';
import { copyOf, jsonCopyOf } from '../../../sim/kernel/copy.ts';

const ownPrototypeMember = JSON.parse('{"__proto__":{"a":1},"b":2}');
const sparse = [1, undefined, 3];

const plain: Record<string, unknown> = {
  'a number, a text, null': [0, 1.5, -3, 'text', '', null, true, false],
  'members that are undefined': { a: undefined, b: { c: undefined, d: 1 } },
  'an item that is undefined': { list: sparse },
  'numbers as names': { 2: 'two', 1: 'one', z: 'last', a: 'first' },
  'a member called __proto__': ownPrototypeMember,
  'one called __proto__ further in': { list: [ownPrototypeMember] },
  dates: { at: new Date(86_400_000), list: [new Date(0)] },
  'nothing but itself': {},
  'an object without a prototype': Object.assign(Object.create(null), { a: [1] }),
  'a map and bytes': { map: new Map([['a', 1]]), bytes: new Uint8Array([1, 2]) },
  'a large number': { n: 2 ** 53, tiny: 5e-324 },
};

describe('copyOf', () => {
  test.each(Object.entries(plain))('%s: as structuredClone', (_name, value) => {
    expect(copyOf(value)).toStrictEqual(structuredClone(value));
  });

  test('shares nothing with the original', () => {
    const original = { list: [{ a: 1 }], at: new Date(0) };

    const copy = copyOf(original);
    copy.list.push({ a: 2 });
    copy.at.setTime(1);

    expect(original).toEqual({ list: [{ a: 1 }], at: new Date(0) });
  });

  test('refuses a function', () => {
    expect(() => copyOf({ call: () => 1 })).toThrow('could not be cloned');
  });
});

describe('jsonCopyOf', () => {
  const more: Record<string, unknown> = {
    ...plain,
    'numbers JSON has not': [Number.NaN, Number.POSITIVE_INFINITY, -0],
    // biome-ignore lint/suspicious/noSparseArray: the hole is the point
    'a list with a hole': [1, , 3],
    'functions and symbols': { a: () => 1, b: Symbol('b'), c: [() => 1, Symbol('c')] },
    'what says itself how it is written': { at: { toJSON: () => ({ is: 'so' }) } },
    'boxed values': { a: Object(1), b: Object('text') },
    'an object of a class': { e: Object.assign(new Error('no'), { code: 7 }) },
  };
  test.each(Object.entries(more))('%s: as a round trip through text', (_name, value) => {
    expect(jsonCopyOf(value)).toStrictEqual(JSON.parse(JSON.stringify(value)));
  });

  test('nothing becomes null', () => {
    expect(jsonCopyOf(undefined)).toBeNull();
  });

  test('refuses what JSON refuses', () => {
    expect(() => jsonCopyOf({ big: 1n })).toThrow(TypeError);
  });
});
