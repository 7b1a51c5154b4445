import { describe, expect, test } from 'vitest';
import { failureId, failureMessage } from '../../../core/ending/failure.ts';
import { type EndState, outcomeOf, stuckOf } from '../../../core/ending/outcome.ts';
import type { Removal, Retirement } from '../../../core/vocabulary/ending.types.ts';
import type { Lease } from '../../../core/vocabulary/state.types.ts';
import { aFirstDeployment, aPlan, aRollBack, NOW, someTraffic } from '../a-deployment.ts';

const thrown = (errorType: string, errorMessage: string) => ({
  Error: errorType,
  Cause: JSON.stringify({
    errorType,
    errorMessage,
    trace: [`${errorType}: ${errorMessage}`, '    at step (/var/task/index.mjs:1:1)'],
  }),
});

const BLUE_SET = {
  id: 'service/classic',
  arn: 'arn',
  taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:7',
  targetGroupArn: 'arn',
  scalePercent: 100,
};
const slice = { startedAtMs: NOW, waitSeconds: 0, runningCount: 0, reason: 'gone' };
const retired: Retirement = { ...slice, kind: 'retired' };
const removed: Removal = { ...slice, kind: 'removed' };
const green = { taskSetId: 'ecs-svc/2', taskSetArn: 'arn', launchedAtMs: NOW, adopted: false };

