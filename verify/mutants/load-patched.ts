import { registerHooks } from 'node:module';
import type { Patch } from './mutant.types.ts';
import { applyPatch } from './patch.ts';

const root = new URL('../../', import.meta.url);

const textOf = (source: string | ArrayBuffer | NodeJS.TypedArray | undefined | null): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source ?? new Uint8Array());

/**
 * From now on modules of this thread load with the patches applied; no file changes. To be called before the code under
 * test is imported. Returns the files that no module has loaded yet.
 */
export const loadPatched = (patches: readonly Patch[]): (() => string[]) => {
  const byUrl = new Map<string, Patch[]>();
  for (const patch of patches) {
    const { href } = new URL(patch.file, root);
    byUrl.set(href, [...(byUrl.get(href) ?? []), patch]);
  }
  const unread = new Set(byUrl.keys());
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const ours = byUrl.get(url);
      if (ours === undefined) return loaded;
      unread.delete(url);
      return { ...loaded, source: ours.reduce(applyPatch, textOf(loaded.source)) };
    },
  });
  return () => [...unread].map((url) => url.slice(root.href.length));
};
