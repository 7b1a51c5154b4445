import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { endOfBake, wakes } from '../../../core/verdict/end-of-bake.ts';
import { requestsToTell } from '../../../core/verdict/insufficient.ts';
import type { AnalysisPlan, ComparedMetric, Comparison } from '../../../core/vocabulary/analysis.types.ts';
import type { Shift } from '../../../core/vocabulary/request.types.ts';
import { anAnalysisPolicy } from '../a-deployment.ts';

const POLICY = anAnalysisPolicy();

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

const errors = (blue: number, green: number): ComparedMetric => ({
  metric: 'errors',
  use: 'decide',
  blue: { requests: blue, bad: 0 },
  green: { requests: green, bad: 0 },
  logE: 0,
  maxLogE: 0,
  logUnharmed: 0,
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

  test('ends at its time where nothing was compared, and where nothing decides', () => {
    const advises = { ...POLICY, errors: { ...POLICY.errors, use: 'advise' } } as const;
    const counted = {
      ...advises,
      application: [{ ...advises.errors, name: 'orders', requests: [], bad: [] }],
    };

    expect(at(10, { comparison: null })).toEqual({ kind: 'over', aside: '' });
    for (const policy of [advises, counted])
      expect(at(10, { policy, comparison: quiet })).toEqual({ kind: 'over', aside: '' });
  });

  test('has enough with the number of requests that would show harm', () => {
    const seen = (requests: number) =>
      at(10, { comparison: aComparison({ shift: { minutes: 8, requests } }) });

    expect([seen(2_995).kind, seen(2_996).kind]).toEqual(['ask', 'over']);
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

  test('are silent from the fifth minute on, where at least ten requests a minute came until then', () => {
    const sinceMs = 7 * MINUTE_MS;
    const silent = (minutes: number, requests: number, silentMs: number) =>
      at(10, {
        comparison: aComparison({ sinceMs, minutes, metrics: [errors(requests, 0)] }),
        nowMs: sinceMs + minutes * MINUTE_MS + silentMs,
      }).kind;

    expect(silent(5, 50, 5 * MINUTE_MS)).toBe('ask');
    expect(silent(5, 50, 5 * MINUTE_MS - 1)).toBe('over');
    expect(silent(5, 47, 5 * MINUTE_MS)).toBe('over');
    // Before the first minute is known nobody knows what was usual.
    expect(silent(0, 50, 5 * MINUTE_MS)).toBe('over');
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
    expect(at(10, { policy: { ...POLICY, onInconclusive: 'rollBack' }, comparison: none })).toMatchObject({
      kind: 'rollBack',
      reason: expect.stringMatching(/^green has had none of the 100 requests/),
    });
    // Thirty is the least of which none can be missing by chance.
    expect(
      at(10, { ...advancing, comparison: aComparison({ ...nobody, metrics: [errors(270, 0)] }) }),
    ).toMatchObject({ kind: 'ask' });
    expect(
      at(10, { ...advancing, comparison: aComparison({ ...nobody, metrics: [errors(269, 0)] }) }),
    ).toMatchObject({ kind: 'over' });
    expect(at(13, { comparison: none, unreadable: 'Rate exceeded' })).toEqual({
      kind: 'ask',
      reason: 'the metrics cannot be read: Rate exceeded',
    });
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
    // Of two thresholds the one with fewer counts.
    expect(
      at(10, {
        policy,
        comparison: aComparison({
          metrics: [errors(9_000, 5_000), slow(600), { ...slow(599), metric: 'slower than 1 s' }],
        }),
      }),
    ).toMatchObject({
      kind: 'ask',
      reason: 'too little is counted to tell: 599 answers of green were timed, 600 would show',
    });
  });
});

describe('a suspicion', () => {
  const suspect = aComparison({ kind: 'suspect', reason: 'green may be worse' });

  test('bakes on for as long again', () => {
    const on = (left: string) => `; it bakes on for ${left} at most because green may be worse`;

    expect(at(10, { comparison: suspect })).toEqual({ kind: 'bakes', waitMs: MINUTE_MS, aside: on('10m') });
    expect(at(19.5, { comparison: suspect })).toEqual({
      kind: 'bakes',
      waitMs: MINUTE_MS / 2,
      aside: on('30s'),
    });
    expect(at(20 - 1 / 60_000, { comparison: suspect })).toMatchObject({ aside: on('1s') });
  });

  test('is no reason to say so before the bake is over', () => {
    expect(at(9, { comparison: suspect })).toEqual({ kind: 'bakes', waitMs: MINUTE_MS, aside: '' });
  });

  test('is observed at each tenth of a long bake, and given five minutes after a short one', () => {
    expect(at(60, { shift: aShift({ bakeMs: 60 * MINUTE_MS }), comparison: suspect })).toMatchObject({
      kind: 'bakes',
      waitMs: 6 * MINUTE_MS,
    });
    const short = { shift: aShift({ bakeMs: MINUTE_MS }), comparison: suspect };
    expect([at(5.9, short).kind, at(6, short).kind]).toEqual(['bakes', 'ask']);
  });

  test('that stays is asked about in its own words', () => {
    expect(at(20, { comparison: suspect })).toEqual({
      kind: 'ask',
      reason: 'green may be worse; neither proven nor gone after 20m',
    });
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
    expect(at(3, { shift: byEvidence })).toEqual({
      kind: 'bakes',
      waitMs: expect.toSatisfy((waitMs: number) => waitMs >= MINUTE_MS),
      aside: '',
    });
  });

  test('does not end early while nothing is known of its last minutes', () => {
    const known = { shift: byEvidence, comparison: { ...unharmed, metrics: [errors(45_000, 5_000)] } };

    expect(at(5, { ...known, nowMs: 9 * MINUTE_MS })).toMatchObject({ kind: 'over' });
    expect(at(5, { ...known, nowMs: 10 * MINUTE_MS })).toMatchObject({ kind: 'bakes' });
  });

  test('does not end early by metrics that cannot be read any more', () => {
    const blind = { unreadable: 'Rate exceeded' };

    expect(at(5, { shift: byEvidence, comparison: unharmed, ...blind })).toMatchObject({ kind: 'bakes' });
    expect(at(5, { shift: byRequests, ...blind })).toMatchObject({ kind: 'bakes' });
  });

  test('ends when green has had its requests', () => {
    const few = aComparison({ shift: { minutes: 3, requests: 1_999 } });

    expect(at(4, { shift: byRequests, comparison: few })).toMatchObject({ kind: 'bakes' });
    expect(
      at(4, { shift: byRequests, comparison: aComparison({ shift: { minutes: 3, requests: 2_000 } }) }),
    ).toMatchObject({ kind: 'over' });
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

  test('that got what it asked for may still be too little to tell', () => {
    const shift = aShift({ evidence: { atLeastMs: 20 * MINUTE_MS, requests: 120 } });

    expect(
      at(10, { shift, comparison: aComparison({ shift: { minutes: 8, requests: 120 } }) }),
    ).toMatchObject({
      reason: 'too few requests to tell: green has had 120, 2,996 would show',
    });
  });
});

describe('an exposure budget', () => {
  const BASELINE = { requests: 0, bad: 0, minutes: 0, sigma: 0.1, slowOver: [] };
  const policy: AnalysisPlan = {
    ...POLICY,
    exposure: { requests: 5_000, onUsedUp: 'rollBack' },
    onInconclusive: 'advance',
  };
  const advises: AnalysisPlan = { ...policy, errors: { ...policy.errors, use: 'advise' } };
  const left = aComparison({ exposed: { requests: 4_999, bad: 0 } });
  const blind = { comparison: left, unreadable: 'Rate exceeded' };

  test.each([
    ['decides', policy],
    ['only advises', advises],
  ])('is kept where the comparison %s', (_, kept) => {
    expect(at(5, { policy: kept })).toMatchObject({ kind: 'usedUp' });
    expect(at(5, { policy: kept, comparison: left })).toMatchObject({ kind: 'bakes' });
    expect(at(10, { policy: kept, comparison: left })).toEqual({ kind: 'over', aside: '' });
  });

  test('is kept in the time that a suspicion gets beside the bake', () => {
    expect(at(12, { policy, comparison: aComparison({ kind: 'suspect' }) })).toMatchObject({
      kind: 'usedUp',
    });
  });

  test.each([
    ['decides', policy],
    ['only advises', advises],
  ])(
    'that nobody can count asks somebody where the comparison %s, also where a shift may advance without proof',
    (_, kept) => {
      const reason =
        'nobody can tell whether the exposure budget is used up: the metrics cannot be read: Rate exceeded';

      expect(at(12, { policy: kept, ...blind })).toMatchObject({ kind: 'bakes', waitMs: MINUTE_MS });
      expect(at(13, { policy: kept, ...blind })).toEqual({ kind: 'ask', reason });
      expect(at(13, { policy: { ...kept, onInconclusive: 'rollBack' }, ...blind })).toEqual({
        kind: 'rollBack',
        reason,
      });
      expect(at(13, { policy: kept, ...blind, shift: aShift({ greenPct: 100 }) })).toMatchObject({
        kind: 'over',
      });
    },
  );

  test('of which nothing has come yet cannot be counted where blue was busy before', () => {
    const nothing = aComparison({ minutes: 0, exposed: { requests: 0, bad: 0 } });
    const busy = (requests: number, minutes: number) =>
      at(10, {
        policy: { ...advises, baseline: { ...BASELINE, requests, minutes } },
        comparison: nothing,
      });

    expect(busy(6_000, 60)).toEqual({
      kind: 'ask',
      reason:
        'nobody can tell whether the exposure budget is used up: nothing is known of the last 10m: ' +
        '100 requests a minute came until then',
    });
    expect([busy(540, 60).kind, busy(0, 0).kind]).toEqual(['over', 'over']);
    expect(at(10, { policy: { ...advises, baseline: null }, comparison: nothing }).kind).toBe('over');
  });

  test('of which the last minutes are missing cannot be counted either', () => {
    const comparison = { ...left, metrics: [errors(45_000, 4_999)] };
    const silent = { policy, comparison, nowMs: 13 * MINUTE_MS };

    expect(at(10, silent)).toMatchObject({
      kind: 'ask',
      reason: expect.stringContaining('nothing is known of'),
    });
    expect(at(10, { ...silent, nowMs: 9 * MINUTE_MS })).toEqual({ kind: 'over', aside: '' });
  });
});

describe('news to a deployment', () => {
  const quiet = aComparison();

  test.each([
    ['worse', aShift(), quiet, aComparison({ kind: 'worse' }), true],
    ['suspect', aShift(), quiet, aComparison({ kind: 'suspect' }), true],
    ['not suspect any more', aShift(), aComparison({ kind: 'suspect' }), quiet, true],
    ['still suspect', aShift(), aComparison({ kind: 'suspect' }), aComparison({ kind: 'suspect' }), false],
    ['known for the first time', byEvidence, aComparison({ kind: 'unread' }), quiet, false],
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
      'exactly its last request',
      byRequests,
      aComparison({ shift: { minutes: 1, requests: 1_999 } }),
      aComparison({ shift: { minutes: 2, requests: 2_000 } }),
      true,
    ],
    [
      'a request before that',
      byRequests,
      aComparison({ shift: { minutes: 1, requests: 10 } }),
      aComparison({ shift: { minutes: 2, requests: 1_999 } }),
      false,
    ],
    [
      'more requests than it had exactly',
      byRequests,
      aComparison({ shift: { minutes: 2, requests: 2_000 } }),
      quiet,
      false,
    ],
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

test('a budget that is used up is news once, and nothing is to a position that the plan does not have', () => {
  const analysis: AnalysisPlan = { ...POLICY, exposure: { requests: 5_000, onUsedUp: 'hold' } };
  const exposed = (requests: number) => aComparison({ exposed: { requests, bad: 0 } });
  const news = (before: number, now: number, position = 0) =>
    wakes({ shifts: [aShift()], analysis }, position, exposed(before), exposed(now));

  expect([news(4_998, 4_999), news(4_999, 5_000), news(5_000, 9_000)]).toEqual([false, true, false]);
  expect(news(4_999, 5_000, 1)).toBe(false);
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

  test('is asked about by its name, and by what its own margin takes', () => {
    const carts = { ...orders, name: 'carts', delta: 0.005, requests: [], bad: [] };
    const both: AnalysisPlan = { ...POLICY, application: [carts, { ...orders, requests: [], bad: [] }] };
    const [metric] = counted(2_996).metrics;
    const of = (name: string, requests: number): ComparedMetric =>
      ({ ...metric, metric: `bad in ${name}`, green: { requests, bad: 0 } }) as ComparedMetric;
    const seen = (...metrics: ComparedMetric[]) =>
      at(10, { policy: both, comparison: aComparison({ metrics }) });

    expect(seen(of('orders', 2_996), of('carts', 600))).toEqual({ kind: 'over', aside: '' });
    expect(seen(of('orders', 2_996), of('carts', 599))).toMatchObject({
      reason: 'too little is counted to tell: green has had 599 of carts, 600 would show',
    });
    expect(seen(of('carts', 600))).toMatchObject({
      reason: 'too little is counted to tell: green has had 0 of orders, 2,996 would show',
    });
  });

  test('is not asked about where it only advises', () => {
    const advises: AnalysisPlan = {
      ...policy,
      application: [{ ...orders, use: 'advise', requests: [], bad: [] }],
    };

    expect(at(10, { policy: advises, comparison: counted(7) })).toEqual({ kind: 'over', aside: '' });
  });

  test('keeps a bake under judgement although errors and latency are off', () => {
    const off = { use: 'off', psi: 1, delta: 0 } as const;
    const alone: AnalysisPlan = { ...policy, errors: off, latency: off };

    expect(at(10, { policy: alone, comparison: { ...counted(9_000), kind: 'suspect' } })).toMatchObject({
      kind: 'bakes',
    });
  });
});

test.each([
  ['errors alone', 'decide', 'off', 2_996],
  ['response times alone, whose margin is wider', 'off', 'decide', 600],
  ['both, of which the wider margin shows first', 'decide', 'decide', 600],
  ['neither: what shows harm at all', 'off', 'advise', 2_996],
] as const)('the requests that would show harm, by %s', (_, errors, latency, expected) => {
  const policy = {
    errors: { use: errors, psi: 1.25, delta: 0.0001 },
    latency: { use: latency, psi: 1.25, delta: 0.005 },
  };

  expect(requestsToTell(policy)).toBe(expected);
});
