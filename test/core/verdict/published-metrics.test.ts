import { expect, test } from 'vitest';
import { notDistinct, publishedSums, seriesOf } from '../../../core/verdict/published-metrics.ts';
import type { ApplicationMetric } from '../../../core/vocabulary/analysis.types.ts';

const colour = (revision: number, group: string) => ({
  taskDefinitionArn: `arn:aws:ecs:eu-west-1:1:task-definition/shop:${revision}`,
  targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/${group}/aaaa`,
});
const counted = (name: string, value: string): ApplicationMetric => {
  const published = { namespace: 'Shop', metric: name, dimensions: { Service: 'shop', Version: value } };
  return { name, use: 'decide', psi: 1, delta: 0, requests: [published], bad: [published] };
};

test('each colour is read under its own dimensions', () => {
  const metrics = [counted('orders', 'shop-{taskDefinitionRevision}'), counted('carts', '{targetGroup}')];

  const dimensions = publishedSums(metrics, colour(8, 'shop-green')).map(({ bad }) => bad[0]?.dimensions);

  expect(dimensions).toEqual([
    { Service: 'shop', Version: 'shop-8' },
    { Service: 'shop', Version: 'targetgroup/shop-green/aaaa' },
  ]);
});

test('one revision in both groups has a series of its own by its group alone', () => {
  const metrics = [counted('orders', '{taskDefinitionRevision}'), counted('carts', '{targetGroup}')];

  expect(notDistinct(metrics, colour(7, 'shop-blue'), colour(8, 'shop-green'))).toEqual([]);
  expect(notDistinct(metrics, colour(7, 'shop-blue'), colour(7, 'shop-green'))).toEqual(['orders']);
});

test('a series that is in both sums, or in two metrics, is one to read', () => {
  const metrics = [counted('orders', '{targetGroup}'), counted('orders', '{targetGroup}')];

  expect(seriesOf(metrics).size).toBe(1);
  expect(seriesOf([...metrics, counted('carts', '{targetGroup}')]).size).toBe(2);
});
