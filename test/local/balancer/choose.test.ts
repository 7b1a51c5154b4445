import { expect, test } from 'vitest';
import { redirectTarget } from '../../../local/balancer/answers.ts';
import { chooseGroup, chooseTarget } from '../../../local/balancer/choose.ts';
import { readCookie, writeAppCookie, writeCookies } from '../../../local/balancer/cookies.ts';
import { matcherTakes } from '../../../local/balancer/probe.ts';
import type { Target } from '../../../sim/elbv2/target-checks.ts';

const forward = (blue: number, green: number, sticky = false) => ({
  groups: [
    { targetGroupArn: 'blue', weight: blue },
    { targetGroupArn: 'green', weight: green },
  ],
  stickiness: { enabled: sticky, ...(sticky ? { durationSeconds: 60 } : {}) },
});

test.each([
  [0, 'blue'],
  [0.899, 'blue'],
  [0.9, 'green'],
  [0.999, 'green'],
])('of 90 and 10, a chance of %s goes to %s', (chance, group) => {
  expect(chooseGroup(forward(90, 10), undefined, chance)).toBe(group);
});

test('a weight of 0 gets nothing, and nobody gets anything when all are 0', () => {
  expect(chooseGroup(forward(0, 1), undefined, 0)).toBe('green');
  expect(chooseGroup(forward(0, 0), undefined, 0)).toBeUndefined();
});

test.each([
  ['a cookie keeps its client at a weight of 0', forward(0, 100, true), 'blue', 'blue'],
  ['without group stickiness a cookie means nothing', forward(0, 100), 'blue', 'green'],
  ['a cookie of a group that left the action means nothing', forward(0, 100, true), 'old', 'green'],
])('%s', (_name, route, cookie, group) => {
  expect(chooseGroup(route, cookie, 0.5)).toBe(group);
});

const target = (id: string, state: Target['state']) => ({ id: { id, port: 80 }, state }) as Target;

test('targets take turns; one that is not healthy has none', () => {
  const targets = [
    target('a', 'healthy'),
    target('b', 'unhealthy'),
    target('c', 'healthy'),
    target('d', 'draining'),
  ];
  const chosen = [0, 1, 2].map((turn) => chooseTarget(targets, undefined, turn)?.target.id.id);

  expect(chosen).toEqual(['a', 'c', 'a']);
});

test('a target cookie is kept while its target takes requests', () => {
  const targets = [target('a', 'healthy'), target('b', 'healthy'), target('c', 'draining')];

  expect(chooseTarget(targets, 'b:80', 0)?.target.id.id).toBe('b');
  expect(chooseTarget(targets, 'c:80', 0)?.target.id.id).toBe('a');
});

test('without a healthy target all registered ones are asked, and nobody when there is none', () => {
  const sick = chooseTarget([target('a', 'unhealthy'), target('b', 'draining')], undefined, 0);

  expect(sick).toMatchObject({ failsOpen: true, target: { id: { id: 'a' } } });
  expect(chooseTarget([target('a', 'draining')], undefined, 0)).toBeUndefined();
});

test('a cookie holds what was written, and one that is none of ours holds nothing', () => {
  const [plain = '', crossSite = ''] = writeCookies('AWSALBTG', 'arn:aws:x', 60, 'HTTPS');
  const [pair] = plain.split(';');

  expect(crossSite).toMatch(/^AWSALBTGCORS=[\w-]+; Max-Age=60; Path=\/; SameSite=None; Secure$/);
  expect(writeCookies('AWSALBTG', 'x', 60, 'HTTP')[1]).toMatch(/SameSite=None$/);
  expect(readCookie(crossSite.split(';')[0], 'AWSALBTG')).toBe('arn:aws:x');
  expect(readCookie(`a=b; ${pair}`, 'AWSALBTG')).toBe('arn:aws:x');
  expect(readCookie('AWSALBTG=', 'AWSALBTG')).toBeUndefined();
  expect(readCookie('XAWSALBTG=eA', 'AWSALBTG')).toBeUndefined();
  expect(readCookie(undefined, 'AWSALBTG')).toBeUndefined();
});

test('a cookie beside the application’s lasts as long as that one', () => {
  expect(writeAppCookie('a', 'S=1; HttpOnly; Max-Age=9; Path=/x')).toBe('AWSALBAPP-0=YQ; Max-Age=9; Path=/');
  expect(writeAppCookie('a', 'S=1')).toBe('AWSALBAPP-0=YQ; Path=/');
});

const facts = {
  method: 'GET',
  host: 'shop.test',
  clientPort: undefined,
  path: '/a/b',
  query: new URLSearchParams(),
  rawQuery: 'x=1%202&y=+',
  headers: {},
  sourceIp: '127.0.0.1',
};

test.each([
  [{ Protocol: 'HTTPS', Port: '443' }, 'https://shop.test:443/a/b?x=1%202&y=+'],
  [{ Host: 'www.#{host}', Path: '/new/#{path}', Query: '' }, 'http://www.shop.test:8080/new/a/b'],
  [{ Protocol: '#{protocol}', Port: '#{port}' }, 'http://shop.test:8080/a/b?x=1%202&y=+'],
])('a redirect of %o goes to %s', (config, location) => {
  const action = { StatusCode: 'HTTP_301' as const, ...config };

  expect(redirectTarget(action, facts, { protocol: 'HTTP', port: 8080 })).toBe(location);
});

test('a redirect within a listener goes to the port that its client sent the request to', () => {
  const to = redirectTarget(
    { Path: '/b', Query: '', StatusCode: 'HTTP_302' },
    { ...facts, clientPort: 4571 },
    { protocol: 'HTTP', port: 80 },
  );

  expect(to).toBe('http://shop.test:4571/b');
});

test.each([
  ['200', 200, true],
  ['200', 204, false],
  ['200-299,301', 204, true],
  ['200-299,301', 301, true],
  ['200-299,301', 302, false],
])('a matcher of %s and a status of %i: %s', (matcher, status, taken) => {
  expect(matcherTakes(matcher, status)).toBe(taken);
});
