import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import {
  drainWaitSeconds,
  mostRemovalReads,
  nextRemovalStep,
  primaryMoved,
  type RemovalStep,
  removalOf,
  retirementOf,
} from '../../../core/ending/removal.ts';
import { REMOVAL_LIMIT_MS } from '../../../core/pace.ts';
import type { ObservedTaskSet } from '../../../core/vocabulary/observed.types.ts';
import { aPlan, aTaskSet, NOW } from '../a-deployment.ts';

const full = aTaskSet();
const draining = aTaskSet({ scalePercent: 0, computedDesiredCount: 0, runningCount: 1 });
const empty = aTaskSet({ scalePercent: 0, computedDesiredCount: 0, runningCount: 0 });
const deleting = aTaskSet({ ...empty, status: 'DRAINING' });

test.each([
  ['gone', null, 'gone'],
  ['at full scale', full, 'scaleToZero'],
  ['at 1 %', aTaskSet({ scalePercent: 1 }), 'scaleToZero'],
  ['scaled to 0 with a task running', draining, 'wait'],
  ['scaled to 0 with a task about to run', aTaskSet({ ...empty, pendingCount: 1 }), 'wait'],
  [
    'scaled to 0 a moment ago, before the scheduler saw it',
    aTaskSet({ ...empty, computedDesiredCount: 2 }),
    'wait',
  ],
  ['scaled to 0 and empty', empty, 'delete'],
  ['being deleted', deleting, 'waitDeleted'],
  ['being deleted by force at full scale', aTaskSet({ status: 'DRAINING' }), 'waitDeleted'],
] as const)('what comes next for a task set that is %s', (_, taskSet, step) => {
  expect(nextRemovalStep(taskSet)).toBe(step);
});

describe('the wait while tasks drain', () => {
  const wait = (elapsedMs: number, deregistrationDelayMs = 300 * SECOND_MS) =>
    drainWaitSeconds({
      startedAtMs: NOW,
      nowMs: NOW + elapsedMs,
      deregistrationDelayMs,
      stopTimeoutMs: 30 * SECOND_MS,
    });

  test.each([
    ['at first, with minutes to go', 0, 60],
    ['just before the expected end', 290 * SECOND_MS, 40],
    ['seconds before it', 328 * SECOND_MS, 10],
    ['at it', 330 * SECOND_MS, 10],
    ['two minutes over', 450 * SECOND_MS, 30],
    ['an hour over', HOUR_MS, 60],
    ['when clocks disagree', -5 * SECOND_MS, 60],
  ])('%s', (_, elapsedMs, seconds) => {
    expect(wait(elapsedMs)).toBe(seconds);
  });

  test('is short where nothing has to drain', () => {
    expect(wait(0, 0)).toBe(30);
    expect(wait(30 * SECOND_MS, 0)).toBe(10);
  });
});

const progress = (taskSet: ObservedTaskSet | null, wrote: RemovalStep | null, ms = MINUTE_MS) => ({
  plan: aPlan(),
  taskSet,
  wrote,
  startedAtMs: NOW,
  nowMs: NOW + ms,
});

