import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import {
  type Command,
  type CommandKind,
  commandKinds,
  describeCommand,
  frozenWaitSeconds,
  NO_STEERING,
  refuseCommand,
  type SteeredDeployment,
  type Steering,
  steeringOf,
} from '../../core/commands.ts';
import { aCommand, aPlan, NOW } from './a-deployment.ts';

/** Commands a second apart, the first at NOW. */
const sent = (...kinds: CommandKind[]): Command[] =>
  kinds.map((kind, index) => aCommand(kind, NOW + index * 1_000, { id: `c${index}` }));

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
  ['the banner is wrong', 'abort by ada: the banner is wrong'],
  ['', 'abort by ada'],
])('a command with the reason %j reads %j', (reason, text) => {
  expect(describeCommand(aCommand('abort', NOW, { reason }))).toBe(text);
});

describe('a command that cannot apply says why', () => {
  const gate = aPlan({
    shifts: [
      { greenPct: 10, bakeMs: MINUTE_MS, approval: true },
      { greenPct: 100, bakeMs: MINUTE_MS },
    ],
  });
  const baking: SteeredDeployment = { ended: null, plan: gate, position: 0, commands: [] };
  const refused = (kind: CommandKind, changes: Partial<SteeredDeployment> = {}): string | null =>
    refuseCommand(kind, { ...baking, ...changes });

  test('while it bakes at a gate, everything applies but a resume of nothing', () => {
    const reasons = commandKinds.map((kind) => [kind, refused(kind)]);

    expect(Object.fromEntries(reasons)).toEqual({
      promote: null,
      skip: null,
      pause: null,
      resume: 'it is neither paused nor frozen',
      approve: null,
      abort: null,
      freeze: null,
    });
  });

  test.each(commandKinds)('%s: not after the end', (kind) => {
    expect(refused(kind, { ended: 'alarm shop-5xx is in ALARM' })).toBe(
      'it has ended: alarm shop-5xx is in ALARM',
    );
  });

  test.each(commandKinds)('%s: not after an abort', (kind) => {
    expect(refused(kind, { commands: sent('abort') })).toBe(
      'it is rolling back already: abort by ada: the banner is wrong',
    );
  });

  test.each(commandKinds)('%s: not after it decided to roll back by itself', (kind) => {
    expect(refused(kind, { decided: { kind: 'rollBack', reason: 'alarm shop-5xx is in ALARM' } })).toBe(
      'it is rolling back already: alarm shop-5xx is in ALARM',
    );
  });

  test.each([
    ['skip', 'no traffic has been shifted yet, so there is no bake to end'],
    ['promote', 'no traffic has been shifted yet, so there is no bake to end'],
    ['approve', 'the present shift asks for no approval'],
    ['resume', 'it is neither paused nor frozen'],
    ['pause', null],
    ['freeze', null],
    ['abort', null],
  ] as const)('%s before the first shift: %s', (kind, reason) => {
    expect(refused(kind, { position: null, plan: null })).toBe(reason);
    expect(refused(kind, { position: null })).toBe(reason);
  });

  test('approve: only where the plan asks for it', () => {
    expect(refused('approve', { position: 1 })).toBe('the present shift asks for no approval');
  });

  test.each([
    ['pause', 'pause'],
    ['freeze', 'freeze'],
  ] as const)('while it is held by %s, going on needs a resume first', (_, held) => {
    const commands = sent(held);

    for (const kind of ['skip', 'promote', 'approve'] as const) {
      expect(refused(kind, { commands })).toBe(`${held} by ada: the banner is wrong; send resume first`);
    }
    for (const kind of ['pause', 'freeze', 'abort', 'resume'] as const) {
      expect(refused(kind, { commands })).toBeNull();
    }
    expect(refused('skip', { commands: sent(held, 'resume') })).toBeNull();
  });

  test('once green is promoted, only what RetireBlue still looks for is taken', () => {
    const decided = { kind: 'promote' as const, reason: 'every shift baked healthy' };

    for (const kind of ['skip', 'promote', 'approve', 'pause'] as const) {
      expect(refused(kind, { decided, position: 1 })).toContain('abort and freeze still can');
    }
    for (const kind of ['abort', 'freeze'] as const)
      expect(refused(kind, { decided, position: 1 })).toBeNull();
    expect(refused('resume', { decided, commands: sent('freeze') })).toBeNull();
  });
});

describe('a frozen deployment that waits without a task token', () => {
  test.each([
    [0, 60],
    [8 * MINUTE_MS, 60],
    [16 * MINUTE_MS, 120],
    [4 * HOUR_MS, 1_800],
    [20 * DAY_MS, 1_800],
    [-5_000, 60],
  ])('%d ms after the freeze looks again in %d s', (sinceMs, seconds) => {
    expect(frozenWaitSeconds({ atMs: NOW }, NOW + sinceMs)).toBe(seconds);
  });
});
