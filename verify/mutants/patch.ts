import type { Patch } from './mutant.types.ts';

/** A mutant that no longer fits the code; its message says which file to change. */
export class StalePatch extends Error {}

const countOf = (text: string, part: string): number => text.split(part).length - 1;

/** @throws StalePatch unless the text to replace is there exactly once. */
export const applyPatch = (source: string, { file, find, replace }: Patch): string => {
  const count = countOf(source, find);
  if (count !== 1) {
    throw new StalePatch(
      `expected to find this once in ${file}, found it ` +
        `${count === 0 ? 'nowhere' : `${count} times`}:\n${find}\nlook at ${file} and make the mutant ` +
        'break the same thing as it is written now',
    );
  }
  // A function, because `$` has a meaning in a replacement's text.
  return source.replace(find, () => replace);
};
