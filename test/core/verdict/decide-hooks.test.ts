import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { decide } from '../../../core/verdict/decide.ts';
import type { DecideInput } from '../../../core/verdict/decision.ts';
import type { Decision } from '../../../core/vocabulary/decision.types.ts';
import type { HookRun, HookStage } from '../../../core/vocabulary/hooks.types.ts';
import type { Weights } from '../../../core/vocabulary/plan.types.ts';
import { aCommand, anObservation, aPlan, NOW, someTraffic } from '../a-deployment.ts';
import { aHook, aRun, ended } from '../hooks/a-hook.ts';

/** The test route is open, then 10 %, then everybody. */
const SHIFTS = [
  { greenPct: 0, bakeMs: 5 * MINUTE_MS, test: true as const },
  { greenPct: 10, bakeMs: 5 * MINUTE_MS },
  { greenPct: 100, bakeMs: 5 * MINUTE_MS },
];
const WEIGHTS: Weights[] = [
  { blue: 100, green: 0 },
  { blue: 90, green: 10 },
  { blue: 0, green: 100 },
];
const BAKE_MINUTES = 5;

/** A plan with one hook of that stage, so many minutes after the shift to that position. */
const at = (
  position: number,
  minutes: number,
  stage: HookStage,
  run: Partial<HookRun> | null = null,
  changes: Partial<DecideInput> = {},
): Decision => {
  const weights = WEIGHTS[position] as Weights;
  return decide({
    plan: aPlan({ shifts: SHIFTS, hooks: [aHook({ stages: [stage] })] }),
    traffic: someTraffic({ position, weights }),
    previous: undefined,
    observed: anObservation({ routes: [{ label: 'HTTPS:443 default', weights }] }),
    lastAlarm: null,
    commands: [],
    ...(run === null ? {} : { hookRuns: [aRun({ stage, ...run })] }),
    nowMs: NOW + minutes * MINUTE_MS,
    ...changes,
  });
};

const TESTED = 'POST_TEST_TRAFFIC_SHIFT';
const SHIFTED = 'PRE_PRODUCTION_TRAFFIC_SHIFT';
const ALL = 'POST_PRODUCTION_TRAFFIC_SHIFT';

describe('the hooks of the time in which testers meet green', () => {
  const open = 'open to testers for 1m of 5m, no user meets green; ';

  test('run while it lasts', () => {
    const decision = at(0, 1, TESTED);

    expect(decision).toMatchObject({ kind: 'runHooks', position: 0, waitSeconds: 60 });
    expect(decision.hooks).toEqual({ stage: TESTED, step: 0, after: 0 });
    expect(decision.reason).toContain(`waits for hook smoke (${TESTED}); ${open}`);
  });

  test('are asked for again no later than the test ends, or than a hook that runs for long', () => {
    const run = { startedAtMs: NOW, deadlineMs: NOW + 60 * MINUTE_MS };

    expect(at(0, 4.5, TESTED, run).waitSeconds).toBe(30);
    expect(at(0, 4.5, TESTED, { ...run, deadlineMs: NOW + 4.5 * MINUTE_MS }).waitSeconds).toBe(15);
  });

  test('a run that begins now is waited for like one that runs already', () => {
    const shortHook = aHook({ stages: [TESTED], timeoutMs: 5_000 });
    const plan = aPlan({ shifts: SHIFTS, hooks: [shortHook] });

    expect(at(0, 1, TESTED, null, { plan }).waitSeconds).toBe(20);
  });

  test('let the test be over by its time when they have succeeded, and users come', () => {
    const passed = { result: ended('SUCCEEDED') };

    expect(at(0, 1, TESTED, passed)).toMatchObject({
      kind: 'hold',
      waitSeconds: 60,
      reason: expect.stringMatching(new RegExp(`^${open}`)),
    });
    expect(at(0, BAKE_MINUTES, TESTED, passed)).toMatchObject({
      kind: 'advance',
      position: 1,
      reason: expect.stringMatching(/^the test route was open with a healthy green for 5m, 10 % next; /),
    });
  });

  test('keep the users away while they run beyond its time', () => {
    expect(at(0, 7, TESTED, {})).toMatchObject({
      kind: 'runHooks',
      reason: expect.stringMatching(/^waits for hook smoke \(POST_TEST_TRAFFIC_SHIFT\); green has 2 of 2/),
    });
  });

  test.each([1, BAKE_MINUTES])('roll back at once when one fails, %i minutes in', (minutes) => {
    expect(at(0, minutes, TESTED, { result: ended('FAILED') })).toMatchObject({
      kind: 'rollBack',
      reason: expect.stringMatching(
        /^hook smoke \(POST_TEST_TRAFFIC_SHIFT\): it is FAILED; green has 2 of 2/,
      ),
    });
  });
});

describe('the hooks before a shift', () => {
  const next = { step: 2 };

  test('are not asked while the bake lasts', () => {
    expect(at(1, 4, SHIFTED)).toMatchObject({ kind: 'hold' });
  });

  test('run when it is over, and hold the shift back', () => {
    const decision = at(1, BAKE_MINUTES, SHIFTED);

    expect(decision).toMatchObject({ kind: 'runHooks', position: 1 });
    expect(decision.hooks).toEqual({ stage: SHIFTED, step: 2, after: 1 });
    expect(decision.reason).toMatch(/^waits for hook smoke \(PRE_PRODUCTION_TRAFFIC_SHIFT 2\); green has 2/);
  });

  test.each([
    ['lets the shift be made', 'SUCCEEDED', 'advance', /^10 % baked healthy for 5m, 100 % next; /],
    [
      'rolls back',
      'FAILED',
      'rollBack',
      /^hook smoke \(PRE_PRODUCTION_TRAFFIC_SHIFT 2\): it is FAILED; green/,
    ],
  ] as const)('one that %s', (_, status, kind, reason) => {
    expect(at(1, BAKE_MINUTES, SHIFTED, { ...next, result: ended(status) })).toMatchObject({
      kind,
      reason: expect.stringMatching(reason),
    });
  });

  test('one that failed and is tolerated is named in the shift', () => {
    const hook = aHook({ stages: [SHIFTED], onFailure: 'continue' });
    const plan = aPlan({ shifts: SHIFTS, hooks: [hook] });
    const failed = { ...next, result: ended('FAILED') };

    expect(at(1, BAKE_MINUTES, SHIFTED, failed, { plan })).toMatchObject({
      kind: 'advance',
      reason: expect.stringMatching(
        /; hook smoke \(PRE_PRODUCTION_TRAFFIC_SHIFT 2\) is tolerated: it is FAILED$/,
      ),
    });
  });

  test('are run at once for a person who does not wait for the bake', () => {
    const commands = [aCommand('skip')];

    expect(at(1, 2, SHIFTED, null, { commands }).kind).toBe('runHooks');
  });
});

describe('the hooks after the last shift', () => {
  test('run while blue is kept, and hold the promotion back', () => {
    expect(at(2, 1, ALL)).toMatchObject({ kind: 'runHooks', hooks: { stage: ALL, step: 0, after: 0 } });
    expect(at(2, BAKE_MINUTES, ALL, {}).kind).toBe('runHooks');
    expect(at(2, BAKE_MINUTES, ALL, { result: ended('SUCCEEDED') }).kind).toBe('promote');
    expect(at(2, BAKE_MINUTES, ALL, { result: ended('FAILED') }).kind).toBe('rollBack');
  });

  test('have no part in an earlier bake', () => {
    expect(at(1, 1, ALL).kind).toBe('hold');
    expect(at(1, BAKE_MINUTES, ALL).kind).toBe('advance');
  });
});
