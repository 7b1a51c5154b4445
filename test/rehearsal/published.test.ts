import { expect, test } from 'vitest';
import { parseRequest } from '../../core/request/request.ts';
import { publishing } from '../../rehearsal/published.ts';
import { worldOf } from './a-rehearsal.ts';

const published = (metric: string) => ({
  namespace: 'Shop',
  metric,
  dimensions: { Revision: '{taskDefinitionRevision}' },
});

const countsIn = (requests: string[], bad: string[]) => {
  const parsed = parseRequest({
    cluster: 'prod',
    service: 'shop',
    taskDefinition: 'shop:8',
    analysis: {
      application: [{ name: 'orders', requests: requests.map(published), bad: bad.map(published) }],
    },
  });
  const world = publishing(worldOf('shop'), parsed.ok ? parsed.request : undefined);
  return world.published?.map(({ metric, counts }) => [metric, counts]);
};

test('what is bad counts wrong answers; what is counted beside it all of them, or the right ones', () => {
  expect(countsIn(['Placed'], ['Refused'])).toEqual([
    ['Refused', 'wrong'],
    ['Placed', 'requests'],
  ]);
  expect(countsIn(['Placed', 'Refused'], ['Refused'])).toEqual([
    ['Refused', 'wrong'],
    ['Placed', 'right'],
  ]);
});

test('a world that says what is published is taken at its word', () => {
  const world = { ...worldOf('shop'), published: [] };

  expect(publishing(world, undefined)).toBe(world);
});
