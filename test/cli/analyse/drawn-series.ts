import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutover } from '../a-terminal.ts';

type Row = [blue: number, blueBad: number, green: number, greenBad: number];

/** A line of by_definition.py: a series, and what the definitions make of it. */
type Drawn = {
  series: { minutes: Row[]; method: string; [name: string]: unknown };
  expected: {
    logE: number[];
    minute: number | null;
    pValue: number;
    bounds: [number, number] | null;
    sigma: number;
  };
};

export const drawnIn = (lines: string): Drawn[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Drawn);

/** What `cutover analyse` prints of it, in the same shape. */
const printed = async ({ series }: Drawn): Promise<Drawn['expected']> => {
  const directory = mkdtempSync(join(tmpdir(), 'cutover-drawn-'));
  const file = join(directory, 'series.json');
  const minutes = series.minutes.map(([blue, blueBad, green, greenBad]) => ({
    blue: { requests: blue, bad: blueBad },
    green: { requests: green, bad: greenBad },
  }));
  writeFileSync(file, JSON.stringify({ ...series, minutes }));
  const { code, out, err } = await cutover(['analyse', file, '--json']);
  rmSync(directory, { recursive: true });
  if (code !== 0) throw new Error(err);
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { minute, pValue, bounds, sigma } = rows.pop();
  return { logE: rows.map(({ logE }) => logE), minute, pValue, bounds, sigma };
};

/** Relative above 1, absolute below. */
const close = (found: number, wanted: number): boolean =>
  Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));

const closeAll = (found: readonly number[], wanted: readonly number[]): boolean =>
  found.length === wanted.length && found.every((value, at) => close(value, wanted[at] as number));

/** In what the command and the definitions differ; nothing where they agree to 1e-9. */
export const differences = async (drawn: Drawn): Promise<string[]> => {
  const { expected } = drawn;
  const found = await printed(drawn);
  return [
    ...(closeAll(found.logE, expected.logE) ? [] : ['logE']),
    ...(found.minute === expected.minute ? [] : ['minute']),
    ...(closeAll(found.bounds ?? [], expected.bounds ?? []) ? [] : ['bounds']),
    ...(close(found.pValue, expected.pValue) ? [] : ['pValue']),
    ...(drawn.series.method === 'bake' || close(found.sigma, expected.sigma) ? [] : ['sigma']),
  ];
};
