import { expect, test } from 'vitest';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import { judgeHealth } from '../../functions/judge-health.ts';
import { seededRandom } from '../../sim/kernel/random.ts';
import { BLUE, GREEN, NOW } from '../core/a-deployment.ts';
import { aHost, invoking } from './a-handler.ts';
import { ERRORS_DECIDE, green, lease, shiftedTo, theirPlan } from './a-plan.ts';
import { answerFrom, aWorld, bothRoutesAt } from './answers.ts';

/**
 * Each invocation has a Lambda's clock of its own, up to half a minute before or behind that of the load balancer and
 * CloudWatch, whose minutes are complete up to 115 s after their end.
 */

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const MOST_SKEW_MS = 30 * SECOND_MS;

const plan = theirPlan({
  shifts: [
    { greenPct: 10, bakeMs: 240 * MINUTE_MS },
    { greenPct: 100, bakeMs: MINUTE_MS },
  ],
  analysis: ERRORS_DECIDE,
});

/** No two sums of neighbours are alike: a minute that is missing, or counted twice, shows. */
const requestsOf = (share: number, minute: number): number => share * 1_000 + minute ** 2;
const sum = (minutes: number): number =>
  Array.from({ length: minutes }, (_, minute) => requestsOf(1, minute)).reduce((a, b) => a + b, 0);

/** CloudWatch by its own clock: a minute grows until it is complete. */
const cloudWatchAt =
  (now: () => number, lagMs: (minute: number) => number, share: number, rate: number) =>
  (startMs: number): number | undefined => {
    const minute = (startMs - NOW) / MINUTE_MS;
    const endMs = startMs + MINUTE_MS;
    if (now() <= startMs) return undefined;
    const known = now() >= endMs + lagMs(minute) ? 1 : 0.5;
    return Math.floor(known * rate * requestsOf(share, minute));
  };

test.each([1, 2])('no minute is counted twice or missed, seed %d', async (seed) => {
  const random = seededRandom(seed, 'skew');
  const skew = (): number => Math.round((2 * random.next() - 1) * MOST_SKEW_MS);
  const lags = Array.from({ length: 120 }, () => Math.round(random.next() * 115 * SECOND_MS));
  let trueMs = NOW;
  const known = (share: number, rate: number) =>
    cloudWatchAt(
      () => trueMs,
      (minute) => lags[minute] ?? 0,
      share,
      rate,
    );
  answerFrom(
    aWorld({
      routes: bothRoutesAt(90, 10),
      metrics: {
        [`RequestCount ${BLUE}`]: known(9, 1),
        [`HTTPCode_Target_5XX_Count ${BLUE}`]: known(9, 0.001),
        [`RequestCount ${GREEN}`]: known(1, 1),
        [`HTTPCode_Target_5XX_Count ${GREEN}`]: known(1, 0.001),
      },
    }),
  );
  const run = invoking('JudgeHealth', judgeHealth);
  let decision: Decision | undefined;
  const judgeAt = async (ms: number): Promise<Decision> => {
    trueMs = ms;
    const traffic = shiftedTo(0, 10);
    const previous = decision === undefined ? {} : { decision };
    decision = await run({ lease, plan, green, traffic, ...previous }, aHost({ nowMs: ms + skew() }));
    return decision;
  };

  for (let minute = 3; minute < 75; minute += 1) {
    const { kind, analysis } = await judgeAt(NOW + minute * MINUTE_MS + Math.round(random.next() * 59_000));
    expect([kind, analysis?.kind]).not.toContain('rollBack');
    const { minutes, requests } = analysis?.shift ?? { minutes: 0, requests: 0 };
    // The last three may still grow; those before are whole.
    expect(requests).toBeLessThanOrEqual(sum(minutes));
    expect(requests).toBeGreaterThanOrEqual(sum(minutes - 3));
    expect(Math.abs(minutes - (minute - 2))).toBeLessThanOrEqual(1);
  }
  const { analysis } = await judgeAt(NOW + 78 * MINUTE_MS);
  const last = analysis?.shift;
  expect(last?.minutes).toBeGreaterThanOrEqual(75);
  expect(last?.requests).toBe(sum(last?.minutes ?? 0));
  expect(analysis?.kind).not.toBe('worse');
});
