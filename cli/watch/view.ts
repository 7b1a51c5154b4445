import { nameOf } from '../../core/deployment/service-key.ts';
import { shownHooks } from '../../core/hooks/evidence.ts';
import { heldMsSince, steeringOf } from '../../core/operator/commands.ts';
import { refuseCommand } from '../../core/operator/refuse-command.ts';
import { notComparable } from '../../core/plan/analysis.ts';
import type { Comparison } from '../../core/vocabulary/analysis.types.ts';
import { type Command, type CommandKind, commandKinds } from '../../core/vocabulary/command.types.ts';
import type { DecisionKind, GreenTasks } from '../../core/vocabulary/decision.types.ts';
import type { OutcomeKind } from '../../core/vocabulary/ending.types.ts';
import type { ShownHook } from '../../core/vocabulary/hooks.types.ts';
import type { Plan, Weights } from '../../core/vocabulary/plan.types.ts';
import type { Readiness } from '../../core/vocabulary/readiness.types.ts';
import type { Shift } from '../../core/vocabulary/request.types.ts';
import { readinessOf } from '../../core/weights/readiness.ts';
import { isTest, testWeightsAt } from '../../core/weights/test-route.ts';
import { ALL_BLUE } from '../../core/weights/weights.ts';
import { isPhase, type Phase, phases } from '../../statemachine/phases.ts';
import { phaseOf } from '../../statemachine/states.ts';
import type { ScalingSeen } from './scaling.ts';
import type { Slices, Snapshot } from './snapshot.ts';

/** How a deployment ended, for a person: an abort by a person is an end of its own. */
export type EndKind = OutcomeKind | 'aborted';

export type Ended = { kind: EndKind; reason: string; endedAtMs: number };

/** What it waits for, when only a person can let it continue. */
type WaitsFor = 'approval' | 'paused' | 'frozen';

/** A deployment at one moment, ready to be shown; everything a sink may say comes from here. */
export type View = {
  deploymentId: string;
  cluster: string;
  service: string;
  executionArn: string;
  startedAtMs: number;
  nowMs: number;
  /** `shop:41`; null on a first deployment, or before the plan. */
  from: string | null;
  to: string | null;
  phase: Phase | 'interrupted' | 'ended' | 'unknown';
  /** The phase in words. */
  doing: string;
  shifts: Shift[];
  /** The shift whose weights are live; null before the first. */
  position: number | null;
  /** Since when that shift bakes; later by as long as it was paused or frozen, which is no baking. */
  shiftedAtMs: number | null;
  routes: { route: string; weights: Weights | null }[];
  /** The route of testers; weights null: no split. Null: the plan has none. */
  testRoute: { route: string; url: string | null; weights: Weights | null } | null;
  blue: { healthy: number; wanted: number } | null;
  green: { healthy: number; wanted: number } | null;
  /** The colour that goes, and how many of its tasks run, as far as known: from here on nobody counts at targets. */
  going: { colour: 'blue' | 'green'; running: number | null } | null;
  alarms: { name: string; state: string }[];
  decision: { kind: DecisionKind; reason: string; atMs: number } | null;
  /** What the metrics of both colours said at that decision; null where they are not compared. */
  comparison: Pick<Comparison, 'kind' | 'reason' | 'metrics'> | null;
  /** Why green cannot be compared with blue; null where it can. */
  notCompared: string | null;
  /** What a rollback would take now; null before the first decision, and once it rolls back or has ended. */
  readiness: Readiness | null;
  /** Of a green that grows with its weight, while it does. */
  size: GreenTasks | null;
  /** What the deployment suspended of the service's scaling, and what others made of it; null: nothing. */
  scaling: ScalingSeen | null;
  /** Runs of hooks so far, in the order in which they began. */
  hooks: ShownHook[];
  /** Why it is not further: green's state while it gets healthy, the reason of a rollback, what a queue waits for. */
  why: string;
  waitsFor: WaitsFor | null;
  /** True from the first write that takes capacity from blue: no way back. */
  noReturn: boolean;
  launched: boolean;
  commands: Command[];
  /** What a person may send now. */
  possible: CommandKind[];
  /** Whether abort is worth offering to somebody who leaves: also before the record is open, and in a recovery. */
  canAbort: boolean;
  ended: Ended | null;
};

