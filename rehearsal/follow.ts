import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { Outcome } from '../core/vocabulary/ending.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Cancel } from '../sim/kernel/listeners.ts';
import type { World } from '../sim/world.ts';
import { lineOfStep } from '../statemachine/step-line.ts';
import type { Colours } from './colours.ts';
import type { WeightChange } from './rehearsal.types.ts';

/** What the trace has shown of the deployment so far. */
export type Watched = {
  path: string[];
  decisions: Decision[];
  weights: WeightChange[];
  plan: Plan | null;
  outcome: Outcome | null;
};

/** Follows the trace until it is stopped: the states' results become sentences, the writes become a list. */
export const follow = (
  world: World,
  startedAtMs: number,
  colours: () => Colours,
): { watched: Watched; stop: Cancel } => {
  const { kernel } = world;
  const watched: Watched = { path: [], decisions: [], weights: [], plan: null, outcome: null };
  const stop = kernel.onEvent(({ kind, data, atMs }) => {
    if (kind === 'weights') {
      const groups = data?.groups as { targetGroupArn: string; weight: number }[];
      const { blue, green } = colours();
      const total = groups.reduce((sum, { weight }) => sum + weight, 0);
      const percent = (arn: string | undefined): number =>
        Math.round(
          (1_000 * (groups.find(({ targetGroupArn }) => targetGroupArn === arn)?.weight ?? 0)) / (total || 1),
        ) / 10;
      watched.weights.push({
        at: (atMs - startedAtMs) / 1_000,
        route: String(data?.label),
        blue: percent(blue),
        green: percent(green),
        by: String(data?.by),
      });
    }
    if (kind !== 'step' || data?.phase !== 'succeeded') return;
    const state = String(data.state);
    if (state === 'PlanDeployment') watched.plan = data.result as Plan;
    if (state === 'JudgeHealth') watched.decisions.push(data.result as Decision);
    if (state === 'RecordOutcome') watched.outcome = data.result as Outcome;
    const line = lineOfStep(state, data.result);
    if (line !== null) kernel.emit(line);
  });
  return { watched, stop };
};
