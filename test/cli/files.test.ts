import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readText, writeText } from '../../cli/files.ts';
import { aDirectory } from '../a-directory.ts';

test.each([
  { what: 'read', use: (directory: string) => readText(directory) },
  { what: 'written', use: (directory: string) => writeText(join(directory, 'none', 'a.json'), '{}', false) },
])('what cannot be $what is named, with what to do', ({ what, use }) => {
  const directory = aDirectory('files');

  expect(() => use(directory)).toThrow(
    expect.objectContaining({
      name: 'UsageError',
      message: expect.stringMatching(new RegExp(`^${directory}.* cannot be ${what}: `)),
      hint: expect.stringMatching(/^name (a|another) file/),
    }),
  );
});
