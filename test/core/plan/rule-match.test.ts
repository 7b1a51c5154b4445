import { describe, expect, test } from 'vitest';
import {
  areApart,
  asksForMore,
  hasOwnHost,
  headerOf,
  keepsStrangersOut,
  takesAllOf,
} from '../../../core/plan/rule-match.ts';
import type { RuleCondition } from '../../../core/vocabulary/observed.types.ts';
import { aCondition, X_TEST } from '../an-observation.ts';

const rule = (...conditions: RuleCondition[]) => ({ conditions });
const path = (...values: string[]) => aCondition('path-pattern', values);
const host = (...values: string[]) => aCondition('host-header', values);
const header = (name: string, ...values: string[]) => aCondition('http-header', values, name);
const pattern = (name: string, expression: string): RuleCondition => ({
  ...header(name),
  patterns: [expression],
});

describe('an earlier rule takes all requests of a later one', () => {
  test.each([
    ['the same path', rule(path('/a')), rule(path('/a')), true],
    ['a wider path', rule(path('/a/*')), rule(path('/a/b')), true],
    ['a narrower path', rule(path('/a/b')), rule(path('/a/*')), false],
    ['one character where any number is possible', rule(path('/?')), rule(path('/*')), false],
    ['another case of the path', rule(path('/A')), rule(path('/a')), false],
    ['another case of the host', rule(host('A.example')), rule(host('a.example')), true],
    ['any path', rule(path('/*')), rule(X_TEST), true],
    ['a condition that the later one lacks', rule(path('/a')), rule(X_TEST), false],
    ['one of two conditions', rule(X_TEST), rule(X_TEST, path('/a')), true],
    ['another value of the header', rule(header('x-test', 'blue')), rule(X_TEST), false],
    ['any value of the header', rule(header('x-test', '*')), rule(X_TEST), true],
    ['one of two values', rule(path('/a')), rule(path('/a', '/b')), false],
    ['every address', rule(aCondition('source-ip', ['0.0.0.0/0'])), rule(X_TEST), true],
    ['the same expression', rule(pattern('x-test', '^g')), rule(pattern('x-test', '^g')), true],
    ['an expression', rule(pattern('x-test', '^g')), rule(X_TEST), false],
  ])('%s', (_, earlier, later, taken) => {
    expect(takesAllOf(earlier, later)).toBe(taken);
  });
});

describe('no request can be of both rules', () => {
  test.each([
    ['two hosts', rule(host('a.example')), rule(host('b.example')), true],
    ['a host and a pattern that holds it', rule(host('a.example')), rule(host('*.example')), false],
    ['two patterns with other beginnings', rule(path('/a/*')), rule(path('/b/*')), true],
    ['two patterns with one beginning', rule(path('/a*')), rule(path('/a/*')), false],
    ['a path and a header', rule(path('/a')), rule(X_TEST), false],
    ['two values of a header', rule(X_TEST), rule(header('x-test', 'blue')), true],
    ['two headers', rule(X_TEST), rule(header('x-other', 'green')), false],
    [
      'two query strings',
      rule(aCondition('query-string', ['test=1'])),
      rule(aCondition('query-string', ['test=2'])),
      false,
    ],
    ['an expression and a value', rule(pattern('x-test', '^g')), rule(header('x-test', 'blue')), false],
  ])('%s', (_, one, other, apart) => {
    expect(areApart(one, other)).toBe(apart);
    expect(areApart(other, one)).toBe(apart);
  });
});

test.each([
  ['a header of its own', rule(X_TEST), true, true],
  ['a header that every browser sends, with any value', rule(header('user-agent', '*')), false, false],
  ['some browsers', rule(header('user-agent', '*Probe*')), true, true],
  ['a query string', rule(aCondition('query-string', ['test=1'])), true, false],
  ['known addresses', rule(aCondition('source-ip', ['10.0.0.0/8'])), true, true],
  ['every address', rule(aCondition('source-ip', ['0.0.0.0/0'])), false, false],
  ['a path', rule(path('/test/*')), false, false],
])('%s asks for more than users send: %s', (_, conditions, more, out) => {
  expect(asksForMore(conditions)).toBe(more);
  expect(keepsStrangersOut(conditions)).toBe(out);
});

test('a host is its own when no rule of users names it', () => {
  const own = rule(host('test.example'));

  expect(hasOwnHost(own, [rule(path('/a')), rule(host('www.example'))])).toBe(true);
  expect(hasOwnHost(own, [rule(host('*.example'))])).toBe(false);
  expect(hasOwnHost(rule(host('*')), [])).toBe(false);
  expect(hasOwnHost(rule(X_TEST), [])).toBe(false);
});

test('the header that a request needs is known where the rule names it whole', () => {
  expect(headerOf(rule(path('/a'), X_TEST))).toEqual({ name: 'x-test', value: 'green' });
  expect(headerOf(rule(header('x-test', 'g*')))).toBeNull();
  expect(headerOf(rule(pattern('x-test', '^g')))).toBeNull();
  expect(headerOf(rule(X_TEST, header('x-other', 'a')))).toBeNull();
  expect(headerOf(rule(path('/a')))).toBeNull();
});
