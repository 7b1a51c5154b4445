import { expect, test } from 'vitest';
import { run } from './a-rehearsal.ts';

/** What hooks add to a deployment's price, beside what their functions and tasks do. Dollars. */

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:smoke:live';
const migrate = {
  name: 'migrate',
  stages: ['PRE_SCALE_UP'],
  task: { taskDefinition: 'green', command: ['migrate'] },
  timeout: '3h',
};
const smoke = { name: 'smoke', stages: ['POST_SCALE_UP'], lambda: ARN };
const business = {
  name: 'business',
  stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
  steps: 'first',
  approval: true,
};
const undo = { name: 'undo', stages: ['ROLLBACK'], lambda: ARN };

/** With a request's own defaults, the comparison on. */
const costOf = async (hooks: object[] | undefined, ...behaviours: string[]): Promise<number> => {
  const request = { shifts: undefined, ...(hooks === undefined ? {} : { hooks }) };
  const { report } = await run({ request, hooks: behaviours });
  expect(report.outcome).toBe('succeeded');
  return report.costUsd.total;
};

test('a deployment with a migration of half an hour, a smoke test and an approval costs less than a cent', async () => {
  const total = await costOf([migrate, smoke, business, undo], 'migrate=in-progress:30');

  expect(total).toBeGreaterThan(await costOf(undefined));
  expect(total).toBeLessThan(0.01);
});

test.each([
  ['a function that answers at once', [smoke], 'smoke=passes', 0.001],
  [
    'a function that is called each half minute for a quarter of an hour',
    [smoke],
    'smoke=in-progress:30',
    0.005,
  ],
  ['an approval', [business], 'business=passes', 0.001],
  ['a task of a minute', [migrate], 'migrate=in-progress:1', 0.001],
  ['a task of two hours', [migrate], 'migrate=in-progress:120', 0.004],
])('%s adds a part of a cent', async (_what, hooks, behaviour, most) => {
  const added = (await costOf(hooks, behaviour)) - (await costOf(undefined));

  expect(added).toBeGreaterThan(0);
  expect(added).toBeLessThan(most);
});
