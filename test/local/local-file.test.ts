import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadLocalFile, programFor } from '../../local/local-file.ts';
import { aDirectory } from '../a-directory.ts';

const written = (value: unknown): string => {
  const path = join(aDirectory('local'), 'local.json');
  mkdirSync(join(path, '..', 'app'));
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

// biome-ignore lint/suspicious/noTemplateCurlyInString: the pattern of local.json
const PATTERN = 'repo/shop:${tag}';
// biome-ignore lint/suspicious/noTemplateCurlyInString: the pattern of local.json
const FILLED = { command: ['node', 'shop.mjs', '--as=${tag}'], environment: { VERSION: '${tag}' } };

test('an image is run by the program of its pattern, its tag filled in', () => {
  const loaded = loadLocalFile(written({ images: { [PATTERN]: { ...FILLED, directory: 'app' } } }));
  if (!loaded.ok) throw new Error(loaded.problems.join());

  expect(programFor(loaded.file.programs, 'repo/shop:1.42.0')).toMatchObject({
    command: ['node', 'shop.mjs', '--as=1.42.0'],
    environment: { VERSION: '1.42.0' },
    directory: join(loaded.file.path, '..', 'app'),
  });
});

test('an image that is named exactly comes before every pattern', () => {
  const loaded = loadLocalFile(
    written({ images: { [PATTERN]: FILLED, 'repo/shop:2': { command: ['two'] } } }),
  );
  if (!loaded.ok) throw new Error(loaded.problems.join());

  expect(programFor(loaded.file.programs, 'repo/shop:2')?.command).toEqual(['two']);
});

test.each(['repo/other:1', 'repo/shop:', 'repo/shop:-rf', 'repo/shop:a b', 'repo/shop:../x', 'repo/shop'])(
  'nothing runs for an image that no pattern takes: %s',
  (image) => {
    const loaded = loadLocalFile(written({ images: { [PATTERN]: FILLED } }));
    if (!loaded.ok) throw new Error(loaded.problems.join());

    expect(programFor(loaded.file.programs, image)).toBeUndefined();
  },
);

test('a function is run by a program, and what it cannot have is named', () => {
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:smoke:live';
  const path = written({ images: {}, functions: { [arn]: { command: ['node', 'smoke.mjs'] } } });
  const found = written({
    images: {},
    functions: { [arn]: { command: 'smoke', healthCheck: ['x'] }, b: null },
  });

  expect(loadLocalFile(path)).toMatchObject({
    ok: true,
    file: { functions: [{ functionArn: arn, command: ['node', 'smoke.mjs'], environment: {} }] },
  });
  expect(loadLocalFile(found)).toMatchObject({
    ok: false,
    problems: [
      `${found}: functions["${arn}"]: expected command, directory, environment, found "healthCheck"`,
      `${found}: functions["b"]: expected an object; found null`,
    ],
  });
});

test('all problems come at once, each with its place', () => {
  const path = written({
    images: {
      a: { command: 'node shop.mjs' },
      b: { command: ['x'], port: 1 },
      c: { command: ['x'], environment: { N: 1 } },
    },
    ports: {},
  });

  expect(loadLocalFile(path)).toEqual({
    ok: false,
    problems: [
      `${path}: expected only the members "images" and "functions", found "ports"`,
      `${path}: images["a"].command: expected a list of strings such as ["node", "shop.mjs"], found "node shop.mjs"`,
      `${path}: images["b"]: expected command, directory, environment, healthCheck, found "port"`,
      `${path}: images["c"].environment: expected an object of strings, found {"N":1}`,
    ],
  });
});

test.each([
  ['[]', 'expected an object with the member "images"'],
  ['{"images": 1}', 'expected an object with the member "images"'],
  ['{', 'expected JSON'],
])('a file that is something else is refused: %s', (text, problem) => {
  const loaded = loadLocalFile(written(text));

  expect(loaded).toMatchObject({ ok: false });
  expect(loaded.ok ? '' : loaded.problems.join()).toContain(problem);
});

test('a world without the file is refused with the page that describes it', () => {
  const loaded = loadLocalFile(join(aDirectory('local'), 'local.json'));

  expect(loaded.ok ? '' : loaded.problems.join()).toContain('docs/local.md');
});

test('a directory that is not there is named before a program is started in it', () => {
  const loaded = loadLocalFile(written({ images: { 'repo/shop:2': { ...FILLED, directory: 'nowhere' } } }));

  expect(loaded.ok ? [] : loaded.problems).toEqual([
    expect.stringMatching(
      /images\["repo\/shop:2"\]\.directory: expected a directory to start the program in, found none at .*nowhere$/,
    ),
  ]);
});
