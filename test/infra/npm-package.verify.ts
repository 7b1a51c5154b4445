import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { handlerFiles } from '../../infra/handler-files.ts';
import { packageForNpm } from '../../infra/packaging/package-npm.ts';
import { aDirectory } from '../a-directory.ts';

const directory = aDirectory('npm');

/** Names that change with the content. */
const withoutHashes = (name: string): string =>
  name.replace(/-[0-9A-Z]{8}\.mjs$/, '-HASH.mjs').replace(/-[0-9a-f]{16}\.zip$/, '-HASH.zip');

describe('the npm package', () => {
  let packed = '';
  let names: string[] = [];
  beforeAll(async () => {
    packed = await packageForNpm(directory);
    const listed = execFileSync('tar', ['tzf', packed], { encoding: 'utf8' });
    names = listed
      .trimEnd()
      .split('\n')
      .map((name) => name.replace(/^package\//, ''));
  });

  const inFolder = (prefix: string): string[] =>
    names.filter((name) => name.startsWith(prefix)).map((name) => withoutHashes(name.slice(prefix.length)));

  test('has these files and no others', () => {
    const rest = names.filter(
      (name) => !/^(cli\/bin|cdk\/types|dist\/cloudformation|examples\/(?:shop|terraform)|docs)\//.test(name),
    );

    expect(rest.toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'cdk/index.js',
      'cdk/package.json',
      'package.json',
      'schemas/cutover.schema.json',
      'schemas/request.schema.json',
      'terraform/README.md',
      'terraform/example/main.tf',
      'terraform/main.tf',
      'terraform/outputs.tf',
      'terraform/variables.tf',
      'terraform/versions.tf',
    ]);
    expect(inFolder('cli/bin/')).toContain('cutover.mjs');
    expect(
      inFolder('cli/bin/').filter((name) => !/^(cutover|action|child|[\w-]+-HASH)\.mjs$/.test(name)),
    ).toEqual([]);
    expect(
      inFolder('cdk/types/').filter((name) => !/^(core|infra|statemachine)\/.*\.d\.ts$/.test(name)),
    ).toEqual([]);
    expect(inFolder('docs/').filter((name) => !/^[\w-]+\.md$/.test(name))).toEqual([]);
  });

  test('has a zip for each Lambda beside the template that names it', () => {
    const zips = handlerFiles().map((file) => `${file}-HASH.zip`);
    expect(inFolder('dist/cloudformation/').toSorted()).toEqual(
      ['Cutover.template.json', 'install.sh', ...zips].toSorted(),
    );

    const template = readFileSync(
      join(directory, 'package/dist/cloudformation/Cutover.template.json'),
      'utf8',
    );
    for (const name of names.filter((one) => one.endsWith('.zip'))) {
      expect(template).toContain(name.replace('dist/cloudformation/', ''));
    }
  });

  test('is under 4 MB, and installs nothing else', () => {
    expect(statSync(packed).size).toBeLessThan(4_000_000);

    const manifest = JSON.parse(readFileSync(join(directory, 'package/package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('optionalDependencies');
    expect(manifest).not.toHaveProperty('scripts');
    expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
  });

  test('needs no file of a clone: what is read beside a source is in it', () => {
    const missing = names
      .filter((name) => name.endsWith('.mjs') || name === 'cdk/index.js')
      .flatMap((name) =>
        [
          ...readFileSync(join(directory, 'package', name), 'utf8').matchAll(
            /new URL\(["'](\.[^"'$]+)["'],\s*import\.meta\.url/g,
          ),
        ].map(([, path = '']) => join(dirname(name), path)),
      )
      .filter((path) => !existsSync(join(directory, 'package', path)));

    expect(missing).toEqual([]);
  });

  test.each(['gitlab-ci.yml', 'buildspec.yml', 'Jenkinsfile'])(
    'is installed by the line of examples/ci/%s',
    (example) => {
      const [line = ''] = /npm install .*\.tgz/.exec(readFileSync(`examples/ci/${example}`, 'utf8')) ?? [];
      const runner = join(directory, `runner-${example}`);
      mkdirSync(runner);
      const npm_config_prefix = join(runner, 'global');

      execFileSync('bash', ['-c', line.replace(/https:\S+\.tgz/, resolve(packed))], {
        cwd: runner,
        env: { ...process.env, npm_config_prefix },
        stdio: 'pipe',
      });

      const cutover = line.includes('--global') ? 'global/bin/cutover' : '.cutover/node_modules/.bin/cutover';
      expect(execFileSync(join(runner, cutover), ['version'], { encoding: 'utf8' })).toMatch(
        /^cutover \d+\.\d+/,
      );
    },
  );
});
