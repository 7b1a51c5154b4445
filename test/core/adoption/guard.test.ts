import { expect, test } from 'vitest';
import type { GroupWeight, Move, MoveObservation } from '../../../core/adoption/adoption.types.ts';
import { refuseWrite } from '../../../core/adoption/guard.ts';
import { at, group, made, plan, preview, route, service, short, twin } from './a-move.ts';

type Call = Extract<Move, { kind: 'call' }>;

const weights = (of: Record<string, number>): GroupWeight[] =>
  Object.entries(of).map(([targetGroupArn, weight]) => ({ targetGroupArn, weight }));

const routeWrite = (observed: MoveObservation, groups: Record<string, number>): Call => {
  const [, route] = observed.routes;
  if (route === undefined) throw new Error('expected a route of the users');
  return {
    kind: 'call',
    what: 'test',
    call: { api: 'route', operation: 'ModifyRule', route, groups: weights(groups) },
  };
};

const removal = (operation: string, input: Record<string, unknown>): Call => ({
  kind: 'call',
  what: 'test',
  call: { api: 'ecs', operation, input },
});

test.each<[string, Partial<MoveObservation>, Record<string, number>, string]>([
  [
    'more users on a new service of which one target is not healthy',
    { routes: at(10), groups: short('shop-x-blue', 3) },
    { old: 50, 'shop-x-blue': 50 },
    'expected green to have 4 healthy targets before it goes from 10 % to 50 %',
  ],
  [
    'more users on a new service that is smaller than the old one by now',
    { routes: at(10), twin: twin({ desired: 2 }), groups: short('shop-x-blue', 2) },
    { old: 50, 'shop-x-blue': 50 },
    'expected green to have 4 healthy targets before it goes from 10 % to 50 %',
  ],
  [
    'users on a new service that should have no task',
    { routes: at(10), twin: twin({ desired: 0 }) },
    { old: 50, 'shop-x-blue': 50 },
    'at least 1 task',
  ],
  [
    'users back to an old service that has too few',
    { routes: at(50), groups: short('old', 1) },
    { old: 100 },
    'expected blue to have 4 healthy targets before it goes from 50 % to 100 %',
  ],
  [
    'another weight of a group of others',
    { routes: at(10) },
    { old: 50, 'shop-x-blue': 50, others: 0 },
    'expected groups of others to keep their weights',
  ],
  [
    'weights that do not sum to 100',
    { routes: at(10) },
    { old: 70, 'shop-x-blue': 10 },
    'expected weights that sum to 100, found 80',
  ],
])('a write is refused that gives %s', (_what, rest, groups, reason) => {
  const observed = made(rest);

  expect(refuseWrite(plan, observed, routeWrite(observed, groups))).toContain(reason);
});

test.each([
  ['the new service', at(10), at(0), removal('DeleteTaskSet', { service: 'shop-x' })],
  ['the old service', at(50), at(100), removal('UpdateService', { service: 'shop', desiredCount: 0 })],
  ['a target group', at(10), at(0), removal('DeleteTargetGroup', { TargetGroupArn: 'shop-x-blue' })],
])('nothing of %s goes while a route sends it users', (_what, routes, left, move) => {
  expect(refuseWrite(plan, made({ routes }), move)).toContain(
    'to have no weight on any route before it goes',
  );
  expect(refuseWrite(plan, made({ routes: left }), move)).toBeNull();
});

test('everybody goes to the new service, also to one that is not whole, where the old one has nobody left', () => {
  const groups = short('shop-x-blue', 1).map((one) => (one.name === 'old' ? { ...one, healthy: 0 } : one));
  const observed = made({ routes: at(10), groups });

  expect(refuseWrite(plan, observed, routeWrite(observed, { old: 0, 'shop-x-blue': 100 }))).toBeNull();
});

test('the old service keeps its tasks until the new one is whole', () => {
  const stop = removal('UpdateService', { service: 'shop', desiredCount: 0 });

  expect(refuseWrite(plan, made({ routes: at(100), groups: short('shop-x-blue', 3) }), stop)).toContain(
    'expected shop-x to be whole before shop loses tasks',
  );
  // Nothing is left to keep.
  const old = service('shop', { desired: 0, running: 0 });
  const empty = made({ routes: at(100), groups: short('shop-x-blue', 3), old });
  expect(refuseWrite(plan, empty, removal('DeleteService', { service: 'shop' }))).toBeNull();
});

test.each([
  ['a service of that name', removal('DeleteService', { service: 'shop-x' }), twin({ tags: {} })],
  ['the old one, when no service of the move is there', removal('DeleteService', { service: 'shop' }), null],
  ['a group of others', removal('DeleteTargetGroup', { TargetGroupArn: 'others' }), twin()],
])('%s that this move has not made does not go', (_what, move, there) => {
  const routes = [preview, route('users', { 'shop-x-blue': 0, third: 100 })];
  const groups = [...made().groups, group('others', { tags: {} })];

  expect(refuseWrite(plan, made({ routes, groups, twin: there }), move)).toContain(
    'expected only what this move has made to go',
  );
});
