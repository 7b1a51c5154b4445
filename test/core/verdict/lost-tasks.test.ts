import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { decide } from '../../../core/verdict/decide.ts';
import { anObservation, aPlan, aStoppedTask, NOW, someHealth, someTraffic } from '../a-deployment.ts';

const lost = (count: number, stoppedAtMs: number, stoppedReason = 'Essential container in task exited') =>
  Array.from({ length: count }, () =>
    aStoppedTask(stoppedReason, {
      stopCode: 'EssentialContainerExited',
      stoppedAtMs,
      containers: [{ name: 'web', image: 'shop:v2', exitCode: 137 }],
    }),
  );

/** Every target healthy again at the moment of the observation. */
const observe = (greenStopped: ReturnType<typeof lost>, wanted = 4) =>
  decide({
    plan: aPlan(),
    traffic: someTraffic(),
    previous: undefined,
    observed: anObservation({ green: someHealth(wanted, wanted), greenStopped }),
    lastAlarm: null,
    commands: [],
    nowMs: NOW + 2 * MINUTE_MS,
  });

describe('tasks of green that died and were replaced between two observations', () => {
  test.each([
    { wanted: 2, tolerated: 2 },
    { wanted: 4, tolerated: 2 },
    { wanted: 6, tolerated: 2 },
    { wanted: 10, tolerated: 4 },
  ])('of $wanted, $tolerated may fail in a bake, one more rolls back', ({ wanted, tolerated }) => {
    expect(observe(lost(tolerated, NOW + MINUTE_MS), wanted).kind).toBe('hold');
    expect(observe(lost(tolerated + 1, NOW + MINUTE_MS), wanted).kind).toBe('rollBack');
  });

  test('are reported with their exit code and image', () => {
    expect(observe(lost(4, NOW + MINUTE_MS)).reason).toBe(
      "green's tasks keep stopping while they get requests: 4 tasks stopped: Essential container in " +
        'task exited (container web exited with code 137 (SIGKILL: out of memory, or not stopped within ' +
        'its stop timeout), image shop:v2)',
    );
  });

  test('do not count when they failed before the shift, or left by scaling in', () => {
    expect(observe(lost(9, NOW - HOUR_MS)).kind).toBe('hold');
    expect(observe(lost(9, NOW + MINUTE_MS, 'Scaling activity initiated by (task set x)')).kind).toBe('hold');
  });

  test('do not count when their host failed, and are named with that', () => {
    const hosts = Array.from({ length: 9 }, () =>
      aStoppedTask('Host EC2 (instance i-0abc) terminated.', {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedAtMs: NOW + MINUTE_MS,
        containers: [],
      }),
    );
    const decision = decide({
      plan: aPlan(),
      traffic: someTraffic(),
      previous: undefined,
      observed: anObservation({ green: someHealth(3, 4), greenStopped: hosts }),
      lastAlarm: null,
      commands: [],
      nowMs: NOW + 2 * MINUTE_MS,
    });

    expect(decision.kind).toBe('hold');
    expect(decision.reason).toContain(
      'not counted against the version: 9 tasks stopped: Host EC2 (instance i-0abc) terminated.',
    );
  });
});
