import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { endOfBake, wakes } from '../../../core/verdict/end-of-bake.ts';
import type { AnalysisPlan, ComparedMetric, Comparison } from '../../../core/vocabulary/analysis.types.ts';
import type { Shift } from '../../../core/vocabulary/request.types.ts';

const POLICY: AnalysisPlan = {
  errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
  latency: { use: 'advise', psi: 1.25, delta: 0.005 },
  alpha: 0.01,
  onInconclusive: 'ask',
  baseline: null,
};

const aComparison = (changes: Partial<Comparison> = {}): Comparison => ({
  kind: 'undecided',
  reason: 'evidence 1 of 100',
  sinceMs: 0,
  shiftFromMs: 0,
  minutes: 5,
  shift: { minutes: 5, requests: 5_000 },
  exposed: { requests: 5_000, bad: 0 },
  metrics: [],
  difference: null,
  ...changes,
});

const aShift = (changes: Partial<Shift> = {}): Shift => ({
  greenPct: 10,
  bakeMs: 10 * MINUTE_MS,
  ...changes,
});
const byEvidence = aShift({ evidence: { atLeastMs: 3 * MINUTE_MS } });
const byRequests = aShift({ evidence: { atLeastMs: 3 * MINUTE_MS, requests: 2_000 } });

const at = (minutes: number, changes: Partial<Parameters<typeof endOfBake>[0]> = {}) =>
  endOfBake({
    shift: aShift(),
    bakedMs: minutes * MINUTE_MS,
    policy: POLICY,
    comparison: aComparison(),
    unreadable: null,
    sticky: false,
    nowMs: minutes * MINUTE_MS,
    ...changes,
  });

describe('a bake by time', () => {
  test('ends at its time and no sooner, whatever is proven', () => {
    expect(at(9, { comparison: aComparison({ kind: 'unharmed' }) })).toMatchObject({ kind: 'bakes' });
    expect(at(10)).toEqual({ kind: 'over', aside: '' });
  });

  test('ends at its time where nothing is compared', () => {
    const nothing = { policy: undefined, comparison: null };

    expect(at(9, nothing)).toMatchObject({ kind: 'bakes' });
    expect(at(10, nothing)).toEqual({ kind: 'over', aside: '' });
  });

  const quiet = aComparison({ shift: { minutes: 8, requests: 120 } });

  test.each(['ask', 'rollBack'] as const)(
    'that too few requests were in does as the request says: %s',
    (onInconclusive) => {
      expect(at(10, { comparison: quiet, policy: { ...POLICY, onInconclusive } })).toEqual({
        kind: onInconclusive,
        reason: 'too few requests to tell: green has had 120, 2,996 would show',
      });
    },
  );

  test('advances by default, and never without a word', () => {
    expect(at(10, { comparison: quiet, policy: { ...POLICY, onInconclusive: 'advance' } })).toEqual({
      kind: 'over',
      aside: '; not proven: too few requests to tell: green has had 120, 2,996 would show',
    });
  });

  test('waits three minutes more for metrics that cannot be read', () => {
    const blind = { comparison: quiet, unreadable: 'Rate exceeded' };

    expect(at(12, blind)).toMatchObject({ kind: 'bakes', waitMs: MINUTE_MS });
    expect(at(13, blind)).toEqual({ kind: 'ask', reason: 'the metrics cannot be read: Rate exceeded' });
  });

  test('at 100 % ends by its time: there is nothing to compare', () => {
    expect(at(10, { shift: aShift({ greenPct: 100 }), comparison: quiet })).toEqual({
      kind: 'over',
      aside: '',
    });
  });
});

