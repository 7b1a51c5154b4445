import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cutover } from './a-terminal.ts';

const directory = mkdtempSync(join(tmpdir(), 'cutover-analyse-'));
afterAll(() => rmSync(directory, { recursive: true }));

const example = (name: string): string =>
  new URL(`../../examples/analysis/${name}.json`, import.meta.url).pathname;

let files = 0;
const fileOf = (value: unknown): string => {
  files += 1;
  const path = join(directory, `${files}.json`);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

const minute = (blueRequests: number, blueBad: number, greenRequests: number, greenBad: number) => ({
  blue: { requests: blueRequests, bad: blueBad },
  green: { requests: greenRequests, bad: greenBad },
});

const jsonLines = async (value: unknown): Promise<Record<string, unknown>[]> => {
  const { code, out } = await cutover(['analyse', fileOf(value), '--json']);
  expect(code).toBe(0);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

const OUTAGE = [minute(95, 0, 5, 5), minute(96, 0, 4, 4), minute(94, 1, 6, 6)];
const REFERENCE = { psi: 1, delta: 0, sigma: 0.25, alpha: 0.01 };

describe('cutover analyse', () => {
  test('a version that is worse is rolled back, in numbers a person reads', async () => {
    const { code, out } = await cutover(['analyse', example('regression')]);

    expect(out).toContain('Green is worse: the deployment would have rolled back in minute 12.');
    expect(out).toMatch(/blue +136 bad of 142,500 requests, 0.0954 %/);
    expect(out).toMatch(/between 0.136 and 0.748 points, 98 % sure/);
    expect(out).toMatch(/12 +5 \/ 9,500 +3 \/ 500 +574 {2}roll back/);
    expect(code).toBe(0);
  });

  test('one that is as good decides nothing, and it is said what could have been found', async () => {
    const { out } = await cutover(['analyse', example('healthy')]);

    expect(out).toContain('Nothing decides yet');
    expect(out).toMatch(/a green of \d\.\d+ times blue's rate or more would have\s+been found/);
  });

  test('what is not proven above blue is said as a limit: green may as well be better', async () => {
    const path = join(directory, 'better.json');
    writeFileSync(path, JSON.stringify({ minutes: Array(20).fill(minute(5_000, 50, 5_000, 5)) }));

    const { out } = await cutover(['analyse', path]);

    expect(out).toMatch(/green - blue +at most [\d.]+ points, 98 % sure/);
  });

  test('a series may have any name', async () => {
    const path = join(directory, 'series.txt');
    writeFileSync(path, readFileSync(example('regression')));

    const { code, out } = await cutover(['analyse', path]);

    expect(code).toBe(0);
    expect(out).toContain('Green is worse');
  });

  test('a name that is neither a file nor a service is taken for a forgotten file', async () => {
    const { code, err } = await cutover(['analyse', 'nowhere/series.txt']);

    expect(code).toBe(1);
    expect(err).toContain('expected a series as a JSON file, or a service, found no file nowhere/series.txt');
  });

  test('series are analysed one at a time', async () => {
    const { code, err } = await cutover(['analyse', example('regression'), example('healthy')]);

    expect(code).toBe(1);
    expect(err).toContain('expected one series, found');
  });

  test('no line is wider than the terminal', async () => {
    const { out } = await cutover(['analyse', example('regression')], { width: 80 });

    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('--json: a line a minute, then the decision with its minute, p-value and bounds', async () => {
    const lines = await jsonLines({ ...REFERENCE, minutes: OUTAGE });

    expect(lines).toHaveLength(4);
    expect(lines[1]).toEqual({
      minute: 2,
      logE: expect.closeTo(7.83983354108119, 9),
      maxLogE: expect.closeTo(7.83983354108119, 9),
      decision: 'rollBack',
    });
    const { decision, minute: at, pValue, bounds, sigma } = lines[3] as Record<string, unknown>;
    expect({ decision, at, sigma }).toEqual({ decision: 'rollBack', at: 2, sigma: 0.25 });
    expect(pValue).toBeCloseTo(Math.exp(-12.4381331632902), 12);
    expect(bounds).toEqual([expect.any(Number), 1]);
  });

  test('blue before the deployment calibrates sigma', async () => {
    const history = {
      requests: Array.from({ length: 60 }, () => 1_000),
      bad: Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 6 : 14)),
    };

    const lines = await jsonLines({ minutes: OUTAGE, history });

    expect(lines.at(-1)).toMatchObject({ sigma: expect.closeTo(0.31302921291086105, 9) });
  });

  test('a bake needs no blue, and says nothing of a difference', async () => {
    const minutes = [{ green: { requests: 2_000, bad: 8 } }, { green: { requests: 2_000, bad: 9 } }];

    const lines = await jsonLines({ method: 'bake', baselineRate: 0.001, minutes });

    expect(lines[1]).toMatchObject({ logE: expect.closeTo(9.57276224944759, 9), decision: 'rollBack' });
    expect(lines[2]).toMatchObject({ minute: 2, bounds: null, smallestDetectableRatio: null });
  });

  test('too few requests: nothing would have been found, which is said', async () => {
    const { out } = await cutover(['analyse', fileOf({ minutes: [minute(9, 0, 1, 0)] })]);

    expect(out).toMatch(/no regression would have been found: there are too few\s+requests/);
  });

  test('an outage is rolled back in its own minute, as in a deployment; the evidence would take one more', async () => {
    const minutes = [minute(950, 1, 50, 0), minute(950, 0, 50, 40), minute(950, 1, 50, 45)];

    const { out } = await cutover(['analyse', fileOf({ minutes })]);
    const lines = await jsonLines({ minutes });

    expect(out).toContain('Green fails: the deployment would have rolled back in minute 2');
    expect(lines.at(-1)).toMatchObject({ decision: 'rollBack', minute: 3, outage: 2 });
  });

  test('a file that is wrong in every minute does not fill the terminal', async () => {
    const minutes = Array.from({ length: 500 }, () => ({ blue: { requests: 'x', bad: 0 } }));

    const { err } = await cutover(['analyse', fileOf({ minutes })]);

    expect(err).toMatch(/The series has\s+1000 problems/);
    expect(err).toMatch(/and\s+960\s+more of them/);
    expect(err.split('\n').length).toBeLessThan(90);
  });

  test('everything that is wrong with a file is named at once, and nothing is judged', async () => {
    const wrong = { minuts: [], method: 'bake', psi: 'x', minutes: [{ green: { requests: -1, bad: 0 } }] };

    const { code, out, err } = await cutover(['analyse', fileOf(wrong)]);

    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(/The series has\s+4 problems:\n- /);
    expect(err).toContain('Did you mean minutes?');
    expect(err).toContain(
      'minutes[0].green.requests: expected a number of requests from 0 to 1e12, found -1.',
    );
    expect(err).toContain('psi: expected a ratio from 0.01 to 100, found "x".');
    expect(err).toContain('baselineRate: expected a share from 0 to 1, found nothing.');
  });

  test.each(['', '[', 'null', '[]', '{"minutes": 3}', '{"minutes": [null]}', '{"minutes": []}'])(
    'a file with %j is refused in a sentence',
    async (text) => {
      const { code, err } = await cutover(['analyse', fileOf(text)]);

      expect(code).toBe(1);
      expect(err).toMatch(/^error: /);
    },
  );

  test('the examples are whole', () => {
    for (const name of ['regression', 'healthy']) {
      expect(JSON.parse(readFileSync(example(name), 'utf8'))).toHaveProperty('minutes');
    }
  });
});
