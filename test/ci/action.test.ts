import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { NAME_FORM } from '../../cli/account/deployment-name.ts';
import { act, type Cutover } from '../../cli/action/act.ts';
import { fenced } from '../../cli/action/comment.ts';
import { runName } from '../../cli/action/run-name.ts';
import { makeWorkflow } from '../../cli/action/workflow.ts';
import { readArguments } from '../../cli/arguments.ts';
import { commands } from '../../cli/commands.ts';
import { type ExitCode, exitCodes } from '../../cli/exit-codes.ts';
import { aDirectory } from '../a-directory.ts';

type Action = {
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  runs: { using: string; main: string };
};

const text = readFileSync(new URL('../../action.yml', import.meta.url), 'utf8');
const action: Action = parse(text);

type Asked = {
  code?: ExitCode;
  out?: string;
  err?: string;
  report?: string;
  github?: Response;
  environment?: Record<string, string>;
};

/** A step with these inputs, over a `cutover` that records how it is called. */
const step = async (inputs: Record<string, string>, asked: Asked = {}) => {
  const directory = aDirectory('action');
  const files = { output: join(directory, 'output'), summary: join(directory, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const calls: string[][] = [];
  const requests: { url: string; method: string; body: string }[] = [];
  let log = '';
  const workflow = makeWorkflow(
    {
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      GITHUB_RUN_ID: '12345678901',
      GITHUB_RUN_ATTEMPT: '2',
      RUNNER_TEMP: directory,
      INPUT_SERVICE: 'shop',
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name}`, value])),
      ...asked.environment,
    },
    (written) => {
      log += written;
    },
  );
  const cutover: Cutover = async (argv) => {
    calls.push(argv);
    return argv[0] === 'report'
      ? { code: asked.report === undefined ? 8 : 0, out: asked.report ?? '', err: '' }
      : { code: asked.code ?? 0, out: asked.out ?? '', err: asked.err ?? '' };
  };
  const request: typeof fetch = async (url, options) => {
    requests.push({ url: String(url), method: options?.method ?? '', body: String(options?.body ?? '') });
    return asked.github?.clone() ?? new Response('[]', { status: 200 });
  };
  const code = await act(workflow, cutover, request);
  const outputs = Object.fromEntries(
    [...readFileSync(files.output, 'utf8').matchAll(/^(\S+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(
      ([, name, , value]) => [name, value],
    ),
  );
  return { code, calls, outputs, log, requests, summary: readFileSync(files.summary, 'utf8') };
};

describe('the action deploys', () => {
  test('with everything it was given, each value one argument', async () => {
    const { calls, code } = await step({
      ENVIRONMENT: 'production',
      IMAGES: 'web=repo/shop:1\nproxy=repo/proxy:2\n',
      ALARMS: 'shop 5xx\n',
      STRATEGY: 'AllAtOnce',
      'TASK-DEFINITION': 'task.json',
      'WAIT-UNTIL': 'shifted',
      TIMEOUT: '2h',
    });

    expect(calls[0]).toEqual([
      ...['deploy', 'shop', '--env=production', '--image=web=repo/shop:1', '--image=proxy=repo/proxy:2'],
      ...['--task-definition=task.json', '--alarm=shop 5xx', '--strategy=AllAtOnce'],
      ...[expect.stringMatching(/^--name=shop-production/), '--wait-until=shifted', '--timeout=2h'],
    ]);
    expect(code).toBe(0);
  });

  test.each(exitCodes)(
    'its exit code $code is the step’s, and its outcome is $name',
    async ({ code, name }) => {
      const { code: ended, outputs } = await step({ IMAGES: 'web=x:1' }, { code });

      expect(ended).toBe(code);
      expect(outputs.outcome).toBe(name);
    },
  );

  test('reports of two services in one job are two files, also where the deployment has no name', async () => {
    const paths = await Promise.all(
      ['shop', 'basket'].map(async (service) => {
        const { outputs } = await step({ COMMAND: 'watch', SERVICE: service }, { report: '### Done\n' });
        return outputs.report?.split('/').at(-1);
      }),
    );

    expect(new Set(paths).size).toBe(2);
    expect(paths[0]).toMatch(/^cutover-shop-/);
  });

  test('the summary is the report’s, and the report’s path an output', async () => {
    const { outputs, summary } = await step({ IMAGES: 'web=x:1' }, { code: 2, report: '### Rolled back\n' });

    expect(summary).toBe('### Rolled back\n');
    expect(outputs.report).toMatch(/cutover-shop-.*-12345678901\.html$/);
  });

  test('a report that cannot be written does not change how the deployment went', async () => {
    const { code, outputs } = await step({ IMAGES: 'web=x:1' });

    expect(code).toBe(0);
    expect(outputs.report).toBeUndefined();
  });

  test('what did not succeed is annotated with the reason, as one line of the runner’s', async () => {
    const { log } = await step(
      { IMAGES: 'web=x:1' },
      { code: 3, err: 'error: busy\n::error::injected 100%\n' },
    );

    expect(log).toContain('::error title=Cutover%3A refused::busy%0A::error::injected 100%25');
    expect(log).not.toMatch(/^::error::injected/m);
  });

  test('the annotation has the sentence whole, not in the lines of the log', async () => {
    const err =
      'error: Could not read task definition shop:99: `aws ecs\n  list-task-definitions` lists them.\n\n';
    const { log } = await step({ IMAGES: 'web=x:1' }, { code: 3, err });

    expect(log).toContain(
      'refused::Could not read task definition shop:99: `aws ecs list-task-definitions` lists them.\n',
    );
  });

  test('what could not be used was not started: no report is asked for', async () => {
    const { calls } = await step({ IMAGES: 'web=x:1' }, { code: 1, err: 'error: no such image\n' });

    expect(calls.map(([command]) => command)).toEqual(['deploy']);
  });

  test('a deployment that was rolled back is annotated with the report’s sentence', async () => {
    const { log } = await step({}, { code: 2, report: '### ❌ Rolled back: alarm shop\\_5xx is red\n' });

    expect(log).toContain('::error title=Cutover%3A rolledBack::Rolled back: alarm shop_5xx is red');
  });

  test('one that preflight refused is annotated with what it found', async () => {
    const report =
      '### ❌ shop:43 was refused: Preflight found 1 error.\n\n```text\n- error alarm-not-found: no alarm x.\n- warning w: y\n';
    const { log } = await step({}, { code: 3, report });

    expect(log).toContain(
      'refused::shop:43 was refused: Preflight found 1 error.%0A- error alarm-not-found: no alarm x.\n',
    );
  });

  test('a line break in an input makes no other output', async () => {
    const { outputs } = await step({ NAME: 'mine\noutcome=succeeded' }, { code: 1 });

    expect(outputs.outcome).toBe('usage');
    expect(outputs.name).toBe('mine\noutcome=succeeded');
  });
});

