import type { ModelState } from './model.types.ts';

/** A copy whose world may be changed. What the steps returned is never changed, so it is shared. */
export const copyOf = (state: ModelState): ModelState => ({
  ...state,
  routes: state.routes.map((route) => ({ ...route })),
  taskSets: state.taskSets.map((set) => ({ ...set })),
  lease: { ...state.lease },
  record: state.record === null ? null : { ...state.record },
  hooks: { runs: [...state.hooks.runs], executions: [...state.hooks.executions] },
  executions: state.executions.map((execution) => ({ ...execution })),
});
