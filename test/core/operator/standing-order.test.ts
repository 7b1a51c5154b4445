import { describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { standingOrder } from '../../../core/operator/standing-order.ts';
import { OPERATOR_LIMIT_MS } from '../../../core/pace.ts';
import type { CommandKind } from '../../../core/vocabulary/command.types.ts';
import { aCommand, NOW, sent } from '../a-deployment.ts';

const MONTH_MS = OPERATOR_LIMIT_MS;

/** The order a minute after NOW, and the id of the command that gave it. */
const orderOf = (...kinds: CommandKind[]) => {
  const order = standingOrder(sent(...kinds), NOW + MINUTE_MS);
  return order.kind === 'proceed' ? [order.kind] : [order.kind, order.command?.id];
};

test.each<[string, CommandKind[], [string, string?]]>([
  ['without a command', [], ['proceed']],
  ['after what only hurries a bake', ['skip', 'promote', 'approve'], ['proceed']],
  ['paused', ['pause'], ['hold', 'c0']],
  ['frozen', ['freeze'], ['hold', 'c0']],
  ['frozen and then paused', ['freeze', 'pause'], ['hold', 'c0']],
  ['paused and then frozen', ['pause', 'freeze'], ['hold', 'c1']],
  ['resumed', ['pause', 'freeze', 'resume'], ['proceed']],
  ['paused again', ['pause', 'resume', 'pause'], ['hold', 'c2']],
  ['aborted', ['abort'], ['goBack', 'c0']],
  ['aborted while frozen', ['freeze', 'abort'], ['goBack', 'c1']],
  ['aborted, which no resume takes back', ['abort', 'resume'], ['goBack', 'c0']],
  ['aborted, which no freeze stops', ['abort', 'freeze'], ['goBack', 'c0']],
])('%s', (_, kinds, expected) => {
  expect(orderOf(...kinds)).toEqual(expected);
});

test('the order names the command that gave it', () => {
  expect(standingOrder([aCommand('freeze', NOW)], NOW)).toMatchObject({
    kind: 'hold',
    reason: 'freeze by ada (claimed): the banner is wrong',
  });
  expect(standingOrder([aCommand('abort', NOW, { reason: '' })], NOW)).toMatchObject({
    kind: 'goBack',
    reason: 'abort by ada (claimed)',
  });
});

describe('a hold lasts a month at most', () => {
  test.each(['pause', 'freeze'] as const)('%s', (kind) => {
    const command = aCommand(kind, NOW);

    expect(standingOrder([command], NOW + MONTH_MS - 1)).toMatchObject({ kind: 'hold', leftMs: 1 });
    expect(standingOrder([command], NOW + MONTH_MS)).toEqual({
      kind: 'goBack',
      command: null,
      reason: `${kind} by ada (claimed): the banner is wrong; nobody decided within 30d`,
    });
  });

  test('all holds together', () => {
    const commands = [
      aCommand('pause', NOW, { id: 'a' }),
      aCommand('resume', NOW + 10 * DAY_MS, { id: 'b' }),
      aCommand('freeze', NOW + 15 * DAY_MS, { id: 'c' }),
    ];

    expect(standingOrder(commands, NOW + 15 * DAY_MS)).toMatchObject({ kind: 'hold', leftMs: 20 * DAY_MS });
    expect(standingOrder(commands, NOW + 35 * DAY_MS).kind).toBe('goBack');
  });

  test('and what used up the month counts no more once it is resumed', () => {
    const commands = [aCommand('pause', NOW), aCommand('resume', NOW + 2 * MONTH_MS, { id: 'later' })];

    expect(standingOrder(commands, NOW + 2 * MONTH_MS).kind).toBe('proceed');
  });
});

test.each([
  ['is observed each hour, because a command wakes it', 8 * MINUTE_MS, 3_600],
  ['ends when its month does', MONTH_MS - 90 * SECOND_MS, 90],
])('what somebody holds %s', (_what, sinceMs, waitSeconds) => {
  expect(standingOrder([aCommand('freeze', NOW)], NOW + sinceMs)).toMatchObject({ waitSeconds });
});
