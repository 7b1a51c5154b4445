import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseRequest } from '../../core/request/request.ts';
import { makeInjection } from '../../local/injection.ts';
import { parseBehaviour } from '../../rehearsal/behaviour.ts';
import { parseFaults } from '../../rehearsal/injected-faults.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { installOrchestrator } from '../../sim/orchestrator.ts';
import { makeWorld } from '../../sim/world.ts';

const PATH = fileURLToPath(new URL('../../examples/shop/world', import.meta.url));

const requestWith = (more: object) => {
  const parsed = parseRequest({
    cluster: 'production',
    service: 'shop',
    taskDefinition: 'shop:42',
    strategy: 'AllAtOnce',
    ...more,
  });
  if (!parsed.ok) throw new Error('the request cannot be parsed');
  return parsed.request;
};

/** A world in which deployments may begin; `begin` returns what their end is. */
const aWorld = (...texts: string[]) => {
  const [loaded, healthy] = [loadWorld(PATH), parseBehaviour('healthy')];
  if (!loaded.ok || !healthy.ok) throw new Error('the sample shop cannot be read');
  const world = makeWorld(loaded.seed, 1, () => healthy.behaviour);
  const { kernel } = world;
  const inflict = makeInjection(world, installOrchestrator(world), parseFaults(texts));
  const said: string[] = [];
  kernel.onEvent(({ kind, what, why }) => {
    if (kind === 'fault' || kind === 'alarm') said.push(`${what}: ${why}`);
  });
  const begin = (more: object = {}) =>
    inflict({
      serviceArn: world.ecs.services()[0]?.arn ?? '',
      deploymentId: 'd',
      request: requestWith(more),
      routes: [],
      taskSets: world.ecs.taskSets(),
      colours: () => ({ blue: undefined, green: undefined }),
    });
  const runFor = (ms: number): Promise<void> =>
    kernel.scheduler.run(() => false, kernel.scheduler.nowMs() + ms);
  return { begin, said, runFor };
};

test('faults that this deployment does not have the place for are named, and the world runs on', async () => {
  const { begin, said, runFor } = aWorld('alarm@+1m', 'pause@shift:3');
  const end = begin();
  await runFor(5 * 60_000);
  end();

  expect(said).toEqual([
    'the fault alarm@+1m cannot come in this deployment: fault "alarm@+1m": expected an alarm in the request or a ' +
      'name, as in alarm:NAME; found none',
    'the fault pause@shift:3 cannot come in this deployment: fault "pause@shift:3": expected a shift from 1 to 1, ' +
      'found 3',
  ]);
});

test('what has not come at the end of the deployment never does, and is named', async () => {
  const { begin, said, runFor } = aWorld('alarm@+1m', 'pause@+10m');
  const alarms = { alarms: ['shop-users-suffer'] };
  const end = begin(alarms);
  await runFor(2 * 60_000);
  end();
  const endSecond = begin(alarms);
  await runFor(20 * 60_000);
  endSecond();

  expect(said.slice(0, 2)).toEqual([
    'alarm shop-users-suffer is made to go to ALARM: injected: alarm@+1m',
    'alarm shop-users-suffer is ALARM (was OK): a fault that was injected',
  ]);
  expect(said.filter((each) => each.includes('pause'))).toEqual([
    'the fault pause@+10m never came: the deployment did not get there',
  ]);
});
