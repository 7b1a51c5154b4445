import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

const READS_BESIDE = /readFileSync\(new URL\('(\.[^']+)', import\.meta\.url\), 'utf8'\)/g;

/** A program that is started in a process of its own: an entry point of the bundle, beside the others. */
const STARTS_BESIDE = /new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g;

/**
 * Our modules read some files that lie beside them: the state machine, the report's style. A bundle lies elsewhere, so
 * it gets their text.
 */
export const inlineFiles: Plugin = {
  name: 'inline-files',
  setup({ onLoad, initialOptions: { absWorkingDir = process.cwd() } }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!path.startsWith(absWorkingDir) || path.includes('/node_modules/')) return undefined;
      const watchFiles: string[] = [];
      const contents = readFileSync(path, 'utf8')
        .replace(READS_BESIDE, (_, name: string) => {
          const file = fileURLToPath(new URL(name, pathToFileURL(path)));
          watchFiles.push(file);
          return JSON.stringify(readFileSync(file, 'utf8'));
        })
        .replace(STARTS_BESIDE, "new URL('./$1.mjs', import.meta.url)");
      return { contents, loader: 'ts', watchFiles };
    });
  },
};
