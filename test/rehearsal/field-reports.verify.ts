import { describe, expect, test } from 'vitest';
import { exitCodeOfReport } from '../../cli/rehearsal/run-rehearsal.ts';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import type { World } from '../../sim/world.ts';
import { expectConverged, type Run, run, secondsAt, worldOf } from './a-rehearsal.ts';
import { changed } from './worlds/changed.ts';

/** What hurt people with other deployers, by the number of the report it answers; each must not happen here. */

const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup';
const BLUE = `${GROUP}/shop-blue/2f6a1c8d90b7e345`;
const GREEN = `${GROUP}/shop-green/73d4e5f60a1b2c98`;

const forwards = (world: WorldSeed) =>
  [
    ...world.listeners.flatMap(({ DefaultActions }) => DefaultActions ?? []),
    ...world.rules.flatMap(({ Rule }) => Rule.Actions ?? []),
  ].flatMap(({ ForwardConfig }) => (ForwardConfig === undefined ? [] : [ForwardConfig]));

const withWeights = (blue: number, green: number): WorldSeed =>
  changed(worldOf('shop'), (world) => {
    for (const config of forwards(world)) {
      config.TargetGroups = [
        { TargetGroupArn: BLUE, Weight: blue },
        { TargetGroupArn: GREEN, Weight: green },
      ];
    }
  });

/** Something somebody does at a time of the run. */
const later =
  (minutes: number, act: (world: World) => void) =>
  (world: World): void => {
    world.kernel.scheduler.after(minutes * MINUTE_MS, () => act(world));
  };

const untouched = ({ report, world, before }: Run): void => {
  expect(report.weights).toEqual([]);
  expect(world.ecs.taskSets().map(({ id }) => id)).toEqual(before.taskSets.map(({ id }) => id));
};

const weightsNow = ({ world }: Run): number[][] =>
  world.elbv2.routes().map(({ groups }) => groups.map(({ weight }) => weight));
const ALL_BLUE = [
  [100, 0],
  [100, 0],
];

describe('somebody else writes the listener', () => {
  test('weights that point at an empty group are seen before anything is moved', async () => {
    const done = await run({ world: withWeights(0, 100) });

    expect(done.report.outcome).toBe('refused');
    expect(done.report.reason).toContain('weights-disagree-with-primary');
    untouched(done);
  });

  test.each([1, 2, 3, 4, 5])(
    'a stack update that resets the weights at shift %i costs users nothing',
    async (shift) => {
      const done = await run({ inject: [`foreign-weights@shift:${shift}`] });

      expectConverged(done);
      expect(done.report).toMatchObject({ outcome: 'rolledBack', requests: { failed: 0 } });
      expect(done.report.reason).toContain('somebody else changed the listener');
    },
  );

  test('a rule that somebody deletes ends the deployment with that reason instead of hanging', async () => {
    const done = await run({
      onWorld: later(15, ({ elbv2 }) => {
        const rule = elbv2.routes().find(({ kind }) => kind === 'rule');
        elbv2.deleteRule(rule?.arn ?? '', 'a colleague');
      }),
    });

    expect(done.report.outcome).toBe('rolledBack');
    expect(done.report.leftovers).toEqual([]);
    expect(done.report.virtualSeconds).toBeLessThan(45 * 60);
    expect(done.report.reason).toContain('HTTPS:443 path /api/*');
    expect(done.report.requests.failed).toBe(0);
  });
});

