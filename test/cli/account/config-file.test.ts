import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfigFile } from '../../../cli/account/config-file.ts';
import { UsageError } from '../../../cli/usage-error.ts';
import { aDirectory } from '../../a-directory.ts';

const directory = aDirectory('config');
const path = join(directory, 'cutover.yaml');

const problemsOf = (text: string): readonly string[] => {
  writeFileSync(path, text);
  try {
    readConfigFile(path);
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
};

const WRONG = `services:
  shop:
    strategy: Canary10Percen5Minutes
    keepBlue: 3x
    environments:
      staging: { cluster: staging }
      production:
        clustr: main
        shifts:
          - { greenPct: 5, bake: 10m }
          - greenPct: 500
            bake: 10q
  a.b:
    environments:
      live: { cluster: "", service: b }
`;

describe('what is wrong with a cutover.yaml', () => {
  test('comes all at once, each with the line it stands in, in the order of the file', () => {
    const lines = problemsOf(WRONG).map((problem) => problem.split(': ').slice(0, 2));

    expect(lines).toEqual([
      // What an environment has from its service is wrong where the service says it.
      ['line 3', 'services.shop.environments.staging.strategy'],
      ['line 4', 'services.shop.environments.staging.keepBlue'],
      ['line 4', 'services.shop.environments.production.keepBlue'],
      // A field that is missing: the environment that lacks it.
      ['line 7', 'services.shop.environments.production.cluster'],
      ['line 8', 'services.shop.environments.production.clustr'],
      ['line 11', 'services.shop.environments.production.shifts[1].greenPct'],
      ['line 12', 'services.shop.environments.production.shifts[1].bake'],
      ['line 15', 'services.a.b.environments.live.cluster'],
    ]);
  });

  test('in its YAML comes with line and column, without a picture of the file', () => {
    const problems = problemsOf('services:\n  shop: { a: [1, }\n  shop: 1\n');

    expect(problems[0]).toMatch(/^line 2, column \d+: .+/);
    expect(problems.join('')).not.toContain('\n');
  });

  test('in an empty one is said without a line', () => {
    expect(problemsOf('')).toEqual(['cutover.yaml: expected an object with services, found nothing']);
  });

  test('is said of a service without environments, too', () => {
    expect(problemsOf('services:\n  shop:\n    cluster: main\n    stratgy: AllAtOnce\n')).toEqual([
      expect.stringMatching(/^line 2: services\.shop\.environments: expected one entry for each environment/),
      'line 4: services.shop.stratgy: expected a known field, found "AllAtOnce". Did you mean strategy?',
    ]);
  });

  test.each([
    ['services:\n  shop: 1\n  shop: 2\n', 'line 3, column 3: expected each field once, found shop again'],
    ['services:\n---\na: 1\n', 'line 2, column 1: expected one document, found another after ---'],
  ])('in its YAML is said in words of ours: %#', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test('is nothing in a right one', () => {
    expect(problemsOf('services: { shop: { environments: { live: { cluster: main } } } }')).toEqual([]);
  });
});

test.each([
  'services: *none',
  'services: &a { shop: *b, b: &b 1 }',
  `a: &a [${'x,'.repeat(99)}]
b: &b [${'*a,'.repeat(99)}]
services: [${'*b,'.repeat(99)}]`,
])('an alias that cannot be followed is the file’s fault: %#', (text) => {
  writeFileSync(path, text);

  expect(() => readConfigFile(path)).toThrow(/cutover\.yaml cannot be used: .*alias/);
});

test('an alias without an anchor is named with its line', () => {
  writeFileSync(path, 'services:\n  shop: *none\n');

  expect(() => readConfigFile(path)).toThrow(/line 2: .*none$/);
});

test('what several entries share stands under a field of the file that begins with x-', () => {
  const shared = 'x-shared: &main { cluster: main, keepBlue: 5m }\n';
  const entry = '{ <<: *main, keepBlue: 10m }';
  writeFileSync(path, `${shared}services: { shop: { environments: { live: ${entry} } } }\n`);

  expect(readConfigFile(path)).toMatchObject([{ fields: { cluster: 'main', keepBlue: '10m' } }]);
});

test('a directory is none', () => {
  expect(() => readConfigFile(directory)).toThrow(
    `--config: expected a file, found a directory at ${directory}`,
  );
});

test.each(['a'.repeat(70_000), 'a\0b'])('a path that no file system takes has no file: %#', (given) => {
  expect(() => readConfigFile(given)).toThrow('--config: expected a file, found nothing at');
});
