import { plainRegression, regression } from '../core/verdict/analysis/regression.ts';
import type { Counts, Minute } from '../core/verdict/analysis/series.types.ts';

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

/** Mann-Whitney's z for "green's rates are higher", with the correction for ties. */
const mannWhitney = (blue: readonly number[], green: readonly number[]): number => {
  const all = [
    ...blue.map((rate) => ({ rate, green: false })),
    ...green.map((rate) => ({ rate, green: true })),
  ].sort((a, b) => a.rate - b.rate);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.rate === all[from]?.rate) to += 1;
    const rank = (from + 1 + to) / 2;
    ranks += rank * all.slice(from, to).filter((one) => one.green).length;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const [m, n, count] = [green.length, blue.length, all.length];
  const u = ranks - (m * (m + 1)) / 2;
  const variance = ((m * n) / 12) * (count + 1 - ties / (count * (count - 1)));
  return variance <= 0 ? 0 : (u - (m * n) / 2) / Math.sqrt(variance);
};

/** Both judges of rates judge each five minutes, by all minutes so far. */
const EVERY = 5;

const ofRates =
  (worse: (blue: readonly number[], green: readonly number[]) => boolean): Judge =>
  (minutes) => {
    const rate = ({ requests, bad }: Counts): number => (requests === 0 ? 0 : bad / requests);
    for (let at = EVERY; at <= minutes.length; at += EVERY) {
      const seen = minutes.slice(0, at);
      if (
        worse(
          seen.map(({ blue }) => rate(blue)),
          seen.map(({ green }) => rate(green)),
        )
      )
        return at;
    }
    return null;
  };

/** PipeCD: Mann-Whitney at 5 %, repeated. */
const pipeCd = ofRates((blue, green) => mannWhitney(blue, green) > 1.645);

const mean = (rates: readonly number[]): number => rates.reduce((sum, rate) => sum + rate, 0) / rates.length;

/** Kayenta's NetflixACA judge: Mann-Whitney at 98 %, and a difference of a quarter of blue's mean at least. */
const kayenta = ofRates((blue, green) => mannWhitney(blue, green) > 2.054 && mean(green) > 1.25 * mean(blue));

export const judges: readonly { name: string; judge: Judge }[] = [
  { name: 'Cutover, default margins', judge: ours({ psi: 1.25, delta: 0.0001 }) },
  { name: 'Cutover, no margin', judge: ours({ psi: 1, delta: 0 }) },
  { name: 'the same without design effect and cap', judge: strict },
  { name: 'z-test, each minute', judge: zTest },
  { name: 'Mann-Whitney, repeated (PipeCD)', judge: pipeCd },
  { name: 'Mann-Whitney and effect (Kayenta)', judge: kayenta },
  { name: 'over 1 % in 2 of 3 minutes', judge: alarm },
];
