import { isBelow } from '../capacity/capacity-for.ts';
import { count } from '../figures.ts';
import type { ObservedTarget, ObservedTaskSet } from '../vocabulary/observed.types.ts';

/** A task set's targets against the number it should have, from one observation. */
export type GroupHealth = {
  healthy: number;
  /**
   * Tasks of the set at its planned scale, read with the targets: auto scaling moves them during a deployment [fact
   * 26, S16].
   */
  wanted: number;
  /** Tasks that the set is to have, where fewer of them are enough. */
  tasks?: number;
  /** Why the others are not healthy, most frequent first. */
  reasons: string[];
};

/**
 * `plannedPercent`: green's scale is 100 or what it has grown to, blue's what the plan found. A set that somebody
 * scales down does not become whole by having fewer tasks. `needed`: tasks that are enough; absent: all that the set
 * has.
 */
export const groupHealth = (
  targets: ObservedTarget[],
  taskSet: ObservedTaskSet | null,
  plannedPercent = 100,
  needed?: number,
): GroupHealth => {
  const healthy = targets.filter((target) => target.state === 'healthy').length;
  if (taskSet === null) return { healthy, wanted: 0, reasons: ['its task set is not found'] };

  const { computedDesiredCount, scalePercent } = taskSet;
  const scaledDown = scalePercent > 0 && isBelow(scalePercent, plannedPercent);
  const wanted = scaledDown
    ? Math.ceil((computedDesiredCount * plannedPercent) / scalePercent)
    : (needed ?? computedDesiredCount);
  // Targets that drain belong to tasks that are already replaced.
  const present = targets.filter((target) => target.state !== 'draining');
  const missing = computedDesiredCount - present.length;
  const reasons = summarise(present.filter((target) => target.state !== 'healthy'));
  if (missing > 0) reasons.push(`${missing} not registered yet`);
  if (scaledDown) reasons.push(`somebody scaled its task set to ${scalePercent} %`);
  const tasks = wanted < computedDesiredCount ? { tasks: computedDesiredCount } : {};
  return { healthy, wanted, ...tasks, reasons };
};

/** Zero of zero is not healthy: a task set without tasks is trivially steady and answers nobody [fact 26, 156]. */
export const enoughHealthy = ({ healthy, wanted }: GroupHealth): boolean => wanted >= 1 && healthy >= wanted;

/**
 * The share of its tasks a group must have healthy to take traffic *back*, where waiting for the last one would keep
 * users on the version that is being rolled back. At least 66 % healthy capacity is what Amazon's own deployments
 * keep (Builders' Library, Automating safe, hands-off deployments) [fact 138].
 */
const FIT_SHARE = 2 / 3;

export const fitToServe = (health: GroupHealth): boolean => healthyShare(health) >= FIT_SHARE;

/** Between 0 and 1; a group that should have no tasks has no share of health either. */
export const healthyShare = ({ healthy, wanted }: GroupHealth): number =>
  wanted === 0 ? 0 : Math.min(1, healthy / wanted);

/** `1 of 2 targets healthy: 1 unhealthy (Target.Timeout: Request timed out)`. */
export const describeHealth = ({ healthy, wanted, tasks = wanted, reasons }: GroupHealth): string => {
  const counts =
    Math.max(healthy, tasks) > wanted
      ? `${count(healthy, 'target')} healthy, ${wanted} needed`
      : `${healthy} of ${wanted} targets healthy`;
  return reasons.length === 0 ? counts : `${counts}: ${reasons.join(', ')}`;
};

/** `2 unhealthy (Target.ResponseCodeMismatch: Health checks failed with these codes: [500])`. */
const summarise = (targets: ObservedTarget[]): string[] => {
  const counts = new Map<string, number>();
  for (const { state, reasonCode, description } of targets) {
    const detail = [reasonCode, description].filter((part) => part !== undefined && part !== '').join(': ');
    const text = detail === '' ? state : `${state} (${detail})`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([text, count]) => `${count} ${text}`);
};
