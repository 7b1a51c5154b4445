import type { Plan } from '../../core/vocabulary/plan.types.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import type { World } from '../../sim/world.ts';

/** A step forward, right after it was taken: each makes going back harder, so each has to be earned. */
export type Forward =
  | { kind: 'raise'; routeArn: string; label: string; greenPct: number }
  | { kind: 'promote' }
  | { kind: 'retire' };

/** Judges a deployment's steps forward, and hears of all its calls. */
export type ForwardJudge = {
  /** What the step should have waited for, a sentence each. */
  judge(step: Forward): string[];
  heard(call: ApiCall): void;
};

export type WatchedPlan = {
  world: World;
  plan: Plan;
  deploymentId: string;
  /** The account's alarms that were red when PlanDeployment read its own. */
  redAtPlan: readonly string[];
};
