import { describe, expect, test } from 'vitest';
import { bases } from '../../../verify/exhaust/bases.ts';
import { faultNamed } from '../../../verify/faults/faults.ts';
import { problemsOf } from '../../../verify/mutants/check-patches.ts';
import { mutants } from '../../../verify/mutants/mutants.ts';
import { applyPatch } from '../../../verify/mutants/patch.ts';
import { diesByItself, ruleOf } from '../../../verify/mutants/report.ts';

describe('a patch', () => {
  const patch = { file: 'core/verdict/decide.ts', find: 'a < b', replace: 'a > b' };

  test('replaces the one place', () => {
    expect(applyPatch('if (a < b) return;', patch)).toBe('if (a > b) return;');
  });

  test('puts the text in as it is, also where it resembles a pattern of replace', () => {
    expect(applyPatch('if (a < b) return;', { ...patch, replace: '$&$1' })).toBe('if ($&$1) return;');
  });

  test.each([
    ['if (a <= b) return;', 'found it nowhere'],
    ['a < b || a < b', 'found it 2 times'],
  ])('that no longer fits %j says which file to change', (source, found) => {
    expect(() => applyPatch(source, patch)).toThrow(
      `expected to find this once in core/verdict/decide.ts, ${found}:\na < b\nlook at core/verdict/decide.ts`,
    );
  });
});

describe('the mutants', () => {
  test.each(mutants)('$name fits the code as it is', (mutant) => {
    expect(problemsOf(mutant)).toEqual([]);
  });

  test('one that does not fit is named together with its file', () => {
    const [mutant] = mutants;
    const stale = {
      ...mutant,
      patches: [{ file: 'core/verdict/decide.ts', find: 'no such text', replace: '' }],
    };

    expect(problemsOf(stale as never)).toEqual([
      expect.stringMatching(
        /^mutant \S+: expected to find this once in core\/verdict\/decide\.ts, found it nowhere/,
      ),
    ]);
  });

  test('are at least 25, each with a name of its own, and break production code only', () => {
    const names = mutants.map(({ name }) => name);
    const files = mutants.flatMap(({ patches }) => patches.map(({ file }) => file));

    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(25);
    expect(mutants.every(({ patches }) => patches.length > 0)).toBe(true);
    expect(files.filter((file) => !/^(core|aws|functions|statemachine)\//.test(file))).toEqual([]);
  });

  test('none breaks what judges it', () => {
    const judges = [
      'core/safety/invariants.ts',
      'core/safety/checks.ts',
      'core/safety/snapshot.ts',
      'core/safety/convergence.ts',
    ];
    const files = mutants.flatMap(({ patches }) => patches.map(({ file }) => file));

    expect(files.filter((file) => judges.includes(file))).toEqual([]);
  });

  test('are searched for in bases and with faults that exist', () => {
    const hunts = mutants.flatMap((mutant) => mutant.hunts);
    const named = hunts.flatMap((hunt) => ('base' in hunt ? [hunt.base] : []));
    const faults = hunts.flatMap((hunt) => ('fault' in hunt ? [hunt.fault] : []));

    expect(named.filter((name) => !bases.some((base) => base.name === name))).toEqual([]);
    expect(faults.filter((name) => faultNamed(name) === undefined)).toEqual([]);
    expect(mutants.filter((mutant) => mutant.hunts.length === 0)).toEqual([]);
  });
});

test.each([
  ['invariant 5: 2 task sets carry it', 'invariant 5'],
  ['the plan: HTTP:80 default went to 50 % green', 'the plan'],
  ['it has not converged after 360 virtual minutes', 'not converged'],
  ['users lost 12 requests by emptyGroup, of which the fault explains at most 0', 'users lost 12'],
  ['users of web lost 3 requests by emptyGroup', 'users lost 3'],
  ['expected it to end succeeded all the same, found rolledBack: why', 'another end'],
  ['expected the undisturbed run to end rolledBack, found succeeded', 'another end'],
])('%s is in short: %s', (problem, rule) => {
  expect(ruleOf({ where: '', problems: [problem], timeline: [] })).toBe(rule);
});

test.each([
  ["expected the run to end succeeded, found rolledBack: ReferenceError: Cannot access 'live'", true],
  ['invariant 2: green went to 20 %', false],
])('"%s" is caught by code that does not run: %s', (problem, expected) => {
  expect(diesByItself({ where: '', problems: [problem], timeline: [] })).toBe(expected);
});
