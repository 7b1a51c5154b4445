import { beforeAll, describe, expect, test } from 'vitest';
import { reportOfRehearsal } from '../../report/from-rehearsal.ts';
import { outcomeSaid, renderPage } from '../../report/page.ts';
import type { Report } from '../../report/report.types.ts';
import { type Run, requestOf, run, worldOf } from '../rehearsal/a-rehearsal.ts';
import { aRehearsed } from './a-report.ts';

let rehearsed: Run;
let report: Report;

beforeAll(async () => {
  rehearsed = await run({ version: 'errors:20%', request: { startedBy: 'ada' } });
  report = reportOfRehearsal({
    world: worldOf('shop'),
    request: { ...requestOf('shop'), startedBy: 'ada' },
    events: rehearsed.events,
    report: rehearsed.report,
    again: 'npx cutover rehearse x',
    findings: [],
    despite: null,
  });
}, 60_000);

describe('the report of a rehearsal', () => {
  test('says of what to what, who, how it ended and what it cost', () => {
    expect(report).toMatchObject({
      source: 'rehearsal',
      deployment: {
        cluster: 'production',
        service: 'shop',
        from: 'shop:41',
        to: 'shop:42',
        startedBy: 'ada',
      },
      outcome: { kind: 'rolledBack', reason: rehearsed.report.reason },
    });
    expect(report.facts).toContainEqual({ name: 'Left over', value: 'nothing' });
    expect(report.facts).toContainEqual({
      name: 'Again',
      value: 'npx cutover rehearse x',
      command: true,
    });
  });

  test('says beside a success what it does not show', () => {
    const { sentence } = outcomeSaid({
      ...report,
      outcome: { kind: 'succeeded', reason: 'green serves', despite: 'but 17 % of the requests failed' },
    });

    expect(sentence).toMatch(/was deployed in .*, but 17 % of the requests failed: green serves\.$/);
  });

  test('counts every request of the run once', () => {
    const { blue, green } = rehearsed.report.requests;
    const slices = report.traffic?.slices ?? [];
    const sum = (pick: (slice: (typeof slices)[number]) => number) =>
      slices.reduce((total, slice) => total + pick(slice), 0);

    expect(report.traffic?.total).toEqual({
      requests: blue.requests + green.requests,
      failed: blue.failed + green.failed,
    });
    expect(sum((slice) => slice.blue.requests)).toBe(blue.requests);
    expect(sum((slice) => slice.green.requests)).toBe(green.requests);
    expect(sum((slice) => slice.green.failed)).toBe(green.failed);
    expect(green.failed).toBeGreaterThan(0);
  });

  test('has the course of each route as it was configured', () => {
    expect(
      report.courses.map(({ route, points }) => [route, points.map(({ greenPct }) => greenPct)]),
    ).toEqual([
      ['HTTPS:443 default', [0, 5, 0]],
      ['HTTPS:443 path /api/*', [0, 5, 0]],
    ]);
  });

  test('marks the shift, the alarms and the rollback, in order and with who did it', () => {
    expect(report.marks.map(({ kind, who }) => [kind, who])).toEqual([
      ['milestone', 'cutover'],
      ['shift', 'cutover'],
      ['alarm', 'CloudWatch'],
      ['alarm', 'CloudWatch'],
      ['rollBack', 'cutover'],
      ['milestone', 'cutover'],
    ]);
    expect(report.marks.map(({ atMs }) => atMs)).toEqual(
      report.marks.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
    );
  });

  test('has every decision with its evidence', () => {
    expect(report.decisions.map(({ atMs: _at, ...decision }) => decision)).toEqual(
      rehearsed.report.decisions,
    );
    expect(report.decisions.every(({ atMs }) => atMs > 0 && atMs < report.durationMs)).toBe(true);
  });

  test('has what the new task definition changes, by container', () => {
    expect(report.difference).toEqual([expect.objectContaining({ path: 'containerDefinitions[web].image' })]);
  });
});

describe('other ends', () => {
  test('one that was refused has no plan and nothing to compare, and says so', async () => {
    const refused = await aRehearsed({ request: { alarms: ['no-such-alarm'] } });

    expect(refused).toMatchObject({
      plan: null,
      difference: null,
      decisions: [],
      outcome: { kind: 'refused' },
    });
    const page = renderPage(refused);
    expect(page).toContain('was refused, and nothing was changed');
    expect(page).toContain('There was none: nothing was written to ECS or the load balancer.');
  });

  test('a first deployment has nothing to compare with', async () => {
    const first = await aRehearsed({ example: 'first-deployment' });

    expect(first.deployment.from).toBeNull();
    expect(renderPage(first)).toContain('A first deployment: there is nothing to compare with.');
  });

  test('somebody else who moves traffic, and an operator, are named', async () => {
    const foreign = await aRehearsed({ inject: ['foreign-weights@shift:2'] });
    const aborted = await aRehearsed({ inject: ['abort@shift:2'] });

    expect(foreign.marks).toContainEqual(
      expect.objectContaining({ kind: 'foreign', who: 'terraform apply' }),
    );
    expect(aborted.marks).toContainEqual(expect.objectContaining({ kind: 'command', who: 'operator' }));
  });
});

describe('the page', () => {
  test('loads nothing from anywhere, and forbids itself to', () => {
    const page = renderPage(report);

    expect(page).toContain(`default-src 'none'`.replaceAll("'", '&#39;'));
    expect(page).not.toMatch(/<(link|img|iframe|object|embed)\b|<script[^>]*\ssrc=|@import|url\(/);
  });

  test('shows hostile words and does not run them', () => {
    const hostile = '</script><img src=x onerror=alert(1)>';

    const page = renderPage({
      ...report,
      outcome: { kind: 'stuck', reason: hostile },
      marks: [{ atMs: 0, kind: 'command', who: hostile, what: hostile, why: hostile }],
      events: [{ atMs: 0, kind: hostile, what: hostile, why: hostile }],
    });

    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  test('is the same bytes for the same report', () => {
    expect(renderPage(report)).toBe(renderPage(report));
  });
});

test('a budget, a limit of the way back and a green that grows stand in the report, with what was used', async () => {
  const budget = await aRehearsed({
    request: {
      shifts: [
        { greenPct: 10, bake: '10m' },
        { greenPct: 100, bake: '5m' },
      ],
      capacity: 'followWeight',
      rollbackWithin: '60s',
      analysis: { exposure: { requests: 100 } },
    },
  });
  const page = renderPage(budget);

  expect(budget.facts.find(({ name }) => name === 'Exposure budget')?.value).toMatch(
    /^\d+ of 100 requests of green, as known at the last decision, after \d+m/,
  );
  expect(page).toContain(
    'at most 100 requests of green before it gets everything, then it rolls back; up to',
  );
  expect(page).toContain('green gets no more users while it would as a rule take more than 1m');
  expect(page).toContain('grows with its weight, by 1.25 times its share, from 2 tasks on');
});

test('without a budget nothing is said of one', () => {
  expect(report.facts.some(({ name }) => name === 'Exposure budget')).toBe(false);
});