describe('how a deployment ended', () => {
  test.each([
    [
      'blue retired',
      { plan: aPlan(), retirement: retired },
      'succeeded',
      'green serves all traffic and blue is gone',
    ],
    [
      'the users of another service taken over',
      { plan: aPlan({ blue: { ...BLUE_SET, service: 'classic' } }), retirement: retired },
      'succeeded',
      'green serves all traffic; the service classic, which served before, has its tasks still',
    ],
    [
      'a first deployment',
      { plan: aFirstDeployment(), retirement: retired },
      'succeeded',
      'green serves all traffic',
    ],
    [
      'finished forward after a failure',
      {
        plan: aPlan(),
        retirement: retired,
        rolledBack: aRollBack({ kind: 'finishForward', because: 'Throttled' }),
        failure: thrown('Throttled', 'x'),
      },
      'succeeded',
      'green serves all traffic and blue is gone, although it was to be rolled back: Throttled',
    ],
    [
      'a first deployment that went back after it had nothing more to retire',
      {
        plan: aFirstDeployment(),
        retirement: retired,
        rolledBack: aRollBack({ kind: 'restored', because: 'somebody moved the weights' }),
        removal: removed,
      },
      'rolledBack',
      'somebody moved the weights',
    ],
    [
      'green removed',
      { plan: aPlan(), rolledBack: aRollBack({ kind: 'restored' }), removal: removed },
      'rolledBack',
      'alarm shop-5xx is in ALARM',
    ],
    [
      'green removed where nothing serves',
      {
        plan: aPlan(),
        rolledBack: aRollBack({
          kind: 'restored',
          nothingServes: true,
          reason: 'nothing serves: blue is deleted',
        }),
        removal: removed,
      },
      'rolledBack',
      'alarm shop-5xx is in ALARM; nothing serves: blue is deleted',
    ],
    [
      'finished forward, with the failure that it found',
      {
        plan: aPlan(),
        retirement: retired,
        rolledBack: aRollBack({ kind: 'finishForward', because: 'x', caught: 'Throttled: x' }),
        failure: { Error: 'Throttled', Cause: 'x' },
      },
      'succeeded',
      'green serves all traffic and blue is gone, although it was to be rolled back: x',
    ],
    [
      'finished forward, after a failure that is no more in the state',
      {
        plan: aPlan(),
        retirement: retired,
        rolledBack: aRollBack({ kind: 'finishForward', because: 'x', caught: 'Throttled: x' }),
      },
      'succeeded',
      'green serves all traffic and blue is gone, although it was to be rolled back: x',
    ],
    [
      'blue retired, and testers may still reach it',
      { plan: aPlan(), retirement: { ...retired, testOpen: 'the test route still forwards to blue' } },
      'succeeded',
      'green serves all traffic and blue is gone; the test route still forwards to blue',
    ],
    [
      'green removed, and testers may still reach it',
      {
        plan: aPlan(),
        rolledBack: aRollBack({ kind: 'restored' }),
        removal: { ...removed, testOpen: 'the test route still forwards to green' },
      },
      'rolledBack',
      'alarm shop-5xx is in ALARM; the test route still forwards to green',
    ],
    [
      'refused before a plan',
      { failure: thrown('PreflightFailed', 'desired count is 0') },
      'refused',
      'desired count is 0',
    ],
    ['refused without an explanation', {}, 'refused', 'nothing was planned and no reason was given'],
  ] satisfies [string, EndState, string, string][])('%s', (_, state, kind, reason) => {
    expect(outcomeOf(state, NOW)).toEqual({ kind, reason, endedAtMs: NOW });
  });

  const attached = { plan: aPlan(), green, traffic: someTraffic() };

  test.each([
    [
      'RollBack itself failed',
      { plan: aPlan(), failure: thrown('AccessDenied', 'may not ModifyRule') },
      'may not ModifyRule',
    ],
    [
      'nobody but a person can decide',
      { ...attached, rolledBack: aRollBack({ kind: 'stuck', reason: 'blue is sick for 2d' }) },
      'blue is sick for 2d',
    ],
    [
      'green could not be removed',
      {
        ...attached,
        rolledBack: aRollBack({ kind: 'restored' }),
        failure: thrown('Conflict', 'still 2 tasks'),
      },
      'still 2 tasks',
    ],
    [
      'green is still going',
      { ...attached, rolledBack: aRollBack({ kind: 'restored' }), removal: { ...removed, kind: 'removing' } },
      'a state it does not know',
    ],
    [
      'green gone although blue has no traffic yet',
      { ...attached, rolledBack: aRollBack({ kind: 'held' }), removal: removed },
      'a state it does not know',
    ],
    [
      'green removed although nobody went back',
      { ...attached, removal: removed },
      'a state it does not know',
    ],
    [
      'blue gone, and users were given to it that nobody could take back',
      { ...attached, retirement: retired, rolledBack: aRollBack({ kind: 'stuck', reason: 'for 2d' }) },
      'for 2d',
    ],
    [
      'blue gone, and RollBack failed',
      { ...attached, retirement: retired, failure: thrown('AccessDenied', 'may not ModifyRule') },
      'may not ModifyRule',
    ],
    [
      'blue gone, and RollBack failed in its last visit',
      {
        ...attached,
        retirement: retired,
        rolledBack: aRollBack({ kind: 'finishForward', caught: 'Throttled: x' }),
        failure: thrown('AccessDenied', 'may not ModifyRule'),
      },
      'may not ModifyRule',
    ],
    [
      'green gone, and RollBack failed where nothing had failed before',
      {
        ...attached,
        rolledBack: aRollBack({ kind: 'restored', caught: null }),
        removal: removed,
        failure: thrown('AccessDenied', 'may not ModifyRule'),
      },
      'may not ModifyRule',
    ],
    [
      'blue still going',
      { ...attached, retirement: { ...retired, kind: 'draining' } },
      'a state it does not know',
    ],
  ] satisfies [string, EndState, string][])('stuck: %s', (_, state, why) => {
    const { kind, reason } = outcomeOf(state, NOW);

    expect(kind).toBe('stuck');
    expect(reason).toContain(why);
    expect(reason).toMatch(/What is left: .*\. What to do: .*\.$/);
  });

  test('a stuck deployment says where traffic is and which task sets are left', () => {
    const { reason } = outcomeOf({ ...attached, failure: thrown('AccessDenied', 'may not ModifyRule') }, NOW);

    expect(reason).toBe(
      "may not ModifyRule. What is left: traffic was last set to 90 % blue, 10 % green; green's task " +
        'set ecs-svc/2. What to do: give the healthier colour all weight on HTTPS:443 default, then ' +
        'scale the other task set to 0 and delete it.',
    );
  });

  test.each<[string, EndState, string]>([
    [
      'nothing was launched',
      { plan: aPlan(), failure: thrown('AccessDenied', 'may not ModifyRule') },
      'may not ModifyRule. What is left: no traffic was shifted to green. What to do: give the healthier colour ' +
        'all weight on HTTPS:443 default, then scale the other task set to 0 and delete it.',
    ],
    [
      'blue was going',
      {
        ...attached,
        retirement: { ...retired, kind: 'draining', reason: 'drains: 1 tasks left' },
        failure: thrown('Conflict', 'still 1 task.'),
      },
      "still 1 task. What is left: traffic was last set to 90 % blue, 10 % green; blue's task set ecs-svc/1 " +
        "(drains: 1 tasks left); green's task set ecs-svc/2. What to do: see that green has all weight on " +
        "HTTPS:443 default, then scale blue's task set to 0 and delete it.",
    ],
    [
      'a first deployment was about to end',
      {
        ...attached,
        plan: aFirstDeployment(),
        retirement: { ...retired, kind: 'waiting' },
        failure: thrown('Conflict', 'no'),
      },
      "no. What is left: traffic was last set to 90 % blue, 10 % green; green's task set ecs-svc/2. What to do: " +
        'see that green has all weight on HTTPS:443 default.',
    ],
    [
      'what stopped it is what began it',
      { ...attached, rolledBack: aRollBack({ kind: 'stuck', reason: 'for 2d', because: 'for 2d' }) },
      "for 2d. What is left: traffic was last set to 90 % blue, 10 % green; green's task set ecs-svc/2. What to " +
        'do: give the healthier colour all weight on HTTPS:443 default, then scale the other task set to 0 and ' +
        'delete it.',
    ],
    [
      'a recovery knows the plan',
      { plan: aPlan(), lease: { kind: 'recovering' } as Lease, failure: thrown('Throttled', 'no') },
      'no. What is left: no traffic was shifted to green. What to do: give the healthier colour all weight on ' +
        'HTTPS:443 default, then scale the other task set to 0 and delete it.',
    ],
  ])('stuck, in whole sentences: %s', (_, state, reason) => {
    expect(outcomeOf(state, NOW)).toEqual({ kind: 'stuck', reason, endedAtMs: NOW });
  });

  test('once blue has its traffic back only green is left to remove', () => {
    const state = {
      ...attached,
      rolledBack: aRollBack({ kind: 'restored' as const }),
      failure: thrown('Conflict', 'still 2 tasks'),
    };

    expect(outcomeOf(state, NOW).reason).toBe(
      'still 2 tasks. Rolling back because: alarm shop-5xx is in ALARM. What is left: blue has all ' +
        "traffic; green's task set ecs-svc/2. What to do: scale green's task set to 0 and delete it.",
    );
  });
});

