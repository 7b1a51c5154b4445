import { expect, test } from 'vitest';
import { plannedAnalysis } from '../../../core/plan/analysis.ts';
import { DEFAULT_ANALYSIS, DEFAULT_APPLICATION } from '../../../core/request/defaults.ts';
import type { ApplicationMetric } from '../../../core/vocabulary/analysis.types.ts';

const colour = (revision: number, group: string) => ({
  taskDefinitionArn: `arn:aws:ecs:eu-west-1:1:task-definition/shop:${revision}`,
  targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/${group}/aaaa`,
});
const counted = (name: string, value: string): ApplicationMetric => {
  const published = { namespace: 'Shop', metric: name, dimensions: { Version: value } };
  return { ...DEFAULT_APPLICATION, name, requests: [published], bad: [published] };
};
const usual = (requests: number) => ({ minutes: 180, requests, bad: 0, sigma: 0.25 });

const planned = (greenRevision: number) =>
  plannedAnalysis(
    {
      analysis: {
        ...DEFAULT_ANALYSIS,
        application: [counted('orders', '{taskDefinitionRevision}'), counted('carts', '{targetGroup}')],
      },
      loadBalancerKind: 'application',
      blue: colour(7, 'shop-blue'),
      green: colour(greenRevision, 'shop-green'),
    },
    { baseline: { ...usual(1), slowOver: [], application: [usual(2), usual(3)] } },
  ).analysis;

test('what the application counts is compared with what was usual for it', () => {
  expect(planned(8)?.application?.map(({ name }) => name)).toEqual(['orders', 'carts']);
  expect(planned(8)?.baseline?.application).toEqual([usual(2), usual(3)]);
});

test('a metric that does not tell the colours apart is left out, with what was usual for it', () => {
  expect(planned(7)?.application?.map(({ name }) => name)).toEqual(['carts']);
  expect(planned(7)?.baseline?.application).toEqual([usual(3)]);
});
