import { describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../core/clock.ts';
import {
  describeCommand,
  heldMsSince,
  NO_STEERING,
  type Steering,
  steeringOf,
} from '../../../core/operator/commands.ts';
import type { Command, CommandKind } from '../../../core/vocabulary/command.types.ts';
import { aCommand, NOW, sent } from '../a-deployment.ts';

/** What counts, by the ids of the commands. */
const ids = (steering: Steering): Partial<Record<keyof Steering, string>> =>
  Object.fromEntries(
    Object.entries(steering).flatMap(([kind, one]) => (one === null ? [] : [[kind, one.id]])),
  );

describe('what commands add up to', () => {
  test.each<[string, CommandKind[], Partial<Record<keyof Steering, string>>]>([
    ['nothing', [], {}],
    ['a pause', ['pause'], { pause: 'c0' }],
    ['the last of two pauses', ['pause', 'pause'], { pause: 'c1' }],
    ['nothing after resume', ['pause', 'freeze', 'resume'], {}],
    ['a pause that came after the resume', ['pause', 'resume', 'pause'], { pause: 'c2' }],
    ['no more than before, by a resume alone', ['resume'], {}],
    ['an abort that no resume takes back', ['abort', 'resume'], { abort: 'c0' }],
    ['a skip that no resume takes back', ['skip', 'resume'], { skip: 'c0' }],
    [
      'each its own',
      ['skip', 'approve', 'promote', 'freeze'],
      { skip: 'c0', approve: 'c1', promote: 'c2', freeze: 'c3' },
    ],
  ])('%s', (_, kinds, expected) => {
    expect(ids(steeringOf(sent(...kinds), NOW))).toEqual(expected);
  });

  test('the order in which they are read back means nothing, their times do', () => {
    const commands = sent('pause', 'resume', 'freeze');

    expect(ids(steeringOf(commands.toReversed(), NOW))).toEqual({ freeze: 'c2' });
  });

  test('of two at the same time the order is always the same', () => {
    const pause = aCommand('pause', NOW, { id: 'a' });
    const resume = aCommand('resume', NOW, { id: 'b' });

    expect(steeringOf([pause, resume], NOW)).toEqual(NO_STEERING);
    expect(steeringOf([resume, pause], NOW)).toEqual(NO_STEERING);
  });

  test.each(['skip', 'promote', 'approve'] as const)(
    '%s counts from the shift on, not from before',
    (kind) => {
      const [command] = sent(kind);

      expect(steeringOf([command as Command], NOW)[kind]).toEqual(command);
      expect(steeringOf([command as Command], NOW + 1)[kind]).toBeNull();
    },
  );

  test.each(['pause', 'freeze', 'abort'] as const)('%s counts whatever was shifted since', (kind) => {
    expect(steeringOf(sent(kind), NOW + DAY_MS)[kind]).not.toBeNull();
  });

  test('what is given is not changed', () => {
    const commands = Object.freeze(sent('freeze', 'abort').toReversed());

    expect(() => steeringOf(commands, NOW)).not.toThrow();
    expect(NO_STEERING).toEqual(Object.fromEntries(Object.keys(NO_STEERING).map((kind) => [kind, null])));
  });
});

test.each([
  ['the banner is wrong', 'abort by ada (claimed): the banner is wrong'],
  ['', 'abort by ada (claimed)'],
])('a command with the reason %j reads %j', (reason, text) => {
  expect(describeCommand(aCommand('abort', NOW, { reason }))).toBe(text);
});

test('an abort that lets nobody wait stands, whatever abort comes after it', () => {
  const now = aCommand('abort', NOW, { now: true });

  expect(steeringOf([now, aCommand('abort', NOW + 1)], 0).abort).toEqual(now);
  expect(ids(steeringOf([now, aCommand('freeze', NOW + 1, { id: 'later' })], 0))).toMatchObject({
    freeze: 'later',
  });
  expect(describeCommand(now)).toMatch(/^abort now by ada \(claimed\)/);
});

describe('how long it was held', () => {
  const at = (kind: CommandKind, minutes: number, id: string = kind): Command =>
    aCommand(kind, NOW + minutes * MINUTE_MS, { id });

  test.each<[string, Command[], number]>([
    ['never', [], 0],
    ['not by what holds nothing', [at('skip', 1), at('approve', 2), at('promote', 3)], 0],
    ['from a pause until its resume', [at('pause', 2), at('resume', 5)], 3],
    ['from a freeze until its resume', [at('freeze', 2), at('resume', 5)], 3],
    ['from a pause until now', [at('pause', 2)], 8],
    ['once, though it was held twice at a time', [at('pause', 2), at('freeze', 3), at('resume', 5)], 3],
    ['from the first of two pauses', [at('pause', 2, 'a'), at('pause', 4, 'b'), at('resume', 5)], 3],
    [
      'every time',
      [at('pause', 1, 'a'), at('resume', 2, 'b'), at('freeze', 6, 'c'), at('resume', 8, 'd')],
      3,
    ],
    ['only since it is asked for', [at('pause', -5), at('resume', 4)], 4],
    ['not before', [at('pause', -5), at('resume', -1)], 0],
    ['not by a resume of nothing', [at('resume', 4)], 0],
    ['not by what a faster clock says lies ahead', [at('pause', 11)], 0],
  ])('%s', (_, commands, minutes) => {
    expect(heldMsSince(commands, NOW, NOW + 10 * MINUTE_MS)).toBe(minutes * MINUTE_MS);
    expect(heldMsSince(commands.toReversed(), NOW, NOW + 10 * MINUTE_MS)).toBe(minutes * MINUTE_MS);
  });
});
