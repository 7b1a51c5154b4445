import { readAlpha } from '../../core/request/analysis.ts';
import { readDelta, readPsi } from '../../core/request/application-metrics.ts';
import { DEFAULT_ANALYSIS } from '../../core/request/defaults.ts';
import type { Problem } from '../../core/request/problem.ts';
import {
  type Fields,
  optional,
  type Reader,
  readChoice,
  readList,
  readNumber,
  readObject,
  refuse,
  SHARE,
} from '../../core/request/read-field.ts';
import { type Analysis, analysisMethods } from '../../core/verdict/analysis/analyse.ts';
import { NO_HARM } from '../../core/verdict/analysis/non-inferiority.ts';
import type { Counts, Minute } from '../../core/verdict/analysis/series.types.ts';
import { MIN_HISTORY_MINUTES, SIGMA_FLOOR, sigmaOf } from '../../core/verdict/analysis/sigma.ts';

export type Series = { minutes: Minute[]; analysis: Analysis; calibrated: boolean };

/** A month of minutes: longer than a deployment may take. */
const MOST_MINUTES = 31 * 24 * 60;

/** What counts hold exactly. */
const MOST_REQUESTS = 1e12;
const COUNT = 'a number of requests from 0 to 1e12';

/** Percentile ranks give fractions of a request; the test counts whole ones. */
const readCount: Reader<number> = (value, path, problems) => {
  const count = readNumber(0, MOST_REQUESTS, COUNT)(value, path, problems);
  return count === undefined ? undefined : Math.round(count);
};

const readCounts: Reader<Counts> = (value, path, problems) => {
  const fields = readObject(['requests', 'bad'], '{ "requests": N, "bad": N }')(value, path, problems);
  if (fields === undefined) return undefined;
  const requests = readCount(fields.requests, `${path}.requests`, problems);
  const bad = readCount(fields.bad, `${path}.bad`, problems);
  // More bad than requests is no mistake: an answer counts in the minute in which it is given.
  return requests === undefined || bad === undefined ? undefined : { requests, bad };
};

const NOBODY: Counts = { requests: 0, bad: 0 };

/** A bake has no blue to compare with, so blue may be left out of it. */
const readMinute =
  (blueMayLack: boolean): Reader<Minute> =>
  (value, path, problems) => {
    const fields = readObject(['blue', 'green'], '{ "blue": {...}, "green": {...} }')(value, path, problems);
    if (fields === undefined) return undefined;
    const blue =
      fields.blue === undefined && blueMayLack ? NOBODY : readCounts(fields.blue, `${path}.blue`, problems);
    const green = readCounts(fields.green, `${path}.green`, problems);
    return blue === undefined || green === undefined ? undefined : { blue, green };
  };

const readHistory: Reader<Counts[]> = (value, path, problems) => {
  const fields = readObject(['requests', 'bad'], '{ "requests": [...], "bad": [...] }')(
    value,
    path,
    problems,
  );
  if (fields === undefined) return undefined;
  const expected = `a list of ${MIN_HISTORY_MINUTES} to ${MOST_MINUTES} counts, one a minute`;
  const counts = readList(MIN_HISTORY_MINUTES, MOST_MINUTES, expected, readCount);
  const requests = counts(fields.requests, `${path}.requests`, problems);
  const bad = counts(fields.bad, `${path}.bad`, problems);
  if (requests === undefined || bad === undefined) return undefined;
  if (requests.length !== bad.length) {
    return refuse(
      problems,
      `${path}.bad`,
      `as many minutes as requests (${requests.length})`,
      `${bad.length}`,
    );
  }
  return requests.map((count, at) => ({ requests: count, bad: bad[at] as number }));
};

const KNOWN = ['minutes', 'method', 'psi', 'delta', 'sigma', 'alpha', 'baselineRate', 'history'] as const;

/** A file for `cutover analyse`, read whole: the series, or every problem of it. */
export const readSeries = (value: unknown): { series: Series } | { problems: Problem[] } => {
  const problems: Problem[] = [];
  const fields: Fields = readObject(KNOWN, 'an object with "minutes"')(value, 'series', problems) ?? {};
  const read = <Value>(name: (typeof KNOWN)[number], reader: Reader<Value>): Value | undefined =>
    optional(reader)(fields[name], name, problems);

  const method = read('method', readChoice(analysisMethods)) ?? 'recommended';
  const defaults =
    method === 'noninferiority' ? NO_HARM : { ...DEFAULT_ANALYSIS.errors, alpha: DEFAULT_ANALYSIS.alpha };
  const expected = `a list of 1 to ${MOST_MINUTES} minutes`;
  const minutes = readList(
    1,
    MOST_MINUTES,
    expected,
    readMinute(method === 'bake'),
  )(fields.minutes, 'minutes', problems);
  const psi = read('psi', readPsi);
  const delta = read('delta', readDelta);
  const sigma = read('sigma', readNumber(0, 10, 'a coefficient of variation from 0 to 10'));
  const alpha = read('alpha', readAlpha);
  const baselineRate = read('baselineRate', readNumber(0, 1, SHARE));
  const history = read('history', readHistory);
  if (method === 'bake' && fields.baselineRate === undefined) {
    const hint = 'A bake has no blue to compare with: name the share of bad requests that green may have.';
    refuse(problems, 'baselineRate', SHARE, 'nothing', hint);
  }
  if (problems.length > 0 || minutes === undefined) return { problems };
  return {
    series: {
      minutes,
      calibrated: history !== undefined,
      analysis: {
        method,
        psi: psi ?? defaults.psi,
        delta: delta ?? defaults.delta,
        alpha: alpha ?? defaults.alpha,
        sigma: history === undefined ? (sigma ?? SIGMA_FLOOR) : sigmaOf(history),
        baselineRate: baselineRate ?? 0,
      },
    },
  };
};
