import { expect, test } from 'vitest';
import { ROOMS, type SourceFile, sourceFiles } from './source-files.ts';

const FOLDERS = [...ROOMS, 'scripts', 'bench', 'test'];

/** What is called by name from outside the repository's own code: Lambda calls a handler, vitest a global setup. */
const CALLED_FROM_OUTSIDE = /^(functions\/[\w-]+\.ts handler|test\/whole-run\.ts setup)$/;

const EXPORT = /^export (?:async )?(?:const|let|function\*?|class|type|interface) (\w+)/gm;

/** The names that a file exports, each as `path name`. */
const exportsOf = ({ path, code }: Pick<SourceFile, 'path' | 'code'>): string[] =>
  [...code.matchAll(EXPORT)].map(([, name]) => `${path} ${name}`);

/** The names that a file imports from other files, each as `path name`; `path *` stands for all of them. */
const namesImportedBy = ({ imports }: Pick<SourceFile, 'imports'>): string[] =>
  imports.filter(({ own }) => own).flatMap(({ target, names }) => names.map((name) => `${target} ${name}`));

/**
 * A test counts as a user: it may name the unit that it tests, and a limit or a shape that it would repeat otherwise.
 */
const needless = (files: readonly SourceFile[]): string[] => {
  const used = new Set(files.flatMap(namesImportedBy));
  return files
    .flatMap(exportsOf)
    .filter((name) => !used.has(name) && !used.has(name.replace(/ \w+$/, ' *')))
    .filter((name) => !CALLED_FROM_OUTSIDE.test(name));
};

test('every export is used by another file: what no file imports is the file’s own', () => {
  const files = FOLDERS.flatMap(sourceFiles);

  expect(files.flatMap(exportsOf).length).toBeGreaterThan(1_000);
  expect(needless(files)).toEqual([]);
});

test('a name counts as used only where it is imported from its own file', () => {
  const [user, other] = [
    {
      path: 'core/user.ts',
      code: '',
      imports: [{ target: 'core/a.ts', own: true, typeOnly: false, names: ['used'] }],
    },
    { path: 'core/b.ts', code: 'export const used = 1;\nexport type Shape = {};', imports: [] },
  ];
  const declared = {
    path: 'core/a.ts',
    code: 'export const used = 1;\nexport const alone = 2;',
    imports: [],
  };

  expect(needless([user, other, declared])).toEqual(['core/b.ts used', 'core/b.ts Shape', 'core/a.ts alone']);
});
