import { describe, expect, test } from 'vitest';
import {
  nextSuspension,
  plannedScaling,
  scalingLine,
  scalingUndo,
  suspends,
} from '../../../core/scaling/planned.ts';
import { decideRestoration } from '../../../core/scaling/restoration.ts';
import type { ObservedScaling, Suspended } from '../../../core/vocabulary/scaling.types.ts';

const suspended = (members: string): Suspended => ({
  scaleIn: members.includes('i'),
  scaleOut: members.includes('o'),
  scheduled: members.includes('s'),
});
const lettersOf = ({ scaleIn, scaleOut, scheduled }: Suspended): string =>
  `${scaleIn ? 'i' : ''}${scaleOut ? 'o' : ''}${scheduled ? 's' : ''}`;

const observed = (was: string, by: string): ObservedScaling => ({
  resourceId: 'service/main/shop',
  minCapacity: 1,
  maxCapacity: 9,
  suspended: suspended(was),
  policies: by.includes('p') ? [{ name: 'busy', kind: 'step' }] : [],
  scheduled: by.includes('s') ? [{ name: 'morning', schedule: 'cron(0 8 * * ? *)' }] : [],
});

describe('what is suspended', () => {
  // What was, what scales it (p a policy, s a schedule), the request, and what will be.
  test.each([
    ['', 'p', undefined, 'i'],
    ['', 'p', 'suspendScaleIn', 'i'],
    ['', 'ps', 'suspendAll', 'ios'],
    ['', 'p', 'suspendAll', 'io'],
    ['', 's', 'suspendAll', 's'],
    ['', 's', undefined, ''],
    ['', 'ps', 'leave', ''],
    ['o', 'p', undefined, 'io'],
    ['i', 'p', undefined, 'i'],
    ['ios', 'ps', 'leave', 'ios'],
  ] as const)('found "%s", scaled by %s, %s: "%s"', (was, by, autoscaling, set) => {
    const { scaling } = plannedScaling(
      { scaling: observed(was, by) },
      autoscaling === undefined ? {} : { autoscaling },
    );

    expect(scaling && lettersOf(scaling.set)).toBe(set);
    expect(suspends(scaling)).toBe(was !== set);
  });

  test.each([
    ['no scalable target', null],
    ['a target that nothing scales', observed('', '')],
  ])('%s is not in the plan', (_, scaling) => {
    expect(plannedScaling({ scaling }, {})).toEqual({});
  });
});

const plan = {
  resourceId: 'service/main/shop',
  by: ['busy (step)'],
  was: suspended('s'),
  set: suspended('is'),
};

test('the plan has the command that undoes it', () => {
  expect(scalingLine(plan)).toBe(
    'scaled by busy (step): before the first write scale-in and scheduled scaling suspended; at every end as found, ' +
      'scheduled scaling suspended, or by hand with',
  );
  expect(scalingUndo(plan)).toBe(
    'aws application-autoscaling register-scalable-target --service-namespace ecs --resource-id service/main/shop ' +
      '--scalable-dimension ecs:service:DesiredCount --suspended-state ' +
      'DynamicScalingInSuspended=false,DynamicScalingOutSuspended=false,ScheduledScalingSuspended=true',
  );
  expect(scalingUndo({ ...plan, set: plan.was })).toBeNull();
  expect(scalingLine({ ...plan, set: plan.was })).toBe(
    'scaled by busy (step): scheduled scaling suspended, left as it is',
  );
});

describe('before the first write', () => {
  test.each([
    ['as planned', 's', 'is'],
    ['suspended by an earlier try', 'is', null],
  ])('%s', (_, found, next) => {
    expect(nextSuspension(plan, suspended(found))).toEqual(next === null ? null : suspended(next));
  });

  test.each(['', 'o', 'ios'])('changed by somebody to "%s" is refused', (found) => {
    expect(() => nextSuspension(plan, suspended(found))).toThrow(/somebody changed it after the plan/);
  });
});

test.each([
  ['is', 'write'],
  ['s', 'asFound'],
  ['', 'leftToOthers'],
  ['i', 'leftToOthers'],
  ['ios', 'leftToOthers'],
  [null, 'gone'],
] as const)('at the end, found "%s": %s', (found, kind) => {
  const decided = decideRestoration(plan, found === null ? null : suspended(found));

  expect(decided.kind).toBe(kind);
  if (decided.kind === 'write') expect(decided.to).toEqual(plan.was);
});
