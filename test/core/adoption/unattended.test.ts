import { expect, test } from 'vitest';
import { careFor, groupsAt, refuseCare, type UnattendedMove } from '../../../core/adoption/unattended.ts';
import { MINUTE_MS } from '../../../core/clock.ts';

const NOW_MS = 100 * MINUTE_MS;

const at = (share: number, third = 0) => [
  { targetGroupArn: 'old', weight: 100 - share },
  { targetGroupArn: 'new', weight: share },
  { targetGroupArn: 'third', weight: third },
];

const moving = (changes: Partial<UnattendedMove> = {}, share = 50): UnattendedMove => ({
  from: 'old',
  to: 'new',
  routes: [{ label: 'default', groups: at(share), sticky: false }],
  healthy: { old: 4, new: 4 },
  needed: 4,
  alarm: null,
  deploying: false,
  notes: { beat: 'one', seenAtMs: 0, worse: 0 },
  nowMs: NOW_MS,
  ...changes,
});

const seen = (worse: number) => ({ beat: 'one', seenAtMs: 0, worse });
const movedTo = (percent: number, atMs: number) => ({ ...seen(0), moved: { percent, atMs, reason: '' } });
const red = 'shop-5xx is in ALARM';
const two = [
  { label: 'default', groups: at(100), sticky: false },
  { label: 'api', groups: at(0), sticky: false },
];

test.each<[string, UnattendedMove, 'stay' | 0 | 100]>([
  ['both are well', moving(), 'stay'],
  ['the old one has nobody', moving({ healthy: { old: 0, new: 1 } }), 100],
  ['the old one has nobody, and no users', moving({ healthy: { old: 0, new: 1 } }, 100), 'stay'],
  [
    'the old one has nobody, and only clients with cookies',
    moving({ healthy: { old: 0, new: 1 }, routes: [{ label: 'x', groups: at(100), sticky: true }] }),
    100,
  ],
  ['the new one has nobody', moving({ healthy: { old: 1, new: 0 } }), 0],
  ['the new one has nobody, and no users', moving({ healthy: { old: 1, new: 0 } }, 0), 'stay'],
  ['neither has anybody', moving({ healthy: { old: 0, new: 0 } }), 'stay'],
  ['routes differ: the old one has nobody', moving({ routes: two, healthy: { old: 0, new: 4 } }), 100],
  ['routes differ: the new one has nobody', moving({ routes: two, healthy: { old: 4, new: 0 } }), 0],
  ['the old one is wanted no more', moving({ needed: 0, healthy: { old: 2, new: 0 } }), 'stay'],
  ['an alarm is red', moving({ alarm: red }), 0],
  ['an alarm is red, and nobody is on the new one', moving({ alarm: red }, 0), 'stay'],
  ['an alarm is red, and the old one is short', moving({ alarm: red, healthy: { old: 2, new: 4 } }), 'stay'],
  ['an alarm is red, and the old one has two thirds', moving({ alarm: red, healthy: { old: 3, new: 4 } }), 0],
  ['an alarm is red, and the size is unread', moving({ alarm: red, needed: null }), 'stay'],
  ['the new one is short for the first time', moving({ healthy: { old: 4, new: 1 } }), 'stay'],
  ['the new one is short again', moving({ healthy: { old: 4, new: 1 }, notes: seen(1) }), 0],
  ['the new one carries its share', moving({ healthy: { old: 4, new: 2 }, notes: seen(1) }), 'stay'],
  ['a group is not there', moving({ healthy: { old: 4, new: null } }), 'stay'],
  ['a deployment runs', moving({ deploying: true, healthy: { old: 4, new: 0 } }), 'stay'],
  [
    'a third group has users',
    moving({ healthy: { old: 4, new: 0 }, routes: [{ label: 'x', groups: at(50, 1), sticky: false }] }),
    'stay',
  ],
  [
    'no route names both',
    moving({ healthy: { old: 4, new: 0 }, routes: [{ label: 'x', groups: at(50).slice(1), sticky: false }] }),
    'stay',
  ],
  ['moved a moment ago', moving({ healthy: { old: 4, new: 0 }, notes: movedTo(0, NOW_MS - MINUTE_MS) }), 0],
  [
    'written since',
    moving({ healthy: { old: 4, new: 0 }, notes: movedTo(0, NOW_MS - 3 * MINUTE_MS) }),
    'stay',
  ],
  ['as it was left', moving({ healthy: { old: 4, new: 0 }, notes: movedTo(100, 0) }, 100), 0],
])('%s', (_name, seenNow, expected) => {
  const care = careFor(seenNow);

  expect(care.kind === 'stay' ? 'stay' : care.percent).toBe(expected);
  if (care.kind === 'move') expect(refuseCare(seenNow, care.percent)).toBeNull();
});

test('counts the observations at which the new one is short, and forgets them when it is not', () => {
  expect(careFor(moving({ healthy: { old: 4, new: 1 }, notes: seen(0) }))).toMatchObject({ worse: 1 });
  expect(careFor(moving({ notes: seen(1) }))).toMatchObject({ worse: 0 });
});

test('the second opinion refuses who cannot carry what it would get', () => {
  expect(refuseCare(moving({ healthy: { old: 0, new: 4 } }), 0)).toContain('expected blue to carry');
  expect(refuseCare(moving({ healthy: { old: 1, new: 4 } }), 0)).toContain('expected blue to carry');
  expect(refuseCare(moving({ healthy: { old: 4, new: 0 } }), 100)).toContain('expected green to carry');
});

test('changes two weights, and nothing else of the groups; a sticky route loses the group that nobody is to meet', () => {
  const groups = at(50, 7);
  expect(groupsAt({ groups, sticky: false }, moving(), 100)).toEqual(at(100, 7));
  expect(groupsAt({ groups, sticky: false }, moving(), 0)).toEqual(at(0, 7));
  expect(groupsAt({ groups, sticky: true }, moving(), 100)).toEqual(at(100, 7).slice(1));
  expect(groupsAt({ groups, sticky: true }, moving(), 0)).toEqual([at(0, 7)[0], at(0, 7)[2]]);
});
