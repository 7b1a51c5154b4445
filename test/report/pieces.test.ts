import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { held } from '../../report/chart.ts';
import { timeTicks } from '../../report/chart-frame.ts';
import { coursesOf, targetsOf } from '../../report/course.ts';
import { foldHolds } from '../../report/fold-holds.ts';
import { html, jsonForScript } from '../../report/html.ts';
import { lanesOf } from '../../report/lanes.ts';
import { groupMarks, labelOf } from '../../report/mark-groups.ts';
import type { Mark, ReportedDecision } from '../../report/report.types.ts';
import { aDecision } from '../core/a-deployment.ts';
import { worldOf } from '../rehearsal/a-rehearsal.ts';
import { aRehearsed } from './a-report.ts';

describe('markup', () => {
  test('whatever a text contains is shown as it is', () => {
    const reason = `<script>alert("it's")</script> & more`;

    expect(html`<p title="${reason}">${[reason]}</p>`.text).toBe(
      '<p title="&lt;script&gt;alert(&quot;it&#39;s&quot;)&lt;/script&gt; &amp; ' +
        'more">&lt;script&gt;alert(&quot;it&#39;s&quot;)&lt;/script&gt; &amp; more</p>',
    );
  });

  test('markup inside markup stays markup, and null is nothing', () => {
    expect(html`<ul>${['a', 'b'].map((item) => html`<li>${item}</li>`)}${null}</ul>`.text).toBe(
      '<ul><li>a</li><li>b</li></ul>',
    );
  });

  test('JSON in a script element cannot end the element', () => {
    const { text } = jsonForScript({ reason: '</script><!--' });

    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual({ reason: '</script><!--' });
  });
});

describe('the axis of time', () => {
  test.each([
    [7 * MINUTE_MS, ['0', '1m', '2m', '3m', '4m', '5m', '6m', '7m']],
    [50 * HOUR_MS, ['0', '6h', '12h', '18h', '1d', '1d6h', '1d12h', '1d18h', '2d']],
    [0, ['0']],
  ])('of %d ms has round times', (durationMs, labels) => {
    expect(timeTicks(durationMs).map(({ label }) => label)).toEqual(labels);
  });
});

describe('courses', () => {
  test('keep the changes of each route and nothing between', () => {
    const courses = coursesOf([
      { atMs: 0, greenPctByRoute: { a: 0, b: 0 } },
      { atMs: 1, greenPctByRoute: { a: 5, b: 0 } },
      { atMs: 2, greenPctByRoute: { a: 5, b: 5 } },
      { atMs: 3, greenPctByRoute: { a: null, b: 5 } },
    ]);

    expect(courses).toEqual([
      {
        route: 'a',
        points: [
          { atMs: 0, greenPct: 0 },
          { atMs: 1, greenPct: 5 },
          { atMs: 3, greenPct: null },
        ],
      },
      {
        route: 'b',
        points: [
          { atMs: 0, greenPct: 0 },
          { atMs: 2, greenPct: 5 },
        ],
      },
    ]);
  });

  test('a group whose health is unknown is not one without healthy targets', () => {
    const none = { healthy: 0, of: 0 };

    expect(
      targetsOf([
        { atMs: 0, blue: none, green: null },
        { atMs: 1, blue: none, green: null },
        { atMs: 2, blue: none, green: none },
      ]),
    ).toHaveLength(2);
  });
});

test('a line is drawn up to the moment from which on nothing is known, and up to the end', () => {
  const points = [
    { atMs: 0, value: 4 },
    { atMs: 60, value: null },
    { atMs: 80, value: 2 },
  ];

  expect(held(points, 100)).toEqual([
    { atMs: 0, value: 4 },
    { atMs: 60, value: 4 },
    { atMs: 60, value: null },
    { atMs: 80, value: 2 },
    { atMs: 100, value: 2 },
  ]);
});

