import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { inlineFiles } from './inline-files.ts';

const ENTRY = 'infra/construct.ts';
export const TYPES = 'types/infra/construct.d.ts';

/**
 * The construct as CommonJS, because `cdk init` makes apps of it and their jest cannot require anything else, with
 * its types.
 */
export const bundleConstruct = async (outDir: string): Promise<void> => {
  rmSync(outDir, { recursive: true, force: true });
  await build({
    entryPoints: [ENTRY],
    outfile: join(outDir, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['aws-cdk-lib', 'constructs'],
    define: { 'import.meta.dirname': '__dirname' },
    legalComments: 'none',
    plugins: [inlineFiles],
    logLevel: 'warning',
  });
  declareTypes(join(outDir, 'types'));
  // `moduleResolution: node10` does not read the package's `exports`; a folder's own manifest it does.
  const manifest = { type: 'commonjs', main: 'index.js', types: TYPES };
  writeFileSync(join(outDir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
};

const declareTypes = (outDir: string): void => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--rootDir', '.'];
  execFileSync(process.execPath, [tsc, ...['-p', 'tsconfig.construct.json', ...options, '--outDir', outDir]]);
  for (const name of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const path = join(outDir, name);
    // In a declaration `./x.js` means the types of x, with every resolution; `./x.ts` only with some.
    writeFileSync(
      path,
      readFileSync(path, 'utf8')
        .replace(/(from |import\()'(\.[^']+)\.ts'/g, "$1'$2.js'")
        .replace(/(from |import\()"(\.[^"]+)\.ts"/g, '$1"$2.js"'),
    );
  }
};
