import { formatDuration } from '../duration.ts';
import { beforeShift } from '../hooks/due.ts';
import { APPROVAL_LIMIT_MS } from '../pace.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import { describeWeights, sameWeights, weightsAt } from '../weights/weights.ts';
import type { Decided, DecideInput } from './decision.ts';
import { growthGate } from './growth-in-bake.ts';
import { hooksInBake } from './hooks-in-bake.ts';
import { growing } from './next-shifts-tasks.ts';
import { awaySeconds } from './place-in-bake.ts';

/** As long as an approval may take. */
const AWAY_LIMIT_MS = APPROVAL_LIMIT_MS;

/** Users are not where the plan wants them: the bake stands still, and nothing advances. */
export const awayFromPlan = (input: DecideInput, decided: Decided, seen: string): Decision | null => {
  const { plan, traffic, carried = null, placed, hookRuns = [], nowMs } = input;
  const want = weightsAt(plan, traffic.position);
  const weights = placed?.weights ?? null;
  const pending = placed?.move === true && carried !== null && carried.sinceMs !== null;
  if (placed == null || weights === null || (sameWeights(weights, want) && !pending)) return null;
  const awayMs = nowMs - (carried?.sinceMs ?? nowMs);
  const reason =
    `users are at ${describeWeights(weights)} instead of ${describeWeights(want)}: ` +
    `${placed.reason}; ${seen}`;
  const waitSeconds = awaySeconds(awayMs);
  const last = plan.shifts.length - 1;
  const noBlue = weights.green > want.green;
  if (awayMs < plan.timeToHealthyMs || !noBlue) return decided({ kind: 'hold', reason, waitSeconds });
  if (awayMs < AWAY_LIMIT_MS)
    return decided({
      kind: 'awaitOperator',
      reason: `${reason}; blue does not come back, promote or abort`,
      waitSeconds,
    });
  const gate = hooksInBake({ plan, hookRuns, nowMs }, beforeShift(plan, traffic.position, last));
  if (gate.kind !== 'passed') return decided({ ...gate, reason: `${gate.reason}; ${reason}` });
  const size = growthGate(growing(input, last));
  if (size.kind !== 'open') return decided({ kind: 'hold', reason, waitSeconds });
  const limit = formatDuration(AWAY_LIMIT_MS);
  return decided({
    kind: 'advance',
    position: last,
    reason: `no blue to go back to for ${limit}; ${reason}`,
  });
};