describe('what a recovery has to know of an end that is stuck', () => {
  const denied = thrown('AccessDenied', 'may not ModifyRule');
  const rolledBack = aRollBack({ kind: 'restored', because: 'abort by ada (claimed)', aborted: true });

  test('what stopped it, and what began the rollback', () => {
    expect(stuckOf({ rolledBack, failure: denied }, 'arn:one')).toEqual({
      executionArn: 'arn:one',
      why: 'may not ModifyRule',
      began: { because: 'abort by ada (claimed)', aborted: true },
    });
  });

  test('what began it all is kept through recoveries that get stuck in their turn', () => {
    const began = { because: 'alarm shop-5xx is in ALARM' };
    const lease = { kind: 'recovering', began } as Lease;

    expect(stuckOf({ lease, rolledBack, failure: denied }, 'arn:two').began).toEqual(began);
  });

  test('nothing began a rollback where none was', () => {
    expect(stuckOf({ failure: denied }, 'arn:one').began).toBeNull();
  });
});

test.each([true, undefined])('a rollback whose abort is %s ends so', (aborted) => {
  const rolledBack = aRollBack({ kind: 'restored', ...(aborted === true && { aborted }) });

  expect(outcomeOf({ plan: aPlan(), rolledBack, removal: removed }, NOW).aborted).toBe(aborted);
});

