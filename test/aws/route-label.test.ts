import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { labelOfDefault, labelOfRule } from '../../aws/route-label.ts';

const listener = { Protocol: 'HTTPS', Port: 443 } as const;

test('a default action is named by protocol and port', () => {
  expect(labelOfDefault(listener)).toBe('HTTPS:443 default');
});

test.each<[string, RuleCondition[]]>([
  ['HTTPS:443 path /api/*', [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }]],
  ['HTTPS:443 path /api/*', [{ Field: 'path-pattern', Values: ['/api/*'] }]],
  [
    'HTTPS:443 path ~^/v[0-9]+/',
    [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/v[0-9]+/'] } }],
  ],
  [
    'HTTPS:443 host api.example.com path /a,/b',
    [
      {
        Field: 'host-header',
        HostHeaderConfig: { Values: ['api.example.com'] },
        Values: ['api.example.com'],
      },
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/a', '/b'] } },
    ],
  ],
  [
    'HTTPS:443 header X-Beta=yes',
    [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Beta', Values: ['yes'] } }],
  ],
  [
    'HTTPS:443 method GET,HEAD',
    [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET', 'HEAD'] } }],
  ],
  [
    'HTTPS:443 query v=2,debug',
    [
      {
        Field: 'query-string',
        QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }, { Value: 'debug' }] },
      },
    ],
  ],
  ['HTTPS:443 source 10.0.0.0/8', [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }]],
  ['HTTPS:443 moon-phase full', [{ Field: 'moon-phase', Values: ['full'] }]],
  ['HTTPS:443 rule 7', []],
])('a rule is named %s', (label, Conditions) => {
  expect(labelOfRule(listener, { Priority: '7', Conditions })).toBe(label);
});
