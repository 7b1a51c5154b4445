import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkers, unconvicted } from '../../../verify/mutants/checkers.ts';
import { mutants } from '../../../verify/mutants/mutants.ts';

/** How a sentence that fails a run begins: in a list of violations, as a report, as a text of its own. */
const SITES =
  /\bviolation\(\s*\d,(?!\s*message)|const message = `|\bexpectNot\(\s*\S|\breport\(\s*\d|`(?:invariant \d|the plan|the hooks): |'the plan: |problems\.push\(\s*[`'"]|stage\.problem\(|return \[`it has not/g;
/** A sentence is made within so many characters. */
const NEAR = 700;

const files = [
  ...['checks.ts', 'convergence.ts'].map((name) => `core/safety/${name}`),
  ...['stage', 'faults', 'soak', 'exhaust'].flatMap((room) =>
    readdirSync(`verify/${room}`).map((name) => `verify/${room}/${name}`),
  ),
];

const sitesIn = (text: string): string[] =>
  [...text.matchAll(SITES)].map(({ index }) => text.slice(index, index + NEAR));

test.each(files)('every sentence by which %s fails a run has its row', (file) => {
  const rows = checkers.filter((checker) => checker.file === file);
  const unknown = sitesIn(readFileSync(file, 'utf8')).filter(
    (site) => !rows.some(({ text }) => site.includes(text)),
  );

  expect(unknown.map((site) => site.slice(0, 120))).toEqual([]);
});

test.each(checkers)('$file: "$text" is there', ({ file, text }) => {
  expect(readFileSync(file, 'utf8')).toContain(text);
});

test('every mutant that a row names exists, and few rows name none', () => {
  const names = mutants.map(({ name }) => name);
  const named = checkers.flatMap((checker) => ('mutant' in checker ? [checker.mutant] : []));

  expect(named.filter((name) => !names.includes(name))).toEqual([]);
  expect(checkers.filter((checker) => 'not' in checker)).toHaveLength(5);
});

test('a checker whose mutant another one caught is named', () => {
  const caught = new Map(
    checkers.flatMap((checker) => ('mutant' in checker ? [[checker.mutant, [checker.text]] as const] : [])),
  );
  expect(unconvicted(caught).map(({ text }) => text)).toEqual([]);

  caught.set('plan-not-saved', ['invariant 2: green gained weight']);

  expect(unconvicted(caught).map(({ text }) => text)).toEqual(['before its plan was saved']);
});
