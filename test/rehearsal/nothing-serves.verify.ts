import { expect, test } from 'vitest';
import { type Run, run } from './a-rehearsal.ts';

/** No wait brings back a task set that somebody deleted: the service must not stay locked for one. */

const expectSafe = ({ report }: Run): void => {
  expect(report.invariantViolations).toEqual([]);
  expect(report.leftovers).toEqual([]);
};

test('blue is deleted and green never becomes healthy: green goes, and the end says that nothing serves', async () => {
  const done = await run({ version: 'never-healthy', inject: ['foreign-delete:blue@+60s'] });

  expectSafe(done);
  expect(done.report.outcome).toBe('rolledBack');
  expect(done.report.record?.reason).toContain('; nothing serves: somebody deleted the task set of blue');
  expect(done.world.ecs.taskSets()).toEqual([]);
});

test('blue is deleted, green dies, and a person deletes green, too: the deployment ends within ten minutes', async () => {
  const done = await run({
    inject: ['foreign-delete:blue@shift:2', 'colour-dies:green@shift:2', 'foreign-delete:green@+15m'],
  });

  expectSafe(done);
  expect(done.report).toMatchObject({ outcome: 'rolledBack' });
  expect(done.report.record?.reason).toContain(
    '; nothing serves: somebody deleted the task sets of both colours',
  );
  expect(done.report.virtualSeconds).toBeLessThan(25 * 60);
});

test('blue is deleted and green, which serves, dies: it is waited for, and finishes', async () => {
  const done = await run({ inject: ['foreign-delete:blue@shift:2', 'colour-dies:green@shift:2'] });

  expectSafe(done);
  expect(done.report.outcome).toBe('succeeded');
});
