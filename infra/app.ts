import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, aws_lambda as lambda, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { BUNDLE_DIRECTORY, bundle } from '../scripts/bundle.ts';
import { CutoverStack } from './orchestrator-stack.ts';

/** The handlers as scripts/bundle.ts left them. */
export const bundledCode = (file: string): lambda.Code => {
  const directory = `${BUNDLE_DIRECTORY}/${file}`;
  if (!existsSync(`${directory}/index.mjs`)) {
    throw new Error(`expected a bundle in ${directory}, found none; run \`npm run bundle\` first`);
  }
  return lambda.Code.fromAsset(directory);
};

/** Every stack of this directory, checked by cdk-nag: a finding that nobody explained makes synth fail. */
export const makeApp = (codeOf: (file: string) => lambda.Code, outdir = 'cdk.out'): App => {
  const app = new App({ outdir, analyticsReporting: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  new CutoverStack(app, 'Cutover', { codeOf });
  return app;
};

const invokedDirectly = import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href;
if (invokedDirectly) {
  await bundle();
  const { directory, stacks } = makeApp(bundledCode).synth();
  for (const { templateFile } of stacks) console.log(`${directory}/${templateFile}`);
}
