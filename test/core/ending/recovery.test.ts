import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import {
  isRecovery,
  parseRecovery,
  proofHolds,
  recoveryDue,
  recoveryNameOf,
  recoveryPrefixOf,
  recoveryReason,
  stateMachineOf,
} from '../../../core/ending/recovery.ts';
import { NOW } from '../a-deployment.ts';

const ENDED = 'arn:aws:states:eu-west-1:123456789012:execution:cutover:release-42';
const request = {
  mode: 'rollBack' as const,
  deploymentId: 'release-42',
  serviceKey: 'main/shop',
  endedExecutionArn: ENDED,
  proof: 'its execution ended before the deployment did (ABORTED)',
};

describe('a recovery’s input', () => {
  test('is distinguished from a deployment’s by its mode alone', () => {
    expect(isRecovery(request)).toBe(true);
    expect(isRecovery({ mode: 'rollBack' })).toBe(true);
    expect(isRecovery({ cluster: 'main', service: 'shop', taskDefinition: 'shop' })).toBe(false);
    expect(isRecovery({ mode: 'deploy' })).toBe(false);
  });

  test.each([null, undefined, 'rollBack', 7, []])('%j is none, and no reason to fall over', (input) => {
    expect(isRecovery(input)).toBe(false);
  });

  test('is read whole', () => {
    expect(parseRecovery({ ...request, more: 'ignored' })).toMatchObject(request);
  });

  test.each([
    ['deploymentId', undefined],
    ['serviceKey', ''],
    ['endedExecutionArn', 7],
    ['proof', null],
  ])('with a %s of %j is refused by name, and says that the sweep writes these', (name, value) => {
    const refused = expect.objectContaining({
      name: 'InvalidRequest',
      message: expect.stringMatching(new RegExp(`found no ${name}; the sweep starts recoveries by itself$`)),
    });

    expect(() => parseRecovery({ ...request, [name]: value })).toThrow(refused);
  });

  test('with everything missing names everything', () => {
    expect(() => parseRecovery({ mode: 'rollBack' })).toThrow(
      'found no deploymentId, serviceKey, endedExecutionArn, proof;',
    );
    expect(() => parseRecovery(null)).toThrow('found no deploymentId');
  });
});

describe('the name of a recovery’s execution', () => {
  const digest = (text: string): string => Buffer.from(text).toString('hex').slice(-30).padEnd(64, 'f');
  const nameOf = (proof: string, ended = ENDED): string => recoveryNameOf(ended, proof, digest);

  test('is the same for two sweeps that find the same proof', () => {
    expect(nameOf('a-word')).toBe(nameOf('a-word'));
  });

  test('is another one with another proof: a recovery that ended without taking over has used its name up', () => {
    expect(nameOf('a-word')).not.toBe(nameOf('b-word-2'));
  });

  test('is another one for another execution, such as a recovery that ended too', () => {
    expect(nameOf('a-word', `${ENDED}-2`)).not.toBe(nameOf('a-word'));
  });

  test('begins as those of all recoveries of that execution do', () => {
    const prefix = recoveryPrefixOf(ENDED, digest);

    expect([nameOf('a-word'), nameOf('b-word-2')].every((name) => name.startsWith(prefix))).toBe(true);
    expect(nameOf('a-word', `${ENDED}-2`).startsWith(prefix)).toBe(false);
  });

  test('is short and plain enough for Step Functions and its logs', () => {
    expect(nameOf('a-word')).toMatch(/^recover-[0-9a-f]{24}-[0-9a-f]{12}$/);
  });
});

test.each([
  [ENDED, 'arn:aws:states:eu-west-1:123456789012:stateMachine:cutover'],
  [
    'arn:aws-cn:states:cn-north-1:123456789012:execution:other-machine:a',
    'arn:aws-cn:states:cn-north-1:123456789012:stateMachine:other-machine',
  ],
])('the machine of %s is %s', (execution, machine) => {
  expect(stateMachineOf(execution)).toBe(machine);
});

