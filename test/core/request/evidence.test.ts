import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { parseRequest } from '../../../core/request/request.ts';

const minimal = { cluster: 'main', service: 'shop', taskDefinition: 'shop:8' };
const parsed = (fields: Record<string, unknown>) => parseRequest({ ...minimal, ...fields });
const first = (shift: unknown) => {
  const result = parsed({ shifts: [shift, { greenPct: 100 }] });
  return result.ok ? result.request.shifts[0] : result.problems.map(({ path, found }) => [path, found]);
};

describe('a shift that ends by evidence', () => {
  test.each([
    [
      { greenPct: 5, atMost: '1h' },
      { greenPct: 5, bakeMs: 60 * MINUTE_MS, evidence: { atLeastMs: 0 } },
    ],
    [
      { greenPct: 0.5, atLeast: '5m', atMost: '1h', requests: 2_000, approval: true },
      {
        greenPct: 0.5,
        bakeMs: 60 * MINUTE_MS,
        evidence: { atLeastMs: 5 * MINUTE_MS, requests: 2_000 },
        approval: true,
      },
    ],
  ])('%j', (shift, expected) => {
    expect(first(shift)).toEqual(expected);
  });

  test.each([
    [{ greenPct: 5, requests: 10 }, [['shifts[0].atMost', 'nothing']]],
    [{ greenPct: 5, bake: '5m', atMost: '1h' }, [['shifts[0].bake', 'both']]],
    [{ greenPct: 5, atLeast: '2h', atMost: '1h' }, [['shifts[0].atLeast', '2h']]],
    [{ greenPct: 5, atMost: '1h', requests: 0 }, [['shifts[0].requests', '0']]],
  ])('%j is refused', (shift, problems) => {
    expect(first(shift)).toEqual(problems);
  });

  test('is not the last: there is no blue beside green to compare it with', () => {
    expect(parsed({ shifts: [{ greenPct: 100, atMost: '1h' }] })).toMatchObject({
      ok: false,
      problems: [{ path: 'shifts[0]', found: 'atMost' }],
    });
  });
});

describe('a share', () => {
  test.each([0.1, 0.5, 1, 12.3, 99.9])('of %d %%', (greenPct) => {
    expect(first({ greenPct, bake: '5m' })).toMatchObject({ greenPct });
  });

  test.each([0, 0.05, 12.34, -1, '5', 100.1])('of %j %% is refused', (greenPct) => {
    expect(first({ greenPct, bake: '5m' })).toEqual([['shifts[0].greenPct', expect.anything()]]);
  });
});

describe('an exposure budget', () => {
  const budget = (exposure: unknown) => {
    const result = parsed({ analysis: { exposure } });
    return result.ok ? result.request.analysis?.exposure : result.problems.map(({ path }) => path);
  };

  test.each([
    [{ requests: 20_000 }, { requests: 20_000, onUsedUp: 'rollBack' }],
    [
      { failed: 0, onUsedUp: 'hold' },
      { failed: 0, onUsedUp: 'hold' },
    ],
  ])('%j', (exposure, expected) => {
    expect(budget(exposure)).toEqual(expected);
  });

  test.each([
    [{}, ['analysis.exposure']],
    [{ requests: 0 }, ['analysis.exposure.requests']],
    [{ failed: 1, onUsedUp: 'stop' }, ['analysis.exposure.onUsedUp']],
  ])('%j is refused', (exposure, paths) => {
    expect(budget(exposure)).toEqual(paths);
  });
});
