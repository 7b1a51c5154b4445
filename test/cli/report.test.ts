import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../report/report.types.ts';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount, type SimulatedAccount } from './a-simulated-account.ts';
import { cutover, example } from './a-terminal.ts';

const SHOP = 'production/shop';
const MINUTE_MS = 60_000;
const DEPLOY = [
  'deploy',
  SHOP,
  '-t',
  'shop:42',
  '--alarm',
  'shop-users-suffer',
  '--name',
  'shop-42',
  '--strategy',
  'Canary10Percent5Minutes',
  '--keep-blue',
  '5m',
];

const directory = aDirectory('report');

const reportOf = async (account: SimulatedAccount, ...more: string[]): Promise<Report> => {
  const { out, code } = await account.cutover(['report', SHOP, '--json', ...more]);
  expect(code).toBe(0);
  return JSON.parse(out);
};

const course = (report: Report) => report.courses.map(({ points }) => points.map(({ greenPct }) => greenPct));
const kinds = (report: Report) => report.marks.map(({ kind }) => kind);

describe('cutover report', () => {
  test('of a deployment that succeeded: what, who, every shift and every decision', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(DEPLOY);

    const report = await reportOf(account);

    expect(report).toMatchObject({
      source: 'deployment',
      deployment: {
        id: expect.stringMatching(/^shop-42-[0-9a-f]{10}$/),
        service: 'shop',
        from: 'shop:41',
        to: 'shop:42',
      },
      outcome: { kind: 'succeeded' },
    });
    // Five minutes at 10 % and five at 100 %: both colours served, nothing failed, and the slices sum to the whole.
    const { total, slices = [] } = report.traffic ?? {};
    const sum = (colour: 'blue' | 'green') => slices.reduce((all, slice) => all + slice[colour].requests, 0);
    expect(sum('blue') + sum('green')).toBe(total?.requests);
    expect(sum('green')).toBeGreaterThan(sum('blue') / 10);
    expect(total?.failed).toBe(0);
    expect(report.deployment.startedBy).toContain('user/ada');
    expect(report.deployment.link).toContain('execution:cutover:shop-42');
    expect(course(report)).toEqual([
      [0, 10, 100],
      [0, 10, 100],
    ]);
    expect(kinds(report)).toEqual(['milestone', 'shift', 'shift', 'milestone', 'milestone']);
    expect(report.decisions.at(-1)?.kind).toBe('promote');
    // When blue goes, nobody reads targets any more; until then each decision did.
    expect(report.targets.at(-2)).toMatchObject({ green: { healthy: 4, of: 4 } });
    expect(report.targets.at(-1)).toMatchObject({ blue: null, green: null });
    expect(report.difference).toEqual([expect.objectContaining({ path: 'containerDefinitions[web].image' })]);
  });

  test('of one that its alarm rolled back: the alarm, the way back, the reason', async () => {
    const account = await aSimulatedAccount({ version: 'errors:60%' });
    await account.cutover(DEPLOY);

    const report = await reportOf(account);

    expect(report.outcome).toMatchObject({ kind: 'rolledBack', reason: expect.stringContaining('ALARM') });
    const failed = (colour: 'blue' | 'green') =>
      report.traffic?.slices.reduce((all, slice) => all + slice[colour].failed, 0);
    expect(failed('blue')).toBe(0);
    expect(failed('green')).toBeGreaterThan(0);
    expect(failed('green')).toBe(report.traffic?.total.failed);
    expect(course(report)[0]).toEqual([0, 10, 0]);
    expect(kinds(report)).toEqual(['milestone', 'shift', 'alarm', 'rollBack', 'milestone']);
    // Nobody counts at targets while green goes; what serves then is not called none.
    const page = join(directory, 'lanes.html');
    await account.cutover(['report', SHOP, '--output', page]);
    const labels = [...readFileSync(page, 'utf8').matchAll(/class="end \w+"[^>]*>([^<]*)</g)].map(
      ([, text]) => text,
    );
    expect(labels).toContain('blue last 4');
    expect(labels.join()).not.toContain('none');
  });

  test('a file that is no report is not overwritten, and said before anything is read', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(DEPLOY);
    const request = join(directory, 'request.json');
    writeFileSync(request, '{}');
    let asked = 0;
    account.fail(() => {
      asked += 1;
      return undefined;
    });

    const refused = await account.cutover(['report', SHOP, '--output', request, '--json']);

    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/is\s+no\s+report/);
    expect(asked).toBe(0);
    expect(readFileSync(request, 'utf8')).toBe('{}');
  });

  test('who may not read metrics gets the report without them, and the reason', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(DEPLOY);
    account.fail((service) =>
      service === 'cloudWatch'
        ? Object.assign(new Error('not authorized to perform: cloudwatch:GetMetricData'), {
            name: 'AccessDenied',
            $fault: 'client',
          })
        : undefined,
    );

    const report = await reportOf(account);

    expect(report.traffic).toBeNull();
    expect(report.facts).toContainEqual({
      name: 'Requests',
      value: expect.stringMatching(/^not known: .*GetMetricData/),
    });
  });

  test('of one that runs says what it does, and names who paused it', async () => {
    const account = await aSimulatedAccount();
    await account.cutover([...DEPLOY, '--detach']);
    await account.pass(4 * MINUTE_MS);
    await account.cutover(['pause', SHOP, '--reason', 'reading logs']);
    await account.pass(MINUTE_MS);

    const report = await reportOf(account);

    expect(report.outcome.kind).toBe('running');
    expect(report.marks).toContainEqual(
      expect.objectContaining({
        kind: 'command',
        who: expect.stringContaining('ada'),
        why: 'reading logs',
      }),
    );
    expect(report.durationMs).toBeGreaterThanOrEqual(5 * MINUTE_MS);
  });

  test('of one whose execution was stopped in the console has its recovery, too', async () => {
    const account = await aSimulatedAccount();
    await account.cutover([...DEPLOY, '--detach']);
    await account.pass(4 * MINUTE_MS);
    const { stepFunctions } = account.orchestrator;
    const [{ arn } = { arn: '' }] = stepFunctions.executions();
    stepFunctions.stopExecution(arn, 'seems wrong');
    await account.pass(30 * MINUTE_MS);

    const report = await reportOf(account, '--deployment', 'shop-42');

    expect(report.outcome.kind).toBe('rolledBack');
    expect(report.marks).toContainEqual(expect.objectContaining({ who: 'the sweep' }));
    expect(course(report)[0]?.at(-1)).toBe(0);
  });

  test('of one that was refused says why, and that there was no plan', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(['deploy', SHOP, '-t', 'shop:42', '--alarm', 'no-such-alarm', '--name', 'shop-x']);

    const report = await reportOf(account, '--deployment', 'shop-x');

    expect(report).toMatchObject({ outcome: { kind: 'refused' }, plan: null, decisions: [] });
  });

  test('writes one HTML file that carries the report, and says where', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(DEPLOY);
    const path = join(directory, 'ticket.html');

    const { code, out, err } = await account.cutover(['report', SHOP, '-o', path]);

    const page = readFileSync(path, 'utf8');
    const carried = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
    expect(JSON.parse(carried)).toMatchObject({ deployment: { id: expect.stringMatching(/^shop-42-/) } });
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: `report written to ${path}\n` });
  });

  test('--markdown prints the short one; the HTML file comes with it when it is asked for', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(DEPLOY);
    const path = join(directory, 'with-summary.html');

    const { code, out } = await account.cutover(['report', SHOP, '--markdown', '-o', path]);

    expect(out).toMatch(/^### ✅ shop:42 on production\/shop was deployed in/);
    expect(readFileSync(path, 'utf8')).toContain('<!doctype html>');
    expect(code).toBe(0);
  });

  test('a deployment that nobody knows is an error that says what to do', async () => {
    const account = await aSimulatedAccount();

    const none = await account.cutover(['report', SHOP]);
    const unknown = await account.cutover(['report', SHOP, '--deployment', 'nobody']);

    expect(none.err).toContain('expected a deployment of production/shop, found none');
    expect(none.code).toBe(1);
    expect(unknown.err.replace(/\s+/g, ' ')).toContain('found none called nobody');
    expect(unknown.code).toBe(1);
  });
});

describe('cutover rehearse --report', () => {
  test('writes the report beside what it prints', async () => {
    const path = join(directory, 'rehearsal.html');

    const { code, out, err } = await cutover(['rehearse', example('shop'), '--json', '--report', path]);

    expect(readFileSync(path, 'utf8')).toContain('In rehearsal, shop:42 on production/shop was deployed in');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).type)
        .at(-1),
    ).toBe('report');
    expect({ code, err }).toEqual({ code: 0, err: `report written to ${path}\n` });
  });

  test('a place that cannot be written is said in a sentence', async () => {
    const { code, err } = await cutover(
      ['rehearse', example('shop'), '--report', join(directory, 'no/such/x.html')],
      {
        width: 1_000,
      },
    );

    expect(err).toMatch(/the report cannot be written to .*no\/such/);
    expect(code).toBe(1);
  });
});
