import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Analysis, analyse } from '../../../../core/verdict/analysis/analyse.ts';
import { bakeAgainst } from '../../../../core/verdict/analysis/bake.ts';
import { boundsOf } from '../../../../core/verdict/analysis/bounds.ts';
import type { Minute } from '../../../../core/verdict/analysis/series.types.ts';
import { sigmaOf } from '../../../../core/verdict/analysis/sigma.ts';

/** Blue's requests and bad ones, then green's. */
type Row = [number, number, number, number];
type Vector = {
  name?: string;
  minutes: Row[];
  psi: number;
  delta: number;
  logE: string[];
  decision?: number | null;
};

/** Computed with 50 digits from the definitions, by a program that shares nothing with this one. */
const vectors = JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')) as {
  strict: Vector[];
  recommended: Vector[];
  noninferiority: Vector[];
  bounds: { minutes: Row[]; alpha: number; sigma: number; upper: string; lower: string }[];
  bake: { green: [number, number][]; p0: number; logE: string }[];
  calibration: { name: string; n: number[]; k: number[]; sigma: number }[];
};

const minutesOf = (rows: Row[]): Minute[] =>
  rows.map(([blueRequests, blueBad, greenRequests, greenBad]) => ({
    blue: { requests: blueRequests, bad: blueBad },
    green: { requests: greenRequests, bad: greenBad },
  }));

const close = (found: number, wanted: string | number): void =>
  expect(Math.abs(found - Number(wanted))).toBeLessThan(1e-9);

const analysis = (method: Analysis['method'], { psi, delta }: Vector): Analysis => ({
  method,
  psi,
  delta,
  sigma: 0.25,
  alpha: method === 'noninferiority' ? 0.05 : 0.01,
  baselineRate: 0,
});

describe.each(['strict', 'recommended', 'noninferiority'] as const)('%s', (method) => {
  const named = vectors[method].map((vector, at) => ({
    ...vector,
    title: vector.name ?? `vector ${at + 1}`,
  }));

  test.each(named)('$title', (vector) => {
    const { minutes, minute } = analyse(minutesOf(vector.minutes), analysis(method, vector));

    expect(minutes).toHaveLength(vector.logE.length);
    for (const [at, { logE }] of minutes.entries()) close(logE, vector.logE[at] as string);
    if (vector.decision !== undefined) expect(minute).toBe(vector.decision);
  });
});

test.each(vectors.bounds)('bounds from $minutes', ({ minutes, alpha, sigma, upper, lower }) => {
  const bounds = boundsOf(minutesOf(minutes), { alpha, sigma });

  close(bounds.upper, upper);
  close(bounds.lower, lower);
});

test.each(vectors.bake)('a bake against $p0', ({ green, p0, logE }) => {
  const counts = green.map(([requests, bad]) => ({ requests, bad }));

  close(bakeAgainst(p0, counts).at(-1) as number, logE);
});

test.each(vectors.calibration)('sigma from a history: $name', ({ n, k, sigma }) => {
  close(sigmaOf(n.map((requests, at) => ({ requests, bad: k[at] as number }))), sigma);
});
