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
  troubles: 2,
};

export const bases: readonly ModelBase[] = [
  plain,
  { ...plain, name: 'two routes', routes: 2, troubles: 1 },
  { ...plain, name: 'sticky route', sticky: true, troubles: 1 },
  { ...plain, name: 'first deployment', first: true, troubles: 1 },
  {
    ...plain,
    name: 'waits for an approval',
    shifts: [
      { greenPct: 50, bake: '1m', approval: true },
      { greenPct: 100, bake: '1m' },
    ],
    troubles: 1,
  },
  { ...plain, name: 'in line behind another', rivalHolds: true, troubles: 1 },
  { ...plain, name: 'supersedes another', rivalHolds: true, whenBusy: 'supersede', troubles: 1 },
];