describe('metrics that are not known at the end of a bake', () => {
  const advancing = { policy: { ...POLICY, onInconclusive: 'advance' } as const };
  const errors = (blue: number, green: number): ComparedMetric => ({
    metric: 'errors',
    use: 'decide',
    blue: { requests: blue, bad: 0 },
    green: { requests: green, bad: 0 },
    logE: 0,
    maxLogE: 0,
    logUnharmed: 0,
  });

  test('do not pass for those that were read before, however many requests they had', () => {
    const blind = { unreadable: 'Rate exceeded' };

    expect(at(10, blind)).toMatchObject({ kind: 'bakes', waitMs: MINUTE_MS });
    expect(at(13, blind)).toEqual({ kind: 'ask', reason: 'the metrics cannot be read: Rate exceeded' });
    expect(at(13, { ...blind, ...advancing })).toEqual({
      kind: 'over',
      aside: '; not proven: the metrics cannot be read: Rate exceeded',
    });
  });

  test('that have stopped to come are named, where so long a silence is no chance', () => {
    const comparison = aComparison({ metrics: [errors(45_000, 5_000)] });
    const silent = { comparison, nowMs: 13 * MINUTE_MS };

    expect(at(10, { ...silent, nowMs: 9 * MINUTE_MS })).toEqual({ kind: 'over', aside: '' });
    expect(at(10, silent)).toEqual({
      kind: 'ask',
      reason: 'nothing is known of the last 8m: 10,000 requests a minute came until then',
    });
    expect(at(10, { ...silent, comparison: aComparison({ metrics: [errors(40, 4)] }) })).toEqual({
      kind: 'over',
      aside: '',
    });
  });

  test('of a green that none of its requests reaches are asked about, whatever the default', () => {
    const nobody = { shift: { minutes: 8, requests: 0 }, exposed: { requests: 0, bad: 0 } };
    const none = aComparison({ ...nobody, metrics: [errors(900, 0)] });

    expect(at(10, { ...advancing, comparison: none })).toEqual({
      kind: 'ask',
      reason:
        'green has had none of the 100 requests that 10 % are: users do not reach it, or its metrics do not come',
    });
    expect(at(10, { ...advancing, comparison: none, sticky: true })).toMatchObject({ kind: 'over' });
    expect(
      at(10, { ...advancing, comparison: aComparison({ ...nobody, metrics: [errors(90, 0)] }) }),
    ).toMatchObject({ kind: 'over' });
  });

  test('of response times where they decide, because nothing was usual for blue or too few were timed', () => {
    const policy: AnalysisPlan = { ...POLICY, latency: { ...POLICY.latency, use: 'decide' } };
    const slow = (requests: number): ComparedMetric => ({
      ...errors(9_000, requests),
      metric: 'slower than 0.2 s',
    });

    expect(at(10, { policy, comparison: aComparison({ metrics: [errors(9_000, 5_000)] }) })).toEqual({
      kind: 'ask',
      reason:
        "too little is counted to tell: blue's usual response times are not known, so none are compared",
    });
    expect(
      at(10, { policy, comparison: aComparison({ metrics: [errors(9_000, 5_000), slow(12)] }) }),
    ).toEqual({
      kind: 'ask',
      reason: 'too little is counted to tell: 12 answers of green were timed, 600 would show',
    });
    expect(
      at(10, {
        policy,
        comparison: aComparison({ minutes: 8, metrics: [errors(9_000, 5_000), slow(600)] }),
      }),
    ).toEqual({ kind: 'over', aside: '' });
  });
});

describe('a suspicion', () => {
  const suspect = aComparison({ kind: 'suspect', reason: 'green may be worse' });

  test('bakes on for as long again', () => {
    expect(at(10, { comparison: suspect })).toMatchObject({ kind: 'bakes', waitMs: MINUTE_MS });
    expect(at(19, { comparison: suspect })).toMatchObject({ kind: 'bakes' });
  });

  test('that stays is asked about, or rolls back; it never advances by itself', () => {
    const ends = (onInconclusive: AnalysisPlan['onInconclusive']) =>
      at(20, { comparison: suspect, policy: { ...POLICY, onInconclusive } }).kind;

    expect([ends('advance'), ends('ask'), ends('rollBack')]).toEqual(['ask', 'ask', 'rollBack']);
  });

  test('ends no shift by its requests', () => {
    expect(at(5, { shift: byRequests, comparison: suspect })).toMatchObject({ kind: 'bakes' });
  });
});

