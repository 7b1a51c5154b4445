import { expect, test } from 'vitest';
import { scaleForUsers } from '../../../core/ending/green-for-users.ts';

const capacity = { headroom: 1.25, minTasks: 2 };
const green = { id: 'ecs-svc/2', externalId: 'd', scalePercent: 15, computedDesiredCount: 2 };
const asked = { plan: { capacity }, green, desiredCount: 10, weights: { blue: 30, green: 70 }, found: [] };

test.each([
  ['the users it keeps', {}, 87.5],
  ['those it has, where the weights stay', { weights: null, found: [{ blue: 60, green: 40 }, null] }, 50],
  ['nobody', { weights: { blue: 100, green: 0 } }, null],
  [
    'nobody, with fewer tasks than the least',
    { weights: { blue: 100, green: 0 }, green: { ...green, scalePercent: 5 } },
    null,
  ],
  [
    'nobody, with no task at all',
    { weights: { blue: 100, green: 0 }, green: { ...green, scalePercent: 0, computedDesiredCount: 0 } },
    null,
  ],
  ['nobody, where the weights stay', { weights: null, found: [{ blue: 100, green: 0 }, null] }, null],
  ['users whom its tasks carry', { green: { ...green, scalePercent: 90 } }, null],
  ['users, but it goes', { green: null }, null],
  ['users, at full size from its launch on', { plan: {} }, null],
])('green is to carry %s', (_what, changes, percent) => {
  expect(scaleForUsers({ ...asked, ...changes })).toBe(percent);
});