describe('the name of a deployment', () => {
  test.each(['production/a-service-with-a-very-long-name-indeed', 'shop', 'a.b', 'ü', '/x', '店'])(
    'made for %s is one that it may have',
    (service) => {
      expect(runName([service, 'production'], '12345678901')).toMatch(NAME_FORM);
      expect(runName([service, ''], '12345678901')).toMatch(/^[A-Za-z0-9]/);
      expect(runName([service, 'production'], '12345678901').length).toBeLessThanOrEqual(36);
    },
  );

  test('has the service and the environment, not the file that describes them', () => {
    expect(runName(['shop', '', 'ecs/cutover.yaml', 'eu-west-1'], '7')).toMatch(/^shop-[0-9a-f]{6}-7$/);
  });

  test('is another for each environment, however long its beginning is, and the same for each attempt', () => {
    const service = 'a-service-with-a-very-long-name-indeed';
    const names = ['staging', 'production'].map((environment) => runName([service, environment], '1'));

    expect(new Set(names).size).toBe(2);
    expect(runName([service, 'staging'], '1')).toBe(names[0]);
    expect(runName(['a/b-c', ''], '1')).not.toBe(runName(['a-b/c', ''], '1'));
  });
});

describe('an input', () => {
  test.each(['deploy', 'plan', 'watch', 'rollback', 'abort'])(
    'service is asked for by %s',
    async (command) => {
      await expect(step({ COMMAND: command, SERVICE: ' ' })).rejects.toThrow(
        'service: expected SERVICE of cutover.yaml or CLUSTER/SERVICE, found nothing',
      );
      await expect(step({ COMMAND: command, SERVICE: '--help' })).rejects.toThrow('found "--help"');
    },
  );

  test('is a value whatever it begins with', async () => {
    const { calls } = await step({ COMMAND: 'abort', REASON: '- 5 % fewer orders' });

    const [command = '', ...argv] = calls[0] ?? [];
    const { options } = commands.find(({ name }) => name === command) ?? { options: {} };
    expect(readArguments(argv, options, command).text('reason')).toBe('- 5 % fewer orders');
  });
});

