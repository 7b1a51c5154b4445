import { SECOND_MS } from '../../core/clock.ts';
import { STALE_READS } from '../../rehearsal/faults/world-faults.ts';
import { routesRead } from '../../rehearsal/watch-safety.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import { listeningOf } from '../../sim/traffic/group-answers.ts';
import type { WatchedPlan } from './forward.types.ts';
import { greenPctOf } from './green-pct.ts';

/** A read may show the world as it was: the fault's 30 s, and the time to act on it. */
const LATE_MS = 60 * SECOND_MS;

/** A route that somebody else wrote. */
type Theirs = {
  /** A read has shown it. */
  seen: boolean;
  /** Green's share as the deployment had left it, and as somebody else made it; percent. */
  had: number;
  wrote: number;
};

/**
 * Drift is halted: what somebody else wrote to a route stands until the deployment goes back. `onDrift: "reassert"`
 * allows to write the deployment's own weights over it, once. Users whom nobody would answer there are moved all the
 * same, and a write that nobody has read is nobody's to respect.
 */
export const watchDrift = (
  { world: { kernel, elbv2 }, plan }: WatchedPlan,
  isOwn: (call: ApiCall) => boolean,
  broken: (problem: string) => void,
): { stop(): void } => {
  const colours = { blue: plan.blueTargetGroupArn, green: plan.green.targetGroupArn };
  const theirs = new Map<string, Theirs>();
  /** Green's share by route; `moved`: what the deployment itself had before it moved users beside the plan. */
  const now = new Map<string, number>();
  const moved = new Map<string, number>();
  const reasserted = new Set<string>();
  let lateUntilMs = 0;
  let stopped = false;

  const asPlaced = (): Map<string, number> =>
    new Map(
      elbv2
        .routes(plan.routes.map(({ arn }) => arn))
        .map(({ arn, groups }) => [arn, greenPctOf(groups, colours.green)]),
    );
  for (const [arn, greenPct] of asPlaced()) now.set(arn, greenPct);

  const answersNobody = (colour: keyof typeof colours): boolean => {
    const arn = colours[colour];
    if (arn === null) return true;
    const { healthy } = elbv2.registry.counts(arn);
    return healthy === 0 || listeningOf(elbv2.dataPlane.targets(arn), kernel.scheduler.nowMs()) === 0;
  };
  const judge = (arn: string, label: string, by: string | undefined): void => {
    const drift = theirs.get(arn);
    theirs.delete(arn);
    if (drift === undefined || !drift.seen || by !== 'JudgeHealth') return;
    if (now.get(arn) !== drift.had || drift.wrote === moved.get(arn)) return;
    if ((['blue', 'green'] as const).some(answersNobody)) return;
    if (plan.onDrift === 'reassert' && !reasserted.has(arn)) {
      reasserted.add(arn);
      return;
    }
    const allowed = plan.onDrift === 'reassert' ? 'once' : 'never';
    broken(
      `the drift: ${label} went back from ${drift.wrote} % green, which somebody else wrote, to ${drift.had} %; ` +
        `its request allows that ${allowed}`,
    );
  };

  kernel.onEvent(({ kind, data }) => {
    if (kind === 'fault' && data?.fault === STALE_READS) lateUntilMs = kernel.scheduler.nowMs() + LATE_MS;
    if (stopped || kind !== 'weights' || data?.by === 'cutover') return;
    for (const [arn, greenPct] of asPlaced()) {
      const before = now.get(arn) ?? 0;
      now.set(arn, greenPct);
      if (greenPct !== before)
        theirs.set(arn, { seen: false, had: theirs.get(arn)?.had ?? before, wrote: greenPct });
    }
  });
  kernel.onServed((call, ok) => {
    if (stopped || !ok || !isOwn(call)) return;
    for (const arn of routesRead(call, { elbv2 })) {
      const drift = theirs.get(arn);
      const shown = call.by !== 'Watch' && kernel.scheduler.nowMs() >= lateUntilMs;
      if (drift !== undefined && shown) drift.seen = true;
    }
    if (!call.operation.startsWith('Modify')) return;
    const { RuleArn, ListenerArn } = call.input as { RuleArn?: string; ListenerArn?: string };
    const written = elbv2.routes([RuleArn ?? ListenerArn ?? ''])[0];
    if (written === undefined || !now.has(written.arn)) return;
    const before = now.get(written.arn) ?? 0;
    now.set(written.arn, greenPctOf(written.groups, colours.green));
    judge(written.arn, written.label, call.by);
    if (call.by === 'JudgeHealth') moved.set(written.arn, before);
    else moved.delete(written.arn);
  });
  return {
    stop: () => {
      stopped = true;
    },
  };
};
