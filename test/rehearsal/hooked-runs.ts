import { expect } from 'vitest';
import type { HookStage } from '../../core/vocabulary/hooks.types.ts';
import { type Run, type RunOptions, run } from './a-rehearsal.ts';

/** Rehearsals of deployments with hooks, whatever these are. */

/** Those that come while a deployment goes forward. */
export const stagesForward: readonly HookStage[] = [
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];

const SHIFTS = [
  { greenPct: 20, bake: '2m' },
  { greenPct: 100, bake: '2m' },
];

export const rehearsed = (
  hooks: object[] | undefined,
  behaviours: string[] = [],
  { request, ...options }: Partial<RunOptions> = {},
): Promise<Run> =>
  run({
    ...options,
    request: { shifts: SHIFTS, analysis: 'off', ...(hooks === undefined ? {} : { hooks }), ...request },
    hooks: behaviours,
  });

type KeptResult = { status: string; reason: string; answer?: string; log?: object };

export const results = ({ world }: Run): KeptResult[] =>
  world.dynamoDb
    .items()
    .flatMap(({ sk, resultJson }) =>
      String(sk).startsWith('hook#') && typeof resultJson === 'string' ? [JSON.parse(resultJson)] : [],
    );

/** Nobody lost a request, nothing is left, and no rule was broken, however it ended. */
export const expectHarmless = ({ report }: Run): void => {
  expect(report.requests.failed).toBe(0);
  expect(report.invariantViolations).toEqual([]);
  expect(report.leftovers).toEqual([]);
};

/** When blue had all weight again, in milliseconds of the run. */
export const backOnBlueAt = ({ report }: Run): number | undefined =>
  report.weights.findLast(({ green }) => green === 0)?.at;
