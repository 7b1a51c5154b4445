import { expect, test } from 'vitest';
import type { MoveObservation } from '../../../core/adoption/adoption.types.ts';
import { nextUndo } from '../../../core/adoption/move-plan.ts';
import { nextRescue } from '../../../core/adoption/rescue.ts';
import { at, made, plan, service, short } from './a-move.ts';

/** The users' route has cookies. */
const sticky = (percent: number) => at(percent).map((route) => ({ ...route, stickySeconds: 3_600 }));

const rescued = (rest: Partial<MoveObservation>, way: 'forward' | 'back' = 'forward') => {
  const move = nextRescue(plan, made({ groups: short('old', 0), ...rest }), way)?.move;
  if (move?.kind !== 'call' || move.call.api !== 'route') return null;
  return move.call.groups.map(({ targetGroupArn, weight }) => `${targetGroupArn} ${weight}`);
};

const WITHOUT_OLD = ['shop-x-blue 100', 'shop-x-green 0'];

test.each<[string, Partial<MoveObservation>, 'forward' | 'back', string[] | null]>([
  ['at weight 0, and stays in the route', { routes: at(10) }, 'forward', ['old 0', ...WITHOUT_OLD]],
  [
    'and with cookies out of the route, which they follow to weight 0',
    { routes: sticky(10) },
    'forward',
    WITHOUT_OLD,
  ],
  ['in --undo as well', { routes: sticky(10) }, 'back', WITHOUT_OLD],
  ['where only cookies are left of its users', { routes: sticky(100) }, 'forward', WITHOUT_OLD],
  ['but in --undo it is named again to be checked', { routes: sticky(100) }, 'back', null],
  [
    'and nothing where the last command has scaled it to 0',
    { routes: sticky(100), old: service('shop', { desired: 0, running: 0 }) },
    'forward',
    null,
  ],
  ['and nothing without users or cookies', { routes: at(100) }, 'forward', null],
  ['and nothing while it answers', { routes: sticky(10), groups: short('old', 1) }, 'forward', null],
])('a service that has died loses its users: %s', (_, rest, way, groups) => {
  expect(rescued(rest, way)).toEqual(groups);
});

test.each([
  ['waits for its first task', 0, { kind: 'wait', reason: expect.stringContaining('shop has no task') }],
  ['names its group once tasks are there to be checked', 1, { kind: 'call' }],
])('--undo of a service that lost its place in the routes %s', (_, registered, move) => {
  const routes = sticky(100).map((route) => ({
    ...route,
    groups: route.groups.filter(({ targetGroupArn }) => targetGroupArn !== 'old'),
  }));
  const groups = short('old', 0).map((group) => (group.name === 'old' ? { ...group, registered } : group));

  expect(nextUndo(plan, made({ routes, groups }))?.move).toMatchObject(move);
});
