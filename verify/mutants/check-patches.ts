import { readFileSync } from 'node:fs';
import type { Mutant } from './mutant.types.ts';
import { applyPatch, StalePatch } from './patch.ts';

/** What keeps a mutant from being applied to the code as it is now, a sentence each. */
export const problemsOf = ({ name, patches }: Mutant): string[] =>
  patches.flatMap((patch) => {
    try {
      applyPatch(readFileSync(new URL(`../../${patch.file}`, import.meta.url), 'utf8'), patch);
      return [];
    } catch (error) {
      if (error instanceof StalePatch) return [`mutant ${name}: ${error.message}`];
      throw error;
    }
  });
