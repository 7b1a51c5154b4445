import { describe, expect, test } from 'vitest';
import type { MoveObservation, ReadRoute } from '../../../core/adoption/adoption.types.ts';
import { notServing } from '../../../core/adoption/disturbance.ts';
import { nextFinish, nextMove, nextUndo } from '../../../core/adoption/move-plan.ts';
import { rolesOf } from '../../../core/adoption/roles.ts';
import { at, group, made, names, plan, preview, route, service, short, twin } from './a-move.ts';

const strange = (percent: number): ReadRoute[] => [
  preview,
  route('users', { old: 100 - percent, 'shop-x-blue': percent, 'shop-x-green': 0, stranger: 50 }),
];

const deployed: Partial<MoveObservation> = { old: service('shop', { taskDefinition: 'a/shop:2' }) };

const set = (id: string, status: string) => ({
  id,
  status,
  steady: true,
  scalePercent: 100,
  running: 4,
  targetGroupArn: 'shop-x-blue',
});

describe('no further share', () => {
  test.each<[string, Partial<MoveObservation>, string]>([
    ['while a third group has users', { routes: strange(10) }, 'somebody gave users of users to stranger'],
    [
      'of a revision that the old service no longer runs',
      { routes: at(10), ...deployed },
      'shop runs shop:2 now, and shop-x shop:1',
    ],
    [
      'when somebody scaled the old service to 0',
      { routes: at(10), old: service('shop', { desired: 0, running: 0 }) },
      'somebody scaled shop to 0 while 90 % of the users are on it',
    ],
    [
      'while the new service is being deployed',
      { routes: at(10), twin: twin({ taskSets: [set('green', 'ACTIVE'), set('blue', 'PRIMARY')] }) },
      'shop-x has 2 task sets',
    ],
  ])('%s', (_when, rest, reason) => {
    expect(nextMove(plan, made(rest))?.move).toMatchObject({
      kind: 'stop',
      reason: expect.stringContaining(reason),
    });
  });

  test('while all users are there, the old service may run what it likes', () => {
    expect(nextMove(plan, made({ routes: at(100), ...deployed }))).toBeNull();
  });

  test('a candidate of the new service is never made PRIMARY', () => {
    const observed = made({
      twin: twin({ taskSets: [set('green', 'ACTIVE'), set('blue', 'PRIMARY')] }),
    });

    expect(nextMove(plan, observed)?.step.id).not.toBe('primary');
  });
});

describe('a new service that somebody scaled down', () => {
  const small = made({
    routes: at(100),
    twin: twin({ desired: 1, running: 1 }),
    groups: short('shop-x-blue', 1),
  });

  test('does not serve its share, although all of its tasks are healthy', () => {
    const roles = rolesOf('adopt', names, small);

    expect(notServing(names, small, roles, 100)).toBe(
      'shop-x carries 37 % of the users with 1 healthy tasks, and has 100 %',
    );
    expect(notServing(names, small, roles, 10)).toBeNull();
  });

  test('is not the only one that the last command leaves', () => {
    expect(nextFinish(plan, small)?.move).toMatchObject({ kind: 'stop' });
  });
});

describe('the last command', () => {
  test.each<[string, Partial<MoveObservation>]>([
    ['while the old service is being deployed', { deploying: 'ECS is deploying shop' }],
    ['while a third group has users', { routes: strange(100) }],
  ])('does not begin %s', (_when, rest) => {
    expect(nextFinish(plan, made({ routes: at(100), ...rest }))?.move).toMatchObject({ kind: 'stop' });
  });

  test('gives users of an old service without tasks to the new one, if that is whole', () => {
    const old = service('shop', { desired: 0, running: 0 });

    expect(nextFinish(plan, made({ routes: at(10), old }))?.move).toMatchObject({
      call: { api: 'route', groups: [{ weight: 100 }, { weight: 0 }] },
    });
    expect(nextFinish(plan, made({ routes: at(10), old, groups: short('shop-x-blue', 1) }))?.move.kind).toBe(
      'wait',
    );
  });
});

describe('the groups of an old service that was deployed in the middle', () => {
  const balancer = { targetGroupArn: 'old', alternateArn: 'other', container: 'web', port: 80 };
  const changed = (groups: { old: number; other: number }): MoveObservation =>
    made({
      old: service('shop', { strategy: 'BLUE_GREEN', balancer }),
      groups: [
        group('old', { healthy: groups.old }),
        group('other', { healthy: groups.other, tags: {} }),
        ...short('old', 4).slice(0, 2),
      ],
      // An old service is deployed to a group that a route names: no target of another is checked.
      routes: [preview, route('users', { old: 0, other: 0, 'shop-x-blue': 100, 'shop-x-green': 0 })],
    });

  test('users go back to the one that has its tasks now', () => {
    expect(nextUndo(plan, changed({ old: 0, other: 4 }))?.move).toMatchObject({
      call: { groups: expect.arrayContaining([{ targetGroupArn: 'other', weight: 100 }]) },
    });
  });

  test('and to the one of the beginning while that has them', () => {
    expect(nextUndo(plan, changed({ old: 4, other: 0 }))?.move).toMatchObject({
      call: { groups: expect.arrayContaining([{ targetGroupArn: 'old', weight: 100 }]) },
    });
  });
});