const NO_RETURN: readonly View['phase'][] = ['retiring', 'recording', 'ended'];

/** Puts a snapshot into the words of the view. Pure. */
export const viewOf = (snapshot: Snapshot): View => {
  const { execution, record, current, nowMs } = snapshot;
  const slices: Slices = current?.slices ?? {};
  const plan = slices.plan ?? record?.plan ?? null;
  const ended = endedOf(snapshot);
  const phase = phaseNow(snapshot, ended);
  const { traffic, decision, retirement } = slices;
  const [cluster = '', service = ''] = snapshot.serviceKey.split('/');
  const commands = record?.commands ?? [];
  const evidence = decision?.evidence;
  const committed = record?.commitment?.to === 'finish' || phase === 'ended';
  const noReturn =
    committed && retirement !== undefined && NO_RETURN.includes(phase) && slices.rolledBack === undefined;
  const position = traffic === undefined || slices.rolledBack !== undefined ? null : traffic.position;
  const shiftedAtMs = position === null ? null : (traffic?.shiftedAtMs ?? null);
  const steered = steeredNow(snapshot, { slices, plan, ended });
  const going = goingNow(phase, slices);
  return {
    deploymentId: snapshot.deploymentId,
    cluster,
    service,
    executionArn: snapshot.executionArn,
    startedAtMs: slices.lease?.acquiredAtMs ?? execution?.startedAtMs ?? nowMs,
    nowMs,
    from: plan?.blue == null ? null : nameOf(plan.blue.taskDefinitionArn),
    to:
      plan === null
        ? requestedIn(slices, record?.request.taskDefinition)
        : nameOf(plan.green.taskDefinitionArn),
    phase,
    doing: doingNow(snapshot, { slices, plan, phase }),
    shifts: plan?.shifts ?? [],
    position,
    shiftedAtMs: shiftedAtMs === null ? null : shiftedAtMs + heldMsSince(commands, shiftedAtMs, nowMs),
    routes: routesNow(slices),
    testRoute: testRouteNow(slices, plan),
    blue: going === null ? ((slices.rolledBack?.evidence ?? evidence)?.blue ?? null) : null,
    green: going === null ? greenNow(slices) : null,
    going,
    alarms: alarmsNow(slices, plan?.alarms.names ?? []),
    decision:
      decision === undefined
        ? null
        : { kind: decision.kind, reason: decision.reason, atMs: decision.evidence.observedAtMs },
    comparison: decision?.analysis ?? null,
    notCompared: plan === null ? null : notComparable(plan),
    readiness: readinessNow(slices, { plan, noReturn, ended }),
    size: ended === null ? (evidence?.size ?? null) : null,
    scaling: ended === null ? (snapshot.scaling ?? null) : null,
    hooks: shownHooks(snapshot.hookRuns),
    why: whyNow(phase, slices),
    waitsFor: waitsFor(phase, slices, commands),
    noReturn,
    launched: slices.green !== undefined,
    commands,
    possible:
      isPhase(phase) && phases[phase].steerable && slices.rolledBack === undefined
        ? commandKinds.filter((kind) => refuseCommand(kind, steered) === null && !repeats(kind, commands))
        : [],
    canAbort:
      slices.rolledBack === undefined && phase !== 'rollingBack' && refuseCommand('abort', steered) === null,
    ended,
  };
};

/** What decides which commands apply. */
const steeredNow = (
  { serviceKey, record }: Snapshot,
  { slices, plan, ended }: { slices: Slices; plan: Plan | null; ended: Ended | null },
) => ({
  serviceKey,
  ended: ended?.reason ?? null,
  commitment: record?.commitment ?? null,
  recovering: slices.lease?.kind === 'recovering',
  ...(slices.decision === undefined ? {} : { decided: slices.decision }),
  plan,
  position: slices.decision?.position ?? null,
  commands: record?.commands ?? [],
  hookAsks: slices.hooks?.asks === true,
});

