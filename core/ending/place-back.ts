import { steeringOf } from '../operator/commands.ts';
import type { Command } from '../vocabulary/command.types.ts';
import type { ObservedService, ObservedTarget, ObservedTaskSet } from '../vocabulary/observed.types.ts';
import type { Answers, PlacementMemory } from '../vocabulary/placement.types.ts';
import type { Plan, RouteForward } from '../vocabulary/plan.types.ts';
import { HEALTH_CHECK_MS, NO_MEMORY } from '../weights/carry.ts';
import { commonWeights, countColour } from '../weights/colour-count.ts';
import { type Placement, placementOf } from '../weights/placement.ts';
import { ALL_BLUE } from '../weights/weights.ts';

type BackInput = {
  plan: Plan;
  service: Pick<ObservedService, 'desiredCount'>;
  blue: ObservedTaskSet | null;
  green: ObservedTaskSet | null;
  blueTargets: ObservedTarget[];
  greenTargets: ObservedTarget[];
  routes: { forward: RouteForward }[];
  answers: Answers;
  commands: readonly Command[];
  /** Green never had weight in this deployment. */
  neverServed: boolean;
  memory: PlacementMemory | undefined;
  nowMs: number;
};

/** Where users should be while the aim is to have all of them on blue. */
export const placeBack = (input: BackInput): Placement => {
  const { plan, service, commands, nowMs, answers, routes } = input;
  const blue = countColour(input.blueTargets, input.blue);
  const green = countColour(input.greenTargets, input.green);
  const current = routes.length === 0 ? ALL_BLUE : commonWeights(plan, routes);
  const { abort } = steeringOf(commands, 0);
  return placementOf({
    policy: plan.carry ?? 'on',
    loadBalancerKind: plan.loadBalancerKind,
    blue,
    // Nobody has seen how it answers: it gets users only where nothing else is left. One that got them so is counted
    // as it is.
    green: input.neverServed && blue.healthy > 0 && (current?.green ?? 0) === 0 ? null : green,
    needed: service.desiredCount,
    want: ALL_BLUE,
    current,
    answers,
    healthCheckMs: HEALTH_CHECK_MS,
    abortNow: abort?.now === true,
    // A freeze is refused from here on, and nobody could resume.
    frozen: false,
    memory: input.memory ?? NO_MEMORY,
    nowMs,
  });
};
