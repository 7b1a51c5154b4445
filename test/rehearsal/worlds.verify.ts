import { describe, expect, test } from 'vitest';
import { expectConverged, type Run, run, secondsAt, worldOf } from './a-rehearsal.ts';
import { behindNetworkBalancer } from './worlds/behind-network-balancer.ts';
import { changed } from './worlds/changed.ts';
import { onInstances } from './worlds/on-instances.ts';
import { withLogin } from './worlds/with-login.ts';

const targetsOfGreen = ({ events }: Run): string[] =>
  events.flatMap(({ event: { kind, data } }) =>
    kind === 'target' && data?.state === 'healthy' ? [`${data.id}:${data.port}`] : [],
  );

describe('target types', () => {
  test('awsvpc tasks are targets by their own address and the container port', async () => {
    const targets = targetsOfGreen(await run());

    expect(targets).toHaveLength(4);
    for (const target of targets) expect(target).toMatch(/^10\.0\.\d+\.\d+:8080$/);
  });

  test.each([1, 2, 3])(
    'bridge tasks are targets by their instance and a port of their own (seed %i)',
    async (seed) => {
      const done = await run({ world: onInstances(worldOf('shop')), seed });

      expectConverged(done);
      expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
      const targets = targetsOfGreen(done);
      expect(new Set(targets).size).toBe(4);
      for (const target of targets) expect(target).toMatch(/^i-[0-9a-f]{17}:(3[2-9]|[45]\d|6[0-5])\d{3}$/);
    },
  );

  test('bridge tasks in a group of addresses are refused before anything is launched', async () => {
    const mixed = changed(onInstances(worldOf('shop')), ({ targetGroups }) => {
      for (const group of targetGroups) group.TargetType = 'ip';
    });

    const { report } = await run({ world: mixed });

    expect(report.outcome).toBe('refused');
    expect(report.reason).toContain('target-type-mismatch');
    expect(report.apiCalls.byOperation['ecs:CreateTaskSet']).toBeUndefined();
  });
});

describe('what we do not own stays as it was', () => {
  test('a login before the forward rides along through every write, in a success and in a rollback', async () => {
    const world = withLogin(worldOf('shop'));

    const runs = [await run({ world }), await run({ world, inject: ['alarm@shift:3'] })];

    for (const done of runs) {
      expectConverged(done);
      const fingerprints = done.before.routes.map(({ fingerprint }) => fingerprint);
      expect(done.world.elbv2.routes().map(({ fingerprint }) => fingerprint)).toEqual(fingerprints);
      expect(fingerprints.join()).toContain('authenticate-oidc');
    }
    expect(runs.map(({ report }) => report.outcome)).toEqual(['succeeded', 'rolledBack']);
  });

  test('a route keeps its stickiness, and the losing group leaves it so that its cookies mean nothing', async () => {
    const succeeded = await run({ example: 'sticky' });
    const rolledBack = await run({ example: 'sticky', inject: ['alarm@shift:2'] });

    const routes = ({ world }: Run) =>
      world.elbv2.routes().map(({ groups, stickiness }) => ({ groups: groups.length, stickiness }));
    const stickiness = succeeded.before.routes[0]?.stickiness;
    expect(stickiness?.enabled).toBe(true);
    expect(routes(succeeded)).toEqual([{ groups: 1, stickiness }]);
    expect(routes(rolledBack)).toEqual([{ groups: 1, stickiness }]);
    expect([succeeded, rolledBack].map(({ report }) => report.requests.failed)).toEqual([0, 0]);
  });

  test('every route of the service moves, and a route of somebody else on the same listener does not', async () => {
    const other = {
      TargetGroupArn:
        'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/other/00112233445566aa',
      Weight: 1,
    };
    const shared = changed(worldOf('shop'), (copy) => {
      const [group] = copy.targetGroups;
      const [attributes] = copy.targetGroupAttributes;
      const rule = copy.rules.find(({ Rule }) => !Rule.IsDefault);
      if (group === undefined || attributes === undefined || rule === undefined) throw new Error('no shop');
      copy.targetGroups.push({ ...group, TargetGroupName: 'other', TargetGroupArn: other.TargetGroupArn });
      copy.targetGroupAttributes.push({ ...attributes, TargetGroupArn: other.TargetGroupArn });
      copy.rules.push({
        ListenerArn: rule.ListenerArn,
        Rule: {
          ...rule.Rule,
          RuleArn: `${rule.Rule.RuleArn?.slice(0, -4)}ffff`,
          Priority: '20',
          Actions: [{ Type: 'forward', Order: 1, ForwardConfig: { TargetGroups: [other] } }],
        },
      });
    });

    const done = await run({ world: shared });

    expect(done.report).toMatchObject({ outcome: 'succeeded', leftovers: [], invariantViolations: [] });
    const written = new Set(done.report.weights.map(({ route }) => route));
    expect([...written].sort()).toEqual(['HTTPS:443 default', 'HTTPS:443 path /api/*']);
    const greens = done.world.elbv2.routes().map(({ groups }) => groups.at(-1)?.targetGroupArn);
    expect(greens.filter((arn) => arn === other.TargetGroupArn)).toHaveLength(1);
  });
});

