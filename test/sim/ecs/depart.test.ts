import { expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { makeWorld } from '../../../sim/world.ts';
import { groupArn, quickHealthy, type SmallService, serviceArn } from '../../../verify/stage/small-names.ts';
import { smallWorld } from '../../../verify/stage/small-world.ts';

const web: SmallService = { name: 'web', routes: ['default'], sticky: false, first: false };

const world = () => {
  const made = makeWorld(smallWorld([web]), 1, () => quickHealthy);
  const { kernel, ecs, elbv2, traffic } = made;
  const [set] = ecs.taskSetsOf(serviceArn('web'));
  return {
    ecs,
    set: set?.id ?? '',
    run: (ms: number) => kernel.scheduler.run(() => false, kernel.scheduler.nowMs() + ms),
    healthy: () => elbv2.registry.counts(groupArn('web', 'a')).healthy,
    failed: () => traffic.totals().failedBecause,
  };
};

test('tasks that answer errors pass their checks, and answer again when it is over', async () => {
  const { ecs, set, run, healthy, failed } = world();

  expect(ecs.depart(set, { behaviour: { errorShare: () => 1 } }, MINUTE_MS)).toBe(true);
  await run(2 * MINUTE_MS);

  expect(healthy()).toBe(2);
  expect(failed()).toEqual({ versionError: 600 });
});

test('tasks that fail their checks and are kept serve all the while, and are healthy again afterwards', async () => {
  const { ecs, set, run, healthy, failed } = world();

  ecs.depart(set, { behaviour: { answersHealthCheck: () => false }, kept: true }, 2 * MINUTE_MS);
  await run(MINUTE_MS);
  expect(healthy()).toBe(0);
  await run(2 * MINUTE_MS);

  expect(healthy()).toBe(2);
  expect(failed()).toEqual({});
});

test('those that are not kept are replaced, and the new ones fail, too, as long as it lasts', async () => {
  const { ecs, set, run, healthy } = world();
  const before = ecs.killTask(set);

  ecs.depart(set, { behaviour: { answersHealthCheck: () => false } }, 2 * MINUTE_MS);
  await run(MINUTE_MS);
  expect(before).toBeDefined();
  expect(healthy()).toBe(0);
  await run(2 * MINUTE_MS);

  expect(healthy()).toBe(2);
});

test('slow answers time their checks out', async () => {
  const { ecs, set, run, healthy } = world();

  ecs.depart(set, { behaviour: { responseMs: () => 10 * SECOND_MS }, kept: true }, 2 * MINUTE_MS);
  await run(MINUTE_MS);

  expect(healthy()).toBe(0);
});

test('a set of which nothing runs cannot be made to', () => {
  const { ecs } = world();

  expect(ecs.depart('ecs-svc/0', { behaviour: {} }, MINUTE_MS)).toBe(false);
});
