import { describe, expect, test } from 'vitest';
import { behaviourNames, parseBehaviour } from '../../rehearsal/behaviour.ts';
import type { Behaviour } from '../../sim/parts.types.ts';

const parsed = (text: string): Behaviour => {
  const result = parseBehaviour(text);
  if (!result.ok) throw new Error(result.message);
  return result.behaviour;
};

const MINUTE = 60_000;

describe('a behaviour', () => {
  test('that is healthy answers everything', () => {
    const behaviour = parsed('healthy');

    expect(behaviour.answersHealthCheck(0)).toBe(true);
    expect(behaviour.errorShare(0, 1_000, 0)).toBe(0);
    expect(behaviour.crash).toBeUndefined();
  });

  test.each([
    ['slow-start:90s', { bootMs: 90_000 }],
    ['never-healthy', { healthCheckCode: 503 }],
    ['never-healthy:404', { healthCheckCode: 404 }],
    ['crash-loop', { crash: { afterMs: 20_000, exitCode: 1 } }],
    ['crash-loop:137', { crash: { afterMs: 20_000, exitCode: 137 } }],
    ['crash-loop@5m', { crash: { afterMs: 5 * MINUTE, exitCode: 1 } }],
    ['crash-loop:2@1m30s', { crash: { afterMs: 90_000, exitCode: 2 } }],
    [
      'no-image',
      {
        cannotStart: {
          stopCode: 'TaskFailedToStart',
          stoppedReason: expect.stringMatching(/^CannotPullContainerError/),
        },
      },
    ],
    [
      'memory-leak:5m',
      {
        crash: {
          afterMs: expect.any(Number),
          exitCode: 137,
          reason: expect.stringMatching(/^OutOfMemoryError/),
        },
      },
    ],
  ])('%s is read', (text, expected) => {
    const behaviour = parsed(text);

    expect(behaviour).toMatchObject({ name: text, ...expected });
  });

  test('that is never healthy answers no check', () => {
    expect(parsed('never-healthy').answersHealthCheck(60 * MINUTE)).toBe(false);
  });

  test.each([
    ['errors:20%', 1, 0.2],
    ['errors:0.5%', 1, 0.005],
    ['errors:100%', 1, 1],
    ['errors-under-load:50rps', 50, 0],
    ['errors-under-load:50rps', 200, 0.75],
  ])('%s at %i requests a second fails a share of %f', (text, requestsPerSecond, share) => {
    const behaviour = parsed(text);

    expect(behaviour.errorShare(0, requestsPerSecond, 0)).toBeCloseTo(share, 6);
  });

  test.each([
    ['latency:800ms', 800],
    ['latency:2s', 2_000],
  ])('%s takes that long', (text, ms) => {
    expect(parsed(text).responseMs(0, 1)).toBe(ms);
  });

  test('that leaks memory turns sick after nine tenths of its time and announces it', () => {
    const leak = parsed('memory-leak:10m');

    expect(leak.answersHealthCheck(9 * MINUTE - 1)).toBe(true);
    expect(leak.answersHealthCheck(9 * MINUTE)).toBe(false);
    expect(leak.changesAtMs).toEqual([9 * MINUTE]);
  });

  test('that is flaky changes exactly when it says, in rising order', () => {
    const flaky = parsed('flaky-health');

    const before = flaky.changesAtMs.map((ms) => flaky.answersHealthCheck(ms - 1));
    const after = flaky.changesAtMs.map((ms) => flaky.answersHealthCheck(ms));

    expect(after).toEqual(before.map((answer) => !answer));
    expect(flaky.changesAtMs).toEqual([...flaky.changesAtMs].sort((a, b) => a - b));
  });

  test('in every usage shown to people can be typed as shown, without its brackets', () => {
    for (const { usage } of behaviourNames) {
      const text = usage.replaceAll(/[[\]]/g, '');
      expect(parseBehaviour(text)).toMatchObject({ ok: true });
      expect(parseBehaviour(usage.replaceAll(/\[.*\]/g, ''))).toMatchObject({ ok: true });
    }
  });
});

describe('a mistyped behaviour', () => {
  test.each([
    ['helthy', /expected a behaviour, one of healthy, .*found "helthy".*Did you mean "healthy"/],
    ['', /found ""/],
    ['healthy:5', /expected nothing after the name for healthy .*found "5"/],
    ['slow-start', /expected a time such as "90s".*nothing after it/],
    ['slow-start:soon', /found "soon"/],
    ['slow-start:0s', /found "0s"/],
    ['never-healthy:200', /status code that is no success/],
    ['crash-loop:256', /exit code from 0 to 255/],
    ['crash-loop:', /found ""/],
    ['crash-loop@', /found "@"/],
    ['errors:120%', /share from "0%" to "100%"/],
    ['errors:20', /found "20"/],
    ['errors-under-load:0rps', /above 0/],
    ['latency:fast', /"800ms"/],
    ['memory-leak:0m', /"10m"/],
    ['flaky-health:often', /nothing after the name/],
    ['no-image\nx', /expected a behaviour/],
  ])('%j says what was expected and found', (text, message) => {
    const result = parseBehaviour(text);

    expect(result).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  });
});
