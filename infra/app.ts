import { existsSync } from 'node:fs';
import {
  App,
  DefaultStackSynthesizer,
  type IReusableStackSynthesizer,
  aws_lambda as lambda,
  Validations,
} from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CutoverStack } from './orchestrator-stack.ts';
import { BUNDLE_DIRECTORY, bundle } from './packaging/bundle.ts';
import { invokedDirectly } from './packaging/invoked-directly.ts';
import type { SampleServiceProps } from './sample-service/sample-service.types.ts';
import { SampleStack } from './sample-service/sample-stack.ts';

/** The handlers as infra/packaging/bundle.ts left them. */
const bundledCode = (file: string): lambda.Code => {
  const directory = `${BUNDLE_DIRECTORY}/${file}`;
  if (!existsSync(`${directory}/index.mjs`)) {
    throw new Error(`expected a bundle in ${directory}, found none; run \`npm run bundle\` first`);
  }
  return lambda.Code.fromAsset(directory);
};

/** The sample service in the shapes that services have. */
const samples: Record<string, SampleServiceProps> = {
  CutoverSampleFargate: { extraRoutes: [{ paths: ['/api/*'] }] },
  CutoverSampleEc2: { launchType: 'EC2' },
  CutoverSampleNlb: { balancer: 'network', internetFacing: false },
};

export type AppOptions = {
  outdir?: string;
  /** Whether the account has the CDK's bootstrap stack, which the templates then ask for. Default: true. */
  bootstrapped?: boolean;
};

/** Every stack of this directory, checked by cdk-nag: a finding that nobody explained makes synth fail. */
export const makeApp = (
  codeOf: (file: string) => lambda.Code,
  { outdir = 'cdk.out', bootstrapped = true }: AppOptions = {},
): App => {
  const app = new App({
    outdir,
    analyticsReporting: false,
    // The CDK's classes miss their own interfaces by `exactOptionalPropertyTypes`.
    defaultStackSynthesizer: new DefaultStackSynthesizer({
      generateBootstrapVersionRule: bootstrapped,
    }) as IReusableStackSynthesizer,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  new CutoverStack(app, 'Cutover', { codeOf });
  for (const [id, props] of Object.entries(samples)) new SampleStack(app, id, props);
  return app;
};

if (invokedDirectly(import.meta.url)) {
  await bundle();
  const { directory, stacks } = makeApp(bundledCode).synth();
  for (const { templateFile } of stacks) console.log(`${directory}/${templateFile}`);
}