describe.each([
  ['blue', (...of: Parameters<typeof progress>) => retirementOf(progress(...of)), 'draining', 'retired'],
  [
    'green',
    (...of: Parameters<typeof progress>) => removalOf({ ...progress(...of), firstLook: false }),
    'removing',
    'removed',
  ],
] as const)('the removal of %s', (colour, decide, going, done) => {
  test.each([
    ['has its first write to make', full, null, 'due', 10],
    ['was scaled to 0 just now', full, 'scaleToZero', going, 60],
    ['drains', draining, null, going, 60],
    ['drains, and the step that read it had nothing to write', draining, 'wait', going, 60],
    ['has its last write to make', empty, null, 'due', 10],
    ['was deleted just now', empty, 'delete', going, 10],
    ['is being deleted', deleting, null, going, 10],
    ['is over', null, null, done, 0],
  ] as const)('%s', (_, taskSet, wrote, kind, waitSeconds) => {
    const slice = decide(taskSet, wrote);

    expect(slice).toMatchObject({
      kind,
      waitSeconds,
      startedAtMs: NOW,
      runningCount: taskSet?.runningCount ?? 0,
    });
    expect(slice.reason).toContain(colour);
  });

  test.each([
    [full, null, 'is to be scaled to 0'],
    [full, 'scaleToZero', 'goes down from 2 running tasks'],
    [draining, null, 'drains: 1 tasks left'],
    [empty, null, 'has no tasks left and is to be deleted'],
    [empty, 'delete', 'is being deleted'],
    [deleting, null, 'is being deleted'],
  ] as const)('is described by what comes next, %#', (taskSet, wrote, description) => {
    expect(decide(taskSet, wrote).reason).toBe(`${colour}'s task set ${taskSet.id} ${description}`);
  });

  test('is asked about ever more rarely while ECS deletes the task set', () => {
    expect(decide(deleting, null, 20 * MINUTE_MS).waitSeconds).toBeGreaterThan(10);
    expect(decide(empty, 'delete', 20 * MINUTE_MS).waitSeconds).toBe(10);
  });

  test('gives up after every delay AWS allows has passed twice, and says what to search for', () => {
    expect(decide(draining, null, REMOVAL_LIMIT_MS - 1).kind).toBe(going);
    expect(() => decide(draining, null, REMOVAL_LIMIT_MS)).toThrow(
      `expected ${colour}'s task set ecs-svc/2 to be gone within 2h, found it ACTIVE at 0 % with 1 tasks: search ` +
        'for tasks with scale-in protection or stuck on a draining instance, then delete it',
    );
    expect(decide(null, null, REMOVAL_LIMIT_MS).kind).toBe(done);
  });
});

test('blue’s clients have left since then, which each visit passes on', () => {
  expect(retirementOf({ ...progress(draining, null), leftAtMs: NOW })).toMatchObject({ leftAtMs: NOW });
  expect(retirementOf(progress(draining, null))).not.toHaveProperty('leftAtMs');
});

test('since when blue is not PRIMARY is passed on, where it is not', () => {
  const removal = removalOf({ ...progress(draining, null), firstLook: false });

  expect(primaryMoved({ ...removal, primaryMovedAtMs: NOW })).toEqual({ primaryMovedAtMs: NOW });
  expect(primaryMoved(removal)).toStrictEqual({});
  expect(primaryMoved(undefined)).toStrictEqual({});
});

describe('how often a removal is read at most', () => {
  const plan = { deregistrationDelayMs: 300 * SECOND_MS, stopTimeoutMs: 30 * SECOND_MS };

  test.each([
    ['never, in no time', 0, 0],
    ['once in its first seconds', 10 * SECOND_MS, 1],
    ['ever more rarely', 5 * MINUTE_MS, 19],
    ['about once a minute in the end', HOUR_MS, 83],
  ])('%s', (_, lastingMs, reads) => {
    expect(mostRemovalReads(plan, lastingMs)).toBe(reads);
  });

  test('by the shorter of its two waits', () => {
    expect(mostRemovalReads({ deregistrationDelayMs: 0, stopTimeoutMs: 0 }, 5 * MINUTE_MS)).toBe(19);
  });
});

test('a green that is not there at the first observation may still be on its way', () => {
  const first = removalOf({ ...progress(null, 'gone'), firstLook: true });
  const second = removalOf({ ...progress(null, null), firstLook: false });
  const seen = removalOf({ ...progress(aTaskSet(), 'scaleToZero'), firstLook: true });

  expect(seen.reason).not.toContain('no task set');

  expect(first).toEqual({
    kind: 'removing',
    startedAtMs: NOW,
    waitSeconds: 60,
    runningCount: 0,
    reason: 'no task set of this deployment found; reading once more, because one may still be on its way',
  });
  expect(second.kind).toBe('removed');
});
