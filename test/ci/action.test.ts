import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../cli/commands.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { aWorkshop } from './stubs.ts';

const SCRIPT = resolve(import.meta.dirname, '../../scripts/action.sh');

type Action = {
  inputs: Record<string, { description: string }>;
  outputs: Record<string, { value: string }>;
  runs: { steps: { run: string; env?: Record<string, string> }[] };
};

const action: Action = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'));

const act = (
  inputs: Record<string, string>,
  {
    code = 0,
    prints = '',
    environment = {},
  }: { code?: number; prints?: string; environment?: Record<string, string> } = {},
) => {
  const workshop = aWorkshop();
  const { directory } = workshop;
  workshop.stub('cutover', { code, prints });
  workshop.stub('gh');
  const ran = workshop.run(`'${SCRIPT}'`, {
    CUTOVER: `${directory}/cutover`,
    GITHUB_OUTPUT: `${directory}/output`,
    GITHUB_STEP_SUMMARY: `${directory}/summary`,
    GITHUB_RUN_ID: '12345678901',
    GITHUB_RUN_ATTEMPT: '2',
    RUNNER_TEMP: directory,
    INPUT_SERVICE: 'shop',
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name}`, value])),
    ...environment,
  });
  const outputs = Object.fromEntries(
    workshop
      .read('output')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/=(.*)/s)),
  );
  return { ...ran, outputs, calls: workshop.calls(), workshop };
};

describe('the action deploys', () => {
  test('with everything it was given, each value one argument', () => {
    const { calls, status } = act({
      ENVIRONMENT: 'production',
      IMAGES: 'web=repo/shop:1\nproxy=repo/proxy:2\n',
      ALARMS: 'shop 5xx\n',
      STRATEGY: 'AllAtOnce',
      WAIT_UNTIL: 'shifted',
      TIMEOUT: '2h',
    });

    expect(calls[0]).toBe(
      'cutover [deploy] [shop] [--env] [production] [--image] [web=repo/shop:1] [--image] [proxy=repo/proxy:2] ' +
        '[--alarm] [shop 5xx] [--strategy] [AllAtOnce] [--name] [shop-12345678901-2] [--wait-until] [shifted] [--timeout] [2h]',
    );
    expect(status).toBe(0);
  });

  test('whatever stands in an input is an argument and never run', () => {
    const { calls, workshop } = act({ IMAGES: 'web=$(touch hacked)`touch hacked`; touch hacked' });

    expect(calls[0]).toContain('[web=$(touch hacked)`touch hacked`; touch hacked]');
    expect(() => workshop.read('hacked')).toThrow();
  });

  test.each(exitCodes)('its exit code $code is the step’s, and its outcome is $name', ({ code, name }) => {
    const { status, outputs } = act({ IMAGES: 'web=x:1' }, { code });

    expect(status).toBe(code);
    expect(outputs.outcome).toBe(name);
  });

  test('the summary is the report’s, and the report’s path an output', () => {
    const { calls, outputs, workshop } = act({ IMAGES: 'web=x:1' }, { code: 2, prints: '### Rolled back\n' });

    expect(calls[1]).toMatch(
      /^cutover \[report\] \[shop\] \[--deployment\] \[shop-12345678901-2\] \[--output\] \[.*\.html\] \[--markdown\]$/,
    );
    expect(workshop.read('summary')).toBe('### Rolled back\n');
    expect(outputs.report).toMatch(/cutover-shop-12345678901-2\.html$/);
  });

  test('a report that cannot be written does not change how the deployment went', () => {
    const { status, outputs, stderr } = act({ IMAGES: 'web=x:1' }, { environment: { REPORT_CODE: '8' } });

    expect(status).toBe(0);
    expect(outputs).toMatchObject({ outcome: 'succeeded' });
    expect(outputs.report).toBeUndefined();
    expect(stderr).toContain('there is no report');
  });

  test.each(['production/a-service-with-a-very-long-name-indeed', 'shop', 'a.b'])(
    'a name made for %s is one that a deployment may have',
    (SERVICE) => {
      const { outputs } = act({ SERVICE, IMAGES: 'web=x:1' });

      expect(outputs.name).toMatch(/^[A-Za-z0-9_-]{1,36}$/);
    },
  );
});

describe('the action plans', () => {
  const onPullRequest = {
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_REPOSITORY: 'shop/shop',
    GITHUB_REF_NAME: '12/merge',
    GH_TOKEN: 'a-token',
  };

  test('by a dry run and preflight, and starts nothing', () => {
    const { calls, workshop } = act(
      { COMMAND: 'plan', IMAGES: 'web=x:1', STRICT: 'true' },
      { prints: 'plan of the shop\n' },
    );

    expect(calls).toEqual([
      'cutover [deploy] [shop] [--image] [web=x:1] [--dry-run]',
      'cutover [preflight] [shop] [--strict]',
    ]);
    expect(workshop.read('summary')).toContain('no problems were found');
    expect(workshop.read('summary')).toContain('plan of the shop');
  });

  test('a refusal fails the job', () => {
    const { status, outputs, workshop } = act({ COMMAND: 'plan' }, { code: 3 });

    expect(status).toBe(3);
    expect(outputs.outcome).toBe('refused');
    expect(workshop.read('summary')).toContain('Cutover would deploy shop : refused');
  });

  test('on a pull request it comments once', () => {
    const { calls } = act({ COMMAND: 'plan', ENVIRONMENT: 'production' }, { environment: onPullRequest });

    const gh = calls.filter((call) => call.startsWith('gh'));
    expect(gh[0]).toContain('[repos/shop/shop/issues/12/comments] [--paginate]');
    expect(gh[0]).toContain('<!-- cutover shop production -->');
    expect(gh[1]).toMatch(
      /\[--method\] \[POST\] \[repos\/shop\/shop\/issues\/12\/comments\] \[-F\] \[body=@/,
    );
    expect(gh).toHaveLength(2);
  });

  test('without a token, or elsewhere, it does not', () => {
    const { calls } = act({ COMMAND: 'plan' }, { environment: { ...onPullRequest, GH_TOKEN: '' } });

    expect(calls.filter((call) => call.startsWith('gh'))).toEqual([]);
  });
});

test('another command is refused with what was expected', () => {
  const workshop = aWorkshop();
  const { status, stderr } = workshop.run(`'${SCRIPT}'`, { INPUT_SERVICE: 'shop', INPUT_COMMAND: 'delpoy' });

  expect(status).toBe(1);
  expect(stderr).toContain('expected deploy or plan, found "delpoy"');
});

describe('action.yml', () => {
  const [, step] = action.runs.steps;

  test('hands every input to the script, and none as text of a script', () => {
    const handed = Object.values(step?.env ?? {}).map((value) => /inputs\.([\w-]+)/.exec(value)?.[1]);

    expect(new Set(handed)).toEqual(new Set(Object.keys(action.inputs)));
    expect(action.runs.steps.map(({ run }) => run).join('\n')).not.toContain('${{');
  });

  test('says what every exit code is called', () => {
    const said =
      /"?([\w, ]+): the name of the exit code/.exec(
        readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'),
      )?.[1] ?? '';

    expect(new Set(said.split(/, | or /).map((word) => word.trim()))).toEqual(
      new Set(exitCodes.map(({ name }) => name)),
    );
  });

  test('calls only commands and options that there are', () => {
    const script = readFileSync(SCRIPT, 'utf8');
    const options = new Set(commands.flatMap(({ options }) => Object.keys(options)));

    const used = [...script.matchAll(/ (?:\()?--([a-z-]+)/g)].map(([, option]) => option ?? '');
    const others = ['paginate', 'jq', 'silent', 'method'];
    expect(used.filter((option) => !options.has(option) && !others.includes(option))).toEqual([]);
  });
});
