// The construct's template in the sources and in somebody's app, for scripts/package.sh:
// `write FILE CDK_JSON` synthesises the sources' template with the packaged zips and the feature flags of that app: the
// flags decide how policies are written, and with them the logical ids of Lambda versions.
// `compare FILE TEMPLATE [newest|oldest]` compares the app's template with it.
import { deepStrictEqual } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * The oldest aws-cdk-lib cannot tag a dashboard, and leaves out a text's default background. Everything else of its
 * template is compared.
 */
const asTheOldest = (newest) => {
  const text = JSON.stringify(newest).replaceAll(String.raw`,\"background\":\"transparent\"`, '');
  const template = JSON.parse(text);
  const dashboards = Object.values(template.Resources).filter(
    ({ Type }) => Type === 'AWS::CloudWatch::Dashboard',
  );
  for (const { Properties } of dashboards) delete Properties.Tags;
  return template;
};

const [verb, file, other, peer] = process.argv.slice(2);
if (verb === 'write') {
  const { App } = await import('aws-cdk-lib');
  const { CutoverStack } = await import('../infra/orchestrator-stack.ts');
  const { context } = read(other);
  const app = new App({ analyticsReporting: false, context });
  const stack = new CutoverStack(app, 'AppStack');
  writeFileSync(file, JSON.stringify(app.synth().getStackByName(stack.stackName).template));
} else {
  const compared = peer === 'oldest' ? asTheOldest : (template) => template;
  try {
    deepStrictEqual(compared(read(other)), compared(read(file)));
  } catch ({ message }) {
    console.error(message);
    process.exitCode = 1;
  }
}
