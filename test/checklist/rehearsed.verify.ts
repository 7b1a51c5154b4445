import { describe, expect, test } from 'vitest';
import type { SimEvent } from '../../sim/kernel/trace.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { expectConverged, type Run, run, secondsAt, worldOf } from '../rehearsal/a-rehearsal.ts';
import { behindNetworkBalancer } from '../rehearsal/worlds/behind-network-balancer.ts';
import { changed } from '../rehearsal/worlds/changed.ts';
import { onInstances } from '../rehearsal/worlds/on-instances.ts';

/** docs/field-checklist.md, the rows that the simulated world and the workflow have to show: each in a rehearsal. */

const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup';
const BLUE = `${GROUP}/shop-blue/2f6a1c8d90b7e345`;
const GREEN = `${GROUP}/shop-green/73d4e5f60a1b2c98`;
/** One shift to all, so that each side's story is short. */
const allAtOnce = { shifts: undefined, strategy: 'AllAtOnce', keepBlue: '5m' };

const targetEvents = ({ events }: Run, group: string, state: string) =>
  events.filter(
    ({ event: { kind, data } }) =>
      kind === 'target' && data?.targetGroupArn === group && data.state === state,
  );
const idOf = ({ data }: SimEvent): string => `${data?.id}:${data?.port}`;
const at = (found: Run['events'][number] | undefined): number => {
  if (found === undefined) throw new Error('the run has no such event');
  return found.status.sinceStartMs / 1_000;
};
const withAttribute = (world: WorldSeed, key: string, value: string): WorldSeed =>
  changed(world, ({ targetGroupAttributes }) => {
    for (const attribute of targetGroupAttributes.flatMap(({ Attributes }) => Attributes)) {
      if (attribute.Key === key) attribute.Value = value;
    }
  });

test('checklist row 1: ECS registers a task where the balancer forwards, and takes it out again', async () => {
  const done = await run({ request: allAtOnce });

  const members = (arn: string) => done.world.elbv2.dataPlane.targets(arn).map(({ app }) => app.taskArn);
  expect(new Set(members(GREEN)).size).toBe(4);
  expect(members(BLUE)).toEqual([]);
  expect(
    Object.keys(done.report.apiCalls.byOperation).filter((call) => /registerTargets/i.test(call)),
  ).toEqual([]);
});

test('checklist row 2: a target that fails its checks gets no request, and ECS replaces its task', async () => {
  const done = await run({ version: 'never-healthy:500' });

  const failed = targetEvents(done, GREEN, 'unhealthy').map(({ event }) => idOf(event));
  const replaced = targetEvents(done, GREEN, 'draining').map(({ event }) => idOf(event));
  expect(failed.length).toBeGreaterThan(4);
  expect(failed).toEqual(expect.arrayContaining(replaced.slice(0, 4)));
  expect(done.report.requests.green.requests).toBe(0);
  expectConverged(done);
});

test('checklist row 3: registered, healthy, then traffic; stopped: deregistered, drained, then gone', async () => {
  const done = await run({ request: allAtOnce });

  const registered = at(targetEvents(done, GREEN, 'initial')[0]);
  const healthy = at(targetEvents(done, GREEN, 'healthy').at(-1));
  const traffic = at(done.events.find(({ status }) => status.green.requests > 0));
  const weightGone = done.report.weights.at(-1)?.at ?? Number.POSITIVE_INFINITY;
  const draining = at(targetEvents(done, BLUE, 'draining')[0]);
  const stopped = secondsAt(done, /^task .* is STOPPED \(shop:41\)/);
  expect([registered, healthy, traffic]).toEqual([registered, healthy, traffic].sort((a, b) => a - b));
  expect([weightGone, draining, stopped]).toEqual([weightGone, draining, stopped].sort((a, b) => a - b));
  // The example's deregistration delay.
  expect(stopped - draining).toBeGreaterThanOrEqual(30);
});

test('checklist row 4: bridge tasks are ports of instances, awsvpc tasks have their own address', async () => {
  const [bridge, awsvpc] = [
    await run({ request: allAtOnce, world: onInstances(worldOf('shop')) }),
    await run({ request: allAtOnce }),
  ];

  const targets = (done: Run) => targetEvents(done, GREEN, 'healthy').map(({ event }) => idOf(event));
  expect(new Set(targets(bridge)).size).toBe(4);
  for (const target of targets(bridge)) expect(target).toMatch(/^i-[0-9a-f]+:\d{5}$/);
  for (const target of targets(awsvpc)) expect(target).toMatch(/^10\.[\d.]+:8080$/);
});

