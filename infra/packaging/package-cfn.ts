import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApp } from '../app.ts';
import { PackagedCode } from '../packaged-code.ts';
import { bundle } from './bundle.ts';
import { invokedDirectly } from './invoked-directly.ts';
import { zip } from './zip.ts';

const PACKAGE_DIRECTORY = 'dist/cloudformation';

/**
 * The content names the file, so that CloudFormation sees a changed Lambda, and an upgrade leaves the old zip
 * in place.
 */
const nameOf = (file: string, content: Buffer): string =>
  `${file}-${createHash('sha256').update(content).digest('hex').slice(0, 16)}.zip`;

/** Templates and zip files for people without the CDK, and the script that installs them (docs/deploying.md). */
export const packageForCloudFormation = async (outDir = PACKAGE_DIRECTORY): Promise<string[]> => {
  const work = mkdtempSync(join(tmpdir(), 'cutover-package-'));
  try {
    return await packageIn(work, outDir);
  } finally {
    rmSync(work, { recursive: true });
  }
};

const packageIn = async (work: string, outDir: string): Promise<string[]> => {
  const bundles = join(work, 'lambda');
  const bundled = await bundle({ outDir: bundles });

  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const zips = new Map<string, string>();
  for (const { file } of bundled) {
    const content = zip({ 'index.mjs': readFileSync(join(bundles, file, 'index.mjs')) });
    zips.set(file, nameOf(file, content));
    writeFileSync(join(outDir, nameOf(file, content)), content);
  }

  const codeOf = (file: string) => new PackagedCode(zips.get(file) ?? file);
  const { directory, stacks } = makeApp(codeOf, {
    outdir: join(work, 'cdk.out'),
    bootstrapped: false,
  }).synth();
  for (const { templateFile } of stacks) cpSync(join(directory, templateFile), join(outDir, templateFile));
  cpSync('infra/packaging/install.sh', join(outDir, 'install.sh'));
  return [...stacks.map(({ templateFile }) => templateFile), ...zips.values()].map((name) =>
    join(outDir, name),
  );
};

if (invokedDirectly(import.meta.url)) {
  for (const file of await packageForCloudFormation()) console.log(file);
}
