import { readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { inlineFiles } from './inline-files.ts';
import { invokedDirectly } from './invoked-directly.ts';
import { pureSchemas } from './pure-schemas.ts';

/** The oldest Node that the packaged command line runs on, in `engines` too. */
export const OLDEST_NODE = '20.19';

/** The oldest Node cannot load the whole of undici, and a command that only lists commands loads them all. */
const poolOfUndici: Plugin = {
  name: 'pool-of-undici',
  setup(bundle) {
    bundle.onResolve({ filter: /^undici$/ }, () => ({ path: resolve('infra/packaging/undici-pool.mjs') }));
  },
};

/**
 * A module that is imported when it is needed is bundled whole, and of an SDK package that is every operation's shapes:
 * 840 kB of EC2's alone. The command line imports its clients so, and nothing else of these packages.
 */
const clientsAlone: Plugin = {
  name: 'clients-alone',
  setup(bundle) {
    bundle.onResolve({ filter: /^@aws-sdk\/client-[a-z0-9-]+$/ }, ({ path, kind, importer, resolveDir }) =>
      kind === 'dynamic-import' && importer.endsWith('/aws/clients.ts')
        ? { path, namespace: 'client', pluginData: resolveDir }
        : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: 'client' }, ({ path, pluginData }) => {
      const files = readdirSync(resolve('node_modules', path, 'dist-es'));
      const file = files.find((name) => /^[A-Z]\w*Client\.js$/.test(name));
      if (file === undefined) throw new Error(`expected a client in ${path}/dist-es, found none`);
      return {
        contents: `export { ${file.replace('.js', '')} } from '${path}';`,
        resolveDir: pluginData,
      };
    });
  },
};

/**
 * The command line with everything that it uses, as JavaScript: `<outDir>/cutover.mjs` and what it loads when it is
 * asked for. Its modules expect the repository's root two folders above them.
 */
export const bundleCli = async (outDir: string): Promise<void> => {
  rmSync(outDir, { recursive: true, force: true });
  await build({
    entryPoints: [
      { in: 'cli/cutover.mjs', out: 'cutover' },
      { in: 'cli/action.mjs', out: 'action' },
      { in: 'local/handlers/child.ts', out: 'child' },
    ],
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    target: `node${OLDEST_NODE}`,
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import{createRequire as cutoverRequire}from'node:module';const require=cutoverRequire(import.meta.url);",
    },
    define: { CUTOVER_NODE: String(Number.parseInt(OLDEST_NODE, 10)) },
    legalComments: 'none',
    plugins: [inlineFiles, poolOfUndici, clientsAlone, pureSchemas],
    logLevel: 'warning',
  });
};

// The tag that workflows use has it in the place that action.yml names.
if (invokedDirectly(import.meta.url)) await bundleCli('dist/action');
