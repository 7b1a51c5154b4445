import { describe, expect, test } from 'vitest';
import { pauses } from '../../cli/rehearsal/pace.ts';
import { makePaint, type Paint } from '../../cli/render/paint.ts';
import { bar, sharePercent } from '../../cli/render/status.ts';
import { clockTime, dollars, short, wrap } from '../../cli/render/text.ts';
import { makeTimeline } from '../../cli/render/timeline.ts';
import { wantsColour } from '../../cli/terminal.ts';
import { grouped } from '../../core/figures.ts';
import type { Status } from '../../rehearsal/rehearsal.types.ts';
import type { SimEvent, SimEventInput } from '../../sim/kernel/trace.ts';
import { lineOfStep } from '../../statemachine/step-line.ts';

const plain = makePaint(false);

const aStatus = (changes: Partial<Status> = {}): Status => ({
  sinceStartMs: 61_000,
  greenPctByRoute: { 'HTTPS:443 default': 5 },
  blue: { healthy: 4, registered: 4, requests: 950, failed: 0 },
  green: { healthy: 4, registered: 4, requests: 50, failed: 0 },
  ...changes,
});

const routes = (...shares: (number | null)[]): Status =>
  aStatus({ greenPctByRoute: Object.fromEntries(shares.map((share, index) => [`route ${index}`, share])) });

const anEvent = (input: Partial<SimEventInput>): SimEvent => ({
  atMs: 0,
  sequence: 0,
  kind: 'step',
  what: 'something happened',
  ...input,
});

const target = (id: string, state: string): SimEvent =>
  anEvent({
    kind: 'target',
    what: `target ${id} of shop-green is ${state}`,
    data: { targetGroupArn: 'arn:aws:elasticloadbalancing:r:a:targetgroup/shop-green/1', id, state },
  });

const hold = (healthy: number): SimEvent =>
  anEvent({
    kind: 'decision',
    what: 'hold',
    data: { kind: 'hold', position: 0, evidence: { green: { healthy } } },
  });

const timeline = (width: number, verbose = false) => makeTimeline({ width, paint: plain, verbose });

describe('a line of the timeline', () => {
  test('at 80 columns the numbers stand under what changed them, once', () => {
    const { add } = timeline(80);

    expect(add(anEvent({ kind: 'weights', what: 'green 5' }), aStatus())).toBe(
      '00:01:01  weights   green 5\n          █░░░░░░░   5%  blue 4/4  green 4/4  950+50 req, 0 failed\n',
    );
    expect(add(anEvent({ what: 'shifted' }), aStatus())).toBe('00:01:01  workflow  shifted\n');
    expect(
      add(
        anEvent({ what: 'worse' }),
        aStatus({ green: { healthy: 3, registered: 4, requests: 60, failed: 9 } }),
      ),
    ).toBe('00:01:01  workflow  worse\n          █░░░░░░░   5%  blue 4/4  green 3/4  950+60 req, 9 failed\n');
  });

  test('at 200 columns they have columns of their own on every line, under a header', () => {
    const { add, header } = timeline(200);

    const [, below = ''] = header().split('\n');
    const line = add(anEvent({ what: 'shifted', why: 'because' }), aStatus());

    expect(line).toBe(
      '00:01:01  █░░░░░░░░░    5%     4/4    4/4     950      50       0   workflow  shifted  because\n',
    );
    expect(line.indexOf('950') + '950'.length).toBe(below.lastIndexOf('blue') + 'blue'.length);
    expect(line.indexOf('   workflow')).toBe(below.length);
  });

  test('a long reason continues under the sentence', () => {
    const why = 'many words '.repeat(12).trim();

    const lines = timeline(80)
      .add(anEvent({ what: 'decided', why }), aStatus())
      .split('\n');

    expect(lines[1]).toMatch(/^ {20}many words/);
    expect(lines.every((line) => line.length <= 80)).toBe(true);
  });

  test('like events of a few seconds become one line with the last numbers', () => {
    const { add, end } = timeline(80);
    const at = (seconds: number): Status => aStatus({ sinceStartMs: seconds * 1_000 });

    expect(add(target('10.0.0.1', 'healthy'), at(61))).toBe('');
    expect(add(target('10.0.0.9', 'initial'), at(62))).toBe('');
    expect(add(target('10.0.0.2', 'healthy'), at(63))).toBe('');
    expect(
      add(target('10.0.0.3', 'healthy'), at(70))
        .split('\n')
        .filter((line) => /^\d/.test(line)),
    ).toEqual([
      '00:01:03  targets   2 targets of shop-green are healthy',
      '00:01:03  targets   target 10.0.0.9 of shop-green is initial',
    ]);
    expect(end()).toBe('00:01:10  targets   target 10.0.0.3 of shop-green is healthy\n');
    expect(end()).toBe('');
  });

  test.each([
    [
      'red',
      'RollBack',
      { kind: 'restored', reason: 'blue takes all traffic', because: 'abort by ada (claimed)' },
    ],
    ['bold', 'RollBack', { kind: 'finishForward', reason: 'blue is gone', because: 'roll back failed' }],
    ['red', 'CheckGreen', { kind: 'failed', healthyTargets: 0, wanted: 2, reason: '' }],
    ['bold', 'CheckGreen', { kind: 'ready', healthyTargets: 2, wanted: 2, reason: 'none failed' }],
    ['red', 'RecordOutcome', { kind: 'rolledBack', reason: '' }],
    ['bold', 'RecordOutcome', { kind: 'succeeded', reason: '' }],
    ['bold', 'RetireBlue', { kind: 'draining', reason: 'no call failed: rolled back never' }],
  ])('is %s by what the result of %s is, not by its words', (style, state, result) => {
    const line = lineOfStep(state, result) ?? undefined;
    const named: Paint = (as, text) => (text === line?.what ? `<${String(as)}>${text}` : text);

    expect(
      makeTimeline({ width: 200, paint: named, verbose: true }).add(anEvent({ ...line }), aStatus()),
    ).toContain(`<${style}>`);
  });

  test.each([
    ['red', { state: 'LaunchGreen', phase: 'retried' }],
    ['red', { state: 'LaunchGreen', phase: 'caught' }],
    ['red', { phase: 'ended', status: 'FAILED' }],
    ['bold', { phase: 'ended', status: 'SUCCEEDED' }],
  ])('is %s for %j', (style, data) => {
    const named: Paint = (as, text) => (text === 'a step' ? `<${String(as)}>${text}` : text);
    const { add } = makeTimeline({ width: 200, paint: named, verbose: true });

    expect(add(anEvent({ what: 'a step', data }), aStatus())).toContain(`<${style}>`);
  });

  test('tasks are counted by the revision of their event’s data', () => {
    const { add, end } = timeline(80);
    for (const what of ['task 1 is RUNNING (shop:42)', 'task 2 is RUNNING (shop:42)']) {
      const data = { taskArn: what, taskSet: 'green', status: 'RUNNING', revision: 'shop:43' };
      add(anEvent({ kind: 'task', what, data }), aStatus());
    }

    expect(end()).toContain('2 tasks are RUNNING (shop:43)');
  });

  test('any other event shows what was gathered first', () => {
    const { add } = timeline(80);
    add(target('10.0.0.1', 'healthy'), aStatus());

    const lines = add(anEvent({ what: 'shifted' }), aStatus());

    expect(lines.indexOf('10.0.0.1')).toBeGreaterThan(0);
    expect(lines.indexOf('shifted')).toBeGreaterThan(lines.indexOf('10.0.0.1'));
  });

  test('a bake that sees the same again says it once; --verbose says it every time', () => {
    const { add } = timeline(80);
    const verbose = timeline(80, true);

    expect(add(hold(4), aStatus())).not.toBe('');
    expect(add(hold(4), aStatus())).toBe('');
    expect(add(hold(3), aStatus())).not.toBe('');
    expect([verbose.add(hold(4), aStatus()), verbose.add(hold(4), aStatus())]).not.toContain('');
  });

  test('details, and steps whose result has a sentence of its own, are for --verbose', () => {
    const events = [
      anEvent({ detail: true }),
      anEvent({ data: { state: 'CheckGreen', phase: 'succeeded' } }),
      anEvent({ data: { state: 'Bake', phase: 'caught', error: { Error: 'States.Timeout', Cause: '' } } }),
      anEvent({ data: { state: 'ShiftTraffic', phase: 'caught', error: { Error: 'HooksDue', Cause: '' } } }),
    ];

    expect(events.map((event) => timeline(80).add(event, aStatus()))).toEqual(['', '', '', '']);
    expect(events.map((event) => timeline(80, true).add(event, aStatus()))).not.toContain('');
  });

  test('a caught failure of anything else than a bake is shown', () => {
    const caught = anEvent({
      data: { state: 'ShiftTraffic', phase: 'caught', error: { Error: 'States.Timeout' } },
    });

    expect(timeline(80).add(caught, aStatus())).not.toBe('');
  });
});

