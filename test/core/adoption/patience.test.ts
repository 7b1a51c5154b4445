import { expect, test } from 'vitest';
import { nextMove } from '../../../core/adoption/move-plan.ts';
import { group, made, plan, route, service, twin } from './a-move.ts';

const checks = (HealthCheckIntervalSeconds: number, UnhealthyThresholdCount: number) => ({
  HealthCheckIntervalSeconds,
  UnhealthyThresholdCount,
});

test.each([
  ['a grace period that the checks outlast changes nothing', 20, checks(10, 2), checks(10, 2)],
  ['a longer one takes more failures', 65, checks(10, 2), checks(10, 7)],
  ['and, where that is not enough, longer intervals', 300, checks(5, 2), checks(30, 10)],
  ['up to what the API takes', 36_000, checks(5, 2), checks(300, 10)],
  ['the defaults of the API count where nothing is given', 90, {}, checks(30, 3)],
])('%s', (_what, graceSeconds, settings, expected) => {
  const observed = made({
    old: service('shop', { graceSeconds }),
    twin: null,
    groups: [group('old', { settings })],
    routes: [route('users', { old: 1 })],
  });

  expect(nextMove(plan, observed)?.move).toMatchObject({
    call: { operation: 'CreateTargetGroup', input: { Name: 'shop-x-blue', ...expected } },
  });
});

const grown = (blue: Record<string, number>, graceSeconds: number | null) =>
  made({
    old: service('shop', { graceSeconds: 65 }),
    twin: twin({ graceSeconds }),
    groups: [
      group('old', { settings: checks(10, 2) }),
      group('shop-x-blue', { settings: blue }),
      group('shop-x-green', { settings: checks(10, 2) }),
    ],
    routes: made().routes,
  });

test('a group that a template made is as patient, until the grace period is in force', () => {
  expect(nextMove(plan, grown(checks(10, 2), null))?.move).toMatchObject({
    call: { operation: 'ModifyTargetGroup', input: checks(10, 7) },
  });
});

test('then it has the checks of the one that serves', () => {
  expect(nextMove(plan, grown(checks(10, 7), 65))).toMatchObject({
    step: { id: 'primary' },
    move: { call: { operation: 'ModifyTargetGroup', input: checks(10, 2) } },
  });
  expect(nextMove(plan, grown(checks(10, 2), 65))?.step.id).toBe('users-10');
});

test('what somebody else gave the group stays', () => {
  expect(nextMove(plan, grown(checks(15, 4), 65))?.step.id).toBe('users-10');
});
