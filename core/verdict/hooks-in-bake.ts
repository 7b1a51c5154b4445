import { gateAt } from '../hooks/gate.ts';
import { hookWaitSeconds } from '../hooks/runs.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { HookMoment, HookRun } from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

type HooksInBake =
  | { kind: 'passed'; aside: string }
  | { kind: 'rollBack'; reason: string }
  | (Required<Pick<Decision, 'reason' | 'waitSeconds' | 'hooks'>> & { kind: 'runHooks' });

/** What the hooks of a moment let a baking deployment do. Without any of that moment: everything. */
export const hooksInBake = (
  { plan, hookRuns, nowMs }: { plan: Plan; hookRuns: readonly HookRun[]; nowMs: number },
  moment: HookMoment,
): HooksInBake => {
  const hooks = plan.hooks ?? [];
  const gate = gateAt(hooks, hookRuns, moment);
  if (gate.kind === 'passed') return gate;
  if (gate.kind === 'failed') return { kind: 'rollBack', reason: gate.reason };
  // A run that begins now is waited for like the ones that run already.
  const begin = gate.due.map(({ timeoutMs }) => ({ startedAtMs: nowMs, deadlineMs: nowMs + timeoutMs }));
  const waitSeconds = hookWaitSeconds([...gate.running, ...begin], nowMs);
  return { kind: 'runHooks', reason: gate.reason, waitSeconds, hooks: moment };
};
