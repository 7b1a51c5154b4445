import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount } from './a-simulated-account.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:shop-smoke:live';
const directory = aDirectory('hook');
const config = join(directory, 'cutover.yaml');

writeFileSync(
  config,
  `services:
  shop:
    environments:
      production:
        cluster: production
        hooks:
          - name: smoke
            stages: [POST_SCALE_UP, POST_PRODUCTION_TRAFFIC_SHIFT]
            lambda: ${FUNCTION}
            contract: ecs
            hookDetails: {suite: short}
          - name: business
            stages: [PRE_PRODUCTION_TRAFFIC_SHIFT]
            approval: true
`,
);

type Behaviour = (event: Record<string, unknown>) => Promise<unknown>;

const testing = async (behaviour: Behaviour, ...more: string[]) => {
  const account = await aSimulatedAccount();
  const events: Record<string, unknown>[] = [];
  account.world.functions.install(FUNCTION, async (event) => {
    events.push(event);
    return behaviour(event);
  });
  const startedMs = account.elapsedMs();
  const run = await account.cutover(['hook', 'test', 'smoke', '--config', config, ...more]);
  return { ...run, account, events, tookMs: account.elapsedMs() - startedMs };
};

const answers = (hookStatus: string, reason?: string) => async () => ({ hookStatus, reason });

describe('cutover hook test', () => {
  test('calls the function with the event of a deployment, and makes none', async () => {
    const { code, out, events, account } = await testing(answers('SUCCEEDED'));

    expect(code).toBe(0);
    expect(out).toContain(`calls ${FUNCTION} as at POST_SCALE_UP of a deployment that is not made`);
    expect(out).toContain('SUCCEEDED: it answered SUCCEEDED\nas expected\n');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      lifecycleStage: 'POST_SCALE_UP',
      executionDetails: { productionTrafficWeights: {} },
      hookDetails: { suite: 'short' },
      cutover: { hook: 'smoke', cluster: 'production', service: 'shop', greenPct: 0 },
    });
    expect(account.orchestrator.stepFunctions.executions()).toEqual([]);
    expect(account.calls('ecs', 'RunTask')).toBe(0);
  });

  test('a refusal that was expected says what ends the warning of preflight', async () => {
    const { code, out } = await testing(answers('FAILED', 'a migration is missing'), '--expect', 'FAILED');

    expect(code).toBe(0);
    expect(out).toContain('FAILED: a migration is missing\nas expected: it can refuse\n');
    expect(out).toContain('set "verified": true in hook smoke');
  });

  test.each([
    ['passes what it should refuse', answers('SUCCEEDED'), 'FAILED', 'SUCCEEDED'],
    ['refuses what it should pass', answers('FAILED'), 'SUCCEEDED', 'FAILED'],
    [
      'answers what nobody understands',
      async () => ({ ok: true }),
      'SUCCEEDED',
      'FAILED: expected hookStatus',
    ],
    [
      'throws',
      async () => {
        throw new TypeError('x is not a function');
      },
      'SUCCEEDED',
      'FAILED: the function failed with TypeError: x is not a function',
    ],
  ])('one that %s ends with 3', async (_, behaviour, expected, found) => {
    const { code, out } = await testing(behaviour, '--expect', expected);

    expect(code).toBe(3);
    expect(out).toContain(found);
    expect(out).toContain(`expected ${expected}`);
    expect(out).not.toContain('verified');
  });

  test('is called again as often as it asks, with the details that it gave', async () => {
    let calls = 0;
    const { code, out, events, tookMs } = await testing(async () => {
      calls += 1;
      return calls < 3
        ? { hookStatus: 'IN_PROGRESS', callBackDelay: 40, hookDetails: { job: calls } }
        : { hookStatus: 'SUCCEEDED' };
    });

    expect(code).toBe(0);
    expect(out.match(/it answered IN_PROGRESS; again in 40 s/g)).toHaveLength(2);
    expect(events.map(({ hookDetails }) => hookDetails)).toEqual([
      { suite: 'short' },
      { suite: 'short', job: 1 },
      { suite: 'short', job: 2 },
    ]);
    expect(tookMs).toBeGreaterThanOrEqual(80_000);
  });

  test('another stage and other details; --dry-run prints the event and calls nothing', async () => {
    const more = ['--stage', 'POST_PRODUCTION_TRAFFIC_SHIFT', '--detail', 'suite=whole', '--dry-run'];
    const { code, out, events } = await testing(answers('SUCCEEDED'), ...more);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      lifecycleStage: 'POST_PRODUCTION_TRAFFIC_SHIFT',
      hookDetails: { suite: 'whole' },
    });
    expect(events).toEqual([]);
  });

  test('a function that does not exist is a wrong name', async () => {
    const account = await aSimulatedAccount();

    const { code, err } = await account.cutover(['hook', 'test', 'smoke', '--config', config]);

    expect(code).toBe(1);
    expect(err).toContain(`Could not call ${FUNCTION}`);
  });

  test.each([
    [['hook', 'test', 'smok', '--config', config], 'there is no hook smok: found smoke, business'],
    [['hook', 'test', 'business', '--config', config], 'found business, which is approval'],
    [['hook', 'try', 'smoke', '--config', config], 'expected `cutover hook test NAME'],
    [['hook'], 'found nothing'],
    [
      ['hook', 'test', 'smoke', '--expect', 'failed', '--config', config],
      '--expect: expected SUCCEEDED or FAILED',
    ],
    [['hook', 'test', 'smoke', '--detail', '=x', '--config', config], '--detail: expected KEY=VALUE'],
    [
      ['hook', 'test', 'smoke', '--stage', 'ROLLBACK', '--config', config],
      "--stage: expected one of the hook's",
    ],
  ])('%j is refused', async (argv, message) => {
    const { code, err } = await (await aSimulatedAccount()).cutover(argv);

    expect(code).toBe(1);
    expect(err.replaceAll(/\s+/g, ' ')).toContain(message);
  });

  test('a service that cannot be deployed now has no event: refused, with the reason', async () => {
    const account = await aSimulatedAccount();
    const argv = ['hook', 'test', 'smoke', '--config', config, '-t', 'shop:999'];

    const { code, err } = await account.cutover(argv);

    expect(code).toBe(3);
    expect(err).toContain('cannot be deployed now');
    expect(err).toContain('shop:999');
  });
});
