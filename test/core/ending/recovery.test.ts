import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import {
  isRecovery,
  parseRecovery,
  recoveryDue,
  recoveryNameOf,
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
  test('is told from a deployment’s by its mode alone', () => {
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
    recoveryDue({ recoveries, recoveredAtMs: NOW - sinceMs, nowMs: NOW });

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
});

describe('the reason of a recovery', () => {
  const denied = 'Could not scale green (AccessDenied). Allow it.';
  const left = 'What is left: blue has all traffic. What to do: delete it.';

  test('is how the execution ended', () => {
    expect(recoveryReason('ABORTED: stopped by a person')).toBe(
      'its execution ended before the deployment did (ABORTED: stopped by a person)',
    );
  });

  test('of one that got stuck has what stopped it and why it was rolling back, however often it was tried', () => {
    const stuck = (because: string): string =>
      `FAILED: Stuck: ${denied} Rolling back because: ${because}. ${left}`;

    const first = recoveryReason(stuck('abort by ada: the banner is wrong'));
    const second = recoveryReason(stuck(first));
    const third = recoveryReason(stuck(second));

    expect(first).toBe(
      `its execution ended before the deployment did (FAILED: Stuck: ${denied}), while it rolled back because: abort by ada: the banner is wrong`,
    );
    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  test('keeps both when a stopped execution was recovered by one that got stuck', () => {
    const stopped = recoveryReason('ABORTED: stopped by a person');

    expect(recoveryReason(`FAILED: Stuck: ${denied} Rolling back because: ${stopped}. ${left}`)).toBe(
      `its execution ended before the deployment did (FAILED: Stuck: ${denied}), while it rolled back because: ${stopped}`,
    );
  });
});
