import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../../core/request/request.ts';

const minimal = { cluster: 'main', service: 'shop', taskDefinition: 'shop:8' };
const analysisOf = (analysis: unknown) => {
  const result = parseRequest({ ...minimal, analysis });
  return result.ok ? result.request.analysis : result.problems.map(({ path, found }) => [path, found]);
};

const DEFAULT = {
  errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
  latency: { use: 'advise', psi: 1.25, delta: 0.005 },
  alpha: 0.01,
  onInconclusive: 'advance',
};

describe('the analysis of a request', () => {
  test.each([
    [undefined, DEFAULT],
    [{}, DEFAULT],
    [
      'off',
      {
        ...DEFAULT,
        errors: { ...DEFAULT.errors, use: 'off' },
        latency: { ...DEFAULT.latency, use: 'off' },
      },
    ],
    [{ latency: 'decide' }, { ...DEFAULT, latency: { use: 'decide', psi: 1.25, delta: 0.005 } }],
    [{ errors: { psi: 2 } }, { ...DEFAULT, errors: { use: 'decide', psi: 2, delta: 0.0001 } }],
    [
      { errors: { use: 'advise', delta: 0.01 }, alpha: 0.001, onInconclusive: 'ask' },
      { ...DEFAULT, errors: { use: 'advise', psi: 1.25, delta: 0.01 }, alpha: 0.001, onInconclusive: 'ask' },
    ],
  ])('%j', (input, expected) => {
    expect(analysisOf(input)).toEqual(expected);
  });

  test('names every mistake at once', () => {
    const wrong = {
      errors: { use: 'decides', psi: 0, dleta: 1 },
      latency: 5,
      alpha: 1,
      onInconclusive: 'wait',
    };

    expect(analysisOf(wrong)).toEqual([
      ['analysis.errors.dleta', '1'],
      ['analysis.errors.use', '"decides"'],
      ['analysis.errors.psi', '0'],
      ['analysis.latency', '5'],
      ['analysis.alpha', '1'],
      ['analysis.onInconclusive', '"wait"'],
    ]);
  });

  test.each(['on', true, []])('is no %j', (input) => {
    expect(analysisOf(input)).toEqual([['analysis', expect.anything()]]);
  });
});
