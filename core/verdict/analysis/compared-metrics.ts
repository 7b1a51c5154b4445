import { MINUTE_MS } from '../../clock.ts';
import type { AnalysisPlan, ComparedMetric, MetricPolicy } from '../../vocabulary/analysis.types.ts';
import type { Usual } from '../../vocabulary/metrics.types.ts';
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
    /** How much one colour's rate varies by itself; what was bad in a minute of blue's before, 0 where not known. */
    sigma: number;
    usualBad: number;
  };

const noHarmOf = ({ delta }: MetricPolicy): Margin => ({
  psi: NO_HARM.psi,
  delta: Math.max(NO_HARM.delta, delta),
});

/** How much one colour's rate varies by itself: the most careful estimate while nothing is known of blue. */
const sigmaFor = (usual: Usual | undefined | null, sticky: boolean): number => {
  const known = usual?.sigma ?? SIGMA_CEILING;
  return sticky ? Math.max(STICKY_SIGMA, known) : known;
};

/** The metrics that are judged: errors first, then each threshold of the response time, then the application's. */
export const metricRules = ({ policy, sinceMs, shiftFromMs, sticky }: ComparedFrom): MetricRule[] => {
  const { errors, latency, application = [], baseline } = policy;
  const ruleOf = (
    metric: MetricPolicy,
    of: Pick<MetricRule, 'metric' | 'minuteOf'>,
    usual: Usual | null | undefined = baseline,
  ): MetricRule[] => {
    const { use, psi, delta } = metric;
    if (use === 'off') return [];
    const warmUp = metric === latency;
    return [
      {
        ...of,
        use,
        psi,
        delta,
        fromMs: warmUp ? sinceMs + WARM_UP_MS : sinceMs,
        unharmedFromMs: warmUp ? shiftFromMs + MINUTE_MS : shiftFromMs,
        noHarm: noHarmOf(metric),
        sigma: sigmaFor(usual, sticky),
        usualBad: usual == null ? 0 : usual.bad / Math.max(1, usual.minutes),
      },
    ];
  };
  return [
    ...ruleOf(errors, { metric: 'errors', minuteOf: (minute) => minute.errors }),
    ...(baseline?.slowOver ?? []).flatMap((seconds, at) =>
      ruleOf(latency, { metric: `slower than ${seconds} s`, minuteOf: ({ slow }) => slow[at] }),
    ),
    ...application.flatMap((metric, at) =>
      ruleOf(
        metric,
        { metric: `bad in ${metric.name}`, minuteOf: (minute) => minute.application[at] },
        baseline?.application?.[at],
      ),
    ),
  ];
};
