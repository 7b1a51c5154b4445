import { describe, expect, test } from 'vitest';
import type {
  Move,
  MoveObservation,
  ReadScaling,
  Suspension,
} from '../../../core/adoption/adoption.types.ts';
import { MOVE_TAG, markOf, moveNames, SUSPENDED_TAG } from '../../../core/adoption/names.ts';
import {
  endScaling,
  handOverScaling,
  scalingStep,
  suspensionText,
} from '../../../core/adoption/scaling-steps.ts';

const names = moveNames('main', 'shop', 'shop-x');
const step = scalingStep(names);
const NOTHING: Suspension = { scaleIn: false, scaleOut: false, scheduled: false };
const SCALE_IN: Suspension = { ...NOTHING, scaleIn: true };
const ALL: Suspension = { scaleIn: true, scaleOut: true, scheduled: true };

const scaling = (name: string, suspended: Suspension): ReadScaling => ({
  resourceId: `service/main/${name}`,
  minCapacity: 2,
  maxCapacity: 8,
  suspended,
  policies: [],
  scheduled: [],
});

/** Both services scale; the twin remembers what was suspended of the old one before, if that scaled then. */
const observed = (
  of: { old: Suspension; twin?: Suspension },
  was: Suspension | null = NOTHING,
): MoveObservation =>
  ({
    old: { name: 'shop' },
    twin: {
      name: 'shop-x',
      tags: {
        [MOVE_TAG]: markOf(names),
        ...(was === null ? {} : { [SUSPENDED_TAG]: suspensionText(was) }),
      },
    },
    alarms: [],
    scaling: {
      old: scaling('shop', of.old),
      twin: of.twin === undefined ? null : scaling('shop-x', of.twin),
    },
  }) as unknown as MoveObservation;

/** Which target, and what of it is suspended after the call. */
const suspends = (move: Move | null): unknown => {
  if (move?.kind !== 'call' || !('input' in move.call)) return move;
  const { ResourceId, SuspendedState } = move.call.input as Record<string, unknown>;
  return { operation: move.call.operation, ResourceId, SuspendedState };
};

const state = (scaleIn: boolean, scaleOut = false, scheduled = false) => ({
  DynamicScalingInSuspended: scaleIn,
  DynamicScalingOutSuspended: scaleOut,
  ScheduledScalingSuspended: scheduled,
});
const registers = (name: string, SuspendedState: object) => ({
  operation: 'RegisterScalableTarget',
  ResourceId: `service/main/${name}`,
  SuspendedState,
});

describe('neither service scales in while users move', () => {
  test('the new one is made so, whatever else of the old one is suspended', () => {
    const move = step.forward(observed({ old: { ...NOTHING, scheduled: true } }));

    expect(suspends(move)).toEqual(registers('shop-x', state(true, false, true)));
  });

  test("then the old one's scale-in is suspended, with the rest left as it is", () => {
    const old = { ...NOTHING, scaleOut: true };

    expect(suspends(step.forward(observed({ old, twin: SCALE_IN })))).toEqual(
      registers('shop', state(true, true)),
    );
  });

  test('and then nothing is to be done', () => {
    expect(step.forward(observed({ old: SCALE_IN, twin: SCALE_IN }))).toBeNull();
  });
});

describe('undone', () => {
  test("the new one's scaling ends first", () => {
    expect(suspends(step.backward(observed({ old: SCALE_IN, twin: SCALE_IN })))).toMatchObject({
      operation: 'DeregisterScalableTarget',
      ResourceId: 'service/main/shop-x',
    });
  });

  test('then the old one scales in again', () => {
    expect(suspends(step.backward(observed({ old: SCALE_IN })))).toEqual(registers('shop', state(false)));
  });

  test('but not where it did not before the move', () => {
    expect(step.backward(observed({ old: SCALE_IN }, SCALE_IN))).toBeNull();
  });

  test('all of it that the last command had suspended scales as before', () => {
    const was = { ...NOTHING, scheduled: true };

    expect(suspends(step.backward(observed({ old: ALL }, was)))).toEqual(
      registers('shop', state(false, false, true)),
    );
    expect(step.backward(observed({ old: ALL }, ALL))).toBeNull();
  });

  test('what else a person has suspended meanwhile stays so', () => {
    const old = { ...SCALE_IN, scheduled: true };

    expect(suspends(step.backward(observed({ old })))).toEqual(registers('shop', state(false, false, true)));
  });

  test('scaling that somebody made in the middle of the move scales in again, too', () => {
    expect(suspends(step.backward(observed({ old: SCALE_IN }, null)))).toEqual(
      registers('shop', state(false)),
    );
  });
});

describe('finished', () => {
  test('the new one scales in again, and the old one not at all until its tasks have gone', () => {
    const during = observed({ old: SCALE_IN, twin: SCALE_IN });
    expect(suspends(handOverScaling(names, during))).toEqual(registers('shop-x', state(false)));

    expect(suspends(handOverScaling(names, observed({ old: SCALE_IN, twin: NOTHING })))).toEqual(
      registers('shop', state(true, true, true)),
    );
    expect(handOverScaling(names, observed({ old: ALL, twin: NOTHING }))).toBeNull();
  });

  test('the new one stays suspended, where the old one was so before', () => {
    const during = observed({ old: SCALE_IN, twin: SCALE_IN }, SCALE_IN);

    expect(suspends(handOverScaling(names, during))).toEqual(registers('shop', state(true, true, true)));
  });

  test('the new one scales in again, where the old one had no scaling when it was made', () => {
    expect(suspends(handOverScaling(names, observed({ old: SCALE_IN, twin: SCALE_IN }, null)))).toEqual(
      registers('shop-x', state(false)),
    );
  });

  test('then the scaling of the old one ends', () => {
    expect(suspends(endScaling(names, observed({ old: ALL, twin: NOTHING })))).toMatchObject({
      operation: 'DeregisterScalableTarget',
      ResourceId: 'service/main/shop',
    });
  });
});
