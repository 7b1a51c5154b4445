import type { ModelBase } from './model.types.ts';

/** Two shifts, one route, two tasks: nothing in the workflow needs more to go wrong. */
const plain: ModelBase = {
  name: 'two shifts',
  routes: 1,
  sticky: false,
  first: false,
  rivalHolds: false,
  shifts: [
    { greenPct: 50, bake: '1m' },
    { greenPct: 100, bake: '1m' },
  ],
  whenBusy: 'queue',
  troubles: 1,
};

/**
 * The bound of each is what a minute or so of one core can explore; the largest comes first, so that the workers end
 * together.
 */
export const bases: readonly ModelBase[] = [
  { ...plain, troubles: 2 },
  { ...plain, name: 'first deployment', first: true, troubles: 2 },
  { ...plain, name: 'two routes', routes: 2 },
  { ...plain, name: 'sticky route', sticky: true },
  { ...plain, name: 'tried before its users', test: true },
  { ...plain, name: 'first, and tried', first: true, test: true },
  // Its waits for tasks make ten times the states: with any trouble more than a core explores in minutes (--among).
  { ...plain, name: 'grows', grows: true, among: ['stops'] },
  {
    ...plain,
    name: 'asks a hook',
    hooked: ['PRE_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT', 'ROLLBACK'],
    shifts: [{ greenPct: 100, bake: '1m' }],
  },
  {
    ...plain,
    name: 'waits for an approval',
    shifts: [
      { greenPct: 50, bake: '1m', approval: true },
      { greenPct: 100, bake: '1m' },
    ],
  },
  { ...plain, name: 'in line behind another', rivalHolds: true },
  { ...plain, name: 'supersedes another', rivalHolds: true, whenBusy: 'supersede' },
];
