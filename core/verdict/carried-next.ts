import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { count } from '../figures.ts';
import { waits } from '../pace.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import { shareOfTasks, tasksOfShare } from '../weights/carry.ts';
import type { Observation } from './judge.ts';

type Gate =
  | { kind: 'open' }
  | ({ kind: 'hold'; reason: string; waitSeconds: number } & Required<Pick<Decision, 'growth'>>)
  | { kind: 'rollBack'; reason: string };

type GateInput = {
  plan: Pick<Plan, 'blue' | 'timeToHealthyMs'>;
  counts: Observation['counts'];
  /** The weight that comes, percent. */
  greenPct: number;
  previous: Pick<Decision, 'growth'> | undefined;
  nowMs: number;
};

/**
 * Two colours of one service have as many tasks. A service whose users are taken over grows by itself with its load,
 * and the one that takes them over does not: a shift waits until green carries its weight of what the old service has
 * now, by the same measure as users are placed. As long as green's own start may take, and then the deployment rolls
 * back: whether more tasks are wanted is a person's decision.
 */
export const carriedNext = ({ plan, counts, greenPct, previous, nowMs }: GateInput): Gate => {
  const needed = counts?.needed ?? 0;
  const healthy = counts?.green?.healthy ?? 0;
  const old = plan.blue?.service;
  if (old === undefined || 100 * shareOfTasks(healthy, needed) >= greenPct) return { kind: 'open' };

  const waitedSinceMs = previous?.growth?.waitedSinceMs ?? nowMs;
  const tasks = tasksOfShare(greenPct / 100, needed);
  const found =
    `${old} has grown to ${count(needed, 'task')}, and green needs ${tasks} of them for ${greenPct} %: ` +
    `it has ${healthy} healthy`;
  if (nowMs - waitedSinceMs >= plan.timeToHealthyMs)
    return { kind: 'rollBack', reason: `${found}, after ${formatDuration(plan.timeToHealthyMs)}` };
  return {
    kind: 'hold',
    reason: `${found}; raise the desired count of the new service`,
    waitSeconds: waits.growing.longestMs / SECOND_MS,
    growth: { greenPct, tasks, enoughSinceMs: null, waitedSinceMs },
  };
};