describe('traffic goes where something healthy answers', () => {
  test('a green that falls ill in the keep-blue window is not reported as a success', async () => {
    const done = await run({ version: 'memory-leak:50m' });

    expectConverged(done);
    expect(done.report.outcome).toBe('rolledBack');
    expect(done.report.weights.some(({ green }) => green === 100)).toBe(true);
  });

  test('throttled reads do not count as an observation: blue stays, and it rolls back', async () => {
    const done = await run({ inject: ['throttle:elbv2:DescribeTargetHealth:3h@shift:5'] });

    expectConverged(done);
    expect(done.report).toMatchObject({ outcome: 'rolledBack', requests: { failed: 0 } });
    expect(done.report.path).not.toContain('RetireBlue');
    expect(Math.min(...done.events.map(({ status }) => status.blue.healthy))).toBe(4);
  });

  test('blue goes at least a minute after the last weights, when the data plane has followed', async () => {
    const request = {
      shifts: [
        { greenPct: 50, bake: '1s' },
        { greenPct: 100, bake: '1s' },
      ],
    };

    const done = await run({ request });

    expectConverged(done);
    expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
    const shifted = done.report.weights.at(-1)?.at ?? Number.POSITIVE_INFINITY;
    expect(secondsAt(done, /scaled from 100 % to 0 % \(shop:41\)/) - shifted).toBeGreaterThan(60);
  });

  test('green goes only after its traffic has gone', async () => {
    const done = await run({ inject: ['alarm@shift:3'] });

    expectConverged(done);
    const back = done.report.weights.at(-1);
    expect(back?.green).toBe(0);
    expect(secondsAt(done, /scaled from 100 % to 0 % \(shop:42\)/) - (back?.at ?? 0)).toBeGreaterThan(60);
    expect(done.report.requests.failed).toBe(0);
  });

  test.each([1, 2, 3, 4, 5])('a rollback from shift %i leaves no weights half-way', async (shift) => {
    const done = await run({ inject: [`alarm@shift:${shift}`] });

    expectConverged(done);
    expect(done.report.outcome).toBe('rolledBack');
    expect(weightsNow(done)).toEqual(ALL_BLUE);
  });

  test("green's group is in the listener at weight 0 before its tasks come, so that its checks run", async () => {
    const blueOnly = changed(worldOf('shop'), (world) => {
      for (const config of forwards(world)) config.TargetGroups = [{ TargetGroupArn: BLUE, Weight: 1 }];
    });

    const done = await run({ world: blueOnly, request: { greenTargetGroup: GREEN } });

    expectConverged(done);
    expect(done.report.outcome).toBe('succeeded');
    expect(done.report.weights.slice(0, 2)).toMatchObject([
      { blue: 100, green: 0 },
      { blue: 100, green: 0 },
    ]);
    expect(secondsAt(done, /^task set .* is created/)).toBeGreaterThan(done.report.weights[1]?.at ?? 0);
    expect(done.events.some(({ event }) => event.kind === 'target' && event.data?.state === 'unused')).toBe(
      false,
    );
  });
});

describe('rolling back', () => {
  test('rollback never moves users to a sick blue while green is healthier; it waits for blue', async () => {
    const done = await run({
      inject: ['alarm@+13m'],
      onWorld: later(12.9, ({ ecs }) => {
        for (let killed = 0; killed < 3; killed += 1) ecs.killTask('blue');
      }),
    });

    expectConverged(done);
    expect(done.report.outcome).toBe('rolledBack');
    const held = done.events.find(({ event }) => /^roll back, held/.test(event.what));
    expect(held?.event.what).toMatch(/blue has 1 of 4 tasks healthy, green has 4 of 4 tasks healthy/);
    const restored = done.events.find(
      ({ event, status }) =>
        event.kind === 'weights' &&
        status.sinceStartMs > (held?.status.sinceStartMs ?? Number.POSITIVE_INFINITY),
    );
    expect(restored?.status.blue.healthy).toBeGreaterThanOrEqual(3);
  });

  test('going back is one write per route to tasks that all run already', async () => {
    const done = await run({ inject: ['alarm@shift:5'] });

    const back = done.events.filter(({ event }) => event.kind === 'weights').slice(-2);
    const [first, last] = back.map(({ status }) => status.sinceStartMs);
    expect(back.map(({ status }) => status.blue.healthy)).toEqual([4, 4]);
    expect((last ?? 0) - (first ?? 0)).toBeLessThan(SECOND_MS);
  });

  test('a deployment that is given up leaves no task, no task set and no lease behind', async () => {
    const versions = ['no-image', 'crash-loop', 'never-healthy', 'errors:100%'];

    const runs = await Promise.all(versions.map((version) => run({ version })));

    for (const done of runs) {
      expectConverged(done);
      expect(done.report).toMatchObject({ outcome: 'rolledBack', leftovers: [] });
      expect(done.world.elbv2.registry.counts(GREEN)).toMatchObject({ registered: 0 });
    }
  });
});

describe('judging the new version', () => {
  test('an alarm that is red already refuses by default, and the fix can still be deployed', async () => {
    const red = ['alarm@state:AcquireLease'];
    const alarms = (redAtStart: unknown) => ({ alarms: { names: ['shop-users-suffer'], redAtStart } });

    const refused = await run({ inject: red });
    const cure = await run({ inject: red, request: alarms('ignoreUntilOk') });
    const override = await run({ inject: red, request: alarms({ override: 'this is the fix' }) });

    expect(refused.report.outcome).toBe('refused');
    expect(refused.report.reason).toContain('alarm-red-at-start');
    untouched(refused);
    for (const done of [cure, override]) {
      expectConverged(done);
      expect(done.report.outcome).toBe('succeeded');
    }
  });

  test('alarms that cannot be read do not fail open', async () => {
    const done = await run({ inject: ['throttle:cloudwatch:20m@shift:1'], version: 'errors:100%' });

    expectConverged(done);
    expect(done.report.outcome).toBe('rolledBack');
    expect(done.report.weights.map(({ green }) => green)).not.toContain(20);
  });

  test('no traffic is not a failure', async () => {
    const quiet = changed(worldOf('shop'), ({ traffic }) => {
      traffic.requestsPerSecond = 0;
    });

    const done = await run({ world: quiet });

    expectConverged(done);
    expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { total: 0 } });
  });

  test.each(['crash-loop', 'no-image', 'never-healthy'])(
    '%s is given up in minutes, not hours',
    async (version) => {
      const { report } = await run({ version });

      expect(report.outcome).toBe('rolledBack');
      expect(report.virtualSeconds).toBeLessThan(10 * 60);
      expect(report.requests.green.requests).toBe(0);
    },
  );
});