const doingNow = (
  snapshot: Snapshot,
  { slices, plan, phase }: { slices: Slices; plan: Plan | null; phase: View['phase'] },
): string => {
  if (isTesting(slices, plan, phase)) return 'open to testers, before any user';
  return isPhase(phase) ? phases[phase].words : doingElse(phase, snapshot);
};

const isTesting = ({ traffic, rolledBack }: Slices, plan: Plan | null, phase: View['phase']): boolean =>
  phase === 'baking' &&
  plan !== null &&
  traffic !== undefined &&
  rolledBack === undefined &&
  isTest(plan, traffic.position);

/** As it was read last, or written after that; before that as the plan found it. */
const testRouteNow = ({ traffic, decision, rolledBack }: Slices, plan: Plan | null): View['testRoute'] => {
  if (plan?.test === undefined) return null;
  const { route, url = null } = plan.test;
  const read = decision?.evidence.test !== undefined && decision.position === traffic?.position;
  const weights =
    traffic === undefined || rolledBack !== undefined
      ? ALL_BLUE
      : read
        ? (decision.evidence.test?.weights ?? null)
        : testWeightsAt(plan, traffic.position);
  return { route: route.label, url, weights };
};

/** Accepted again, but there is no point in offering it. */
const repeats = (kind: CommandKind, commands: readonly Command[]): boolean => {
  const { pause, freeze } = steeringOf(commands, 0);
  return (kind === 'pause' && pause !== null) || (kind === 'freeze' && freeze !== null);
};

const requestedIn = ({ request }: Slices, recorded: string | undefined): string | null => {
  const given = (request as { taskDefinition?: unknown } | undefined)?.taskDefinition ?? recorded;
  return typeof given === 'string' ? nameOf(given) : null;
};

const phaseNow = ({ execution, current }: Snapshot, ended: Ended | null): View['phase'] => {
  if (ended !== null) return 'ended';
  if (execution !== null && execution.status !== 'RUNNING') return 'interrupted';
  return current === null ? 'starting' : (phaseOf(current.state) ?? 'unknown');
};

const doingElse = (phase: View['phase'], { current, execution }: Snapshot): string => {
  if (phase === 'ended') return 'ended';
  if (phase === 'unknown') return `at ${current?.state}`;
  return `its execution has ended (${execution?.status}); Cutover recovers it by itself within minutes`;
};

/**
 * The record has the last word. Before it is open a deployment can only be refused; a stuck one leaves it open for
 * the recovery that finishes. What else ended without a record is recovered, so it is not over.
 */
export const endedOf = ({ record, execution }: Pick<Snapshot, 'record' | 'execution'>): Ended | null => {
  const outcome = record?.outcome ?? null;
  if (outcome !== null) {
    const { kind, reason, endedAtMs, aborted } = outcome;
    return { kind: aborted === true ? 'aborted' : kind, reason, endedAtMs };
  }
  if (execution === null || execution.status === 'RUNNING') return null;
  const endedAtMs = execution.endedAtMs ?? execution.startedAtMs;
  if (execution.error === 'Refused') return { kind: 'refused', reason: execution.cause, endedAtMs };
  if (execution.error === 'Stuck') return { kind: 'stuck', reason: execution.cause, endedAtMs };
  if (record === null && execution.status === 'ABORTED') {
    return { kind: 'refused', reason: 'the execution was stopped before it changed anything', endedAtMs };
  }
  return null;
};

const routesNow = ({ traffic, decision, plan, rolledBack, attached }: Slices): View['routes'] => {
  if (rolledBack?.kind === 'restored') {
    return rolledBack.routes.map(({ label }) => ({ route: label, weights: { blue: 100, green: 0 } }));
  }
  // A decision saw the routes after the shift; the shift itself read them back.
  const judged = decision !== undefined && decision.evidence.observedAtMs >= (traffic?.shiftedAtMs ?? 0);
  if (judged) return decision.evidence.routes.map(({ label, weights }) => ({ route: label, weights }));
  if (traffic !== undefined) {
    return traffic.routes.map(({ label, after }) => ({ route: label, weights: after }));
  }
  if (attached === undefined) return [];
  return (plan?.routes ?? []).map(({ label }) => ({ route: label, weights: { blue: 100, green: 0 } }));
};

