import { bakeAgainst } from './bake.ts';
import { type Bounds, boundsOf } from './bounds.ts';
import { smallestDetectable } from './detectable.ts';
import { isOutage } from './hard-gate.ts';
import { nonInferiority } from './non-inferiority.ts';
import { plainRegression, regression } from './regression.ts';
import type { Counts, Margin, Minute } from './series.types.ts';
import { LEAST_BAD, SUSPECT_LOG_E } from './thresholds.ts';

/** `recommended` is what decides in a deployment; `strict` its textbook form; `bake` judges green alone. */
export const analysisMethods = ['recommended', 'strict', 'noninferiority', 'bake'] as const;
type AnalysisMethod = (typeof analysisMethods)[number];

export type Analysis = Margin & {
  method: AnalysisMethod;
  sigma: number;
  alpha: number;
  /** The share of bad requests that green may have in a bake without blue, 0 to 1. */
  baselineRate: number;
};

export type AnalysisDecision = 'continue' | 'hold' | 'rollBack' | 'advance';

export type AnalysedMinute = {
  /** From 1. */
  minute: number;
  /** How strongly the minutes so far speak for the method's question, as a natural log. */
  logE: number;
  maxLogE: number;
  decision: AnalysisDecision;
};

export type Analysed = {
  minutes: AnalysedMinute[];
  decision: AnalysisDecision;
  /** In which minute a decision fell that ends the analysis, from 1. */
  minute: number | null;
  /**
   * The first minute, from 1, in which half of green's requests failed while blue was well: there a deployment rolls
   * back at once, whatever the evidence. Of `recommended` alone, and null where there is none.
   */
  outage: number | null;
  /** The chance of so strong a sign, at any time, if there were nothing to find. */
  pValue: number;
  /** Green's rate minus blue's; null where there is no blue to compare with. */
  bounds: Bounds | null;
  /** The smallest ratio of green's rate to blue's that these minutes could have shown; null: none, or no blue. */
  smallestDetectableRatio: number | null;
};

const courseOf = (minutes: readonly Minute[], analysis: Analysis): readonly number[] => {
  switch (analysis.method) {
    case 'recommended':
      return regression(minutes, analysis);
    case 'strict':
      return plainRegression(minutes, { ...analysis, sigma: 0 });
    case 'noninferiority':
      return nonInferiority(minutes, analysis);
    case 'bake':
      return bakeAgainst(
        analysis.baselineRate,
        minutes.map(({ green }) => green),
      );
    default:
      return analysis.method satisfies never;
  }
};

/**
 * What the gate would have said after each minute. `noninferiority` ends with `advance`, the other methods with
 * `rollBack`; what was decided stays decided.
 */
export const judgeMinutes = (minutes: readonly Minute[], analysis: Analysis): AnalysedMinute[] => {
  const { method, alpha } = analysis;
  const course = courseOf(minutes, analysis);
  const enough = Math.log(1 / alpha);
  let bad = 0;
  let maxLogE = Number.NEGATIVE_INFINITY;
  let decided: AnalysisDecision | null = null;
  return minutes.map(({ green }, at) => {
    const logE = course[at] as number;
    bad += green.bad;
    maxLogE = Math.max(maxLogE, logE);
    if (method === 'noninferiority') {
      if (maxLogE >= enough) decided = 'advance';
    } else if (maxLogE >= enough && bad >= LEAST_BAD) decided = 'rollBack';
    const held = method !== 'noninferiority' && logE >= SUSPECT_LOG_E;
    return { minute: at + 1, logE, maxLogE, decision: decided ?? (held ? 'hold' : 'continue') };
  });
};

const sumOf = (counts: readonly Counts[]): Counts =>
  counts.reduce((sum, { requests, bad }) => ({ requests: sum.requests + requests, bad: sum.bad + bad }), {
    requests: 0,
    bad: 0,
  });

/** Without a bad request of blue's the base is not known; one is then taken, since its rate is hardly above that. */
const detectableIn = (minutes: readonly Minute[], analysis: Analysis): number | null => {
  const blue = sumOf(minutes.map((minute) => minute.blue));
  const green = sumOf(minutes.map((minute) => minute.green));
  const requests = blue.requests + green.requests;
  if (blue.requests === 0 || green.requests === 0) return null;
  const forecast = {
    requestsPerMinute: requests / minutes.length,
    badShare: Math.max(blue.bad, 1) / blue.requests,
    greenShare: green.requests / requests,
  };
  return smallestDetectable(minutes.length, forecast, analysis);
};

const outageIn = (minutes: readonly Minute[]): number | null => {
  const at = minutes.findIndex(isOutage);
  return at < 0 ? null : at + 1;
};

/** Judges a series as a deployment would have, minute by minute. The series has at least one minute. */
export const analyse = (minutes: readonly Minute[], analysis: Analysis): Analysed => {
  const analysed = judgeMinutes(minutes, analysis);
  const last = analysed.at(-1) as AnalysedMinute;
  const first = analysed.find(({ decision }) => decision === 'rollBack' || decision === 'advance');
  const sigma = analysis.method === 'strict' ? 0 : analysis.sigma;
  const alone = analysis.method === 'bake';
  return {
    minutes: analysed,
    decision: last.decision,
    minute: first?.minute ?? null,
    outage: analysis.method === 'recommended' ? outageIn(minutes) : null,
    pValue: Math.min(1, Math.exp(-last.maxLogE)),
    bounds: alone ? null : boundsOf(minutes, { alpha: analysis.alpha, sigma }),
    smallestDetectableRatio: alone ? null : detectableIn(minutes, { ...analysis, sigma }),
  };
};
