import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const BEGINS = /^(?:export )?var [\w$]+ = \[/;

/**
 * The SDK describes each shape of an API as an array, and keys in it that are computed make esbuild keep every one of
 * them, used or not: 533 kB of EC2's for two operations. Each array becomes the value of a function that is marked to
 * be without effects, so that what nothing names is left out. What registers errors stays as it is.
 *
 * @throws Error when an array has no end where the SDK's generator puts it
 */
export const withPureSchemas = (source: string): string => {
  let open = false;
  const lines = source.split('\n').map((line) => {
    const begins = !open && BEGINS.test(line);
    const began = begins ? line.replace('= [', '= /* @__PURE__ */ (() => [') : line;
    if (!begins && !open) return line;
    open = !line.endsWith('];') || (!begins && line !== '];');
    return open ? began : `${began.slice(0, -1)})();`;
  });
  if (open) throw new Error('expected "];" after each schema, found none');
  return lines.join('\n');
};

export const pureSchemas: Plugin = {
  name: 'pure-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]dist-es[/\\]schemas[/\\]schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: withPureSchemas(await readFile(path, 'utf8')),
    }));
  },
};
