import type { GroupHealth } from '../health/group-health.ts';
import type { RolledBack } from '../vocabulary/ending.types.ts';
import type { ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Plan, Weights } from '../vocabulary/plan.types.ts';
import type { Placement } from '../weights/placement.ts';
import type { LiveForward } from './restored-routes.ts';

export type RollBackInput = {
  plan: Plan;
  /** Live; null when gone. */
  blue: ObservedTaskSet | null;
  green: ObservedTaskSet | null;
  /** Null on a first deployment. */
  blueHealth: GroupHealth | null;
  greenHealth: GroupHealth | null;
  /** The plan's routes as they are now; one whose rule somebody deleted is left out. */
  routes: LiveForward[];
  previous: RolledBack | undefined;
  /** Where users should be, with all of them on blue as the aim; null where there is no blue to place them on. */
  placed: Placement | null;
  /** Another deployment was there before this one's green, and has the routes. */
  leavesRoutes: boolean;
  /** Green never had weight in this deployment. */
  neverServed: boolean;
  /** An earlier execution of this deployment ended half-way. */
  recovering: boolean;
  nowMs: number;
};

export type RollBackDecision =
  /** From `leavesUntilMs` on the load balancer surely sends green nothing more. */
  | {
      kind: 'restore';
      reason: string;
      waitSeconds: number;
      leavesUntilMs: number;
      /** Neither colour does, and `reason` says why; absent: blue does, or may. */
      nothingServes?: true;
      /** Nothing is written: another deployment has the routes. */
      leavesRoutes?: true;
    }
  /** `weights` null: they stay. */
  | { kind: 'held' | 'stuck'; reason: string; waitSeconds: number; weights: Weights | null }
  | {
      kind: 'finishForward';
      reason: string;
      waitSeconds: number;
      /** Some route still sends requests to blue, which serves none any more: green has to get them first. */
      raiseGreen: boolean;
    };
