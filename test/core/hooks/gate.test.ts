import { describe, expect, test } from 'vitest';
import { AFTER_ROLLBACK, beforeFirstShift, beforeShift, dueAt, whileAt } from '../../../core/hooks/due.ts';
import { firstClosed, gateAt } from '../../../core/hooks/gate.ts';
import { runIdOf } from '../../../core/hooks/run-id.ts';
import type { HookMoment, HookRun, LambdaHook } from '../../../core/vocabulary/hooks.types.ts';
import { sha256 } from '../../../functions/identify.ts';
import { aPlan } from '../a-deployment.ts';
import { aHook, anApproval, aRun, ended } from './a-hook.ts';

/** Five shifts. */
const plan = aPlan({
  shifts: [5, 25, 50, 75, 100].map((greenPct) => ({ greenPct, bakeMs: 60_000 })),
});
const tested = { shifts: [{ greenPct: 0, bakeMs: 0, test: true as const }, ...plan.shifts] };
const AFTER_LAST_SHIFT: HookMoment = { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT', step: 0, after: 0 };
const AT: HookMoment = { stage: 'POST_SCALE_UP', step: 0, after: 0 };

describe('which hooks a moment has', () => {
  const shifting = (steps: LambdaHook['steps']) => aHook({ stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'], steps });

  test.each<[string, LambdaHook['steps'], HookMoment, boolean]>([
    ['each, before the first', 'each', beforeShift(plan, null, 0), true],
    ['each, before the third', 'each', beforeShift(plan, 1, 2), true],
    ['the first, before the first', 'first', beforeShift(plan, null, 0), true],
    ['the first, before the second', 'first', beforeShift(plan, 0, 1), false],
    ['number 2, before the second', [2], beforeShift(plan, 0, 1), true],
    ['number 2, before the third', [2], beforeShift(plan, 1, 2), false],
    ['number 2, when a promote passes over it', [2], beforeShift(plan, 0, 4), true],
    ['number 1, when a promote comes after it', [1], beforeShift(plan, 0, 4), false],
  ])('%s', (_, steps, moment, due) => {
    expect(dueAt([shifting(steps)], moment).length === 1).toBe(due);
  });

  test('counts the shifts that move users, with a test route and without', () => {
    expect(beforeShift(tested, 0, 1)).toEqual(beforeShift(plan, null, 0));
    expect(beforeShift(tested, 2, 3)).toEqual(beforeShift(plan, 1, 2));
  });

  test('with a test route has what tries green while that is open, and the first shift’s after it', () => {
    expect(beforeFirstShift(tested).map(({ stage }) => stage)).toEqual(['POST_SCALE_UP']);
    expect(beforeFirstShift(plan).map(({ stage }) => stage)).toEqual([
      'POST_SCALE_UP',
      'POST_TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
    ]);
    expect([0, 1, 5].map((position) => whileAt(tested, position)?.stage)).toEqual([
      'POST_TEST_TRAFFIC_SHIFT',
      undefined,
      'POST_PRODUCTION_TRAFFIC_SHIFT',
    ]);
  });

  test('only those of its stage', () => {
    expect(
      dueAt([aHook(), anApproval({ stages: ['POST_PRODUCTION_TRAFFIC_SHIFT'] })], AFTER_LAST_SHIFT),
    ).toEqual([anApproval({ stages: ['POST_PRODUCTION_TRAFFIC_SHIFT'] })]);
  });
});

describe('a moment', () => {
  test.each<[string, Partial<LambdaHook>, HookRun[], 'passed' | 'failed' | 'open']>([
    ['has a hook that has not begun', {}, [], 'open'],
    ['has one that runs', {}, [aRun()], 'open'],
    ['succeeded', {}, [aRun({ result: ended('SUCCEEDED') })], 'passed'],
    ['failed', {}, [aRun({ result: ended('FAILED') })], 'failed'],
    ['failed, which is tolerated', { onFailure: 'continue' }, [aRun({ result: ended('FAILED') })], 'passed'],
    [
      'failed, and only a timeout is tolerated',
      { onTimeout: 'continue' },
      [aRun({ result: ended('FAILED') })],
      'failed',
    ],
    ['timed out', {}, [aRun({ result: ended('TIMED_OUT') })], 'failed'],
    [
      'timed out, which is tolerated',
      { onTimeout: 'continue' },
      [aRun({ result: ended('TIMED_OUT') })],
      'passed',
    ],
    [
      'timed out, and only a failure is tolerated',
      { onFailure: 'continue' },
      [aRun({ result: ended('TIMED_OUT') })],
      'failed',
    ],
    [
      'was cancelled, whatever is tolerated',
      { onFailure: 'continue', onTimeout: 'continue' },
      [aRun({ result: ended('CANCELLED') })],
      'failed',
    ],
    ['succeeded at another stage', {}, [aRun({ stage: 'ROLLBACK', result: ended('SUCCEEDED') })], 'open'],
    ['succeeded before another shift', {}, [aRun({ step: 2, result: ended('SUCCEEDED') })], 'open'],
  ])('%s', (_, hook, runs, kind) => {
    expect(gateAt([aHook(hook)], runs, AT).kind).toBe(kind);
  });

  test('after a rollback waits for all of its hooks, however one ends', () => {
    const hooks = [aHook({ stages: ['ROLLBACK'] }), aHook({ name: 'tidy', stages: ['ROLLBACK'] })];
    const failed = aRun({ stage: 'ROLLBACK', result: ended('FAILED') });
    const tidy = aRun({ name: 'tidy', stage: 'ROLLBACK' });

    expect(gateAt(hooks, [failed, tidy], AFTER_ROLLBACK)).toMatchObject({ kind: 'open', running: [tidy] });
    expect(gateAt(hooks, [failed, { ...tidy, result: ended('SUCCEEDED') }], AFTER_ROLLBACK)).toEqual({
      kind: 'passed',
      aside: '; hook smoke (ROLLBACK) is tolerated: it is FAILED',
    });
  });

  test('with two hooks waits for both, and fails with one', () => {
    const hooks = [aHook(), anApproval()];
    const business = aRun({ name: 'business', kind: 'approval' });

    expect(gateAt(hooks, [aRun({ result: ended('SUCCEEDED') })], AT)).toMatchObject({
      kind: 'open',
      due: [{ name: 'business' }],
      running: [],
      reason: 'waits for hook business (POST_SCALE_UP)',
    });
    expect(gateAt(hooks, [aRun({ result: ended('FAILED') }), business], AT)).toEqual({
      kind: 'failed',
      reason: 'hook smoke (POST_SCALE_UP): it is FAILED',
    });
  });

  test('names what is tolerated', () => {
    const gate = gateAt([aHook({ onFailure: 'continue' })], [aRun({ result: ended('FAILED') })], AT);

    expect(gate).toEqual({
      kind: 'passed',
      aside: '; hook smoke (POST_SCALE_UP) is tolerated: it is FAILED',
    });
  });

  test('is closed until those before it are passed', () => {
    const hooks = [aHook({ stages: ['POST_SCALE_UP', 'PRE_PRODUCTION_TRAFFIC_SHIFT'] })];
    const moments = beforeFirstShift(plan);
    const first = aRun({ result: ended('SUCCEEDED') });

    expect(firstClosed(hooks, [], moments)?.moment.stage).toBe('POST_SCALE_UP');
    expect(firstClosed(hooks, [first], moments)?.moment).toEqual(beforeShift(plan, null, 0));
    expect(
      firstClosed(hooks, [first, { ...first, stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', step: 1 }], moments),
    ).toBeNull();
  });
});

describe('a run’s id', () => {
  const id = (deploymentId: string, name: string, moment: HookMoment) =>
    runIdOf(deploymentId, name, moment, sha256);

  test('is the same for the same moment, and has the form of a UUID', () => {
    expect(id('d-1', 'smoke', AT)).toBe(id('d-1', 'smoke', AT));
    expect(id('d-1', 'smoke', AT)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test('differs by deployment, hook, stage and shift', () => {
    const ids = [
      id('d-1', 'smoke', AT),
      id('d-2', 'smoke', AT),
      id('d-1', 'load', AT),
      id('d-1', 'smoke', AFTER_LAST_SHIFT),
      id('d-1', 'smoke', beforeShift(plan, null, 0)),
      id('d-1', 'smoke', beforeShift(plan, 0, 1)),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });
});
