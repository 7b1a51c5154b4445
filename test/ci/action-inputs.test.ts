import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { inInputs, inputOfOption } from '../../cli/action/inputs.ts';
import { runAction } from '../../cli/action/run.ts';
import { commands } from '../../cli/commands.ts';
import { aDirectory } from '../a-directory.ts';

/** A step of a workflow, over the command line itself: what is wrong with its inputs is found before AWS is asked. */
const step = async (inputs: Record<string, string>) => {
  const directory = aDirectory('action');
  const output = join(directory, 'output');
  const config = join(directory, 'cutover.yaml');
  writeFileSync(
    config,
    'services: { shop: { environments: { staging: { cluster: staging }, production: { cluster: production } } } }',
  );
  let log = '';
  const code = await runAction(
    {
      GITHUB_OUTPUT: output,
      RUNNER_TEMP: directory,
      INPUT_CONFIG: config,
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
      ),
    },
    (text) => {
      log += text;
    },
  );
  const outcome = existsSync(output) ? readFileSync(output, 'utf8') : '';
  return { code, log, outcome };
};

const messages = [
  [
    'expected what to deploy, found neither --image nor --task-definition: `cutover deploy --help` shows examples',
    'expected what to deploy, found neither `images` nor `task-definition`: action.yml shows examples',
  ],
  ['--image web=x:1: expected a container', '`images` web=x:1: expected a container'],
  ['say which: --env production', 'say which: `environment` production'],
  ['or give --when-busy queue or supersede', 'or give `when-busy` queue or supersede'],
  ['--reason: expected 256 characters, found "--name"', '`reason`: expected 256 characters, found "--name"'],
  ['`cutover watch shop --env production` shows it', '`cutover watch shop --env production` shows it'],
  ['`aws ecs\n  list-x --name y`, --name=z', '`aws ecs\n  list-x --name y`, `name` z'],
  ['--detach and a--name stay', '--detach and a--name stay'],
] as const;

describe('a message of the command line', () => {
  test.each(messages)('%s', (ofOptions, ofInputs) => {
    expect(inInputs(ofOptions)).toBe(ofInputs);
  });

  test('every option has an input that there is', () => {
    const { inputs } = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'));
    const options = new Set(commands.flatMap((command) => Object.keys(command.options)));

    expect(Object.values(inputOfOption).filter((input) => !(input in inputs))).toEqual([]);
    expect(Object.keys(inputOfOption).filter((option) => !options.has(option))).toEqual([]);
  });
});

describe('what is wrong with a step is said by its inputs', () => {
  test.each([
    ['nothing to deploy', { ENVIRONMENT: 'staging' }, 'neither `images` nor `task-definition`'],
    ['no environment', { IMAGES: 'web=x:1' }, 'say which: `environment` '],
    [
      'another environment',
      { IMAGES: 'web=x:1', ENVIRONMENT: 'prodution' },
      'did you mean `environment` production?',
    ],
    [
      'a stage',
      { IMAGES: 'web=x:1', ENVIRONMENT: 'staging', 'WAIT-UNTIL': 'shiftd' },
      '`wait-until`: expected',
    ],
    [
      'a time',
      { IMAGES: 'web=x:1', ENVIRONMENT: 'staging', TIMEOUT: 'soon' },
      '`timeout`: expected a duration',
    ],
    ['a name', { IMAGES: 'web=x:1', ENVIRONMENT: 'staging', NAME: 'a b' }, '`name`: expected 1 to 80'],
    ['a Region', { COMMAND: 'abort', ENVIRONMENT: 'staging', REGION: 'nowhere' }, '`region`: expected'],
    ['an image', { IMAGES: 'web=', ENVIRONMENT: 'staging' }, '`images`'],
    ['a file', { IMAGES: 'web=x:1', CONFIG: '/none.yaml' }, '`config`: expected a file'],
  ])('%s', async (_, inputs, expected) => {
    const { code, log } = await step({ SERVICE: 'shop', ...inputs });

    expect(code).toBe(1);
    expect(log).toContain(expected);
    expect(log).toMatch(/^::error title=Cutover%3A usage::/m);
    expect(log).not.toMatch(/--[a-z]/);
  });
});

describe('an input that its command does not use', () => {
  test.each([
    [{ COMMAND: 'abort', NAME: 'shop-42', IMAGES: 'web=x:1' }, 'abort does not use the inputs images, name'],
    [{ COMMAND: 'deploy', IMAGES: 'web=', REASON: 'x' }, 'deploy does not use the input reason'],
    [
      { COMMAND: 'rollback', STRATEGY: 'AllAtOnce', 'TASK-DEFINITION': 'shop:3' },
      'rollback does not use the input strategy',
    ],
  ])('%o is named', async (inputs, expected) => {
    const { log } = await step({ SERVICE: 'shop', ENVIRONMENT: 'nowhere', ...inputs });

    expect(log).toContain(`::notice title=Cutover::${expected}\n`);
  });

  test('the defaults of action.yml are no such inputs', async () => {
    const { log } = await step({
      COMMAND: 'abort',
      SERVICE: 'shop',
      ENVIRONMENT: 'x',
      STRICT: 'false',
      TOKEN: 't',
    });

    expect(log).not.toContain('::notice');
  });
});