describe('limits, leaks, capacity', () => {
  test('a leftover task set refuses the deployment and says what to delete', async () => {
    const crowded = changed(worldOf('shop'), ({ services }) => {
      const [service] = services;
      const [primary] = service?.taskSets ?? [];
      if (service === undefined || primary === undefined) throw new Error('the shop has a task set');
      service.taskSets?.push({
        ...primary,
        id: 'ecs-svc/1111111111111111111',
        taskSetArn: primary.taskSetArn?.replace(/\d+$/, '1111111111111111111') ?? '',
        status: 'ACTIVE',
        externalId: 'a-deployment-that-died',
        computedDesiredCount: 0,
        scale: { value: 0, unit: 'PERCENT' },
        // Of a group that no route names any more: nobody reaches it.
        loadBalancers: [],
      });
    });

    const done = await run({ world: crowded });

    expect(done.report.outcome).toBe('refused');
    expect(done.report.reason).toMatch(/leftover-task-set.*made by a-deployment-that-died/);
    expect(done.report.reason).toContain('--task-set ecs-svc/1111111111111111111');
    untouched(done);
  });

  test('auto scaling during a deployment is kept after it', async () => {
    const done = await run({ inject: ['scale:7@shift:2'] });

    expectConverged(done);
    expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
    expect(done.world.ecs.taskSets()).toMatchObject([{ computedDesiredCount: 7, runningCount: 7 }]);
  });
});

describe('what CI reads', () => {
  test('a deployment that rolled back is never a success', async () => {
    const [good, bad] = [await run(), await run({ version: 'errors:20%' })];

    expect(good.report.path.at(-1)).toBe('Succeeded');
    expect(bad.report.path.at(-1)).toBe('RolledBack');
    expect([exitCodeOfReport(good.report), exitCodeOfReport(bad.report)]).toEqual([0, 2]);
  });

  test('a deployment that waits gives the reason what stood in the way', async () => {
    const { report } = await run({ version: 'slow-start:20m' });

    expect(report.reason).toMatch(/green.*: .*(unhealthy|not registered|stopped)/);
  });
});

describe('traps', () => {
  test('trap 3: a route beyond the first page is found and moved', async () => {
    const crowded = changed(worldOf('shop'), ({ rules }) => {
      const rule = rules.find(({ Rule }) => !Rule.IsDefault);
      if (rule === undefined) throw new Error('the shop has a rule');
      const others = Array.from({ length: 12 }, (_, index) => ({
        ListenerArn: rule.ListenerArn,
        Rule: {
          ...rule.Rule,
          RuleArn: `${rule.Rule.RuleArn?.slice(0, -4)}${String(index).padStart(4, '0')}`,
          Priority: String(index + 1),
          Actions: [
            { Type: 'fixed-response' as const, Order: 1, FixedResponseConfig: { StatusCode: '404' } },
          ],
        },
      }));
      rules.unshift(...others);
    });

    const done = await run({ world: crowded });

    expectConverged(done);
    expect(new Set(done.report.weights.map(({ route }) => route)).size).toBe(2);
  });

  test('trap 4: a shift that is done twice is one shift', async () => {
    const done = await run({ inject: ['twice:elbv2:ModifyListener', 'lost:elbv2:ModifyRule'] });

    expectConverged(done);
    const course = done.report.weights.filter(({ route }) => route === 'HTTPS:443 default');
    expect(course.map(({ green }) => green)).toEqual([5, 5, 20, 50, 80, 100]);
  });

  test("trap 8: green's errors at 5 % are seen by its own group's alarm, not diluted by blue", async () => {
    // Compared, it is found worse before the alarm is red.
    const { report } = await run({ version: 'errors:100%', request: { analysis: 'off' } });

    expect(report.outcome).toBe('rolledBack');
    expect(Math.max(...report.weights.map(({ green }) => green))).toBe(5);
    expect(report.reason).toContain('shop-5xx-green');
  });
});
