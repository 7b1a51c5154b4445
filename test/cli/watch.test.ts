import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount, expiredToken, type SimulatedAccount } from './a-simulated-account.ts';

const SHOP = 'production/shop';
const DEPLOY = ['deploy', SHOP, '-t', 'shop:42', '--alarm', 'shop-users-suffer'];
const CANARY = ['--strategy', 'Canary10Percent5Minutes', '--keep-blue', '10m'];
const MINUTE_MS = 60_000;

const directory = aDirectory('watch');

/** A service whose second shift waits for an approval. */
const gated = (): string => {
  const path = join(directory, 'gated.yaml');
  writeFileSync(
    path,
    [
      'services:',
      '  shop:',
      '    environments:',
      '      production:',
      '        cluster: production',
      '        alarms: [shop-users-suffer]',
      '        shifts:',
      '          - { greenPct: 20, bake: 1m, approval: true }',
      '          - { greenPct: 100, bake: 2m }',
      '',
    ].join('\n'),
  );
  return path;
};

const greenPct = ({ world }: SimulatedAccount): number[] =>
  world.elbv2
    .routes()
    .flatMap(({ groups }) =>
      groups
        .filter(({ targetGroupArn }) => targetGroupArn.includes('shop-green'))
        .map(({ weight }) => weight),
    );

const ESCAPE = '\u001b';
const REDRAW = new RegExp(`${ESCAPE}\\[\\d+F${ESCAPE}\\[0J`);

type Line = { v: number; type: string } & Record<string, unknown>;