describe('a shift that ends by evidence', () => {
  const unharmed = aComparison({ kind: 'unharmed' });

  test('ends when green is proven unharmed, not before its least time', () => {
    // The bake's next observation would come after 4m9s.
    expect(at(2.5, { shift: byEvidence, comparison: unharmed })).toMatchObject({
      kind: 'bakes',
      waitMs: MINUTE_MS / 2,
    });
    expect(at(3, { shift: byEvidence, comparison: unharmed })).toMatchObject({ kind: 'over' });
    expect(at(3, { shift: byEvidence })).toMatchObject({ kind: 'bakes' });
  });

  test('does not end early by metrics that cannot be read any more', () => {
    const blind = { unreadable: 'Rate exceeded' };

    expect(at(5, { shift: byEvidence, comparison: unharmed, ...blind })).toMatchObject({ kind: 'bakes' });
    expect(at(5, { shift: byRequests, ...blind })).toMatchObject({ kind: 'bakes' });
  });

  test('ends when green has had its requests', () => {
    const few = aComparison({ shift: { minutes: 3, requests: 1_999 } });

    expect(at(4, { shift: byRequests, comparison: few })).toMatchObject({ kind: 'bakes' });
    expect(at(4, { shift: byRequests })).toEqual({
      kind: 'over',
      aside: '; green has had 5,000 of the 2,000 requests asked for',
    });
  });

  test('that got too few requests by its longest time is insufficient, not passed', () => {
    const shift = aShift({ evidence: { atLeastMs: 0, requests: 9_000 } });

    expect(at(10, { shift })).toEqual({
      kind: 'ask',
      reason: 'green has had 5,000 of the 9,000 requests that the shift asks for',
    });
  });
});

describe('news to a deployment', () => {
  const quiet = aComparison();

  test.each([
    ['worse', aShift(), quiet, aComparison({ kind: 'worse' }), true],
    ['suspect', aShift(), quiet, aComparison({ kind: 'suspect' }), true],
    ['not suspect any more', aShift(), aComparison({ kind: 'suspect' }), quiet, true],
    ['unharmed, in a bake by time', aShift(), quiet, aComparison({ kind: 'unharmed' }), false],
    ['unharmed, in one by evidence', byEvidence, quiet, aComparison({ kind: 'unharmed' }), true],
    [
      'the same',
      byEvidence,
      quiet,
      aComparison({ minutes: 9, shift: { minutes: 9, requests: 9_000 } }),
      false,
    ],
    ['its last request', byRequests, aComparison({ shift: { minutes: 1, requests: 1_999 } }), quiet, true],
    [
      'more requests than needed',
      byRequests,
      quiet,
      aComparison({ shift: { minutes: 6, requests: 6_000 } }),
      false,
    ],
  ] as const)('%s', (_, shift, before, now, expected) => {
    expect(wakes({ shifts: [shift], analysis: POLICY }, 0, before, now)).toBe(expected);
  });
});

describe('what the application counts and decides', () => {
  const orders = { name: 'orders', use: 'decide', psi: 1.25, delta: 0.0001, requests: [], bad: [] } as const;
  const policy: AnalysisPlan = { ...POLICY, application: [{ ...orders, requests: [], bad: [] }] };
  const counted = (requests: number) =>
    aComparison({
      metrics: [
        {
          metric: 'bad in orders',
          use: 'decide',
          blue: { requests, bad: 0 },
          green: { requests, bad: 0 },
          logE: 0,
          maxLogE: 0,
          logUnharmed: 0,
        },
      ],
    });

  test('is asked about where green has hardly any of it, whatever its requests', () => {
    expect(at(10, { policy, comparison: counted(7) })).toEqual({
      kind: 'ask',
      reason: 'too little is counted to tell: green has had 7 of orders, 2,996 would show',
    });
    expect(at(10, { policy, comparison: aComparison() })).toMatchObject({ kind: 'ask' });
  });

  test('lets the shift end where there is enough of it', () => {
    expect(at(10, { policy, comparison: counted(2_996) })).toEqual({ kind: 'over', aside: '' });
  });

  test('keeps a bake under judgement although errors and latency are off', () => {
    const off = { use: 'off', psi: 1, delta: 0 } as const;
    const alone: AnalysisPlan = { ...policy, errors: off, latency: off };

    expect(at(10, { policy: alone, comparison: { ...counted(9_000), kind: 'suspect' } })).toMatchObject({
      kind: 'bakes',
    });
  });
});
