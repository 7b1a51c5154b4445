import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { conditionsHold } from '../../../local/balancer/conditions.ts';

const facts = {
  method: 'GET',
  host: 'Shop.example.com',
  clientPort: undefined,
  rawQuery: '',
  path: '/api/Items',
  query: new URLSearchParams('beta=1&colour=Dark%20blue&search=what?'),
  headers: { 'x-team': ['Checkout'], 'x-role': ['reader', 'tester'] },
  sourceIp: '127.0.0.1',
};

const cases: [string, RuleCondition, boolean][] = [
  ['a host, whatever its case', { Field: 'host-header', Values: ['shop.EXAMPLE.com'] }, true],
  ['a host by *', { Field: 'host-header', HostHeaderConfig: { Values: ['*.example.com'] } }, true],
  ['another host', { Field: 'host-header', Values: ['example.com'] }, false],
  ['a path by *', { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }, true],
  ['a path by ?', { Field: 'path-pattern', Values: ['/api/Item?'] }, true],
  ['? is not none', { Field: 'path-pattern', Values: ['/api/Items?'] }, false],
  ['a path’s case counts', { Field: 'path-pattern', Values: ['/api/items'] }, false],
  ['. is a dot', { Field: 'path-pattern', Values: ['/api.Items'] }, false],
  ['one of several values', { Field: 'path-pattern', Values: ['/other', '/api/*'] }, true],
  ['a method', { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } }, true],
  ['another method', { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST'] } }, false],
  [
    'a header',
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Team', Values: ['check*'] } },
    true,
  ],
  [
    'no such header',
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-No', Values: ['*'] } },
    false,
  ],
  [
    'a key and value',
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'colour', Value: 'dark*' }] } },
    true,
  ],
  ['a value of any key', { Field: 'query-string', QueryStringConfig: { Values: [{ Value: '1' }] } }, true],
  [
    'a value of another key',
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'beta', Value: '2' }] } },
    false,
  ],
  ['an address in the range', { Field: 'source-ip', SourceIpConfig: { Values: ['127.0.0.0/8'] } }, true],
  [
    'an address beside the range',
    { Field: 'source-ip', SourceIpConfig: { Values: ['127.0.0.2/31'] } },
    false,
  ],
  ['every address', { Field: 'source-ip', SourceIpConfig: { Values: ['0.0.0.0/0'] } }, true],
  [
    'a header that came twice',
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Role', Values: ['tester'] } },
    true,
  ],
  [
    'a ? that is escaped',
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'search', Value: 'what\\?' }] } },
    true,
  ],
  [
    'a ? that is escaped stands for no other',
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'colour', Value: 'dark blu\\?' }] } },
    false,
  ],
  [
    'a path by a regular expression',
    { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/(api|v2)/[A-Z]\\w+$'] } },
    true,
  ],
  ['a host by a regular expression', { Field: 'host-header', RegexValues: ['^Shop\\.'] }, true],
  [
    'a header that no regular expression takes',
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Team', RegexValues: ['^check$'] } },
    false,
  ],
  ['a field that nobody knows', { Field: 'weather', Values: ['*'] }, false],
];

test.each(cases)('%s', (_name, condition, holds) => {
  expect(conditionsHold([condition], facts)).toBe(holds);
});

test('all conditions of a rule have to hold', () => {
  const path: RuleCondition = { Field: 'path-pattern', Values: ['/api/*'] };
  const host: RuleCondition = { Field: 'host-header', Values: ['other'] };

  expect(conditionsHold([path, host], facts)).toBe(false);
  expect(conditionsHold([], facts)).toBe(true);
});