describe('a recovery is due', () => {
  const due = (recoveries: number, sinceMs: number): boolean =>
    recoveryDue({ recoveries, recoveredAtMs: NOW - sinceMs, signalAtMs: null, nowMs: NOW });

  test('at once when there was none', () => {
    expect(due(0, 0)).toBe(true);
  });

  test.each([
    { recoveries: 1, waitMs: MINUTE_MS },
    { recoveries: 2, waitMs: 2 * MINUTE_MS },
    { recoveries: 3, waitMs: 4 * MINUTE_MS },
    { recoveries: 9, waitMs: 256 * MINUTE_MS },
    { recoveries: 10, waitMs: 6 * HOUR_MS },
    { recoveries: 2_000, waitMs: 6 * HOUR_MS },
  ])('after $recoveries that ended stuck, $waitMs ms after the last', ({ recoveries, waitMs }) => {
    expect(due(recoveries, waitMs - 1)).toBe(false);
    expect(due(recoveries, waitMs)).toBe(true);
  });

  test.each([
    ['a signal since the last one', 1, MINUTE_MS],
    ['one that the last one could know', 0, 6 * HOUR_MS],
  ])('%s decides whether it waits for its turn', (_what, sinceTakenMs, waitMs) => {
    const dueAfter = (ms: number): boolean =>
      recoveryDue({ recoveries: 10, recoveredAtMs: NOW, signalAtMs: NOW + sinceTakenMs, nowMs: NOW + ms });

    expect(dueAfter(waitMs - 1)).toBe(false);
    expect(dueAfter(waitMs)).toBe(true);
  });
});

describe('the word of the sweep for its next recovery holds', () => {
  const MADE = 1_000_000;
  const holds = (tries: number, agoMs: number, signalAtMs: number | null = null) =>
    proofHolds({ madeAtMs: MADE, tries }, signalAtMs, MADE + agoMs);

  test.each([
    ['five minutes for the first', 1, null, 5],
    ['twice as long for each that follows', 3, null, 20],
    ['an hour at most', 9, null, 60],
    ['five minutes again after a signal', 9, MADE + 1, 5],
    ['as long as before where the signal is older', 3, MADE, 20],
  ])('%s', (_what, tries, signalAtMs, minutes) => {
    expect(holds(tries, minutes * MINUTE_MS - 1, signalAtMs)).toBe(true);
    expect(holds(tries, minutes * MINUTE_MS, signalAtMs)).toBe(false);
  });
});

describe('the reason of a recovery', () => {
  const denied = 'Could not scale green (AccessDenied). Allow it.';
  const stopped = { executionArn: ENDED, reason: 'ABORTED: stopped by a person' };
  const stuck = {
    executionArn: ENDED,
    why: denied,
    began: { because: 'abort by ada (claimed)', aborted: true as const },
  };

  test('is how the execution ended', () => {
    expect(recoveryReason(stopped, null)).toBe(
      'its execution ended before the deployment did (ABORTED: stopped by a person)',
    );
  });

  test('of one that got stuck has what stopped it and what began the rollback', () => {
    expect(recoveryReason({ ...stopped, reason: 'FAILED: Stuck: a long sentence' }, stuck)).toBe(
      `its execution ended before the deployment did (${denied}), while it rolled back because: abort by ada (claimed)`,
    );
  });

  test('of one that was stopped after an earlier one got stuck has its own end and what began it all', () => {
    expect(recoveryReason(stopped, { ...stuck, executionArn: `${ENDED}-before` })).toBe(
      'its execution ended before the deployment did (ABORTED: stopped by a person), while it rolled ' +
        'back because: abort by ada (claimed)',
    );
  });

  test('of one that got stuck before it rolled back has only what stopped it', () => {
    expect(recoveryReason(stopped, { ...stuck, began: null })).toBe(
      `its execution ended before the deployment did (${denied})`,
    );
  });

  test('repeats at most a thousand characters of each', () => {
    const long = 'x'.repeat(5_000);
    const reason = recoveryReason(stopped, { executionArn: ENDED, why: long, began: { because: long } });
    const most = 'x'.repeat(1_000);

    expect(reason).toBe(
      `its execution ended before the deployment did (${most}), while it rolled back because: ${most}`,
    );
  });
});
