import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { decide } from '../../../core/verdict/decide.ts';
import type { DecideInput } from '../../../core/verdict/decision.ts';
import type { AnalysisPlan, Comparison } from '../../../core/vocabulary/analysis.types.ts';
import {
  aCommand,
  anAnalysisPolicy,
  anObservation,
  aPlan,
  aRoute,
  aStickyForward,
  BLUE,
  GREEN,
  NOW,
  someTraffic,
} from '../a-deployment.ts';

const POLICY = anAnalysisPolicy({ latency: { use: 'off', psi: 1.25, delta: 0.005 } });

/** Blue has had 45,000 requests, and green so many. */
const compared = (requests: number): Comparison => ({
  kind: 'undecided',
  reason: 'evidence 1 of 100',
  sinceMs: NOW,
  shiftFromMs: NOW,
  minutes: 5,
  shift: { minutes: 5, requests },
  exposed: { requests, bad: 0 },
  metrics: [
    {
      metric: 'errors',
      use: 'decide',
      blue: { requests: 45_000, bad: 0 },
      green: { requests, bad: 0 },
      logE: 0,
      maxLogE: 0,
      logUnharmed: 0,
    },
  ],
  difference: null,
});

const at = (
  minutes: number,
  comparison: Comparison,
  policy: Partial<AnalysisPlan> = {},
  changes: Partial<DecideInput> = {},
) =>
  decide({
    plan: aPlan({ analysis: { ...POLICY, ...policy } }),
    traffic: someTraffic(),
    previous: undefined,
    observed: anObservation(),
    lastAlarm: null,
    commands: [],
    comparison,
    nowMs: NOW + minutes * MINUTE_MS,
    ...changes,
  });
const SEEN = 'green has 2 of 2 targets healthy; 1 of 1 counting alarms OK; evidence 1 of 100';
const FEW = 'too few requests to tell: green has had 120, 2,996 would show';

describe('a bake whose metrics are compared', () => {
  test('keeps what they say with the decision', () => {
    const comparison = compared(5_000);

    expect(at(2, comparison).analysis).toBe(comparison);
  });

  test('is over when they tell enough', () => {
    expect(at(5, compared(5_000))).toMatchObject({ kind: 'advance', position: 1 });
    expect(at(5, compared(5_000))).not.toHaveProperty('asks');
  });

  test('asks a person where they do not tell, and says that it is for that', () => {
    expect(at(5, compared(120))).toMatchObject({
      kind: 'awaitOperator',
      asks: 'evidence',
      reason: `10 % baked healthy and waits for an approval because the metrics do not tell: ${FEW}; ${SEEN}`,
    });
  });

  test('lets a person answer', () => {
    const commands = [aCommand('approve', NOW + 5 * MINUTE_MS)];

    expect(at(6, compared(120), {}, { commands })).toMatchObject({ kind: 'advance', position: 1 });
  });

  test('rolls back where the request wants that of metrics that do not tell', () => {
    expect(at(5, compared(120), { onInconclusive: 'rollBack' })).toMatchObject({
      kind: 'rollBack',
      reason: `${FEW}; ${SEEN}`,
    });
  });

  test('advances where the request wants that, and says what is not proven', () => {
    expect(at(5, compared(120), { onInconclusive: 'advance' })).toMatchObject({
      kind: 'advance',
      reason: `10 % baked healthy for 5m, 50 % next; ${SEEN}; not proven: ${FEW}`,
    });
  });

  test('waits for metrics that could not be read just now', () => {
    const changes = { metricsUnreadable: 'Rate exceeded' };

    expect(at(5, compared(5_000), {}, changes)).toMatchObject({
      kind: 'hold',
      waitSeconds: 60,
      reason: `baked 5m of 5m at 10 %; waits for metrics that cannot be read: Rate exceeded; ${SEEN}`,
    });
  });

  test('asks where nobody reaches green, but not of clients that one sticky route keeps with blue', () => {
    const none = compared(0);
    const advance = { onInconclusive: 'advance' } as const;
    const sticky = aRoute('HTTPS:443 path /app', aStickyForward([BLUE, 100], [GREEN, 0]));
    const plan = aPlan({
      analysis: { ...POLICY, ...advance },
      routes: [aRoute('HTTPS:443 default'), sticky],
    });
    const weights = { blue: 90, green: 10 };
    const routes = plan.routes.map(({ label }) => ({ label, weights }));

    expect(at(5, none, advance)).toMatchObject({
      kind: 'awaitOperator',
      reason: expect.stringContaining('green has had none of the 5,000 requests that 10 % are'),
    });
    expect(at(5, none, advance, { plan, observed: anObservation({ routes }) })).toMatchObject({
      kind: 'advance',
    });
  });
});

test('a shift that waits for its approval asks for nothing else', () => {
  const shifts = aPlan().shifts.map((shift) => ({ ...shift, approval: true as const }));

  const waiting = at(5, compared(5_000), {}, { plan: aPlan({ shifts, analysis: POLICY }) });

  expect(waiting).toMatchObject({
    kind: 'awaitOperator',
    reason: `10 % baked healthy and waits for an approval; ${SEEN}`,
  });
  expect(waiting).not.toHaveProperty('asks');
});
