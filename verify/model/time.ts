import { SECOND_MS } from '../../core/clock.ts';
import { recoveryDue } from '../../core/ending/recovery.ts';
import { eventRules } from '../../statemachine/event-rules.ts';
import { runningIn } from './executions.ts';
import type { ModelState } from './model.types.ts';

/** What time does by itself once it is `toMs`: tasks have drained, deleted task sets are gone. */
export const passTo = (state: ModelState, toMs: number): void => {
  state.nowMs = Math.max(state.nowMs, toMs);
  state.taskSets = state.taskSets
    .filter(({ goneAtMs }) => goneAtMs === null || goneAtMs > state.nowMs)
    .map((set) =>
      set.drainedAtMs !== null && set.drainedAtMs <= state.nowMs ? { ...set, drainedAtMs: null } : set,
    );
};

/** When the next thing is due: the end of a wait, or the next sweep that starts a recovery. Null: nothing ever. */
export const nextMs = (state: ModelState): number | null => {
  const running = runningIn(state);
  if (running !== undefined) return running.untilMs ?? state.nowMs;
  const { holder, recoveries, recoveredAtMs = 0 } = state.lease;
  if (holder === undefined || state.rival !== null) return null;
  const signalAtMs = state.record?.lastSignal?.atMs ?? null;
  // The end of an execution is an event; after that the sweep comes by its schedule.
  const fromMs = state.sweptAtMs === null ? state.nowMs : state.sweptAtMs + eventRules.Sweep.everyMs;
  for (let aheadMs = 0; ; aheadMs = aheadMs === 0 ? 60 * SECOND_MS : aheadMs * 2) {
    const nowMs = fromMs + aheadMs;
    if (recoveryDue({ recoveries, recoveredAtMs, signalAtMs, nowMs })) return nowMs;
  }
};