describe('a recovery that has no plan', () => {
  const lease: Lease = {
    kind: 'recovering',
    deploymentId: 'deploy-8',
    serviceKey: 'main/shop',
    executionArn: 'arn:aws:states:eu-west-1:1:execution:cutover:recover-1',
    acquiredAtMs: NOW,
    request: {} as Lease['request'],
    lastGroups: [],
    waitSeconds: 0,
    reason: 'its execution ended before the deployment did (ABORTED)',
  };

  test.each(['NotFound', 'Conflict'])(
    'because RecallPlan said %s is over: nothing is left to undo',
    (name) => {
      const failure = thrown(name, 'no plan had been made, so nothing was touched');

      expect(outcomeOf({ lease, failure }, NOW)).toMatchObject({
        kind: 'refused',
        reason: 'no plan had been made, so nothing was touched',
      });
    },
  );

  test.each(['Throttled', 'Unavailable', 'AccessDenied', 'LeaseLost', 'States.Timeout', 'Lambda.Unknown'])(
    'because of %s is not over: green may have traffic, so lease and record stay',
    (name) => {
      const { kind, reason } = outcomeOf({ lease, failure: thrown(name, 'DynamoDB said no') }, NOW);

      expect(kind).toBe('stuck');
      expect(reason).toMatch(
        /^the plan that is to be undone could not be read: .*DynamoDB said no\. It is tried again/,
      );
    },
  );

  test('for no reason is not over either', () => {
    expect(outcomeOf({ lease }, NOW).kind).toBe('stuck');
  });

  test('is distinguished from a deployment that was refused by the same error before it planned', () => {
    const held: Lease = { ...lease, kind: 'held' };

    expect(outcomeOf({ lease: held, failure: thrown('Throttled', 'x') }, NOW).kind).toBe('refused');
  });
});

describe('what a failure says to people', () => {
  test.each([
    [
      'an error of ours speaks for itself',
      thrown('ServiceBusy', 'shop is being deployed since 12:00'),
      'shop is being deployed since 12:00',
    ],
    [
      'all lines of a list stay',
      thrown('PreflightFailed', 'two problems:\n- one\n- two'),
      'two problems:\n- one\n- two',
    ],
    ['a bug is named', thrown('TypeError', 'x is not a function'), 'TypeError: x is not a function'],
    ['a plain Error too', thrown('Error', 'no'), 'Error: no'],
    [
      'a timeout without a cause',
      { Error: 'States.Timeout', Cause: '' },
      'a step did not answer in time (States.Timeout)',
    ],
    [
      'a Lambda that ran out of time, with the payload in Lambda’s own sentence',
      {
        Error: 'Lambda.Unknown',
        Cause:
          'The cause could not be determined because Lambda did not return an error type. Returned ' +
          'payload: {"errorMessage":"2026-11-20 Task timed out after 60.00 seconds"}',
      },
      'a Lambda function ended without an answer, out of memory or out of time: 2026-11-20 Task timed ' +
        'out after 60.00 seconds',
    ],
    [
      'a cause that is no JSON',
      { Error: 'States.Permissions', Cause: 'not authorized' },
      'the state machine may not call a step: its IAM role lacks a permission: not authorized',
    ],
    [
      'broken JSON is shown rather than lost',
      { Error: 'Conflict', Cause: '{"errorMessage": "half' },
      '{"errorMessage": "half',
    ],
    [
      'nothing but a name',
      { Error: 'Conflict', Cause: '' },
      'a step failed with Conflict and gave no reason',
    ],
    [
      'a stack inside the message is dropped',
      thrown('Error', 'no\n    at a (b.mjs:1:2)\n    at c'),
      'Error: no',
    ],
    [
      'a text as the payload',
      { Error: 'Conflict', Cause: 'said: {"errorMessage":7}' },
      'said: {"errorMessage":7}',
    ],
    [
      'a payload without a message',
      { Error: 'Conflict', Cause: '{"errorType":"Conflict"}' },
      '{"errorType":"Conflict"}',
    ],
    ['line ends around a message', thrown('Conflict', '\nno\n'), 'no'],
    ['an empty message of ours', thrown('Conflict', ''), 'a step failed with Conflict and gave no reason'],
    [
      'an exception of AWS',
      { Error: 'Lambda.ServiceException', Cause: 'oops' },
      'Lambda.ServiceException: oops',
    ],
  ])('%s', (_, failure, message) => {
    expect(failureMessage(failure)).toBe(message);
  });

  test.each([
    [8_000, 'x'.repeat(8_000)],
    [8_001, `${'x'.repeat(8_000)}...`],
  ])('a message of %d characters fits a record, or is cut', (length, message) => {
    expect(failureMessage(thrown('PreflightFailed', 'x'.repeat(length)))).toBe(message);
  });

  test('one failure differs from another by what it begins with', () => {
    expect(failureId(undefined)).toBeNull();
    expect(failureId({ Error: 'Conflict', Cause: `${'x'.repeat(200)}y` })).toBe(
      `Conflict: ${'x'.repeat(200)}`,
    );
  });
});
