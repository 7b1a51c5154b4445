import { MINUTE_MS } from '../../clock.ts';
import type { AnalysisPlan, ComparedMetric, MetricPolicy } from '../../vocabulary/analysis.types.ts';
import type { FinalMinute } from './final-minutes.ts';
import { NO_HARM } from './non-inferiority.ts';
import type { Margin, Minute } from './series.types.ts';
import { SIGMA_CEILING } from './sigma.ts';

/** New tasks have cold caches and empty pools: their first answers are slow in every deployment. */
const WARM_UP_MS = 3 * MINUTE_MS;

/** With stickiness users fail together, whichever their colour (health of each session, not of each request). */
const STICKY_SIGMA = 0.5;

/** From where and how a deployment's minutes count. */
export type ComparedFrom = {
  policy: AnalysisPlan;
  /** The first whole minute after the first shift, and after the present one. */
  sinceMs: number;
  shiftFromMs: number;
  /** Green has all traffic: there is no blue beside it any more. */
  alone: boolean;
  /** Clients stay with their colour, so requests do not fall on the colours by chance. */
  sticky: boolean;
};

/** How one metric is judged. */
export type MetricRule = Pick<ComparedMetric, 'metric' | 'use'> &
  Margin & {
    minuteOf(minute: FinalMinute): Minute | undefined;
    /** Minutes before it do not count; nor, for "unharmed", minutes before the other. */
    fromMs: number;
    unharmedFromMs: number;
    noHarm: Margin;
  };

const noHarmOf = ({ delta }: MetricPolicy): Margin => ({
  psi: NO_HARM.psi,
  delta: Math.max(NO_HARM.delta, delta),
});

/** The metrics that are judged: errors first, then each threshold of the response time. */
export const metricRules = ({ policy, sinceMs, shiftFromMs }: ComparedFrom): MetricRule[] => {
  const { errors, latency, baseline } = policy;
  const rules: MetricRule[] = [];
  if (errors.use !== 'off') {
    const { use, psi, delta } = errors;
    rules.push({
      metric: 'errors',
      use,
      psi,
      delta,
      minuteOf: (minute) => minute.errors,
      fromMs: sinceMs,
      unharmedFromMs: shiftFromMs,
      noHarm: noHarmOf(errors),
    });
  }
  const { use, psi, delta } = latency;
  if (use === 'off') return rules;
  for (const [threshold, seconds] of (baseline?.slowOver ?? []).entries()) {
    rules.push({
      metric: `slower than ${seconds} s`,
      use,
      psi,
      delta,
      minuteOf: ({ slow }) => slow[threshold],
      fromMs: sinceMs + WARM_UP_MS,
      unharmedFromMs: shiftFromMs + MINUTE_MS,
      noHarm: noHarmOf(latency),
    });
  }
  return rules;
};

/** How much one colour's rate varies by itself: the most careful estimate while nothing is known of blue. */
export const sigmaFor = ({ policy, sticky }: Pick<ComparedFrom, 'policy' | 'sticky'>): number => {
  const known = policy.baseline?.sigma ?? SIGMA_CEILING;
  return sticky ? Math.max(STICKY_SIGMA, known) : known;
};
