import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { handlerFiles } from '../infra/handler-files.ts';

export const BUNDLE_DIRECTORY = 'dist/lambda';

/** Modules whose ESM facade is expensive: importing it makes Node load all of undici, which no handler uses. */
const LAZY_BUILTINS = /^(node:)?https?$/;

/**
 * An `import` of node:http evaluates every getter of the module, among them the one that loads undici: 18 ms of each
 * cold start. `require` returns the same module without touching them.
 */
const requireHttp: Plugin = {
  name: 'require-http',
  setup(bundler) {
    bundler.onResolve({ filter: LAZY_BUILTINS }, ({ path, namespace }) =>
      namespace === 'require-http' ? { path, external: true } : { path, namespace: 'require-http' },
    );
    bundler.onLoad({ filter: /.*/, namespace: 'require-http' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }));
  },
};

/**
 * Bundles every handler on its own, SDK clients included: `<outDir>/shift-traffic/index.mjs`.
 * No source maps: reading one costs a cold start more than a minified stack trace is worth, and our errors
 * carry a name and a sentence.
 */
export const bundle = async ({
  files = handlerFiles(),
  outDir = BUNDLE_DIRECTORY,
  functionsDir = 'functions',
}: {
  files?: string[];
  outDir?: string;
  functionsDir?: string;
} = {}): Promise<{ file: string; bytes: number }[]> => {
  const missing = files.filter((file) => !existsSync(`${functionsDir}/${file}.ts`));
  if (missing.length > 0) {
    throw new Error(
      `expected a handler in ${functionsDir}/ for each of: ${missing.join(', ')}; add the file or its entry's name`,
    );
  }

  rmSync(outDir, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: files.map((file) => ({ in: `${functionsDir}/${file}.ts`, out: `${file}/index` })),
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import{createRequire as cutoverRequire}from'node:module';const require=cutoverRequire(import.meta.url);",
    },
    legalComments: 'none',
    plugins: [requireHttp],
    metafile: true,
    logLevel: 'warning',
  });

  return Object.entries(metafile.outputs).map(([path, { bytes }]) => ({
    file: path.slice(outDir.length + 1).replace('/index.mjs', ''),
    bytes,
  }));
};

const invokedDirectly = import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href;
if (invokedDirectly) {
  for (const { file, bytes } of await bundle())
    console.log(`${file.padEnd(20)} ${(bytes / 1000).toFixed(0)} kB`);
}
