import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleCli, OLDEST_NODE } from './bundle-cli.ts';
import { bundleConstruct, TYPES } from './bundle-construct.ts';
import { invokedDirectly } from './invoked-directly.ts';
import { packageForCloudFormation } from './package-cfn.ts';

const PACKAGE_DIRECTORY = 'dist/npm';

/**
 * The oldest aws-cdk-lib that has the Lambdas' Node and that the construct is synthesised with in scripts/package.sh.
 */
const OLDEST_CDK = '2.232.0';

type Manifest = Record<'name' | 'version' | 'description' | 'license', string>;

/** What the repository's own manifest has for development stays out: nothing is installed beside the package. */
const manifestOf = ({ name, version, description, license }: Manifest) => ({
  name,
  version,
  description,
  license,
  keywords: ['aws', 'ecs', 'blue-green', 'deployment', 'canary', 'step-functions', 'cdk'],
  type: 'module',
  engines: { node: `>=${OLDEST_NODE}` },
  bin: { cutover: 'cli/bin/cutover.mjs' },
  exports: {
    './cdk': { types: `./cdk/${TYPES}`, default: './cdk/index.js' },
    './dist/cloudformation/*': './dist/cloudformation/*',
    './schemas/*': './schemas/*',
    './package.json': './package.json',
  },
  peerDependencies: { 'aws-cdk-lib': `^${OLDEST_CDK}`, constructs: '^10.0.0' },
  peerDependenciesMeta: { 'aws-cdk-lib': { optional: true }, constructs: { optional: true } },
});

/** Writes the npm package's folder and packs it; returns the packed file's path. */
export const packageForNpm = async (outDir = PACKAGE_DIRECTORY): Promise<string> => {
  const folder = join(outDir, 'package');
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  await bundleCli(join(folder, 'cli/bin'));
  await bundleConstruct(join(folder, 'cdk'));
  const cloudFormation = join(folder, 'dist/cloudformation');
  await packageForCloudFormation(cloudFormation);
  for (const name of readdirSync(cloudFormation)) {
    // The sample services are for reading and for the proofs; they are no part of an installation.
    if (name.startsWith('CutoverSample')) rmSync(join(cloudFormation, name));
  }
  const pages = readdirSync('docs')
    // Why it is built as it is concerns those who build it, as what has changed does before a first release.
    .filter((name) => name.endsWith('.md') && name !== 'decisions.md')
    .map((name) => `docs/${name}`);
  for (const name of ['LICENSE', 'README.md', 'examples/shop', 'examples/terraform', 'terraform', ...pages]) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  mkdirSync(join(folder, 'schemas'));
  for (const [which, name] of [
    ['config', 'cutover'],
    ['request', 'request'],
  ] as const) {
    const schema = execFileSync(process.execPath, [join(folder, 'cli/bin/cutover.mjs'), 'schema', which]);
    writeFileSync(join(folder, `schemas/${name}.schema.json`), schema);
  }
  const manifest = manifestOf(JSON.parse(readFileSync('package.json', 'utf8')) as Manifest);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(outDir)], {
    cwd: folder,
    encoding: 'utf8',
  });
  return join(outDir, packed.trim());
};

if (invokedDirectly(import.meta.url)) {
  const file = await packageForNpm();
  console.log(`${file} ${(statSync(file).size / 1_000_000).toFixed(2)} MB`);
}
