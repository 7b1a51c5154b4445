import type { ModelBase, TroubleKind } from './model.types.ts';

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
 * The bound of each is what a minute or so of one core can explore. Two shifts with two troubles of any kind are more:
 * since where users are placed belongs to a state they did not end within nine minutes.
 */
export const bases: readonly ModelBase[] = [
  plain,
  { ...plain, name: 'first deployment', first: true, troubles: 2 },
  { ...plain, name: 'takes over', takesOver: true },
  { ...plain, name: 'two routes', routes: 2 },
  { ...plain, name: 'sticky route', sticky: true },
  { ...plain, name: 'tried before its users', test: true },
  { ...plain, name: 'first, and tried', first: true, test: true, troubles: 2 },
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

/** Two troubles where two of any kind are too many: of these kinds alone. */
export const twoOfSomeKinds: readonly { base: string; among: readonly TroubleKind[] }[] = [
  { base: 'two shifts', among: ['stops', 'commands'] },
  { base: 'asks a hook', among: ['stops', 'commands'] },
  { base: 'asks a hook', among: ['stops', 'hooks'] },
];
