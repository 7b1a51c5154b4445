import { expect, test } from 'vitest';
import type { GroupWeight, Move, MoveObservation } from '../../../core/adoption/adoption.types.ts';
import { refuseWrite } from '../../../core/adoption/guard.ts';
import { at, made, plan, short, twin } from './a-move.ts';

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
