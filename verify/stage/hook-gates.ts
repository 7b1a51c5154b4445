import type { HookStage, PlannedHook } from '../../core/vocabulary/hooks.types.ts';
import { STALE_READS } from '../../rehearsal/faults/world-faults.ts';
import type { ForwardJudge, WatchedPlan } from './forward.types.ts';
import { greenPctOf } from './green-pct.ts';
import { type KeptRun, keptRuns } from './hook-items.ts';

/** Stages whose hooks come before any user. */
const beforeUsers: readonly HookStage[] = ['PRE_SCALE_UP', 'POST_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT'];

/** Before the shift of this number, when the one of the number `after` was made last. */
const stepsOf = ({ steps }: PlannedHook, after: number, number: number): boolean => {
  if (steps === 'each') return true;
  const between = (one: number): boolean => one > after && one <= number;
  return steps === 'first' ? between(1) : steps.some(between);
};

const mayPass = ({ onFailure, onTimeout }: PlannedHook, run: KeptRun | undefined): boolean => {
  const status = run?.result?.status;
  if (status === 'FAILED') return onFailure === 'continue';
  if (status === 'TIMED_OUT') return onTimeout === 'continue';
  return status === 'SUCCEEDED';
};

/** Reads may be as old as that while the fault lasts, and somebody acts on them. */
const LATE_MS = 60_000;

/** By users' route, the hook that ran when somebody else changed green's share of it, and the one before. */
const watchMoves = (
  { world: { kernel, elbv2 }, plan }: Pick<WatchedPlan, 'world' | 'plan'>,
  running: () => readonly KeptRun[],
): ReadonlyMap<string, { hook: string; from: number }> => {
  const moved = new Map<string, { hook: string; from: number }>();
  const shares = new Map<string, number>();
  let lateUntilMs = 0;
  const note = (): void => {
    for (const { arn, groups } of elbv2.routes())
      shares.set(arn, greenPctOf(groups, plan.green.targetGroupArn));
  };
  note();
  kernel.onEvent(({ kind, data }) => {
    const nowMs = kernel.scheduler.nowMs();
    if (kind === 'fault' && data?.fault === STALE_READS) lateUntilMs = nowMs + LATE_MS;
    if (kind !== 'weights') return;
    const arn = String(data?.route);
    const from = shares.get(arn) ?? 0;
    note();
    if (data?.by === 'cutover' || nowMs < lateUntilMs) return;
    if (!plan.routes.some((route) => route.arn === arn)) return;
    const [run] = running();
    // He takes it back before anybody could have seen it.
    if (moved.get(arn)?.from === shares.get(arn)) moved.delete(arn);
    else if (run !== undefined && shares.get(arn) !== from && !moved.has(arn))
      moved.set(arn, { hook: run.name, from });
  });
  return moved;
};

/**
 * No step forward before each hook that comes before it has succeeded, or has ended as its request tolerates. Read from
 * the table at the moment of the write, and counted apart from the production rule.
 */
export const watchHookGates = ({ world, plan, deploymentId }: WatchedPlan): ForwardJudge => {
  const { hooks = [] } = plan;
  const numbers = plan.shifts.filter(({ test }) => test !== true).map(({ greenPct }) => greenPct);
  /** By route, the number of the shift that it stands at, from 1. */
  const at = new Map<string, number>();
  const open = (
    what: string,
    stage: HookStage,
    step: number,
    asked: (hook: PlannedHook) => boolean,
  ): string[] => {
    const runs = keptRuns(world, deploymentId);
    return hooks
      .filter((hook) => hook.stages.includes(stage) && asked(hook))
      .filter((hook) => {
        const run = runs.find((one) => one.name === hook.name && one.stage === stage && one.step === step);
        return !mayPass(hook, run);
      })
      .map(({ name }) => `the hooks: ${what} before ${name} (${stage}) let it`);
  };
  const always = () => true;
  const moved = watchMoves({ world, plan }, () =>
    keptRuns(world, deploymentId).filter(({ result }) => result === null),
  );
  return {
    heard: () => {},
    judge: (step) => {
      if (hooks.length === 0) return [];
      if (step.kind !== 'retire' && moved.size > 0) {
        const ran = [...moved.values()].map(({ hook }) => hook).join(', ');
        return [`the hooks: a step forward although routes moved while ${ran} ran`];
      }
      if (step.kind === 'promote') return open('PRIMARY came', 'POST_PRODUCTION_TRAFFIC_SHIFT', 0, always);
      if (step.kind === 'retire') return open('blue went', 'POST_PRODUCTION_TRAFFIC_SHIFT', 0, always);
      const number = numbers.indexOf(step.greenPct) + 1;
      const before = at.get(step.routeArn) ?? 0;
      at.set(step.routeArn, number);
      if (number === before) return [];
      const what = `${step.label} went to ${step.greenPct} % green`;
      const asked = (hook: PlannedHook): boolean => stepsOf(hook, before, number);
      return [
        ...beforeUsers.flatMap((stage) => open(what, stage, 0, always)),
        ...open(what, 'PRE_PRODUCTION_TRAFFIC_SHIFT', number, asked),
      ];
    },
  };
};
