import { describe, expect, test } from 'vitest';
import type { Readiness } from '../../core/vocabulary/readiness.types.ts';
import type { ReportedDecision } from '../../report/report.types.ts';
import { shortWayBack, wayBackFact } from '../../report/way-back.ts';
import { aDecision } from '../core/a-deployment.ts';

const found = (changes: Partial<Readiness> = {}): Readiness => ({
  kind: 'ready',
  seconds: 16,
  atMostSeconds: 75,
  carriesPct: 100,
  line: 'all is well',
  ...changes,
});
const short = found({
  kind: 'short',
  seconds: 166,
  atMostSeconds: null,
  carriesPct: 37,
  line: 'one of four',
});

const decided = (
  atMs: number,
  readiness?: Readiness,
  kind: ReportedDecision['kind'] = 'hold',
): ReportedDecision => {
  const decision = aDecision({ kind });
  const seen = readiness === undefined ? {} : { readiness };
  return { ...decision, atMs, evidence: { ...decision.evidence, ...seen } };
};

describe('the way back in a row of decisions', () => {
  test.each([
    [undefined, 'not recorded'],
    [found(), '16s, blue carries 100 %'],
    [short, '2m46s, blue carries 37 %'],
    [found({ kind: 'short', seconds: null, carriesPct: 37 }), 'unknown time, blue carries 37 %'],
    [found({ kind: 'unknown', seconds: null, carriesPct: null }), 'unknown'],
    [found({ kind: 'gone' }), 'not by weights'],
    [found({ kind: 'none' }), 'first deployment'],
  ])('%j', (readiness, text) => {
    expect(shortWayBack(readiness)).toBe(text);
  });
});

describe('the way back of a whole deployment', () => {
  const course = (...points: [atMs: number, greenPct: number][]) => [
    { route: 'HTTPS:443', points: points.map(([atMs, greenPct]) => ({ atMs, greenPct })) },
  ];

  test('is its worst moment', () => {
    const decisions = [decided(60_000, found()), decided(120_000, short), decided(180_000, found())];
    expect(wayBackFact(decisions, course([0, 10]))).toEqual([
      { name: 'Way back, at worst', value: 'after 2m: one of four' },
    ]);
  });

  test('and, where it rolled back, what that took beside what had been stated', () => {
    const decisions = [decided(60_000, found()), decided(120_000, found(), 'rollBack')];
    const [, rolledBack] = wayBackFact(decisions, course([0, 0], [30_000, 10], [122_100, 0]));
    expect(rolledBack).toEqual({
      name: 'Rolled back',
      value:
        'all weight was on blue 2s after the decision; stated for all of it, event and load balancer ' +
        'included: 16s, blue carries 100 %',
    });
  });

  test('says nothing of a rollback that is not over, of a first deployment, and of what nobody recorded', () => {
    expect(wayBackFact([decided(1, found(), 'rollBack')], course([0, 10]))).toHaveLength(1);
    expect(wayBackFact([decided(1, found({ kind: 'none' }))], course([0, 10]))).toEqual([]);
    expect(wayBackFact([decided(1)], course([0, 10]))).toEqual([]);
  });
});
