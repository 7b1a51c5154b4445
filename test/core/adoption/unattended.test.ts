import { expect, test } from 'vitest';
import { careFor, groupsAt, type MoveLook, refuseCare } from '../../../core/adoption/unattended.ts';
import { MINUTE_MS } from '../../../core/clock.ts';

const NOW_MS = 100 * MINUTE_MS;

const at = (share: number, third = 0) => [
  { targetGroupArn: 'old', weight: 100 - share },
  { targetGroupArn: 'new', weight: share },
  { targetGroupArn: 'third', weight: third },
];

const look = (changes: Partial<MoveLook> = {}, share = 50): MoveLook => ({
  from: 'old',
  to: 'new',
  routes: [{ label: 'default', groups: at(share) }],
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
  { label: 'default', groups: at(100) },
  { label: 'api', groups: at(0) },
];

test.each<[string, MoveLook, 'stay' | 0 | 100]>([
  ['both are well', look(), 'stay'],
  ['the old one has nobody', look({ healthy: { old: 0, new: 1 } }), 100],
  ['the old one has nobody, and no users', look({ healthy: { old: 0, new: 1 } }, 100), 'stay'],
  ['the new one has nobody', look({ healthy: { old: 1, new: 0 } }), 0],
  ['the new one has nobody, and no users', look({ healthy: { old: 1, new: 0 } }, 0), 'stay'],
  ['neither has anybody', look({ healthy: { old: 0, new: 0 } }), 'stay'],
  ['routes differ: the old one has nobody', look({ routes: two, healthy: { old: 0, new: 4 } }), 100],
  ['routes differ: the new one has nobody', look({ routes: two, healthy: { old: 4, new: 0 } }), 0],
  ['the old one is wanted no more', look({ needed: 0, healthy: { old: 2, new: 0 } }), 'stay'],
  ['an alarm is red', look({ alarm: red }), 0],
  ['an alarm is red, and nobody is on the new one', look({ alarm: red }, 0), 'stay'],
  ['an alarm is red, and the old one is short', look({ alarm: red, healthy: { old: 2, new: 4 } }), 'stay'],
  ['an alarm is red, and the old one has two thirds', look({ alarm: red, healthy: { old: 3, new: 4 } }), 0],
  ['an alarm is red, and the size is unread', look({ alarm: red, needed: null }), 'stay'],
  ['the new one is short for the first time', look({ healthy: { old: 4, new: 1 } }), 'stay'],
  ['the new one is short again', look({ healthy: { old: 4, new: 1 }, notes: seen(1) }), 0],
  ['the new one carries its share', look({ healthy: { old: 4, new: 2 }, notes: seen(1) }), 'stay'],
  ['a group is not there', look({ healthy: { old: 4, new: null } }), 'stay'],
  ['a deployment runs', look({ deploying: true, healthy: { old: 4, new: 0 } }), 'stay'],
  [
    'a third group has users',
    look({ healthy: { old: 4, new: 0 }, routes: [{ label: 'x', groups: at(50, 1) }] }),
    'stay',
  ],
  [
    'no route names both',
    look({ healthy: { old: 4, new: 0 }, routes: [{ label: 'x', groups: at(50).slice(1) }] }),
    'stay',
  ],
  ['moved a moment ago', look({ healthy: { old: 4, new: 0 }, notes: movedTo(0, NOW_MS - MINUTE_MS) }), 0],
  ['written since', look({ healthy: { old: 4, new: 0 }, notes: movedTo(0, NOW_MS - 3 * MINUTE_MS) }), 'stay'],
  ['as it was left', look({ healthy: { old: 4, new: 0 }, notes: movedTo(100, 0) }, 100), 0],
])('%s', (_name, seenNow, expected) => {
  const care = careFor(seenNow);

  expect(care.kind === 'stay' ? 'stay' : care.percent).toBe(expected);
  if (care.kind === 'move') expect(refuseCare(seenNow, care.percent)).toBeNull();
});

test('counts the looks at which the new one is short, and forgets them when it is not', () => {
  expect(careFor(look({ healthy: { old: 4, new: 1 }, notes: seen(0) }))).toMatchObject({ worse: 1 });
  expect(careFor(look({ notes: seen(1) }))).toMatchObject({ worse: 0 });
});

test('the second opinion refuses whoever cannot carry what it would get', () => {
  expect(refuseCare(look({ healthy: { old: 0, new: 4 } }), 0)).toContain('expected blue to carry');
  expect(refuseCare(look({ healthy: { old: 1, new: 4 } }), 0)).toContain('expected blue to carry');
  expect(refuseCare(look({ healthy: { old: 4, new: 0 } }), 100)).toContain('expected green to carry');
});

test('changes two weights, and nothing else of the groups', () => {
  expect(groupsAt(at(50, 7), look(), 100)).toEqual(at(100, 7));
});
