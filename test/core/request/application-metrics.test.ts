import { describe, expect, test } from 'vitest';
import { readHookPolicy } from '../../../core/native/hook-policy.ts';
import { readApplicationMetrics } from '../../../core/request/application-metrics.ts';
import type { Problem } from '../../../core/request/problem.ts';

const published = (metric: string, dimensions: object = { Revision: '{taskDefinitionRevision}' }) => ({
  namespace: 'Shop',
  metric,
  dimensions,
});
const orders = {
  name: 'orders',
  requests: [published('OrdersPlaced'), published('OrdersRefused')],
  bad: [published('OrdersRefused')],
};

const read = (value: unknown) => {
  const problems: Problem[] = [];
  return { value: readApplicationMetrics(value, 'analysis.application', problems), problems };
};
const problemsOf = (value: unknown) => read(value).problems.map(({ path, found }) => [path, found]);

describe('metrics of the application', () => {
  test('are reported by default, with the margins of errors', () => {
    expect(read([orders])).toEqual({
      value: [{ ...orders, use: 'advise', psi: 1.25, delta: 0.0001 }],
      problems: [],
    });
  });

  test('decide where that is asked for', () => {
    const { value } = read([{ ...orders, use: 'decide', psi: 2, delta: 0.01 }]);

    expect(value).toMatchObject([{ use: 'decide', psi: 2, delta: 0.01 }]);
  });

  test.each([
    [{ Service: 'shop' }, 'an object with Service'],
    [{}, 'an empty object'],
    [{ Revision: '{taskDefinition}' }, '{taskDefinition}'],
  ])('that do not tell the colours apart are refused: %j', (dimensions, found) => {
    const metric = { ...orders, requests: [published('OrdersPlaced', dimensions)] };

    expect(problemsOf([metric])).toEqual([['analysis.application[0].requests[0].dimensions', found]]);
  });

  test('name every mistake at once', () => {
    const wrong = { name: 'Orders', requests: [], bad: [{ ...published(''), stat: 'Sum' }], use: 'off' };

    expect(problemsOf([wrong]).map(([path]) => path)).toEqual([
      'analysis.application[0].name',
      'analysis.application[0].requests',
      'analysis.application[0].bad[0].stat',
      'analysis.application[0].bad[0].metric',
      'analysis.application[0].use',
    ]);
  });

  test('have a name each', () => {
    expect(problemsOf([orders, orders])).toEqual([['analysis.application[1].name', '"orders" again']]);
  });

  test('are of a service that ECS deploys, too: its service revisions name the task definitions', () => {
    expect(readHookPolicy({ analysis: { application: [orders] } })).toMatchObject({
      policy: { analysis: { application: [{ name: 'orders' }] } },
    });
  });
});