const linesOf = (out: string): Line[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('--wait-until', () => {
  test.each([
    { stage: 'launched', green: 0 },
    { stage: 'firstShift', green: 10 },
    { stage: 'shifted', green: 100 },
  ])('$stage leaves with 0 while green has $green %, and says how to continue', async ({ stage, green }) => {
    const account = await aSimulatedAccount();

    const { code, out } = await account.cutover([...DEPLOY, ...CANARY, '--wait-until', stage]);

    expect(out).toContain('STAGE REACHED, THE DEPLOYMENT CONTINUES');
    expect(out).toContain(`cutover watch ${SHOP}`);
    expect(out).toContain(`cutover abort ${SHOP}`);
    expect(code).toBe(0);
    expect(new Set(greenPct(account))).toEqual(new Set([green]));
    expect(account.orchestrator.stepFunctions.executions()[0]?.status).toBe('RUNNING');
  });

  test('a deployment that rolls back before the stage is not a success', async () => {
    const account = await aSimulatedAccount({ version: 'errors:60%' });

    const { code, out } = await account.cutover([
      ...DEPLOY,
      '--strategy',
      'Canary10Percent15Minutes',
      '--wait-until',
      'shifted',
    ]);

    expect(out).toContain('ROLLED BACK');
    expect(code).toBe(2);
  });
});

describe('the person who stops watching leaves the deployment running', () => {
  test('Ctrl-C ends with 130 and says how to watch again or roll back; watch then shows the rest', async () => {
    const account = await aSimulatedAccount();
    const first = account.type([...DEPLOY, ...CANARY]);
    await account.pass(3 * MINUTE_MS);

    first.interrupt();
    await account.until(first.ended);

    expect(first.run.out).toContain('STILL RUNNING, NO LONGER WATCHED');
    expect(first.run.out).toContain(`cutover watch ${SHOP}`);
    expect(first.run.code).toBe(130);
    const again = await account.cutover(['watch', SHOP]);
    expect(again.out).toContain('shifted 100 % to green');
    expect(again.out).toContain('SUCCEEDED');
    expect(again.code).toBe(0);
  });

  test('--timeout ends with 7', async () => {
    const account = await aSimulatedAccount();

    const { code, out } = await account.cutover([...DEPLOY, ...CANARY, '--timeout', '4m']);

    expect(out).toContain('the time to watch it is over; the deployment is baking');
    expect(code).toBe(7);
    expect(account.elapsedMs()).toBeLessThan(5 * MINUTE_MS);
    expect(account.orchestrator.stepFunctions.executions()[0]?.status).toBe('RUNNING');
  });

  test('while it waits for approval a pipeline leaves with 6; after approve the deployment continues to its end', async () => {
    const account = await aSimulatedAccount();
    const argv = ['deploy', 'shop', '-t', 'shop:42', '--config', gated()];

    const { code, out } = await account.cutover(argv);
    const approved = await account.cutover(['approve', SHOP, '--reason', 'tried it']);
    const rest = await account.cutover(['watch', SHOP]);

    expect(out).toMatch(/WAITS FOR A PERSON\n {2}why +waits for an approval/);
    expect(out).toContain('cutover approve shop --env production');
    expect(code).toBe(6);
    expect(approved).toMatchObject({ code: 0, out: expect.stringContaining('approve accepted') });
    expect(rest.out).toMatch(/operator +approve by user\/ada \(claimed\) +tried it/);
    expect(rest.code).toBe(0);
  });

  test('--when-waiting stay watches on through the wait for approval', async () => {
    const account = await aSimulatedAccount();
    const session = account.type([
      'deploy',
      'shop',
      '-t',
      'shop:42',
      '--config',
      gated(),
      '--when-waiting',
      'stay',
    ]);
    await account.pass(10 * MINUTE_MS);
    expect(session.ended()).toBe(false);

    await account.cutover(['approve', SHOP]);
    await account.until(session.ended);

    expect(session.run.code).toBe(0);
  });

  test('nothing to watch is said, with 3', async () => {
    const { code, err } = await (await aSimulatedAccount()).cutover(['watch', SHOP]);

    expect(err).toContain(`nothing is being deployed to ${SHOP}`);
    expect(code).toBe(3);
  });
});

describe('from a second terminal', () => {
  test.each([
    { colour: 'green', phase: 'removing', abort: true },
    { colour: 'blue', phase: 'retiring', abort: false },
  ])(
    'while $colour goes no health is shown that nobody observes any more',
    async ({ colour, phase, abort }) => {
      const account = await aSimulatedAccount();
      await account.cutover([
        ...DEPLOY,
        '--strategy',
        'Canary10Percent5Minutes',
        '--keep-blue',
        '1m',
        '--detach',
      ]);
      if (abort) {
        await account.pass(4 * MINUTE_MS);
        await account.cutover(['abort', SHOP]);
      }
      const shown: { text: string; json: Line }[] = [];
      for (let polls = 0; polls < 80; polls += 1) {
        await account.pass(10_000);
        const text = (await account.cutover(['status', SHOP], { width: 200 })).out;
        const [json] = linesOf((await account.cutover(['status', SHOP, '--json'])).out);
        if (json?.phase === phase) shown.push({ text, json });
        if (json?.type === 'idle') break;
      }

      const going = shown.filter(({ text }) => text.includes(`${colour} goes`));
      expect(going.length).toBeGreaterThan(0);
      for (const { text, json } of going) {
        expect(text).not.toMatch(/\d\/\d healthy/);
        expect(json).toMatchObject({ blue: null, green: null });
      }
      expect(
        going.some(({ text }) => new RegExp(`targets +${colour} goes, \\d tasks? left`).test(text)),
      ).toBe(true);
      if (abort) expect(going.length).toBe(shown.length);
    },
  );

  test('abort rolls back within seconds, and the watching one ends with 5 and who did it', async () => {
    const account = await aSimulatedAccount();
    const first = account.type([...DEPLOY, ...CANARY]);
    await account.until(() => greenPct(account).includes(10));

    const sentMs = account.elapsedMs();
    const abort = await account.cutover(['abort', SHOP, '--reason', 'the banner is wrong']);
    await account.until(() => greenPct(account).every((weight) => weight === 0));
    const tookMs = account.elapsedMs() - sentMs;
    await account.until(first.ended);

    expect(abort).toMatchObject({
      code: 0,
      out: expect.stringContaining('abort accepted by deployment shop-'),
    });
    expect(tookMs).toBeLessThan(10_000);
    expect(first.run.out).toMatch(
      /ABORTED, ROLLED BACK\n {2}why +abort by user\/ada \(claimed\): the banner is wrong/,
    );
    expect(first.run.code).toBe(5);
  });

  test('a command that cannot apply is refused with the reason, and 3', async () => {
    const account = await aSimulatedAccount();
    account.type([...DEPLOY, ...CANARY]);
    await account.pass(20_000);

    const skip = await account.cutover(['skip', SHOP], { width: 300 });
    const resume = await account.cutover(['resume', SHOP, '--json']);

    expect(skip.err).toContain('no traffic has been shifted yet');
    expect(skip.code).toBe(3);
    expect(linesOf(resume.out)).toMatchObject([
      {
        v: 1,
        type: 'refused',
        command: 'resume',
        reason: expect.stringContaining('neither paused nor frozen'),
      },
    ]);
    expect(resume.code).toBe(3);
  });

  test('without a deployment a command is refused', async () => {
    const { code, err } = await (await aSimulatedAccount()).cutover(['pause', SHOP]);

    expect(err).toContain('expected a deployment of production/shop, found none running');
    expect(code).toBe(3);
  });

  test('status shows one observation, and 6 while it is paused', async () => {
    const account = await aSimulatedAccount();
    account.type([...DEPLOY, ...CANARY]);
    await account.until(() => greenPct(account).includes(10));
    await account.cutover(['pause', SHOP, '--reason', 'reading logs']);
    await account.pass(5_000);

    const { code, out } = await account.cutover(['status', SHOP]);

    expect(out).toMatch(/shop in production {2}[\d:]+ {2}shop:41 → shop:42 {3}paused/);
    expect(out).toMatch(/way back +users off green in 16s, at most 2m17s; blue would carry 100 %/);
    expect(out).toMatch(/you can +resume, abort, freeze\n/);
    expect(out).toMatch(/so +cutover abort production\/shop\n/);
    expect(out).not.toContain('Ctrl-C');
    expect(code).toBe(6);
  });
});

test('status has what the metrics of both colours say, in words and for a program', async () => {
  const account = await aSimulatedAccount();
  account.type([...DEPLOY, ...CANARY]);
  await account.until(() => greenPct(account).includes(10));
  await account.pass(6 * MINUTE_MS);
  await account.cutover(['pause', SHOP, '--reason', 'reading logs']);
  await account.pass(5_000);

  const { out } = await account.cutover(['status', SHOP]);
  const { out: json } = await account.cutover(['status', SHOP, '--json']);

  expect(out.replaceAll(/\s+/g, ' ')).toMatch(/\S+ % of [\d,]+ requests of green failed/);
  expect(out).not.toMatch(/^ metrics/m);
  expect(JSON.parse(json).comparison).toMatchObject({
    verdict: 'undecided',
    reason: expect.stringContaining('of green failed'),
    metrics: [
      { metric: 'errors', use: 'decide', evidence: expect.any(Number) },
      { use: 'advise' },
      { use: 'advise' },
    ],
  });
});

test('metrics have a row of their own where the decision does not name them', async () => {
  const account = await aSimulatedAccount();
  account.type([...DEPLOY, ...CANARY]);
  await account.until(() => greenPct(account).includes(10));
  await account.pass(6 * MINUTE_MS);
  await account.cutover(['freeze', SHOP, '--reason', 'reading logs']);
  await account.pass(5_000);

  const { out } = await account.cutover(['status', SHOP]);

  expect(out).toMatch(/^ decision +waiting for an operator .*: freeze by user\/ada \(claimed\)/m);
  expect(out).toMatch(/^ metrics +\S+ % of [\d,]+ requests of green failed/m);
});

describe('a poll that fails never ends the deployment, and is never passed over in silence', () => {
  test('expired credentials: said once, read again, and the end is shown when they are renewed', async () => {
    const account = await aSimulatedAccount();
    const session = account.type([...DEPLOY, ...CANARY]);
    await account.pass(2 * MINUTE_MS);

    account.fail(() => expiredToken());
    await account.pass(4 * MINUTE_MS);
    account.fail(() => undefined);
    await account.until(session.ended);

    const { out, code } = session.run;
    expect(out.match(/cannot read the deployment, which continues/g)).toHaveLength(1);
    expect(out.replace(/\s+/g, ' ')).toContain('did not accept the credentials (ExpiredTokenException');
    expect(out).toContain('can read the deployment again');
    expect(out.match(/shifted 10 % to green/g)).toHaveLength(1);
    expect(out.match(/shifted 100 % to green/g)).toHaveLength(1);
    expect(code).toBe(0);
  });

  test('throttled reads are tried again without a word while they succeed in the end', async () => {
    const account = await aSimulatedAccount();
    let count = 0;
    account.fail((_service, operation) => {
      count += 1;
      const throttled = operation !== 'StartExecution' && count % 2 === 0;
      return throttled
        ? Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $fault: 'client' })
        : undefined;
    });

    const { code, out } = await account.cutover([...DEPLOY, ...CANARY]);

    expect(out).not.toContain('cannot read');
    expect(out).toContain('SUCCEEDED');
    expect(code).toBe(0);
  });

  test('a lost connection for good ends the watching after an hour with 7, and no word about success', async () => {
    const account = await aSimulatedAccount();
    const session = account.type([...DEPLOY, ...CANARY]);
    await account.pass(2 * MINUTE_MS);
    account.fail(() =>
      Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND', name: 'Error' }),
    );

    await account.until(session.ended);

    expect(session.run.out).toContain(
      'nothing could be read for an hour; the deployment continues by itself',
    );
    expect(session.run.out).not.toMatch(/SUCCEEDED|ROLLED BACK/);
    expect(session.run.code).toBe(7);
    expect(account.orchestrator.stepFunctions.executions()[0]?.status).toBe('SUCCEEDED');
  });

  test('an execution stopped in the console is followed into its recovery', async () => {
    const account = await aSimulatedAccount();
    const session = account.type([...DEPLOY, ...CANARY]);
    await account.until(() => greenPct(account).includes(10));
    await account.pass(30_000);
    const { stepFunctions } = account.orchestrator;

    stepFunctions.stopExecution(stepFunctions.executions()[0]?.arn ?? '', 'stopped by hand');
    await account.until(session.ended);

    expect(session.run.out).toContain('a recovery has taken the deployment over');
    expect(session.run.out).toContain('ROLLED BACK');
    expect(session.run.code).toBe(2);
    expect(new Set(greenPct(account))).toEqual(new Set([0]));
  });
});

