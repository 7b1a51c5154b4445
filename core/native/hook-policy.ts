import { DAY_MS, MINUTE_MS } from '../clock.ts';
import { readAnalysis } from '../request/analysis.ts';
import { MAX_SHIFT_REQUESTS } from '../request/defaults.ts';
import type { Problem } from '../request/problem.ts';
import { optional, readChoice, readDuration, readInteger, readObject } from '../request/read-field.ts';
import type { AnalysisPolicy } from '../vocabulary/analysis.types.ts';

const insufficientPolicies = ['fail', 'succeed'] as const;

/** `hookDetails` of the service's lifecycle hook. */
export type HookPolicy = {
  analysis: AnalysisPolicy;
  /** So many requests of green at the present weights end the hook; absent: proof, or `atMost`. */
  requests?: number;
  /** How long the hook waits for evidence at one share of the traffic. */
  atMostMs: number;
  /** What follows when there was too little to judge by. */
  onInsufficientData: (typeof insufficientPolicies)[number];
};

/** Long enough for 3,000 requests of green at 10 % of a service with 20 a second. */
const DEFAULT_AT_MOST_MS = 30 * MINUTE_MS;

/** ECS ends a hook after a day at the latest. */
const LONGEST_MS = DAY_MS - MINUTE_MS;

const readers = {
  analysis: optional(readAnalysis),
  requests: optional(readInteger(1, MAX_SHIFT_REQUESTS)),
  atMost: optional(readDuration(MINUTE_MS, LONGEST_MS)),
  onInsufficientData: optional(readChoice(insufficientPolicies)),
};

const HOOK_DETAILS = 'an object with analysis, requests, atMost and onInsufficientData';

export const readHookPolicy = (value: unknown): { policy: HookPolicy } | { problems: Problem[] } => {
  const problems: Problem[] = [];
  const fields = readObject(Object.keys(readers), HOOK_DETAILS)(value ?? {}, 'hookDetails', problems) ?? {};
  const analysis = readAnalysis(fields.analysis, 'hookDetails.analysis', problems);
  const requests = readers.requests(fields.requests, 'hookDetails.requests', problems);
  const atMostMs = readers.atMost(fields.atMost, 'hookDetails.atMost', problems) ?? DEFAULT_AT_MOST_MS;
  const onInsufficientData =
    readers.onInsufficientData(fields.onInsufficientData, 'hookDetails.onInsufficientData', problems) ??
    'fail';
  if (problems.length > 0 || analysis === undefined) return { problems };
  return {
    policy: {
      analysis,
      ...(requests === undefined ? {} : { requests }),
      atMostMs,
      onInsufficientData,
    },
  };
};
