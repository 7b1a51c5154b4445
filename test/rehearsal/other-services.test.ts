import type { Service } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { groupsOfOthers, trafficSince } from '../../rehearsal/status.ts';
import type { GroupTraffic } from '../../sim/parts.types.ts';
import type { World } from '../../sim/world.ts';

/** A world's other services share its load balancers; what their users send is no matter of this deployment. */

const some = (requests: number, emptyGroup = 0): GroupTraffic => ({
  requests,
  failed: emptyGroup,
  failedBecause: emptyGroup === 0 ? {} : { emptyGroup },
});

const totalsOf = (byGroup: Record<string, GroupTraffic>) => {
  const all = Object.values(byGroup);
  const failed = all.reduce((sum, each) => sum + each.failed, 0);
  const total = all.reduce((sum, each) => sum + each.requests, 0);
  return { total, failed, failedBecause: failed === 0 ? {} : { emptyGroup: failed }, byGroup };
};

const since = (
  before: Record<string, GroupTraffic>,
  now: Record<string, GroupTraffic>,
  othersGroups: readonly string[],
) =>
  trafficSince(
    { traffic: { totals: () => totalsOf(now) } } as unknown as World,
    { totals: totalsOf(before), othersGroups },
    { blue: 'blue', green: 'green' },
  );

test('their requests and failures stand apart', () => {
  const before = { blue: some(100), green: some(0), cart: some(50, 5), search: some(10) };
  const now = { blue: some(160, 3), green: some(40), cart: some(950, 205), search: some(20) };

  expect(since(before, now, ['cart', 'search'])).toEqual({
    total: 100,
    failed: 3,
    failedBecause: { emptyGroup: 3 },
    blue: some(60, 3),
    green: some(40),
    others: some(910, 200),
  });
});

test('without any there is nothing to say of them', () => {
  expect(since({ blue: some(1) }, { blue: some(2) }, [])).not.toHaveProperty('others');
});

test('a group that no service serves stays the users’ own: somebody may have sent them there', () => {
  expect(since({ blue: some(0) }, { blue: some(5), stray: some(5, 5) }, [])).toMatchObject({
    total: 10,
    failed: 5,
  });
});

test('a colour is never another service’s, even if that once had the group', () => {
  expect(since({}, { green: some(7) }, ['green'])).toMatchObject({ total: 7, green: some(7) });
});

test('groups of others are those of their task sets, and of their own fields with another controller', () => {
  const service = (serviceArn: string, taskSetGroup: string, ownGroup?: string): Service => ({
    serviceArn,
    taskSets: [{ loadBalancers: [{ targetGroupArn: taskSetGroup }] }],
    ...(ownGroup === undefined ? {} : { loadBalancers: [{ targetGroupArn: ownGroup }] }),
  });

  expect(
    groupsOfOthers(
      [service('shop', 'blue'), service('cart', 'cart', 'cart-2'), service('both', 'blue')],
      'shop',
    ),
  ).toEqual(['cart-2', 'cart']);
});