describe('--json', () => {
  test('is a line an event, versioned, and its last line has the outcome and the exit code', async () => {
    const account = await aSimulatedAccount();

    const { out, code } = await account.cutover([...DEPLOY, ...CANARY, '--json']);

    const lines = linesOf(out);
    expect(lines.every(({ v }) => v === 1)).toBe(true);
    expect(lines.slice(0, 3).map(({ type }) => type)).toEqual(['revision', 'started', 'standing']);
    expect(lines.filter(({ type }) => type === 'weights').map(({ routes }) => routes)).toEqual([
      [
        { route: 'HTTPS:443 default', blue: 90, green: 10 },
        { route: 'HTTPS:443 path /api/*', blue: 90, green: 10 },
      ],
      [
        { route: 'HTTPS:443 default', blue: 0, green: 100 },
        { route: 'HTTPS:443 path /api/*', blue: 0, green: 100 },
      ],
    ]);
    expect(lines.at(-1)).toMatchObject({
      type: 'ended',
      outcome: 'succeeded',
      from: 'shop:41',
      to: 'shop:42',
      exitCode: 0,
    });
    expect(code).toBe(0);
  });

  test('one that is left says why and how to continue', async () => {
    const account = await aSimulatedAccount();

    const { out } = await account.cutover([...DEPLOY, ...CANARY, '--json', '--timeout', '30s']);

    expect(linesOf(out).at(-1)).toMatchObject({
      type: 'left',
      because: 'timedOut',
      exitCode: 7,
      watch: `cutover watch ${SHOP}`,
    });
  });
});

