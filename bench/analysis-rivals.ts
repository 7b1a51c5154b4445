import { plainRegression, regression } from '../core/verdict/analysis/regression.ts';
import type { Counts, Minute } from '../core/verdict/analysis/series.types.ts';
import { exactP, rankZ, shiftOf } from './mann-whitney.ts';

/** What judges a canary: the minute from 1 in which it rolls back, or null. `sigma` is blue's, from its history. */
type Judge = (minutes: readonly Minute[], sigma: number) => number | null;

const ALPHA = 0.01;

const firstFrom = (course: readonly number[], bad: (at: number) => number, limit: number): number | null => {
  const at = course.findIndex((logE, minute) => logE >= limit && bad(minute) >= 3);
  return at < 0 ? null : at + 1;
};

const badUpTo =
  (minutes: readonly Minute[]) =>
  (at: number): number =>
    minutes.slice(0, at + 1).reduce((sum, { green }) => sum + green.bad, 0);

/** As in a deployment, with its margins or without any. */
const ours =
  (margin: { psi: number; delta: number }): Judge =>
  (minutes, sigma) =>
    firstFrom(regression(minutes, { ...margin, sigma, alpha: ALPHA }), badUpTo(minutes), Math.log(1 / ALPHA));

const strict: Judge = (minutes) =>
  firstFrom(plainRegression(minutes, { psi: 1, delta: 0, sigma: 0 }), badUpTo(minutes), Math.log(1 / ALPHA));

const total = (counts: readonly Counts[]): Counts =>
  counts.reduce((sum, { requests, bad }) => ({ requests: sum.requests + requests, bad: sum.bad + bad }), {
    requests: 0,
    bad: 0,
  });

/** Two proportions, read after every minute as if it were the only time: one-sided, at 1 %. */
const zTest: Judge = (minutes) => {
  for (let at = 1; at <= minutes.length; at += 1) {
    const blue = total(minutes.slice(0, at).map((minute) => minute.blue));
    const green = total(minutes.slice(0, at).map((minute) => minute.green));
    const pooled = (blue.bad + green.bad) / (blue.requests + green.requests);
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / blue.requests + 1 / green.requests));
    if (error > 0 && (green.bad / green.requests - blue.bad / blue.requests) / error > 2.326) return at;
  }
  return null;
};

/** Above 1 % in two of the last three minutes: the usual alarm. */
const alarm: Judge = (minutes) => {
  const high = minutes.map(({ green }) => green.bad > 0.01 * green.requests);
  const at = high.findIndex(
    (_, minute) => high.slice(Math.max(0, minute - 2), minute + 1).filter(Boolean).length >= 2,
  );
  return at < 0 ? null : at + 1;
};

const rateOf = ({ requests, bad }: Counts): number => (requests === 0 ? 0 : bad / requests);

/** Judges of rates judge each five minutes; `from` the first time, by the last `window` minutes. */
type OfRates = {
  from: number;
  window: number;
  worse(blue: readonly number[], green: readonly number[]): boolean;
};

const EVERY = 5;

const ofRates =
  ({ from, window, worse }: OfRates): Judge =>
  (minutes) => {
    for (let at = from; at <= minutes.length; at += EVERY) {
      const seen = minutes.slice(Math.max(0, at - window), at);
      const blue = seen.map((minute) => rateOf(minute.blue));
      const green = seen.map((minute) => rateOf(minute.green));
      if (worse(blue, green)) return at;
    }
    return null;
  };

/**
 * pipe-cd/pipecd, analysis/executestage/metrics_analyzer.go: each interval the interval's own points, "greater" at 5 %,
 * no failure allowed.
 */
const pipeCd = ofRates({
  from: EVERY,
  window: EVERY,
  worse: (blue, green) => exactP(blue, green) <= 0.05,
});

/** The normal distribution's 99th percent: an interval of 98 % has as much on either side. */
const Z_98 = 2.326;

/**
 * spinnaker/kayenta, NetflixACAJudge and MannWhitneyClassifier: green is "High" when the lower end of the difference's
 * interval of 98 % is above a quarter of its estimate. A lookback that grows; outliers are
 * kept, as they are unless a metric's configuration removes them (spinnaker.io, Canary judgment, step 2).
 */
const isHigh = (blue: readonly number[], green: readonly number[]): boolean =>
  // The estimate takes far longer, and a smaller shift is easier to exceed.
  rankZ(blue, green, 0) > Z_98 && rankZ(blue, green, 0.25 * Math.abs(shiftOf(blue, green))) > Z_98;

const kayenta = (from: number): Judge => ofRates({ from, window: Number.POSITIVE_INFINITY, worse: isHigh });

/** Its guide asks for so many points at least. */
const KAYENTA_POINTS = 50;

export const judges: readonly { name: string; judge: Judge }[] = [
  { name: 'Cutover, default margins', judge: ours({ psi: 1.25, delta: 0.0001 }) },
  { name: 'Cutover, 1.1 and 0.005 points', judge: ours({ psi: 1.1, delta: 0.000_05 }) },
  { name: 'Cutover, no margin', judge: ours({ psi: 1, delta: 0 }) },
  { name: 'the same without design effect and cap', judge: strict },
  { name: 'z-test, each minute', judge: zTest },
  { name: 'Mann-Whitney, repeated (PipeCD)', judge: pipeCd },
  { name: 'Mann-Whitney and effect (Kayenta)', judge: kayenta(EVERY) },
  { name: 'the same after 50 minutes, as Kayenta advises', judge: kayenta(KAYENTA_POINTS) },
  { name: 'over 1 % in 2 of 3 minutes', judge: alarm },
];