describe('the action steers', () => {
  test.each(['approve', 'abort', 'promote', 'pause', 'resume', 'skip', 'freeze'])('%s', async (command) => {
    const { calls } = await step({ COMMAND: command, REASON: 'all good', ENVIRONMENT: 'production' });

    expect(calls).toEqual([[command, 'shop', '--env=production', '--reason=all good']]);
  });

  test('it rolls back, and watches what runs', async () => {
    const back = await step({ COMMAND: 'rollback', REASON: 'slow' });
    expect(back.calls[0]).toEqual([
      ...[
        'rollback',
        'shop',
        expect.stringMatching(/^--name=back-shop-/),
        '--reason=slow',
        '--wait-until=done',
      ],
    ]);

    const to = await step({ COMMAND: 'rollback', 'TASK-DEFINITION': 'shop:40' });
    expect(to.calls[0]).toContain('--to=shop:40');

    const { calls, outputs } = await step({ COMMAND: 'watch', TIMEOUT: '1h' });
    expect(calls[0]).toEqual(['watch', 'shop', '--wait-until=done', '--timeout=1h']);
    expect(outputs.name).toBeUndefined();
  });

  test('another command is refused with those there are', async () => {
    await expect(step({ COMMAND: 'delpoy' })).rejects.toThrow('found "delpoy"; did you mean deploy?');
  });
});

