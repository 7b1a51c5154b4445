import { nextMinute } from '../clock.ts';
import type { Baseline } from '../vocabulary/metrics.types.ts';

/** What is kept of a native deployment from one call of its hook to the next. */
export type HookState = {
  /** What was usual for blue before green had a request; null: it could not be read. */
  baseline: Baseline | null;
  sticky: boolean;
  /** The first whole minute that may have had green's traffic. */
  sinceMs: number;
  /** Green's weight that the hook has to judge, and since when; null before green has had one. */
  at: { greenPct: number; fromMs: number; askedMs: number } | null;
  /** When the hook last answered that ECS may continue, upon which the weights changed. */
  letOnMs: number | null;
};

export const firstState = (baseline: Baseline | null, sticky: boolean, nowMs: number): HookState => ({
  baseline,
  sticky,
  sinceMs: nextMinute(nowMs),
  at: null,
  letOnMs: null,
});

/** The state at these weights: the same, or their first call. */
export const stateAt = (state: HookState, greenPct: number, nowMs: number): HookState =>
  state.at?.greenPct === greenPct
    ? state
    : {
        ...state,
        at: {
          greenPct,
          fromMs: Math.max(state.sinceMs, nextMinute(state.letOnMs ?? nowMs)),
          askedMs: nowMs,
        },
      };
