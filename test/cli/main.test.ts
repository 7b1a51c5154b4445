import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { aDirectory } from '../a-directory.ts';
import { cutover, example } from './a-terminal.ts';

const SHOP = example('shop');
const directory = aDirectory('cli');

const aFile = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a Region that nobody gave is the person’s to give, and no outage of AWS', async () => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', join(directory, 'no-config'));

  const { code, err } = await cutover(['rehearse', 'production/shop'], { width: 200 });

  expect(err).toContain('error: Expected a Region, found none: give one with --region');
  expect(code).toBe(1);
});

test.each([
  ['', 'Expected a Region, found none: give one with --region'],
  ['eu west', 'Expected a Region, found "eu west": give one with --region'],
])('a variable of a pipeline with %j for a Region is no defect of Cutover', async (region, message) => {
  vi.stubEnv('AWS_REGION', region);

  const { code, err } = await cutover(['rehearse', 'production/shop'], { width: 200 });

  expect(err).toContain(message);
  expect(code).toBe(1);
});

test.each(['127.0.0.1:4570', 'localhost', 'http//aws'])(
  'an endpoint of %j is no defect of Cutover',
  async (endpoint) => {
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');

    const { code, err } = await cutover(['rehearse', 'production/shop'], { width: 200 });

    expect(err).toContain('error: Expected a URL such as http://127.0.0.1:4570 in AWS_ENDPOINT_URL');
    expect(err).toContain(`found "${endpoint}"`);
    expect(code).toBe(1);
  },
);

test('a file of certificates that is not there is no defect of Cutover', async () => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_CA_BUNDLE', join(directory, 'no.pem'));

  const { code, err } = await cutover(['rehearse', 'production/shop'], { width: 200 });

  expect(err).toContain('Expected a file of certificates at AWS_CA_BUNDLE');
  expect(code).toBe(1);
});

