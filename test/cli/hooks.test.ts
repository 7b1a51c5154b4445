import { describe, expect, test } from 'vitest';
import { EXIT_WAITING } from '../../cli/exit-codes.ts';
import { hookBehaviours } from '../../rehearsal/hooks/behaviours.ts';
import type { Report } from '../../report/report.types.ts';
import { HOOKED, SMOKE_ARN } from './a-hooked-request.ts';
import { aSimulatedAccount, SHOP } from './a-simulated-account.ts';

const MINUTE_MS = 60_000;

const started = async () => {
  const account = await aSimulatedAccount();
  account.world.functions.install(SMOKE_ARN, hookBehaviours.passes.behave());
  account.orchestrator.stepFunctions.startExecution({ name: 'hooked', input: HOOKED });
  await account.pass(3 * MINUTE_MS);
  return account;
};

describe('a deployment that waits for a hook', () => {
  test('shows in status what each answered, and what runs with the time it has left', async () => {
    const account = await started();
    const { out, code } = await account.cutover(['status', SHOP]);

    expect(code).toBe(EXIT_WAITING);
    expect(out).toMatch(/hooks +succeeded: rehearsed {2}smoke \(PRE_SCALE_UP\)/);
    expect(out).toMatch(/ +waits for an approval, 1h5\dm\S* left {2}business \(POST_SCALE_UP\)/);
  });

  test('and as JSON, with a link to the execution of its own', async () => {
    const account = await started();
    const { out } = await account.cutover(['status', SHOP, '--json']);

    expect(JSON.parse(out).hooks).toMatchObject([
      {
        name: 'smoke',
        status: 'SUCCEEDED',
        reason: 'rehearsed',
        answer: expect.stringContaining('SUCCEEDED'),
        link: expect.stringContaining('/executions/details/'),
      },
      { name: 'business', status: 'RUNNING', endedAt: null, reason: null, link: null },
    ]);
  });

  test('says as it is watched when each began and ended, once', async () => {
    const account = await started();
    const watching = account.type(['watch', SHOP, '--when-waiting', 'stay']);
    await account.pass(MINUTE_MS);
    await account.cutover(['approve', SHOP]);
    await account.until(watching.ended);

    const said = watching.run.out.split('\n').filter((line) => /^\S+ +hook /.test(line));
    expect(said.map((line) => line.replace(/^\S+ +hook +/, ''))).toEqual([
      'hook smoke (PRE_SCALE_UP) runs',
      'hook smoke (PRE_SCALE_UP) succeeded  rehearsed',
      'hook business (POST_SCALE_UP) runs',
      expect.stringMatching(/^hook business \(POST_SCALE_UP\) succeeded {2}approve by/),
    ]);
  });

  test('has each in its report: stage, result, time, answer', async () => {
    const account = await started();
    await account.cutover(['approve', SHOP]);
    await account.pass(20 * MINUTE_MS);
    const report: Report = JSON.parse((await account.cutover(['report', SHOP, '--json'])).out);
    const { out: markdown } = await account.cutover(['report', SHOP, '--markdown']);

    expect(report.outcome.kind).toBe('succeeded');
    expect(report.hooks).toMatchObject([
      { name: 'smoke', stage: 'PRE_SCALE_UP', status: 'SUCCEEDED', tookMs: expect.any(Number) },
      { name: 'business', stage: 'POST_SCALE_UP', status: 'SUCCEEDED', link: null },
    ]);
    expect(report.marks.filter(({ kind }) => kind === 'hook')).toHaveLength(2);
    expect(markdown).toContain('#### Hooks');
    expect(markdown).toMatch(/\| smoke \| PRE\\_SCALE\\_UP \| succeeded \|/);
  });
});
