import { describe, expect, test } from 'vitest';
import {
  fillTemplate,
  parsePath,
  parseTemplate,
  readPath,
  writePath,
} from '../../../sim/stepfunctions/paths.ts';

const context = { Execution: { Name: 'e1' } };

describe('a path reads', () => {
  test.each([
    ['$', { a: 1 }, { found: true, value: { a: 1 } }],
    ['$.a', { a: 1 }, { found: true, value: 1 }],
    ['$.a.b', { a: { b: null } }, { found: true, value: null }],
    ['$.a.b', { a: {} }, { found: false }],
    ['$.a.b', { a: 'text' }, { found: false }],
    ['$.a.length', { a: [1] }, { found: false }],
    ['$.toString', {}, { found: false }],
    ['$$.Execution.Name', {}, { found: true, value: 'e1' }],
    ['$$.Task.Token', {}, { found: false }],
  ])('%s of %j as %j', (path, input, expected) => {
    expect(readPath(parsePath(path, 'here'), input, context)).toEqual(expected);
  });
});

describe('a path beyond field names is refused', () => {
  test.each(['$.a[0]', '$..a', "$['a']", '$.*', 'a', '$.', '$$$.a', 'States.Format("x")', 7])(
    '%j',
    (path) => {
      expect(() => parsePath(path, 'state X')).toThrow(/sim does not model the path .* of state X/);
    },
  );
});

describe('a result is put at its path', () => {
  test.each([
    ['$', { a: 1 }, 'r', 'r'],
    ['$.b', { a: 1 }, 'r', { a: 1, b: 'r' }],
    ['$.a', { a: 1 }, 'r', { a: 'r' }],
    ['$.a.c', { a: { b: 1 } }, 'r', { a: { b: 1, c: 'r' } }],
    ['$.x.y', {}, 'r', { x: { y: 'r' } }],
  ])('%s of %j', (path, input, result, expected) => {
    expect(writePath(parsePath(path, 'here'), input, result)).toEqual(expected);
  });

  test('and the input itself stays as it was', () => {
    const input = { a: { b: 1 } };

    writePath(parsePath('$.a.b', 'here'), input, 2);

    expect(input).toEqual({ a: { b: 1 } });
  });

  test('but not into an input that is no object', () => {
    expect(() => writePath(parsePath('$.a', 'here'), 'text', 1)).toThrow('States.ResultPathMatchFailure');
  });
});

test('a template fills in its paths and leaves the rest as written', () => {
  const template = parseTemplate(
    { fixed: 1, 'input.$': '$', deep: { 'name.$': '$$.Execution.Name' } },
    'state Begin',
  );

  expect(fillTemplate(template, { x: 1 }, context, 'Begin')).toEqual({
    fixed: 1,
    input: { x: 1 },
    deep: { name: 'e1' },
  });
});

test('a template whose path leads nowhere is an error that nothing catches', () => {
  const template = parseTemplate({ 'a.$': '$.missing' }, 'state Begin');

  expect(() => fillTemplate(template, {}, context, 'Begin')).toThrow(/States.Runtime.*'Begin'.*\$\.missing/);
});
