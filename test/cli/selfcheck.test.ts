import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assumptionIds } from '../../cli/selfcheck/assumptions.ts';
import { countsRoundUp, eventsPerVisit, scalesFreely } from '../../cli/selfcheck/verdicts.ts';
import { aSimulatedAccount } from './a-simulated-account.ts';

const SHOP = 'production/shop';

const verdicts = (out: string): Record<string, string> =>
  Object.fromEntries(
    [...out.matchAll(/^(holds|differs|unsettled) +([a-z-]+):/gm)].map(([, kind = '', id = '']) => [id, kind]),
  );

const writes = /^(Create|Update|Delete|Register|Put|Modify|Start|Stop)/;

describe('cutover selfcheck', () => {
  test('settles by reading, and writes nothing', async () => {
    const account = await aSimulatedAccount();
    const called: string[] = [];
    account.fail((_service, operation) => {
      called.push(operation);
      return undefined;
    });

    const { code, out } = await account.cutover(['selfcheck', SHOP]);

    expect(verdicts(out)).toEqual({
      'lists-its-task-sets': 'holds',
      'counts-round-up': 'holds',
      'tasks-name-their-set': 'holds',
      'started-by-alone': 'holds',
      'ids-are-needed': 'holds',
      'no-service-deployments': 'holds',
      'zone-rebalancing': 'holds',
      'scaling-is-not-held-back': 'unsettled',
      'history-per-visit': 'unsettled',
    });
    expect(called.filter((operation) => writes.test(operation))).toEqual([]);
    expect(code).toBe(0);
  });

  test('counts the history of a deployment', async () => {
    const account = await aSimulatedAccount();
    await account.cutover(['deploy', SHOP, '--image', 'web=repo/shop:9', '--alarm', 'shop-users-suffer']);

    const { out } = await account.cutover(['selfcheck', SHOP]);

    expect(verdicts(out)['history-per-visit']).toBe('holds');
  });

  test('--write settles the rest in a service of its own, and leaves nothing', async () => {
    const account = await aSimulatedAccount();
    const before = account.world.ecs.taskSets();

    const { code, out } = await account.cutover(['selfcheck', SHOP, '--write']);

    expect(Object.keys(verdicts(out))).toEqual([...assumptionIds]);
    expect(verdicts(out)).toMatchObject({
      'lists-without-primary': 'holds',
      'token-makes-no-twin': 'holds',
      'token-is-for-one-input': 'holds',
      'primary-needs-no-role': 'holds',
      'primary-is-kept': 'holds',
    });
    // A deleted task set drains for some seconds.
    await account.pass(60_000);
    expect(account.world.ecs.taskSets()).toEqual(before);
    expect(account.calls('ecs', 'CreateService')).toBe(1);
    expect(account.calls('ecs', 'DeleteService')).toBe(1);
    expect(code).toBe(0);
  });

  test('what differs is said with what to do, and ends with 4', async () => {
    const account = await aSimulatedAccount();
    account.world.ecs.listOnlyWithPrimary();

    const { code, out } = await account.cutover(['selfcheck', SHOP, '--write'], { width: 200 });

    expect(verdicts(out)['lists-without-primary']).toBe('differs');
    expect(out).toContain('what to do: A recovery of a first deployment cannot find its task set');
    expect(code).toBe(4);
  });

  test('a permission that is missing leaves its question open, names it, and ends with 8', async () => {
    const account = await aSimulatedAccount();
    account.fail((_service, operation) =>
      operation === 'ListExecutions'
        ? Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' })
        : undefined,
    );

    const { code, out } = await account.cutover(['selfcheck', SHOP], { width: 400 });

    expect(verdicts(out)).toMatchObject({ 'ids-are-needed': 'holds', 'history-per-visit': 'unsettled' });
    expect(out).toContain('states:ListExecutions');
    expect(code).toBe(8);
  });
});

test('a service that --write cannot make leaves its questions open, and those of reading settled', async () => {
  const account = await aSimulatedAccount();
  account.fail((_service, operation) =>
    operation === 'CreateService'
      ? Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' })
      : undefined,
  );

  const { code, out } = await account.cutover(['selfcheck', SHOP, '--write'], { width: 400 });

  expect(verdicts(out)).toMatchObject({ 'ids-are-needed': 'holds', 'lists-without-primary': 'unsettled' });
  expect(out).toContain('ecs:CreateService');
  expect(code).toBe(8);
});

test('a service that cannot be deleted again is named with the command that does', async () => {
  const account = await aSimulatedAccount();
  account.fail((_service, operation) =>
    operation === 'DeleteService'
      ? Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' })
      : undefined,
  );

  const { code, out } = await account.cutover(['selfcheck', SHOP, '--write'], { width: 400 });

  expect(out).toMatch(/aws ecs delete-service --cluster production --service cutover-selfcheck-\w+ --force/);
  expect(code).toBe(8);
});

test.each([
  [3, { scale: { value: 50 }, computedDesiredCount: 2 }, 'holds'],
  [3, { scale: { value: 50 }, computedDesiredCount: 1 }, 'differs'],
  [3, {}, 'differs'],
] as const)('%i desired, %o: %s', (desired, set, kind) => {
  expect(countsRoundUp(desired, set).kind).toBe(kind);
});

test('a visit that takes more events than assumed differs, and one with a retry settles nothing', () => {
  const visit = ['TaskStateEntered', 'LambdaFunctionScheduled', 'LambdaFunctionStarted'];
  const rest = ['LambdaFunctionSucceeded', 'TaskStateExited'];
  const one = ['ExecutionStarted', ...visit, ...rest, 'ExecutionSucceeded'];

  expect(eventsPerVisit(one).kind).toBe('holds');
  expect(eventsPerVisit([...one, 'Another']).kind).toBe('differs');
  expect(eventsPerVisit([...visit, 'LambdaFunctionFailed', ...rest]).kind).toBe('unsettled');
});

test('a scale-in that was held back by a deployment differs', () => {
  expect(scalesFreely(['AutoScalingAnticipatesFlapping', 'TargetServicePutResourceAsUnscalable']).kind).toBe(
    'differs',
  );
  expect(scalesFreely(['AutoScalingAnticipatesFlapping']).kind).toBe('unsettled');
});

test('every question of the command is among those that sim/README.md lists, in its order', () => {
  const readme = readFileSync(new URL('../../sim/README.md', import.meta.url), 'utf8');
  const section = readme.slice(
    readme.indexOf('## What is assumed and could not be checked without an account'),
  );
  const named = [...section.matchAll(/^\| `([a-z-]+)`/gm)].map(([, id]) => id);

  expect(named).toEqual([...assumptionIds]);
});
