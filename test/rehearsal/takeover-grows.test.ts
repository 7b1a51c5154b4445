import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import { installOrchestrator } from '../../sim/orchestrator.ts';
import { makeWorld } from '../../sim/world.ts';
import {
  groupArn,
  oldName,
  quickHealthy,
  type SmallService,
  serviceArn,
} from '../../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../../verify/stage/small-world.ts';

const service: SmallService = {
  name: 'web',
  routes: ['default'],
  sticky: false,
  first: false,
  takesOver: true,
  tasks: 4,
};

/** The service whose users are taken over scales out in the middle; `follow`: somebody gives the new one as many tasks. */
const playedWith = async (tasks: number, follow: boolean) => {
  const world = makeWorld(smallWorld([service]), 1, () => quickHealthy);
  const { stepFunctions } = installOrchestrator(world);
  const { scheduler } = world.kernel;
  await scheduler.run(() => false, scheduler.nowMs() + 5 * MINUTE_MS);
  const shifts = [50, 100].map((greenPct) => ({ greenPct, bake: '5m' }));
  const { arn } = stepFunctions.startExecution({
    name: 'grows',
    input: { ...smallRequest(service), shifts, timeToHealthy: '10m' },
  });
  let most = 0;
  world.kernel.onEvent(({ kind }) => {
    if (kind !== 'weights') return;
    const [route] = world.elbv2.routes();
    const green = route?.groups.find(({ targetGroupArn }) => targetGroupArn === groupArn('web', 'b'));
    most = Math.max(most, green?.weight ?? 0);
  });
  scheduler.after(2 * MINUTE_MS, () => world.ecs.setDesiredCount(serviceArn(oldName('web')), tasks));
  if (follow) scheduler.after(8 * MINUTE_MS, () => world.ecs.setDesiredCount(serviceArn('web'), tasks));
  await scheduler.run(
    () => stepFunctions.execution(arn).status !== 'RUNNING',
    scheduler.nowMs() + 120 * MINUTE_MS,
  );
  const { status, cause } = stepFunctions.execution(arn);
  return { status, cause, most, failed: world.traffic.totals().failed };
};

test('a shift waits while green would carry too little of a service that has grown, and continues once it does', async () => {
  expect(await playedWith(12, true)).toMatchObject({ status: 'SUCCEEDED', most: 100, failed: 0 });
});

test('without more tasks it goes back, and nobody was given to a green that does not carry them', async () => {
  const { status, cause, most, failed } = await playedWith(12, false);

  expect({ status, most, failed }).toEqual({ status: 'FAILED', most: 50, failed: 0 });
  expect(cause).toContain(
    'web-old has grown to 12 tasks, and green needs 8 of them for 100 %: it has 4 healthy',
  );
});

test('a task more is no reason to wait', async () => {
  expect(await playedWith(5, false)).toMatchObject({ status: 'SUCCEEDED', most: 100 });
});
