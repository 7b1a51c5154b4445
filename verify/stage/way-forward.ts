import type { ApiCall } from '../../sim/kernel/call.types.ts';
import { phaseOf } from '../../statemachine/states.ts';
import type { Forward, ForwardJudge, WatchedPlan } from './forward.types.ts';
import { greenPctOf } from './green-pct.ts';
import { watchHookGates } from './hook-gates.ts';
import { watchObservations } from './observations.ts';
import { watchPlan } from './planned-way.ts';

/** The calls that change a service or its routes. */
export const writes: readonly string[] = [
  'ModifyRule',
  'ModifyListener',
  'CreateTaskSet',
  'UpdateTaskSet',
  'DeleteTaskSet',
  'UpdateServicePrimaryTaskSet',
];

/**
 * Holds what a deployment does to go forward against its plan and against what it read before. Once it rolls back,
 * other rules count: then core/safety/invariants.ts alone judges it.
 */
export const watchWayForward = (
  watched: WatchedPlan,
  isOwn: (call: ApiCall) => boolean,
  broken: (problem: string) => void,
): { stop(): void } => {
  const { world, plan } = watched;
  const green = plan.green.targetGroupArn;
  const judges: ForwardJudge[] = [watchPlan(watched), watchObservations(watched), watchHookGates(watched)];
  const shares = new Map<string, number>();
  /** As the deployment wrote them last: what somebody else wrote between a read and a write is nobody's step. */
  const own = new Map(plan.routes.map(({ arn, original }) => [arn, greenPctOf(original.groups, green)]));
  const note = (): Forward[] =>
    world.elbv2
      .routes(plan.routes.map(({ arn }) => arn))
      .flatMap(({ arn: routeArn, label, groups }): Forward[] => {
        const before = shares.get(routeArn) ?? 0;
        const greenPct = greenPctOf(groups, green);
        shares.set(routeArn, greenPct);
        return greenPct > before || greenPct > (own.get(routeArn) ?? 0)
          ? [{ kind: 'raise', routeArn, label, greenPct }]
          : [];
      });
  /** Of the route that the call wrote: another's may have been written by somebody else a moment before. */
  const noteOwn = ({ input }: ApiCall): Forward[] => {
    const { RuleArn, ListenerArn } = input as { RuleArn?: string; ListenerArn?: string };
    const written = RuleArn ?? ListenerArn ?? '';
    const steps = note().filter((step) => step.kind === 'raise' && step.routeArn === written);
    own.set(written, shares.get(written) ?? 0);
    return steps;
  };
  note();
  let over = false;
  let stopped = false;
  let rollingBack: string | undefined;

  world.kernel.onEvent(({ kind, data }) => {
    if (!over && kind === 'weights' && data?.by !== 'cutover') note();
  });
  world.kernel.onServed((call, ok) => {
    if (stopped || !ok || !isOwn(call)) return;
    const { operation, by, executionArn } = call;
    const phase = phaseOf(by ?? '');
    if (phase === 'rollingBack') {
      over = true;
      rollingBack = executionArn;
    }
    // A recovery that begins while the ended execution's Lambda still writes reads a world that is about to change.
    if (rollingBack !== undefined && executionArn !== rollingBack && writes.includes(operation))
      broken(`invariant 5: ${operation} by ${by} of an execution that has ended, after its recovery began`);
    if (over) return;
    for (const judge of judges) judge.heard(call);
    const steps: Forward[] = [
      ...(operation.startsWith('Modify') && phase === 'shifting' ? noteOwn(call) : []),
      ...(operation === 'UpdateServicePrimaryTaskSet' && phase === 'promoting'
        ? [{ kind: 'promote' } as const]
        : []),
      ...(operation === 'UpdateTaskSet' && phase === 'retiring' ? [{ kind: 'retire' } as const] : []),
    ];
    for (const step of steps) {
      for (const problem of judges.flatMap((judge) => judge.judge(step))) broken(problem);
    }
  });
  return {
    stop: () => {
      stopped = true;
      over = true;
    },
  };
};