describe('the action plans', () => {
  const pullRequest = {
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_REPOSITORY: 'shop/shop',
    GITHUB_REF_NAME: '12/merge',
  };

  test('by a dry run, which has what preflight finds, and starts nothing', async () => {
    const { calls, summary } = await step(
      { COMMAND: 'plan', IMAGES: 'web=x:1', STRICT: 'true' },
      { out: 'plan of the shop\n' },
    );

    expect(calls).toEqual([['deploy', 'shop', '--image=web=x:1', '--strict', '--dry-run']]);
    expect(summary).toContain('no problems were found');
    expect(summary).toContain('plan of the shop');
  });

  test('a refusal fails the job', async () => {
    const { code, outputs, summary } = await step({ COMMAND: 'plan' }, { code: 3 });

    expect(code).toBe(3);
    expect(outputs.outcome).toBe('refused');
    expect(summary).toContain('Cutover would deploy shop: refused');
  });

  test('a refusal is annotated with its verdict, or the error, and not with the plan above it', async () => {
    const out =
      '\n  task definition shop:41 → a new revision\n\n  REFUSED: 2 warnings, which strict\n  makes errors\n';
    const strict = await step({ COMMAND: 'plan' }, { code: 3, out });
    const failed = await step(
      { COMMAND: 'plan' },
      { code: 8, out: 'half a plan\n', err: 'error: no answer\n' },
    );

    expect(strict.log).toContain('::error title=Cutover%3A refused::2 warnings, which strict makes errors\n');
    expect(failed.log).toContain('::error title=Cutover%3A unavailable::no answer\n');
  });

  test('what is longer than GitHub takes is cut, and says so', async () => {
    const { requests, summary } = await step(
      { COMMAND: 'plan', TOKEN: 'a-token' },
      { out: 'changed\n'.repeat(200_000), environment: pullRequest },
    );

    const { body } = JSON.parse(requests[1]?.body ?? '');
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain('the rest is in the log of the job');
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
    expect(body).toMatch(/```\n$/);
  });

  test('a comment that GitHub refuses is reported with what it said', async () => {
    const { log, code } = await step(
      { COMMAND: 'plan', TOKEN: 'a-token' },
      { environment: pullRequest, github: new Response('{}', { status: 404, statusText: 'Not Found' }) },
    );

    expect(log).toMatch(/::warning title=Cutover::no comment on the pull request: GET .*: 404 Not Found\. /);
    expect(code).toBe(0);
  });

  test('on a pull request it comments once, and not without a token', async () => {
    const { requests } = await step(
      { COMMAND: 'plan', ENVIRONMENT: 'production', TOKEN: 'a-token' },
      { environment: pullRequest },
    );

    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET https://api.github.com/repos/shop/shop/issues/12/comments?per_page=100&page=1',
      'POST https://api.github.com/repos/shop/shop/issues/12/comments',
    ]);
    expect(requests[1]?.body).toContain('<!-- cutover shop production -->');
    expect((await step({ COMMAND: 'plan' }, { environment: pullRequest })).requests).toEqual([]);
  });

  test.each(['plain', '````', 'a ``````` b', '```\n````text'])('no text leaves its fence: %j', (inside) => {
    const [first = '', ...rest] = fenced(inside).trimEnd().split('\n');
    const fence = first.replace('text', '');

    expect(rest.at(-1)).toBe(fence);
    expect(rest.slice(0, -1).join('\n')).toBe(inside);
    expect(inside).not.toContain(fence);
  });
});

describe('action.yml', () => {
  test('every input is read, and every one that is read is there', () => {
    const files = ['act', 'comment'].map((name) =>
      readFileSync(new URL(`../../cli/action/${name}.ts`, import.meta.url), 'utf8'),
    );
    const read = files.flatMap((code) => [...code.matchAll(/input\('([\w-]+)'\)/g)].map(([, name]) => name));

    expect(new Set(read)).toEqual(new Set(Object.keys(action.inputs)));
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/action/action.mjs' });
  });

  test('names every exit code', () => {
    const said = /"?([\w, ]+): the name of the exit code/.exec(text)?.[1] ?? '';

    expect(new Set(said.split(/, | or /).map((word) => word.trim()))).toEqual(
      new Set(exitCodes.map(({ name }) => name)),
    );
  });

  test('calls only commands and options that there are', async () => {
    const known = new Map(commands.map(({ name, options }) => [name, Object.keys(options)]));
    for (const command of ['deploy', 'plan', 'watch', 'rollback', 'approve', 'abort']) {
      const { calls } = await step({
        ...{
          COMMAND: command,
          ENVIRONMENT: 'p',
          CONFIG: 'c',
          REGION: 'r',
          INSTALLATION: 'i',
          IMAGES: 'web=x:1',
        },
        ...{
          'TASK-DEFINITION': 't',
          ALARMS: 'a',
          STRATEGY: 's',
          'WHEN-BUSY': 'queue',
          TIMEOUT: '1h',
          REASON: 'r',
          NAME: 'n',
          STRICT: 'true',
        },
      });
      for (const [name = '', ...argv] of calls) {
        const options = argv
          .filter((word) => word.startsWith('--'))
          .map((word) => word.slice(2).replace(/=.*/s, ''));
        expect(
          options.filter((option) => !known.get(name)?.includes(option)),
          name,
        ).toEqual([]);
      }
    }
  });
});