describe("green's share", () => {
  test.each([
    [routes(5, 5), '5%'],
    [routes(0, 5), '0-5%'],
    [routes(20, null), '20%?'],
    [routes(null), '?'],
    [routes(), '?'],
  ])('%#: %s', (status, text) => {
    expect(sharePercent(status)).toBe(text);
  });

  test.each([
    [0, '░░░░░░░░░░'],
    [1, '█░░░░░░░░░'],
    [50, '█████░░░░░'],
    [99, '█████████░'],
    [100, '██████████'],
  ])('%d %% is drawn %s', (share, drawn) => {
    expect(bar(routes(share), 10, plain)).toBe(drawn);
  });
});

describe('numbers', () => {
  test('are short where columns are', () => {
    expect([0, 9_999, 10_000, 123_456, 999_949, 999_950, 4_560_000, 3_456_807_868].map(short)).toEqual([
      '0',
      '9999',
      '10.0k',
      '123.5k',
      '999.9k',
      '1.0M',
      '4.6M',
      '3.5B',
    ]);
  });

  test('are grouped where there is room', () => {
    expect([7, 1_234, 1_234_567].map(grouped)).toEqual(['7', '1,234', '1,234,567']);
    expect([0.00567, 12.345].map(dollars)).toEqual(['$0.0057', '$12.35']);
  });

  test('times count days beyond the first', () => {
    expect([0, 3_661_999, 86_400_000 * 2 + 59_000].map(clockTime)).toEqual([
      '00:00:00',
      '01:01:01',
      '2d 00:00',
    ]);
  });

  test('text breaks at spaces, and a word that is too long stands alone', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('an arn:aws:ecs:us-east-1 of it', 10)).toEqual(['an', 'arn:aws:ecs:us-east-1', 'of it']);
  });
});

describe('colour', () => {
  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
  ])('%j on a terminal %j: %j', (environment, isTerminal, colour) => {
    expect(wantsColour(environment, isTerminal)).toBe(colour);
  });
});

describe('pacing', () => {
  test('spends at most its budget, more of it where more virtual time passes', () => {
    const times = Array.from({ length: 100 }, (_, index) => (index < 50 ? index : 600_000 * index));

    const waits = pauses(times, 8_000);

    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(8_000);
    expect(waits.at(-1)).toBeGreaterThan(waits[1] ?? 0);
  });

  test('never waits long for one line', () => {
    expect(Math.max(...pauses([0, 86_400_000], 8_000))).toBeLessThan(500);
  });
});
