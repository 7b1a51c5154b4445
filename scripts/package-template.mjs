// The construct's template in the sources and in somebody's app, for scripts/package.sh:
// `write FILE` synthesises the sources' with the packaged zips, `compare FILE TEMPLATE [same|resources]` holds another to it.
import { deepStrictEqual } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';

/** Where an asset came from and which CDK wrote it are no part of what is deployed. */
const LEFT_OUT = ['Metadata', 'CDKMetadata', 'CDKMetadataAvailable'];

const bare = (value) => {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => !LEFT_OUT.includes(key));
  return Object.fromEntries(kept.map(([key, one]) => [key, bare(one)]));
};

const [verb, file, other, how] = process.argv.slice(2);
if (verb === 'write') {
  const { App } = await import('aws-cdk-lib');
  const { CutoverStack } = await import('../infra/orchestrator-stack.ts');
  const app = new App({ analyticsReporting: false });
  const stack = new CutoverStack(app, 'AppStack');
  writeFileSync(file, JSON.stringify(app.synth().getStackByName(stack.stackName).template));
} else {
  const [source, template] = [file, other].map((path) => bare(JSON.parse(readFileSync(path, 'utf8'))));
  // Another version of the CDK may write a default out, or name a parameter otherwise: the resources are the same.
  const compared = how === 'resources' ? ({ Resources }) => Object.keys(Resources).sort() : (one) => one;
  deepStrictEqual(compared(template), compared(source));
}