/** As it was last observed; once blue goes, what is left is known without an observation. */
const readinessNow = (
  { decision, ready, retirement, rolledBack }: Slices,
  { plan, noReturn, ended }: Pick<View, 'noReturn' | 'ended'> & { plan: Plan | null },
): Readiness | null => {
  if (plan === null || ended !== null || rolledBack !== undefined || decision?.kind === 'rollBack')
    return null;
  if (!noReturn) return retirement?.readiness ?? decision?.evidence.readiness ?? null;
  return readinessOf({
    plan,
    blueIsGoing: true,
    blue: null,
    green: null,
    needed: plan.desiredCount,
    greenIsLost: false,
    launchMs: ready?.kind === 'ready' ? (ready.launchMs ?? null) : null,
  });
};

/** RollBack counts again when it is visited once more. */
const goingNow = (phase: View['phase'], { removal, retirement, rolledBack }: Slices): View['going'] => {
  if (phase === 'rollingBack') return null;
  if (phase === 'removing' || (removal !== undefined && rolledBack !== undefined)) {
    return { colour: 'green', running: removal?.runningCount ?? null };
  }
  const goes = retirement !== undefined && ['draining', 'due', 'retired'].includes(retirement.kind);
  return goes ? { colour: 'blue', running: retirement.runningCount } : null;
};

const greenNow = ({ decision, ready, rolledBack }: Slices): View['green'] => {
  if (rolledBack?.evidence !== undefined) return rolledBack.evidence.green;
  if (decision !== undefined) return decision.evidence.green;
  return ready === undefined ? null : { healthy: ready.healthyTargets, wanted: ready.wanted };
};

const alarmsNow = ({ decision }: Slices, names: string[]): View['alarms'] =>
  decision?.evidence.alarms ?? names.map((name) => ({ name, state: 'not read yet' }));

const whyNow = (phase: View['phase'], slices: Slices): string => {
  const { lease, ready, rolledBack, removal, retirement, decision } = slices;
  if (phase === 'queued' || phase === 'recovering') return lease?.reason ?? '';
  if (phase === 'gettingHealthy') return ready?.reason ?? '';
  if (phase === 'rollingBack' || phase === 'removing') {
    const step = phase === 'removing' ? removal?.reason : rolledBack?.reason;
    return [rolledBack?.because ?? decision?.reason, step].filter((part) => part !== undefined).join('; ');
  }
  if (phase === 'retiring') return retirement?.reason ?? '';
  if (phase === 'runningHooks' || phase === 'endingHooks') return slices.hooks?.reason ?? '';
  return '';
};

const waitsFor = (phase: View['phase'], slices: Slices, commands: readonly Command[]): WaitsFor | null => {
  const { decision, traffic, plan, hooks } = slices;
  const { freeze, pause } = steeringOf(commands, traffic?.shiftedAtMs ?? 0);
  const held = freeze !== null ? 'frozen' : pause !== null ? 'paused' : null;
  if (phase === 'gettingHealthy' || phase === 'retiring') return held;
  const runs = phase === 'runningHooks' || decision?.kind === 'runHooks';
  if (runs && hooks?.asks === true) return held ?? 'approval';
  if (phase === 'runningHooks') return held;
  if (phase !== 'baking' || decision?.kind !== 'awaitOperator') return null;
  if (held !== null) return held;
  // A command after the observation has no answer yet; the next decision, a moment away, says whether the wait
  // continues.
  const answered = commands.some(({ atMs }) => atMs > decision.evidence.observedAtMs);
  const asked = plan?.shifts[decision.position]?.approval === true || decision.asks !== undefined;
  return answered || !asked ? null : 'approval';
};
