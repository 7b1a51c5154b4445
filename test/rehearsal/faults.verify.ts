import { describe, expect, test } from 'vitest';
import type { World } from '../../sim/world.ts';
import { expectConverged, run, secondsAt } from './a-rehearsal.ts';

const seeds = [1, 2, 3];

describe.each(seeds)('with seed %i', (seed) => {
  test('a red alarm rolls back within a sweep, and the reason names it', async () => {
    const done = await run({ inject: ['alarm:shop-users-suffer@shift:2'], seed });

    expectConverged(done);
    const { report } = done;
    expect(report).toMatchObject({ outcome: 'rolledBack', requests: { failed: 0 } });
    expect(report.reason).toContain('alarm shop-users-suffer is in ALARM');
    const red = secondsAt(done, /shop-users-suffer is made to go to ALARM/);
    const back = report.weights.filter(({ green }) => green === 0).map(({ at }) => at);
    expect(back).toHaveLength(2);
    expect(Math.max(...back) - red).toBeLessThan(65);
  });

  test('a child of a composite alarm rolls back just the same', async () => {
    const { report } = await run({ inject: ['alarm:shop-5xx-green@shift:2'], seed });

    expect(report.outcome).toBe('rolledBack');
    expect(report.reason).toContain('shop-5xx-green');
  });

  test('one dead task is replaced and ends no deployment; requests it had are lost', async () => {
    const blue = await run({ inject: ['kill-task:blue@shift:1'], seed });
    // Without the shop's alarm over connection errors, which a dead target of green may turn red by itself.
    const green = await run({ inject: ['kill-task:green@+60m'], seed, request: { alarms: [] } });

    for (const done of [blue, green]) {
      expectConverged(done);
      expect(done.report.outcome).toBe('succeeded');
      expect(Object.keys(done.report.requests.failedBecause)).toEqual(['deadTarget']);
    }
    expect(blue.report.requests.green.failed).toBe(0);
    expect(green.report.requests.blue.failed).toBe(0);
  });

  test('a scale-out during a deployment grows both colours, and no request goes to a task that is not ready', async () => {
    const done = await run({ inject: ['scale:8@shift:2'], seed });

    expectConverged(done);
    expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
    const healthiest = (colour: 'blue' | 'green') =>
      Math.max(...done.events.map(({ status }) => status[colour].healthy));
    expect({ blue: healthiest('blue'), green: healthiest('green') }).toEqual({ blue: 8, green: 8 });
    expect(done.world.ecs.taskSets()[0]?.computedDesiredCount).toBe(8);
  });

  test('a desired count of 0 in the middle sends nobody to an empty green for longer than it takes to observe', async () => {
    const done = await run({ inject: ['scale:0@shift:2'], seed });

    expectConverged(done);
    expect(done.report.outcome).toBe('rolledBack');
  });

  test('a foreign writer is found at the next observation, reported, and users stay on blue', async () => {
    const done = await run({ inject: ['foreign-weights@shift:3'], seed });

    expectConverged(done);
    expect(done.report).toMatchObject({ outcome: 'rolledBack', requests: { failed: 0 } });
    expect(done.report.reason).toContain('somebody else changed the listener');
    expect(done.report.weights.filter(({ by }) => by !== 'cutover').map(({ by }) => by)).toEqual([
      'terraform apply',
      'terraform apply',
    ]);
  });

  test('a minute of throttling costs time, not the deployment', async () => {
    const services = ['ecs', 'elbv2', 'cloudwatch', 'dynamodb'];
    const runs = await Promise.all(
      services.map((service) => run({ inject: [`throttle:${service}:60s@shift:2`], seed })),
    );

    for (const done of runs) {
      expectConverged(done);
      expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
    }
  });

  test('alarms that stay throttled are unknown, never healthy: it stands in line for half an hour, then rolls back', async () => {
    const done = await run({ inject: ['throttle:cloudwatch:2h@shift:2'], seed });

    expectConverged(done);
    expect(done.report.outcome).toBe('rolledBack');
    expect(done.report.reason).toMatch(/not known to be healthy for 30m: alarms could not be read/);
    expect(done.report.decisions.filter(({ kind }) => kind === 'advance')).toHaveLength(1);
  });
});

test.each(seeds)(
  'a load balancer that ECS does not see for 90 s delays a deployment and does not end it, seed %i',
  async (seed) => {
    const done = await run({ inject: ['unattached:90s@state:LaunchGreen'], seed });

    expectConverged(done);
    expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
  },
);

test('a group that no listener uses any more does not keep a deployment for ever', async () => {
  const done = await run({ inject: ['unattached:2h@state:LaunchGreen'] });

  expectConverged(done);
  expect(done.report.outcome).toBe('rolledBack');
  expect(done.report.reason).toContain('check that the listener still forwards to the group');
  expect(done.events.at(-1)?.status.sinceStartMs).toBeLessThan(20 * 60_000);
});

describe('a service that lists its task sets only while one is PRIMARY', () => {
  const onWorld = ({ ecs }: World): void => ecs.listOnlyWithPrimary();

  test('gets its first deployment', async () => {
    const done = await run({ example: 'first-deployment', onWorld });

    expectConverged(done);
    expect(done.report.outcome).toBe('succeeded');
  });

  test('loses a first deployment that is aborted, with its task set', async () => {
    const done = await run({ example: 'first-deployment', inject: ['abort@state:Bake'], onWorld });

    expectConverged(done);
    expect(done.report.outcome).toBe('rolledBack');
    expect(done.world.ecs.taskSets()).toEqual([]);
  });
});

describe('one call goes wrong', () => {
  const writes = [
    'ecs:CreateTaskSet',
    'elbv2:ModifyListener',
    'elbv2:ModifyRule',
    'ecs:UpdateServicePrimaryTaskSet',
    'ecs:UpdateTaskSet',
    'ecs:DeleteTaskSet',
  ];
  const ways = ['lost', 'unsent', 'server-error', 'twice'];

  test.each(writes.flatMap((call) => ways.map((way) => `${way}:${call}`)))(
    '%s: sent again, done once',
    async (fault) => {
      const done = await run({ inject: [fault] });

      expectConverged(done);
      expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
      expect(done.events.filter(({ event }) => event.data?.fault === fault)).toHaveLength(1);
      expect(done.events.filter(({ event }) => /^task set .* is created/.test(event.what))).toHaveLength(1);
    },
  );
});
