import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { Mutant, Patch } from './mutant.types.ts';
import { applyPatch, StalePatch } from './patch.ts';

/** Every defect is one of code that runs: a text that no longer parses would be caught by no proof. */
const refuseUnparsed = (text: string, { file, replace }: Patch): void => {
  if (!file.endsWith('.ts')) return;
  try {
    stripTypeScriptTypes(text);
  } catch (error) {
    throw new StalePatch(`expected ${file} to parse with\n${replace}\nfound: ${(error as Error).message}`);
  }
};

/** What keeps a mutant from being applied to the code as it is now, a sentence each. */
export const problemsOf = ({ name, patches }: Mutant): string[] =>
  patches.flatMap((patch) => {
    try {
      const text = readFileSync(new URL(`../../${patch.file}`, import.meta.url), 'utf8');
      refuseUnparsed(applyPatch(text, patch), patch);
      return [];
    } catch (error) {
      if (error instanceof StalePatch) return [`mutant ${name}: ${error.message}`];
      throw error;
    }
  });
