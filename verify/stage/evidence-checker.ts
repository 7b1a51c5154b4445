import type { PutItemInput } from '@aws-sdk/client-dynamodb';
import { MINUTE_MS } from '../../core/clock.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import type { WatchedPlan } from './forward.types.ts';
import { greenPctOf } from './green-pct.ts';

/** A minute's metrics may grow for so long after its end [fact 116, 121]. */
const FINAL_AFTER_MS = 2 * MINUTE_MS;

const decisionIn = ({ by, operation, input }: ApiCall): Decision | null => {
  const json = (input as PutItemInput).Item?.decisionJson?.S;
  return by === 'JudgeHealth' && operation === 'PutItem' && json !== undefined ? JSON.parse(json) : null;
};

/**
 * What counts as green's figures are final minutes in which users had it and testers had not. Read from each decision,
 * against the moments at which the routes themselves changed.
 */
export const watchEvidence = (
  { world: { kernel, elbv2 }, plan }: WatchedPlan,
  isOwn: (call: ApiCall) => boolean,
  broken: (problem: string) => void,
): { stop(): void } => {
  /** Since when users have green and testers have not; null: they have not, or testers have. */
  let aloneSinceMs: number | null = null;
  /** As the deployment wrote their route last. */
  let testers = false;
  let over = false;
  let stopped = false;
  const isGone = (wanted: string): boolean => elbv2.routes([wanted]).length === 0;
  const shareOf = (wanted: string): number =>
    greenPctOf(elbv2.routes([wanted])[0]?.groups ?? [], plan.green.targetGroupArn);
  const note = (): void => {
    const users = plan.routes.some(({ arn }) => shareOf(arn) > 0);
    const everybody = plan.routes.every(({ arn }) => shareOf(arn) === 100);
    // Once everybody has had green testers follow, and nothing is compared that is not over.
    over ||= everybody;
    if (over) return;
    // Nobody reaches green by a rule that somebody deleted, and no write of the deployment closes it.
    if (plan.test !== undefined && isGone(plan.test.route.arn)) testers = false;
    // Users who are placed on blue meanwhile do not make the minutes before testers'.
    if (testers) aloneSinceMs = null;
    else if (users) aloneSinceMs ??= kernel.scheduler.nowMs();
  };
  // What others write is for other checkers: a deployment that reads it goes back. Only weights that are those of a
  // shift, written by somebody just before it, are taken for its own: users have had green when the shift reads them.
  kernel.onEvent(({ kind, data }) => {
    if (kind !== 'weights' || data?.by !== 'cutover' || stopped) return;
    if (plan.test !== undefined && data.route === plan.test.route.arn) testers = shareOf(data.route) > 0;
    note();
  });
  kernel.onServed((call, ok) => {
    if (!stopped && ok && call.by === 'ShiftTraffic' && isOwn(call)) note();
    const analysis = stopped || !ok || !isOwn(call) ? undefined : decisionIn(call)?.analysis;
    if (analysis === undefined || plan.blueTargetGroupArn === null || (over && aloneSinceMs === null)) return;
    if (aloneSinceMs === null)
      return broken('the evidence: green is compared while testers reach it, or before its first user');
    if (analysis.sinceMs < aloneSinceMs)
      broken(
        `the evidence: it begins ${(aloneSinceMs - analysis.sinceMs) / 1_000} s before users had green alone`,
      );
    const final = Math.floor((kernel.scheduler.nowMs() - FINAL_AFTER_MS - analysis.sinceMs) / MINUTE_MS);
    if (analysis.minutes > Math.max(0, final))
      broken(`the evidence: ${analysis.minutes} minutes count, of which ${final} are final`);
  });
  return {
    stop: () => {
      stopped = true;
    },
  };
};
