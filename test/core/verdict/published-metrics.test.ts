import { expect, test } from 'vitest';
import { notDistinct, publishedSums, seriesKey, seriesOf } from '../../../core/verdict/published-metrics.ts';
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

  const sums = publishedSums(metrics, colour(8, 'shop-green'));

  const expected = [
    { Service: 'shop', Version: 'shop-8' },
    { Service: 'shop', Version: 'targetgroup/shop-green/aaaa' },
  ];
  expect(sums.map(({ bad }) => bad[0]?.dimensions)).toEqual(expected);
  expect(sums.map(({ requests }) => requests[0]?.dimensions)).toEqual(expected);
});

test('one revision in both groups has a series of its own by its group alone', () => {
  const metrics = [counted('orders', '{taskDefinitionRevision}'), counted('carts', '{targetGroup}')];

  expect(notDistinct(metrics, colour(7, 'shop-blue'), colour(8, 'shop-green'))).toEqual([]);
  expect(notDistinct(metrics, colour(7, 'shop-blue'), colour(7, 'shop-green'))).toEqual(['orders']);
});

test('what is bad of both colours in one series is not distinct, though what is counted is', () => {
  const orders = counted('orders', '{targetGroup}');
  const refused = { namespace: 'Shop', metric: 'refused', dimensions: { Service: 'shop' } };

  expect(
    notDistinct([{ ...orders, bad: [refused] }], colour(7, 'shop-blue'), colour(8, 'shop-green')),
  ).toEqual(['orders']);
});

test('dimensions name a series whatever their order', () => {
  const metric = { namespace: 'Shop', metric: 'orders' };

  expect(seriesKey({ ...metric, dimensions: { Service: 'shop', Version: '7' } })).toBe(
    seriesKey({ ...metric, dimensions: { Version: '7', Service: 'shop' } }),
  );
});

test('a series that is in both sums, or in two metrics, is one to read', () => {
  const metrics = [counted('orders', '{targetGroup}'), counted('orders', '{targetGroup}')];

  expect(seriesOf(metrics).size).toBe(1);
  expect(seriesOf([...metrics, counted('carts', '{targetGroup}')]).size).toBe(2);
});