test('checklist row 5: the balancer is content with an open port, the container check is not: no traffic', async () => {
  const world = behindNetworkBalancer(worldOf('shop'));

  const done = await run({ world, request: { ...allAtOnce, alarms: [] }, version: 'never-healthy' });

  expectConverged(done);
  expect(targetEvents(done, GREEN, 'healthy').length).toBeGreaterThanOrEqual(4);
  expect(done.report).toMatchObject({ outcome: 'rolledBack', requests: { green: { requests: 0 } } });
  expect(done.report.reason).toContain('Task failed container health checks');
});

test('checklist row 7: interval times threshold decides how soon a sick target is known', async () => {
  const checking = (intervalSeconds: number, threshold: number) =>
    changed(worldOf('shop'), ({ targetGroups }) => {
      for (const group of targetGroups) {
        group.HealthCheckIntervalSeconds = intervalSeconds;
        group.UnhealthyThresholdCount = threshold;
      }
    });
  const knownAfter = async (world: WorldSeed): Promise<number> => {
    const done = await run({ world, version: 'never-healthy' });
    return at(targetEvents(done, GREEN, 'unhealthy')[0]) - secondsAt(done, /^task .* is RUNNING \(shop:42\)/);
  };

  const [soon, late] = [await knownAfter(checking(10, 3)), await knownAfter(checking(30, 5))];

  expect(soon).toBeGreaterThan(20);
  expect(soon).toBeLessThan(40);
  expect(late).toBeGreaterThan(120);
  expect(late).toBeLessThan(160);
});

test('checklist row 8: a Network Load Balancer works the same way, with time for its data plane', async () => {
  const world = behindNetworkBalancer(worldOf('shop'));

  const done = await run({ world, request: { ...allAtOnce, alarms: [] } });

  expectConverged(done);
  expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
  expect(secondsAt(done, /scaled from 100 % to 0 %/) - (done.report.weights[0]?.at ?? 0)).toBeGreaterThan(
    600,
  );
});

test('checklist row 12: path and host rules of the service shift together with the default action', async () => {
  const world = changed(worldOf('shop'), ({ rules }) => {
    const rule = rules.find(({ Rule }) => !Rule.IsDefault);
    if (rule === undefined) throw new Error('the shop has a rule');
    rules.push({
      ListenerArn: rule.ListenerArn,
      Rule: {
        ...structuredClone(rule.Rule),
        RuleArn: `${rule.Rule.RuleArn?.slice(0, -4)}aaaa`,
        Priority: '20',
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['api.example.com'] } }],
      },
    });
  });

  const done = await run({ world, request: allAtOnce });

  expectConverged(done);
  expect(done.report.weights.map(({ route, green }) => `${route}: ${green}`).sort()).toEqual([
    'HTTPS:443 default: 100',
    'HTTPS:443 host api.example.com: 100',
    'HTTPS:443 path /api/*: 100',
  ]);
});

describe('checklist row 15: sticky sessions', () => {
  test('skew the shares: green has less than its weight, and stickiness survives', async () => {
    const sticky = await run({ example: 'sticky' });
    const soon = sticky.events.findLast(
      ({ event }) => event.kind === 'weights' || event.kind === 'dataPlane',
    );

    const first = sticky.report.decisions.find(({ kind }) => kind === 'advance');
    const atAdvance = sticky.events.find(
      ({ event }) => event.kind === 'decision' && event.what === 'advance',
    );
    const { blue, green } = atAdvance?.status ??
      soon?.status ?? { blue: { requests: 0 }, green: { requests: 0 } };
    expect(first?.reason).toContain('10 % baked healthy');
    expect(green.requests / (blue.requests + green.requests)).toBeLessThan(0.09);
    expect(sticky.world.elbv2.routes()[0]?.stickiness).toEqual(sticky.before.routes[0]?.stickiness);
  });

  test('do not keep users on a version that was rolled back', async () => {
    const done = await run({ example: 'sticky', inject: ['alarm@shift:3'] });

    expectConverged(done);
    const back = done.report.weights.at(-1)?.at ?? Number.POSITIVE_INFINITY;
    const later = done.events.find(({ status }) => status.sinceStartMs / 1_000 > back + 12);
    expect(later?.status.green.requests).toBeGreaterThan(1_000);
    expect(done.report.requests.green.requests).toBe(later?.status.green.requests);
  });
});

