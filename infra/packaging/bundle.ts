import { existsSync, rmSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { handlerFiles } from '../handler-files.ts';
import { invokedDirectly } from './invoked-directly.ts';
import { pureSchemas } from './pure-schemas.ts';

export const BUNDLE_DIRECTORY = 'dist/lambda';

/**
 * An `import` of node:http evaluates every getter of the module, among them one that loads undici, which no
 * handler uses: about 18 ms of each cold start. `require` returns the same module without touching them.
 */
const requireHttp: Plugin = {
  name: 'require-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?https?$/ }, ({ path, namespace }) =>
      namespace === 'require-http' ? { path, external: true } : { path, namespace: 'require-http' },
    );
    onLoad({ filter: /.*/, namespace: 'require-http' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }));
  },
};

/**
 * Lambda hands a role's credentials over in environment variables. The SDK's default also knows profiles,
 * single sign-on, instance metadata and logins: a third of a bundle, which would never run.
 */
const credentialsFromEnvironment: Plugin = {
  name: 'credentials-from-environment',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'credentials',
      pluginData: resolveDir,
    }));
    onLoad({ filter: /.*/, namespace: 'credentials' }, ({ pluginData }) => ({
      contents:
        "import { fromEnv } from '@aws-sdk/credential-provider-env'; export const defaultProvider = () => fromEnv();",
      resolveDir: pluginData,
    }));
  },
};

/**
 * The SDK imports its reader of event streams at the first operation that answers with one. No handler calls such an
 * operation, and all of the reader would be in each bundle.
 */
const withoutEventStreams: Plugin = {
  name: 'without-event-streams',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path }) => ({
      path,
      namespace: 'event-streams',
    }));
    onLoad({ filter: /.*/, namespace: 'event-streams' }, () => ({
      contents: "throw new Error('expected an operation without an event stream, which no handler calls');",
    }));
  },
};

/**
 * Bundles every handler on its own, SDK clients included: `<outDir>/shift-traffic/index.mjs`. No source maps:
 * reading one costs a cold start more than a readable stack is worth, and our errors carry a name and a
 * sentence.
 */
export const bundle = async ({
  files = handlerFiles(),
  outDir = BUNDLE_DIRECTORY,
  functionsDir = 'functions',
} = {}): Promise<{ file: string; bytes: number }[]> => {
  const missing = files.filter((file) => !existsSync(`${functionsDir}/${file}.ts`));
  if (missing.length > 0) {
    throw new Error(
      `expected a handler in ${functionsDir}/ for each of: ${missing.join(', ')}; add the file, or correct the name`,
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
    plugins: [requireHttp, credentialsFromEnvironment, withoutEventStreams, pureSchemas],
    metafile: true,
    logLevel: 'warning',
  });

  return files.map((file) => {
    const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${file}/index.mjs`));
    return { file, bytes: output?.[1].bytes ?? 0 };
  });
};

if (invokedDirectly(import.meta.url)) {
  for (const { file, bytes } of await bundle()) {
    console.log(`${file.padEnd(20)} ${(bytes / 1000).toFixed(0).padStart(4)} kB`);
  }
}