describe('behind a Network Load Balancer', () => {
  const quick = { alarms: [], shifts: undefined, strategy: 'AllAtOnce', keepBlue: '1m' };
  const network = behindNetworkBalancer(worldOf('shop'));

  test('blue stays ten minutes after the last shift, because its data plane follows late', async () => {
    const done = await run({ world: network, request: quick });

    expectConverged(done);
    expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
    const shifted = done.report.weights.at(-1)?.at ?? 0;
    expect(secondsAt(done, /is scaled from 100 % to 0 % \(shop:41\)/) - shifted).toBeGreaterThan(600);
  });

  test('green stays ten minutes after the weights are back', async () => {
    const done = await run({
      world: network,
      request: { ...quick, keepBlue: '1h' },
      version: 'crash-loop:1@3m',
    });

    expectConverged(done);
    expect(done.report.outcome).toBe('rolledBack');
    const back = done.report.weights.findLast(({ green }) => green === 0)?.at ?? Number.POSITIVE_INFINITY;
    expect(secondsAt(done, /is scaled from 100 % to 0 % \(shop:42\)/) - back).toBeGreaterThan(600);
  });

  test('an application load balancer needs one minute', async () => {
    const done = await run({ request: quick });

    const shifted = done.report.weights.at(-1)?.at ?? 0;
    const scaled = secondsAt(done, /is scaled from 100 % to 0 % \(shop:41\)/) - shifted;
    expect(scaled).toBeGreaterThan(60);
    expect(scaled).toBeLessThan(600);
  });
});

test('a desired count of 0 is refused, and nothing is touched', async () => {
  const idle = changed(worldOf('shop'), ({ services }) => {
    for (const service of services) {
      service.desiredCount = 0;
      for (const taskSet of service.taskSets ?? []) taskSet.computedDesiredCount = 0;
    }
  });

  const { report, world, before } = await run({ world: idle });

  expect(report.outcome).toBe('refused');
  expect(report.reason).toContain('desired count');
  expect(report.weights).toEqual([]);
  expect(world.ecs.taskSets().map(({ id }) => id)).toEqual(before.taskSets.map(({ id }) => id));
});

describe('what a long bake costs', () => {
  // Without the comparison, whose reads of CloudWatch do grow with a bake, seldom as they are in a long one.
  const bakes = (bake: string) => ({
    analysis: 'off',
    shifts: [5, 20, 50, 80, 100].map((greenPct) => ({ greenPct, bake })),
  });

  test('48 hours take the transitions, events and calls of 10 minutes', async () => {
    const [short, long] = [await run({ request: bakes('10m') }), await run({ request: bakes('48h') })];

    const cost = ({ report }: Run) => ({
      transitions: report.transitions,
      historyEvents: report.historyEvents,
      apiCalls: report.apiCalls.total,
    });
    expect(long.report.virtualSeconds).toBeGreaterThan(10 * 86_400);
    expect(cost(long)).toEqual(cost(short));
    expect(long.report.historyEvents).toBeLessThan(25_000);
  }, 400_000);
});