test('checklist row 17: blue goes when its deregistration delay is over, not before and not much later', async () => {
  const delay = 'deregistration_delay.timeout_seconds';
  const drains = async (seconds: string): Promise<number> => {
    const world = withAttribute(worldOf('shop'), delay, seconds);
    const done = await run({ world, request: allAtOnce });
    expectConverged(done);
    expect(done.report.requests.failed).toBe(0);
    return secondsAt(done, /is gone \(shop:41\)/) - at(targetEvents(done, BLUE, 'draining')[0]);
  };

  const [short, long] = [await drains('30'), await drains('300')];

  expect(short).toBeGreaterThan(30);
  expect(short).toBeLessThan(120);
  expect(long).toBeGreaterThan(300);
  expect(long).toBeLessThan(420);
});

test('checklist row 20: scaling during a deployment reaches both colours, and it continues', async () => {
  const done = await run({ inject: ['scale:6@shift:3'] });

  expectConverged(done);
  const healthiest = (colour: 'blue' | 'green') =>
    Math.max(...done.events.map(({ status }) => status[colour].healthy));
  expect([healthiest('blue'), healthiest('green')]).toEqual([6, 6]);
  expect(done.report).toMatchObject({ outcome: 'succeeded', requests: { failed: 0 } });
});

test('checklist row 21: HTTP/2 groups are deployed to, and one of each kind is refused', async () => {
  const speaking = (only: (name: string) => boolean) =>
    changed(worldOf('shop'), ({ targetGroups }) => {
      for (const group of targetGroups) {
        if (only(group.TargetGroupName ?? '')) group.ProtocolVersion = 'HTTP2';
      }
    });

  const both = await run({ world: speaking(() => true), request: allAtOnce });
  const mixed = await run({ world: speaking((name) => name === 'shop-green'), request: allAtOnce });

  expectConverged(both);
  expect(both.report.outcome).toBe('succeeded');
  expect(mixed.report.outcome).toBe('refused');
  expect(mixed.report.reason).toContain('protocol version HTTP1 (blue) and HTTP2 (green)');
});

test('checklist row 22: new tasks are healthy before old ones drain, and no request is lost', async () => {
  const done = await run();

  const firstRequest = done.events.find(({ status }) => status.green.requests > 0);
  expect(firstRequest?.status.green.healthy).toBe(4);
  const draining = targetEvents(done, BLUE, 'draining')[0];
  expect(draining?.status.greenPctByRoute).toEqual({
    'HTTPS:443 default': 100,
    'HTTPS:443 path /api/*': 100,
  });
  expect(draining?.status.green.healthy).toBe(4);
  expect(done.report.requests.failed).toBe(0);
});

test('checklist row 23: the switch is in the listener, between two groups, and alarms decide', async () => {
  const good = await run({ version: 'healthy' });
  const bad = await run({ version: 'errors:20%' });

  const groups = (done: Run) =>
    done.world.elbv2.routes().map((route) => route.groups.map(({ weight }) => weight));
  expect(groups(good)).toEqual([
    [0, 100],
    [0, 100],
  ]);
  expect(groups(bad)).toEqual([
    [100, 0],
    [100, 0],
  ]);
  expect(bad.report.reason).toContain('alarm shop-users-suffer is in ALARM');
  expect(good.report.weights.every(({ by }) => by === 'cutover')).toBe(true);
});

test('checklist row 24: before it only the old version answers, after it only the new one', async () => {
  const done = await run({ request: allAtOnce });

  const ready = done.events.find(({ event }) => /^green is ready/.test(event.what));
  const shiftedAt = done.report.weights.at(-1)?.at ?? Number.POSITIVE_INFINITY;
  // The data plane follows within 10 s.
  const followed = done.events.find(({ status }) => status.sinceStartMs / 1_000 > shiftedAt + 10);
  expect(ready?.status.blue.requests).toBeGreaterThan(1_000);
  expect(ready?.status.green.requests).toBe(0);
  expect(done.report.requests.blue.requests).toBe(followed?.status.blue.requests);
  expect(done.report.requests.green.requests).toBeGreaterThan(10_000);
});
