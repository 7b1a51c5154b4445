import { describe, expect, test } from 'vitest';
import { expectConverged, type Run, secondsAt, worldOf } from './a-rehearsal.ts';
import {
  busy,
  counts,
  cpu,
  NOTHING,
  playing,
  scaledBy,
  schedule,
  shifts,
  suspended,
} from './a-scaled-service.ts';

/** Six tasks, four to 24 of them, scaled in each of the three ways while a deployment lasts and users come twice. */

const registrations = ({ report }: Run): number =>
  report.apiCalls.byOperation['application-autoscaling:RegisterScalableTarget'] ?? 0;

describe('a policy that tracks the CPU of both colours', () => {
  test('takes tasks from both while green is idle, if nobody suspends it', async () => {
    const played = await playing(scaledBy([cpu]), { autoscaling: 'leave' });

    expect(counts(played)).toEqual([5]);
    expect(registrations(played)).toBe(0);
  });

  test('takes none with scale-in suspended, which ends as it began', async () => {
    const played = await playing(scaledBy([cpu]));

    expectConverged(played);
    expect(counts(played)).toEqual([]);
    expect(registrations(played)).toBe(2);
    expect(suspended(played)).toEqual(NOTHING);
    expect(played.report.record?.scaling).toMatchObject({ kind: 'restored' });
    expect(played.report.requests.failed).toBe(0);
  });

  test('does not see that load doubles while the other colour is idle', async () => {
    const played = await playing(scaledBy([cpu]), {}, ['load:2x@shift:1']);

    expectConverged(played);
    expect(counts(played)).toEqual([]);
  });
});

describe('load that doubles in the middle brings tasks to both colours, and users wait for them', () => {
  test.each([
    ['by a step policy, which counts the tasks of both', scaledBy([busy]), ['load:2x@shift:1'], 14],
    ['by the clock', scaledBy([], [schedule('at(2026-01-05T09:16:00)', 12)]), ['load:2x@shift:1'], 12],
    ['four times as much, by the CPU', scaledBy([cpu]), ['load:4x@shift:1'], 20],
  ])('%s', async (_, world, inject, count) => {
    const played = await playing(world, {}, inject);

    expectConverged(played);
    expect(played.report.outcome).toBe('succeeded');
    expect(Math.max(...counts(played))).toBe(count);
    expect(played.report.requests.failed).toBe(0);
    expect(suspended(played)).toEqual(NOTHING);
    // No task was lost, so users stay where the plan wants them.
    const given = played.events.flatMap(({ status }) => Object.values(status.greenPctByRoute));
    expect([...new Set(given)]).toEqual([0, 10, 50, 100]);
    // Both colours have the new tasks before the plan's next shift.
    const next = played.events.findIndex(
      ({ event }) => event.data?.position === 1 || /^advance/.test(event.what),
    );
    const { green, blue, sinceStartMs } = (played.events[next] as Run['events'][number]).status;
    expect(sinceStartMs / 1_000).toBeGreaterThan(secondsAt(played, /^desired count of orders/));
    expect([blue.healthy, green.healthy]).toEqual([count, count]);
  });

  test('nothing at all with everything suspended; what the clock would have done is not made up for', async () => {
    const world = scaledBy([busy, cpu], [schedule('at(2026-01-05T09:16:00)', 12)]);
    const played = await playing(world, { autoscaling: 'suspendAll' }, ['load:4x@shift:1']);

    expectConverged(played);
    expect(counts(played)).toEqual([]);
    expect(suspended(played)).toEqual(NOTHING);
  });
});

describe('every way out restores it', () => {
  test.each([
    ['an abort', ['abort@shift:1'], 'rolledBack'],
    ['an alarm', ['alarm@shift:1'], 'rolledBack'],
    ['a stopped execution', ['stop-execution@shift:1'], 'rolledBack'],
    ['one that is stopped as it begins to write', ['stop-execution@state:LaunchGreen'], 'rolledBack'],
    ['an answer that is lost', ['lost:application-autoscaling:RegisterScalableTarget'], 'succeeded'],
    ['an API that is throttled', ['throttle:application-autoscaling:10m@state:RecordOutcome'], 'succeeded'],
  ])('%s', async (_, inject, outcome) => {
    const played = await playing(scaledBy([cpu]), { shifts: shifts.slice(1) }, inject);

    expectConverged(played);
    expect(played.report.outcome).toBe(outcome);
    expect(suspended(played)).toEqual(NOTHING);
  });

  test('but not over what somebody else has made of it since, which the record says', async () => {
    const played = await playing(scaledBy([cpu]), { shifts: shifts.slice(1) }, [
      'foreign-scaling:suspended@shift:1',
    ]);

    expectConverged(played);
    expect(suspended(played)).toEqual({ ...NOTHING, DynamicScalingOutSuspended: true });
    expect(played.report.record?.reason).toContain('somebody else changed the scaling');
  });
});

test('a service that nothing scales costs one read more, and not one transition', async () => {
  const world = worldOf('canary');
  const alone = { ...world, surroundings: { ...world.surroundings, scalableTargets: [] } };
  const [unscaled, scaled] = [await playing(alone), await playing(scaledBy([cpu]))];
  const calls = Object.entries(unscaled.report.apiCalls.byOperation).filter(([name]) => /scal/i.test(name));

  expect(calls).toEqual([['application-autoscaling:DescribeScalableTargets', 1]]);
  expect(scaled.report.path).toEqual(unscaled.report.path);
});
