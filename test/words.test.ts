import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/**
 * One meaning a word: each of these had several, and has a plain one beside it. The list holds over code, comments,
 * messages, tests' names and documents; CONTRIBUTING.md has the words to use.
 */
const words: Record<string, string> = {
  told: 'reported, notified, given, or a field named reason, description or line',
  whoever: 'the one who, or the person, the caller, the recovery',
  look: 'observation, poll or read',
  looks: 'observations, polls, reads, or appears',
  looked: 'observed or read',
  looking: 'observing or reading',
  'go on': 'continue',
  'goes on': 'continues',
  'going on': 'continuing, happening',
  onward: 'forward',
  onwards: 'forward',
  hasty: 'unearned',
  robbed: 'damaged by others, deprived',
  mend: 'fix',
  mends: 'recovers',
  mended: 'fixed',
  mendings: 'recoveries',
  happenings: 'events',
  past: 'beyond, earlier or ended',
  bear: 'tolerate',
  bears: 'tolerates',
  borne: 'tolerated',
  'the night': 'on call',
  'nothing to say against it': 'no problems found',
  'waits at a gate': 'waits for approval',
};

/** Sentences of others: AWS's words as it says them, and pages made from what was played. */
const LEFT_OUT = [
  'docs/aws-facts.md',
  'docs/failure-model/',
  'package-lock.json',
  'test/golden/',
  'test/infra/service-authorization.json',
  'test/words.test.ts',
  'verify/failure-model/seen.json',
];

const PROSE = /\.(ts|mjs|md|sh|ya?ml|json|py|tf|css|html)$/;
const root = join(import.meta.dirname, '..');

const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => PROSE.test(path) && !LEFT_OUT.some((start) => path.startsWith(start)))
  .filter((path) => existsSync(join(root, path)));

const found = new RegExp(`(?<![A-Za-z])(${Object.keys(words).join('|')})(?![A-Za-z])`, 'gi');

const usesIn = (text: string): string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(found)].map(([word]) => `${index + 1}: "${word}", say ${words[word.toLowerCase()]}`),
    );

test('no file uses a word that the glossary replaces', () => {
  const uses = files.flatMap((path) =>
    usesIn(readFileSync(join(root, path), 'utf8')).map((use) => `${path}:${use}`),
  );

  expect(files.length).toBeGreaterThan(800);
  expect(uses).toEqual([]);
});

test('a word counts in a sentence, at its start, in a name, and not inside another word', () => {
  expect(usesIn('Whoever looks\nconst LOOK_MS = told;\nlookup, holdover, pasted')).toEqual([
    '1: "Whoever", say the one who, or the person, the caller, the recovery',
    '1: "looks", say observations, polls, reads, or appears',
    '2: "LOOK", say observation, poll or read',
    '2: "told", say reported, notified, given, or a field named reason, description or line',
  ]);
});