describe('what cannot be used ends with 1, on standard error, with what to do', () => {
  test.each([
    { argv: ['rehears', SHOP], message: 'unknown command "rehears"; did you mean rehearse?' },
    { argv: ['plna', SHOP], message: 'unknown command "plna"; did you mean plan?' },
    { argv: ['rehearse'], message: 'expected one REQUEST.json or CLUSTER/SERVICE, found none' },
    { argv: ['rehearse', SHOP, SHOP], message: 'expected one REQUEST.json, found /' },
    { argv: ['rehearse', SHOP, '--sed', '3'], message: 'unknown option --sed; did you mean --seed?' },
    { argv: ['rehearse', SHOP, '--seed'], message: '--seed expects a value (N), found nothing' },
    { argv: ['rehearse', SHOP, '--seed', '--json'], message: '--seed expects a value (N), found --json' },
    { argv: ['rehearse', SHOP, '--seed', '1.5'], message: 'expected a whole number from 0, found "1.5"' },
    { argv: ['rehearse', SHOP, '--seed=1', '--seed=2'], message: '--seed is given more than once' },
    { argv: ['rehearse', SHOP, '--json=yes'], message: '--json takes no value, found "yes"' },
    { argv: ['rehearse', SHOP, '--version', 'heathy'], message: 'Did you mean "healthy"?' },
    { argv: ['rehearse', SHOP, '--inject', 'alarm@noon'], message: 'found "noon"' },
    {
      argv: ['rehearse', SHOP, '--inject', 'alarm@shift:9'],
      message: 'expected a shift from 1 to 5, found 9',
    },
    { argv: ['rehearse', SHOP, '--inject', 'alarm@state:Bakes'], message: 'did you mean state:Bake?' },
    { argv: ['rehearse', '/no/such.json'], message: '/no/such.json: expected a file, found nothing there' },
    {
      argv: ['plan', SHOP, '--world', '/no/world'],
      message: 'expected a world (a directory or a JSON file)',
    },
    { argv: ['plan', SHOP, '--seed', '1'], message: 'unknown option --seed' },
    {
      argv: ['plan', SHOP, `-${'a'.repeat(65_000)}`],
      message: 'found 65001 characters after one dash: -aaa',
    },
    { argv: ['rehearse', directory], message: 'expected a file, found a directory' },
    {
      argv: ['abort', 'main/shop', '--region', 'mars-1'],
      message: '--region: expected a Region such as eu-west-1, found "mars-1"',
    },
    { argv: ['init', '--print', '--region', 'Frankfurt'], message: '--region: expected a Region' },
    {
      argv: ['status', 'main/shop', '--config', directory],
      message: '--config: expected a file, found a directory',
    },
    {
      argv: ['watch', 'main/shop', '--wait-until', 'shiftd'],
      message: 'expected launched, test, firstShift, shifted or done, found "shiftd"; did you mean shifted?',
    },
    {
      argv: ['deploy', 'main/shop', '-t', '/no/such.json'],
      message: '--task-definition: expected a file, found nothing at /no/such.json',
    },
  ])('cutover $argv', async ({ argv, message }) => {
    const { code, out, err } = await cutover(argv, { width: 1_000 });

    expect(err).toContain(message);
    expect(err).toMatch(/^error: /);
    if (message.includes('expected a file')) expect(err).toMatch(/\nwhat to do: \S/);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  test('every wrong option of a command line is named at once', async () => {
    const { err } = await cutover(['rehearse', SHOP, '--sed', '3', '--jsn', '--inject']);

    expect(err).toContain('--sed');
    expect(err).toContain('did you mean --json?');
    expect(err).toContain('--inject expects a value');
  });

  test('a letter that stands for nothing is named once, however often it was typed', async () => {
    const { err } = await cutover(['rehearse', SHOP, `-${'z'.repeat(9)}`]);

    expect(err.match(/unknown option -z/g)).toHaveLength(1);
  });

  test('every wrong field of a request is named at once, and nothing runs', async () => {
    const path = aFile('wrong.json', '{"cluster": 5, "servce": "shop", "taskDefinition": ""}');

    const { code, err, out } = await cutover(['rehearse', path], { width: 1_000 });

    expect(err).toContain('cluster: expected');
    expect(err).toMatch(/servce: .*service/);
    expect(err).toContain('taskDefinition: expected');
    expect(err).toContain('docs/request.md');
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  test('a request without a world beside it says where one comes from', async () => {
    const path = aFile('lonely.json', '{"cluster": "c", "service": "s", "taskDefinition": "t"}');

    const { code, err } = await cutover(['plan', path], { width: 1_000 });

    expect(err).toContain(`neither ${join(directory, 'world')} nor ${join(directory, 'world.json')} exists`);
    expect(err).toContain('cutover snapshot CLUSTER/SERVICE');
    expect(code).toBe(1);
  });

  test('a request that is no JSON is named with the reason', async () => {
    const { code, err } = await cutover(['plan', aFile('yaml.json', 'cluster: c')], { width: 1_000 });

    expect(err).toMatch(/yaml\.json: expected JSON .*: /);
    expect(code).toBe(1);
  });
});

describe('help', () => {
  test('lists the commands and the exit codes, and is no error', async () => {
    const { code, out } = await cutover(['help'], { width: 200 });

    for (const name of ['demo', 'rehearse', 'plan', 'version'])
      expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    for (const { code: listed, means } of exitCodes)
      expect(out).toContain(`  ${String(listed).padEnd(3)}  ${means}`);
    expect(code).toBe(0);
  });

  test.each([
    ['help', 'rehearse'],
    ['rehearse', '--help'],
    ['rehearse', SHOP, '-h'],
  ])('cutover %s %s lists options, examples, versions and faults', async (...argv) => {
    const { code, out } = await cutover(argv);

    for (const text of [
      '--inject FAULT@WHEN',
      'Examples',
      'crash-loop',
      'foreign-weights@WHEN',
      'shift:N',
      'Exit codes',
    ]) {
      expect(out).toContain(text);
    }
    expect(code).toBe(0);
  });

  test.each(commands.map((command) => [command.name, command] as const))(
    'cutover %s --help lists the exit codes it may end with, and no others',
    async (name, { exits }) => {
      const { out } = await cutover(['help', name]);

      const listed = [...(out.split('Exit codes\n')[1] ?? '').matchAll(/^ {2}(\d+) /gm)].map(
        ([, code]) => code,
      );
      expect(listed).toEqual(exits.map(String));
    },
  );

  test('without a command it is shown, and ends with 1: nothing was done', async () => {
    const { code, out } = await cutover([]);

    expect(out).toContain('Usage');
    expect(code).toBe(1);
  });

  test.each([60, 80, 100, 200])('no line is wider than %d columns', async (width) => {
    const { out } = await cutover(['help', 'rehearse'], { width });

    const tooWide = out.split('\n').filter((line) => line.length > width && !/^ {2}\S/.test(line));
    expect(tooWide).toEqual([]);
  });

  test.each([['version'], ['--version']])('cutover %s prints the version', async (word) => {
    expect((await cutover([word])).out).toMatch(/^cutover \d+\.\d+\.\d+ \(Node \d+/);
  });
});
