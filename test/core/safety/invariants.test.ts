import { describe, expect, test } from 'vitest';
import {
  mayRemoveGreen,
  mayRetireBlue,
  refuseRaise,
  refuseShrink,
  refuseTaskSet,
  refuseToGoOn,
} from '../../../core/safety/invariants.ts';
import { anObservation, someHealth } from '../a-deployment.ts';

describe('raising weight', () => {
  test.each([
    ['green with every target healthy', 'green', 10, 50, someHealth(2, 2), undefined, true],
    ['green one target short', 'green', 10, 50, someHealth(1, 2), someHealth(2, 2), false],
    ['green one of a hundred short', 'green', 10, 50, someHealth(99, 100), someHealth(0, 100), true],
    ['green without tasks, however steady', 'green', 0, 10, someHealth(0, 0), undefined, false],
    ['green short, while blue has nothing', 'green', 50, 100, someHealth(1, 2), someHealth(0, 0), true],
    [
      'green with nothing, while blue has nothing',
      'green',
      50,
      100,
      someHealth(0, 2),
      someHealth(0, 0),
      false,
    ],
    ['green kept where it is, however sick', 'green', 50, 50, someHealth(0, 2), undefined, true],
    ['green lowered, however sick', 'green', 50, 10, someHealth(0, 2), undefined, true],
    ['blue fit to serve', 'blue', 0, 100, someHealth(2, 3), someHealth(3, 3), true],
    ['blue too sick, green healthy', 'blue', 0, 100, someHealth(1, 2), someHealth(2, 2), false],
    ['blue sick, green no better', 'blue', 0, 100, someHealth(1, 2), someHealth(1, 2), true],
    ['blue sick, green unknown', 'blue', 0, 100, someHealth(1, 2), null, false],
  ] as const)('%s', (_, group, from, to, health, other, allowed) => {
    const refusal = refuseRaise({
      group,
      from,
      to,
      health: { ...health, reasons: [] },
      other: other === undefined || other === null ? null : { ...other, reasons: [] },
    });

    expect(refusal === null).toBe(allowed);
  });

  test('is refused in a sentence that names what was expected and found', () => {
    expect(refuseRaise({ group: 'green', from: 10, to: 50, health: someHealth(1, 2, '1 initial') })).toBe(
      'expected green to have 2 healthy targets before it goes from 10 % to 50 %, found 1 of 2 targets ' +
        'healthy: 1 initial',
    );
    expect(refuseRaise({ group: 'green', from: 0, to: 10, health: someHealth(0, 0) })).toContain(
      'at least 1 task',
    );
  });
});

const route = (blue: number, label = 'default') => ({ label, weights: { blue, green: 100 - blue } });
const unreadable = { label: 'odd', weights: null };

test.each([
  ['green has everything on every route', [route(0), route(0, 'api')], true],
  ['blue has a percent left on one', [route(0), route(1, 'api')], false],
  ['a route is no split of ours', [route(0), unreadable], false],
  ['there is no route', [], false],
])('blue may go when %s: %s', (_, routes, allowed) => {
  expect(mayRetireBlue(routes) === null).toBe(allowed);
});

test('the refusal names only the routes that are in the way', () => {
  const refusal = mayRetireBlue([route(0, 'default'), route(10, 'api')]);

  expect(refusal).toContain('10 % blue, 90 % green on api');
  expect(refusal).not.toContain('default');
});

test.each([
  ['blue has everything on every route', [route(100), route(100, 'api')], true],
  ['no route is left at all', [], true],
  ['green has a percent left on one', [route(100), route(99, 'api')], false],
  ['a route is no split of ours', [unreadable], false],
])('green may go when %s: %s', (_, routes, allowed) => {
  expect(mayRemoveGreen(routes) === null).toBe(allowed);
});

test.each([
  ['its own', { id: 'ecs-svc/2', externalId: 'me' }, ['green']],
  ['its blue', { id: 'ecs-svc/1', externalId: 'last' }, ['blue']],
  ['a blue that nobody deployed', { id: 'ecs-svc/1' }, ['blue']],
  ['another deployment’s', { id: 'ecs-svc/3', externalId: 'other' }, []],
  ['nobody’s', { id: 'ecs-svc/4' }, []],
  ['its own, planned as its blue', { id: 'ecs-svc/1', externalId: 'me' }, []],
])('a deployment may change a task set that is %s, as %s', (_, taskSet, allowed) => {
  const owner = { deploymentId: 'me', blueTaskSetId: 'ecs-svc/1' };

  expect(
    (['blue', 'green'] as const).filter((colour) => refuseTaskSet(colour, taskSet, owner) === null),
  ).toEqual(allowed);
});

test.each(['hold', 'rollBack', 'awaitOperator'] as const)('%s needs no evidence', (kind) => {
  expect(refuseToGoOn({ kind }, anObservation({ green: null, unreadable: ['x'], routes: [] }))).toBeNull();
});

test('a step forward with everything read and green healthy is allowed, and with green short is not', () => {
  expect(refuseToGoOn({ kind: 'promote' }, anObservation())).toBeNull();
  expect(refuseToGoOn({ kind: 'advance' }, anObservation())).toBeNull();
  expect(refuseToGoOn({ kind: 'promote' }, anObservation({ green: someHealth(1, 2) }))).toContain('1 of 2');
});

test.each<[string, Parameters<typeof anObservation>[0], string]>([
  ['the metrics', { unreadable: ['metrics'] }, 'metrics'],
  ['a route', { routes: [{ label: 'HTTPS:443 api', weights: null, unreadable: 'denied' }] }, 'HTTPS:443 api'],
  ['an alarm', { alarms: { alarms: [], missing: ['shop-5xx'] } }, 'shop-5xx'],
  ['the alarms', { alarms: { unreadable: 'denied' } }, 'alarms'],
  ['green', { green: null }, "green's health"],
  ['any route at all', { routes: [] }, 'any route'],
])('no step forward without %s', (_, changes, unread) => {
  for (const kind of ['advance', 'promote'] as const)
    expect(refuseToGoOn({ kind }, anObservation(changes))).toBe(
      `expected everything to be read before ${kind}, could not read ${unread}`,
    );
});

test('a task set that is not the deployment’s is refused by what was expected and found', () => {
  const owner = { deploymentId: 'me', blueTaskSetId: 'ecs-svc/1' };
  const found = { id: 'ecs-svc/7', externalId: undefined };

  expect(refuseTaskSet('green', found, owner)).toBe(
    'expected green of deployment me before a task set is changed, found ecs-svc/7 of no deployment',
  );
  expect(refuseTaskSet('blue', { ...found, externalId: 'other' }, owner)).toBe(
    'expected blue ecs-svc/1 before a task set is changed, found ecs-svc/7 of other',
  );
  expect(refuseTaskSet('blue', found, { ...owner, blueTaskSetId: undefined })).toBe(
    'expected blue before a task set is changed, found ecs-svc/7 of no deployment',
  );
});

test.each([
  [50, 100, true],
  [50, 51, true],
  [50, 50, false],
  [50, 101, false],
])('green may go from %d %% of the tasks to %d %%: %s', (from, to, allowed) => {
  expect(refuseShrink(from, to) === null).toBe(allowed);
});