describe('the live view', () => {
  test('is drawn over itself on a terminal, cleans up, and leaves the timeline and the end', async () => {
    const account = await aSimulatedAccount();

    const { out, code } = await account.cutover([...DEPLOY, ...CANARY], {
      interactive: true,
      width: 80,
      height: 24,
    });

    expect(out).toMatch(/▶ 10 % +█/);
    expect(out.split('\u001b[?25l').length).toBe(2);
    expect(out.lastIndexOf('\u001b[?25h')).toBeGreaterThan(out.lastIndexOf('F\u001b[0J'));
    expect(out.slice(out.lastIndexOf('\u001b[?25h'))).toContain('SUCCEEDED');
    expect(code).toBe(0);
  });

  test('is replaced by lines with --plain, and everywhere but on a terminal', async () => {
    const [plain, pipe] = await Promise.all([
      aSimulatedAccount().then((account) =>
        account.cutover([...DEPLOY, ...CANARY, '--plain'], { interactive: true }),
      ),
      aSimulatedAccount().then((account) => account.cutover([...DEPLOY, ...CANARY])),
    ]);

    for (const { out } of [plain, pipe]) expect(out).not.toContain('\u001b');
    expect(plain.out).toContain('shifted 10 % to green');
  });

  test.each([
    [80, 24],
    [60, 16],
    [130, 24],
    [200, 50],
    // Narrower than lines are laid out for: the view is cut, because what wraps cannot be drawn over.
    [40, 16],
  ])(
    'never writes a line wider than %d columns between two redraws, nor more than %d rows',
    async (width, height) => {
      const account = await aSimulatedAccount();

      const { out } = await account.cutover([...DEPLOY, ...CANARY], {
        interactive: true,
        width: Math.max(60, width),
        columns: width,
        height,
      });

      const frames = out.split(REDRAW).slice(1, -1);
      const panels = frames.map((frame) => frame.slice(frame.indexOf('\n \n') + 1).split('\n'));
      expect(frames.length).toBeGreaterThan(100);
      expect(Math.max(...panels.flat().map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(Math.max(...panels.map((lines) => lines.length))).toBeLessThanOrEqual(height);
    },
  );
});
