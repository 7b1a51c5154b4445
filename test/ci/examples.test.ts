import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readArguments } from '../../cli/arguments.ts';
import { commands } from '../../cli/commands.ts';
import { aWorkshop } from './stubs.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../examples/ci/${name}`, import.meta.url), 'utf8');

type Workflow = {
  jobs: Record<string, { steps: { uses?: string; run?: string; with?: Record<string, string> }[] }>;
};
type Job = { before_script?: string[]; script?: string[] };
type Phases = { phases: Record<string, { commands?: string[]; finally?: string[] }> };

/** Every shell part of an example, by where it stands, as the service would run it. */
const gitlab = (): string[] => {
  const { '.cutover': base, deploy, report }: Record<string, Job> = parse(read('gitlab-ci.yml'));
  return [deploy, report].map((job) => [...(base?.before_script ?? []), ...(job?.script ?? [])].join('\n'));
};

const buildspec = (): string[] => {
  const { phases }: Phases = parse(read('buildspec.yml'));
  return [
    Object.values(phases)
      .flatMap(({ commands = [], finally: last = [] }) => [...commands, ...last])
      .join('\n'),
  ];
};

const jenkins = (): string[] => {
  const text = read('Jenkinsfile');
  const blocks = [...text.matchAll(/sh '''([\s\S]*?)'''|sh '([^'\n]*)'/g)].map(
    ([, long, short]) => long ?? short ?? '',
  );
  return [blocks.join('\n')];
};

const environment = {
  AWS_TOKEN: 'a-token',
  AWS_WEB_IDENTITY_TOKEN_FILE: 'token',
  CI_REGISTRY_IMAGE: 'registry/shop',
  CI_COMMIT_SHA: 'abc',
  PIPELINE_EXECUTION_ID: '0d6f2a4e-8c11-4a7e-9d3a-5b1c2d3e4f50',
  IMAGE: 'registry/shop:abc',
  NAME: 'shop-1',
};

/** A runner on which `npm` takes notes, and the installed `cutover` too. */
const inWorkshop = (script: string, code = 0) => {
  const workshop = aWorkshop();
  workshop.stub('npm');
  workshop.stub('cutover', { code });
  const here = script.replaceAll(/\S*\/node_modules\/\.bin\/cutover\b/g, 'cutover');
  return { ...workshop.run(here, environment), calls: workshop.calls() };
};

const all = [
  ...gitlab().map((script, index) => ({ name: `gitlab-ci.yml ${index + 1}`, script })),
  ...buildspec().map((script) => ({ name: 'buildspec.yml', script })),
  ...jenkins().map((script) => ({ name: 'Jenkinsfile', script })),
];

/** `cutover [deploy] [shop] ...` -> its arguments. */
const argumentsOf = (call: string): string[] =>
  [...call.matchAll(/\[(.*?)\]/g)].map(([, argument = '']) => argument);

test.each(all)('$name names a deployment after its environment and its run', ({ name }) => {
  const file = read(name.replace(/ \d$/, ''));

  expect(file).toMatch(/NAME\s*[:=]\s*"?shop-production-\$/);
});

describe.each(all)('$name', ({ script }) => {
  test('runs to its end with commands and options that there are', () => {
    const { status, stderr, calls } = inWorkshop(script);

    const ours = calls.filter((call) => call.startsWith('cutover ')).map(argumentsOf);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(ours.length).toBeGreaterThan(0);
    for (const [name = '', ...rest] of ours) {
      const command = commands.find((known) => known.name === name);
      expect(command, name).toBeDefined();
      expect(() => readArguments(rest, command?.options ?? {}, name)).not.toThrow();
    }
  });

  test('installs the packed file of this version and no clone', () => {
    const { name, version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as Record<string, string>;
    const installs = inWorkshop(script).calls.filter((call) => call.startsWith('npm '));

    expect(script).not.toMatch(/git clone|npm ci/);
    for (const call of installs) expect(call).toContain(`/${name}-${version}.tgz]`);
    expect(installs.length).toBeGreaterThan(0);
  });
});

test.each(all.filter(({ script }) => script.includes('cutover deploy')))(
  '$name fails when the deployment does',
  ({ script }) => {
    expect(inWorkshop(script, 2).status).toBe(2);
  },
);

describe.each(['github-deploy.yml', 'github-plan.yml'])('%s', (name) => {
  const { jobs }: Workflow = parse(read(name));
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test('gives the action inputs that it has', () => {
    const action: { inputs: Record<string, unknown> } = parse(
      readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'),
    );

    const used = steps.find(({ uses }) => uses?.includes('/cutover@'))?.with ?? {};
    expect(Object.keys(used)).toContain('service');
    expect(Object.keys(used).filter((input) => !(input in action.inputs))).toEqual([]);
  });

  test('has shell parts that a shell can read', () => {
    for (const { run } of steps) {
      if (run !== undefined) expect(aWorkshop().run(`bash -n <<'SCRIPT'\n${run}\nSCRIPT`).status).toBe(0);
    }
  });
});
