import { nameOf } from '../../core/deployment/service-key.ts';
import { shownHooks } from '../../core/hooks/evidence.ts';
import { heldMsSince, steeringOf } from '../../core/operator/commands.ts';
import { refuseCommand } from '../../core/operator/refuse-command.ts';
import { notComparable } from '../../core/plan/analysis.ts';
import { type Command, type CommandKind, commandKinds } from '../../core/vocabulary/command.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { isTakenOver } from '../../core/weights/taken-over.ts';
import { isTest } from '../../core/weights/test-route.ts';
import { isPhase, phases } from '../../statemachine/phases.ts';
import { phaseOf } from '../../statemachine/states.ts';
import { alarmsNow, goingNow, greenNow, readinessNow, routesNow, testRouteNow } from './seen-now.ts';
import type { Slices, Snapshot } from './snapshot.ts';
import type { Ended, View, WaitsFor } from './view.types.ts';

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
    blueStays: plan !== null && isTakenOver(plan),
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