describe('marks', () => {
  const mark = (atMs: number, kind: Mark['kind']): Mark => ({ atMs, kind, who: '', what: '', why: '' });

  test('that are too close for two labels share one, which shows what matters most', () => {
    const groups = groupMarks(
      [mark(0, 'shift'), mark(10, 'rollBack'), mark(20, 'alarm'), mark(90, 'shift')],
      (x) => x,
    );

    expect(groups.map(({ first, marks, kind }) => [first, marks.length, kind])).toEqual([
      [0, 3, 'rollBack'],
      [3, 1, 'shift'],
    ]);
  });

  test.each([
    [0, 1, '1'],
    [2, 4, '3–6'],
    [11, 4, '12–15'],
    [98, 10, '99…'],
    [1_206, 5, '1207…'],
  ])('from %d on, %d of them, are called %s: five characters at most', (first, count, label) => {
    const marks = Array.from({ length: count }, () => mark(0, 'alarm'));

    expect(labelOf({ x: 0, first, marks, kind: 'alarm' })).toBe(label);
  });

  test('however many there are, their labels do not overlap', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => mark(index / 5, 'alarm'));

    const groups = groupMarks(many, (x) => x);

    const gaps = groups.slice(1).map(({ x }, index) => x - (groups[index]?.x ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(46);
    expect(groups.flatMap(({ marks }) => marks)).toEqual(many);
  });
});

describe('count that saw the same', () => {
  const at = (atMs: number, changes: Parameters<typeof aDecision>[0]): ReportedDecision => ({
    ...aDecision(changes),
    atMs,
  });

  test('are one row from the first to the last', () => {
    const folded = foldHolds([at(1, { kind: 'hold' }), at(2, { kind: 'hold' }), at(3, { kind: 'advance' })]);

    expect(folded.map(({ first, last, times }) => [first.atMs, last.atMs, times])).toEqual([
      [1, 2, 2],
      [3, 3, 1],
    ]);
  });

  test('are not, when they saw something else, or something happened between them', () => {
    const base = aDecision({ kind: 'hold' });
    const sick = { ...base.evidence, green: { healthy: 1, wanted: 2 } };

    expect(foldHolds([at(1, { kind: 'hold' }), at(2, { kind: 'hold', evidence: sick })])).toHaveLength(2);
    expect(foldHolds([at(1, { kind: 'hold' }), at(2, { kind: 'hold', position: 1 })])).toHaveLength(2);
    expect(foldHolds([at(1, { kind: 'advance' }), at(2, { kind: 'advance' })])).toHaveLength(2);
  });
});

describe('the evidence', () => {
  test('is drawn beside the weights, with what holds and what rolls back', async () => {
    const shop = worldOf('shop');
    const report = await aRehearsed({
      world: { ...shop, traffic: { ...shop.traffic, requestsPerSecond: 400 } },
      version: 'errors:5x@0.2%',
      request: {
        shifts: [
          { greenPct: 10, bake: '10m' },
          { greenPct: 100, bake: '10m' },
        ],
      },
    });

    const lane = lanesOf(report).find(({ id }) => id === 'evidence');

    expect(
      lanesOf(report)
        .map(({ id }) => id)
        .indexOf('evidence'),
    ).toBe(1);
    expect(lane?.ticks?.filter(({ threshold }) => threshold).map(({ text }) => text)).toEqual(['10', '100']);
    const values = lane?.lines[0]?.points.map(({ value }) => value) ?? [];
    expect(values[0]).toBeNull();
    expect(values.at(-1)).toBeGreaterThan(2);
    expect(lane?.max).toBeGreaterThan(2);
  });

  test('is not drawn where nothing is compared', async () => {
    const report = await aRehearsed({
      request: { analysis: 'off', shifts: [{ greenPct: 100, bake: '1m' }] },
    });

    expect(lanesOf(report).some(({ id }) => id === 'evidence')).toBe(false);
  });
});
