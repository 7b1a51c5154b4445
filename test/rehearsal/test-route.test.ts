import { describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { expectConverged, type Run, run, worldOf } from './a-rehearsal.ts';
import { changed } from './worlds/changed.ts';
import { TEST_LISTENER, TEST_RULE, withTestRoutes } from './worlds/with-test-route.ts';

/** Whole deployments that try green before its users. */

const world = withTestRoutes(worldOf('shop'));
/** The listener's other test route is users' to a deployment that does not name it, so there is one at a time. */
const only = (testRoute: string): WorldSeed =>
  changed(world, (copy) => {
    if (testRoute === TEST_RULE)
      copy.listeners = copy.listeners.filter(({ ListenerArn }) => ListenerArn !== TEST_LISTENER);
    else copy.rules = copy.rules.filter(({ Rule }) => Rule.RuleArn !== TEST_RULE);
  });

const trying = (route: string, options: Parameters<typeof run>[0] = {}): Promise<Run> =>
  run({
    world: only(route),
    ...options,
    request: {
      analysis: 'off',
      shifts: [
        { greenPct: 50, bake: '2m' },
        { greenPct: 100, bake: '2m' },
      ],
      test: { route, for: '10m', url: 'https://shop.example/' },
      ...options?.request,
    },
  });

const groupsOf = ({ world }: Run, arn: string) =>
  world.elbv2.routes().find((route) => route.arn === arn)?.groups;

const isTest = (label: string): boolean => label.includes('X-Shop-Test') || label.includes('8443');

/** Weights as Cutover wrote them, users' and testers' green shares, in order. */
const written = ({ report }: Run) =>
  report.weights
    .filter(({ by }) => by === 'cutover')
    .map(({ route, green }) => `${isTest(route) ? 'testers' : 'users'} ${green}`)
    .filter((one, index, all) => one !== all[index - 1]);

describe.each([
  ['a rule with a header', TEST_RULE],
  ['a listener of its own port', TEST_LISTENER],
])('%s', (_what, route) => {
  test('reaches green before any user, is closed before the first, and ends where the users are', async () => {
    const played = await trying(route);

    expect(played.report.outcome).toBe('succeeded');
    expect(played.report.requests.failed).toBe(0);
    expect(written(played)).toEqual(['testers 100', 'testers 0', 'users 50', 'users 100', 'testers 100']);
    const first = played.report.weights.filter(({ route: label }) => !isTest(label)).at(0)?.at ?? 0;
    const opened = played.report.weights.filter(({ route: label }) => isTest(label)).at(0)?.at ?? 0;
    expect(first - opened).toBeGreaterThanOrEqual(600);
    const before = played.events.findLast(({ status }) => status.sinceStartMs / 1_000 < first);
    expect(before?.status.green.requests).toBe(0);
    expect(Object.values(before?.status.greenPctByRoute ?? {})).toEqual([0, 0]);
    expectConverged(played);
  });

  test('aborted while it is open it is put back to the digit, and no user has met green', async () => {
    const played = await trying(route, { inject: ['abort@state:Bake'] });

    expect(played.report.outcome).toBe('rolledBack');
    expect(played.report.requests.failed).toBe(0);
    expect(played.report.requests.green.requests).toBe(0);
    expect(written(played)).toEqual(['testers 100', 'testers 0']);
    expect(groupsOf(played, route)).toEqual([expect.objectContaining({ weight: 1 })]);
    expectConverged(played);
  });

  test('stopped in the console while it is open, the recovery puts it back', async () => {
    const played = await trying(route, { inject: ['stop-execution@state:Bake'] });

    expect(played.report.outcome).toBe('rolledBack');
    expect(groupsOf(played, route)).toEqual([expect.objectContaining({ weight: 1 })]);
    expectConverged(played);
  });
});

test('a world that does not say by which routes users come sends none by the test route', async () => {
  const silent = changed(only(TEST_RULE), (copy) => {
    delete copy.traffic.shares;
  });
  const played = await trying(TEST_RULE, { world: silent, inject: ['abort@state:Bake'] });

  expect(played.report.requests.green.requests).toBe(0);
  expect(played.report.requests.total).toBeGreaterThan(0);
});

test('somebody who resets the test route makes the test void; no user has met green', async () => {
  const played = await trying(TEST_RULE, { inject: ['foreign-weights:100/0@state:Bake'] });

  expect(played.report.outcome).toBe('rolledBack');
  expect(played.report.reason).toContain('what was tried may not have been green');
  expect(played.report.requests.green.requests).toBe(0);
});

test('skip ends the test, and the first users come', async () => {
  const played = await trying(TEST_RULE, { inject: ['skip@state:Bake'] });

  expect(played.report.outcome).toBe('succeeded');
  const [opened, closed] = played.report.weights.filter(({ route }) => isTest(route));
  expect((closed?.at ?? 0) - (opened?.at ?? 0)).toBeLessThan(60);
});

test('stays open, however short its time, until the person has answered who tries green', async () => {
  const hooks = [{ name: 'business', stages: ['POST_TEST_TRAFFIC_SHIFT'], approval: true, timeout: '8h' }];
  const request = { hooks, test: { route: TEST_RULE, for: '10s' } };
  const approved = await trying(TEST_RULE, { request, hooks: ['business=passes'] });
  const refused = await trying(TEST_RULE, { request, hooks: ['business=fails:the old banner'] });

  expect(approved.report.outcome).toBe('succeeded');
  const [opened, closed] = approved.report.weights.filter(({ route }) => isTest(route));
  // A minute is how long the person of a rehearsal takes.
  expect((closed?.at ?? 0) - (opened?.at ?? 0)).toBeGreaterThanOrEqual(60);
  expect(refused.report.outcome).toBe('rolledBack');
  expect(refused.report.reason).toContain('the old banner');
  expect(refused.report.requests.green.requests).toBe(0);
});

test('users are back with blue as soon with a test route as without one', async () => {
  const inject = ['abort@+14m'];
  const request = {
    shifts: [
      { greenPct: 50, bake: '1h' },
      { greenPct: 100, bake: '1h' },
    ],
  };
  const backAt = ({ report }: Run): number =>
    report.weights.find(
      ({ route, green, at, by }) => by === 'cutover' && !isTest(route) && green === 0 && at > 800,
    )?.at ?? 0;
  const tested = await trying(TEST_RULE, { inject, request });
  const untested = await run({ inject, request: { ...request, analysis: 'off' } });

  expect(tested.report.outcome).toBe('rolledBack');
  // Calls take as long as chance has it; nothing of the test route lies before the weights.
  expect(Math.abs(backAt(tested) - backAt(untested))).toBeLessThan(2);
  const writes = tested.report.weights.filter(({ at }) => at > 840);
  expect(writes.every(({ route }) => !isTest(route))).toBe(true);
});
