import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { Heard } from '../../core/vocabulary/heard.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import type { Traffic } from '../../core/vocabulary/state.types.ts';
import { contract, waitsForToken } from '../../statemachine/contract.ts';
import type { LateStep, ModelExecution, ModelRecord, ModelState } from './model.types.ts';
import { obeys, type Phase, phaseAt, phaseOf } from './phase.ts';
import { at, type Shape, shapeOf } from './shape.ts';
import { DEPLOYMENT } from './the-service.ts';
import { DROPPED, essenceOf, failedAgain, readLate, reads, seenBy, steeringIn } from './what-counts.ts';

/** Two states have the same key when nothing that the deployment still decides can tell them apart (what-counts.ts). */

/** Shapes of what never changes any more: slices, plans, what a late step was answered. */
const kept: Record<Phase, WeakMap<object, Shape>> = {
  starting: new WeakMap(),
  baking: new WeakMap(),
  ending: new WeakMap(),
};

const keptShape = (
  data: object,
  phase: Phase,
  essence: () => unknown = () => data,
  read = reads[phase],
): Shape => {
  const known = kept[phase].get(data);
  if (known !== undefined) return known;
  const shape = shapeOf(essence(), read);
  kept[phase].set(data, shape);
  return shape;
};

export const keyOf = (state: ModelState): string => {
  const phase = phaseOf(state);
  const last = state.executions.at(-1);
  const { nowMs, routes, taskSets, record, late } = state;
  const running = last?.status === 'RUNNING' ? last : undefined;
  const rest = shapeOf(
    { routes, taskSets, flags: flagsOf(state, phase), lease: leaseOf(state) },
    reads[phase],
  );
  const parts = [at(rest, nowMs)];
  if (state.hooks.runs.length > 0) parts.push(`hooks ${at(shapeOf(hooksOf(state), reads[phase]), nowMs)}`);
  if (record !== null) parts.push(`record ${recordOf(state, record, phase)}`);
  if (late !== null) parts.push(`late ${lateOf(state, late)}`);
  if (running !== undefined) parts.push(`at ${executionOf(state, running, phase)}`);
  return parts.join(' ');
};

const flagsOf = (state: ModelState, phase: Phase): unknown => {
  const { rival, damagedByOthers, retiring, sweptAtMs } = state;
  // From RollBack and PromoteGreen no way leads back to JudgeHealth, the only step that reads alarms after the plan.
  const judged = phase !== 'ending';
  return {
    rival,
    damagedByOthers,
    retiring,
    sweptAtMs,
    alarm: judged ? state.alarm : null,
    eventDue: judged && state.eventDue,
  };
};

/** Of a run: how it ended, or how long it has and whether its function is still called. */
const hooksOf = ({ hooks }: ModelState): unknown =>
  hooks.runs.map(({ runId, stage, startedAtMs, deadlineMs, result }) => ({
    stage,
    status: result?.status,
    running: hooks.executions.find(({ input }) => input.runId === runId)?.running,
    hookStartedAtMs: result === null ? startedAtMs : undefined,
    hookDeadlineMs: result === null ? deadlineMs : undefined,
  }));

/** An execution by what it is to the others: of those that have ended, nobody asks which one it was. */
const aliasOf = ({ executions }: ModelState, arn: string | undefined): string | null => {
  const known = executions.find((one) => one.arn === arn);
  return known === undefined ? (arn ?? null) : known.status;
};

const leaseOf = (state: ModelState): unknown => {
  const { lease, record } = state;
  const { recoveries, recoveredAtMs = 0, proof } = lease;
  const signalAtMs = record?.lastSignal?.atMs ?? 0;
  return {
    ...lease,
    executionArn: aliasOf(state, lease.executionArn),
    // A signal shortens the second and later waits for a recovery.
    sooner:
      (recoveries > 1 && signalAtMs > recoveredAtMs) ||
      ((proof?.tries ?? 0) > 1 && signalAtMs > (proof?.madeAtMs ?? 0)),
    // After its plan a deployment does not ask since when it holds the lease.
    acquiredAtMs: lease.holder === DEPLOYMENT ? undefined : lease.acquiredAtMs,
    // From the tenth on they are 6 hours apart.
    recoveries: Math.min(recoveries, 10),
    // And from the fifth on an hour, those that end before they have the lease: their words' numbers never end.
    proof: proof === undefined ? undefined : { ...proof, tries: Math.min(proof.tries, 5) },
  };
};

type Slices = { traffic?: Traffic; decision?: Decision };

const recordOf = (state: ModelState, record: ModelRecord, phase: Phase): string => {
  const { nowMs } = state;
  const execution = state.executions.at(-1);
  const { traffic, decision } = (execution?.input ?? {}) as Slices;
  const { plan, outcome, taskToken, lastSignal, lastAlarm, decided, commands, commitment } = record;
  const baking = phase !== 'ending';
  const essence = {
    outcome: outcome?.kind,
    // Each wait for a signal stores a token before anybody could read an older one; a rollback's is asked for by no
    // command here.
    hasToken: taskToken !== null && (baking || obeys(state)),
    committed: commitment?.to,
    // Asked only while the alarm cannot be read, for a minute.
    lastAlarmMs: baking && isUnseen(lastAlarm, decision) ? lastAlarm?.atMs : null,
    decided: decided === null ? null : { kind: decided.kind, position: decided.position },
    // What Bake asks: is there a signal, or a command, that the last decision did not see.
    signalled: baking && lastSignal !== null && lastSignal.atMs >= (decision?.evidence.observedAtMs ?? 0),
    unseen: phase === 'baking' && commands.some((one) => !seenBy(decision, one)),
    // And what the other waits for a signal ask.
    unheard: unheardIn(execution, record),
    // RollBack and JudgeHealth continue from what was learned of the colours.
    placement: record.placement,
    commands: obeys(state) ? steeringIn(commands, traffic?.shiftedAtMs ?? 0, phase, nowMs) : null,
  };
  const planned = plan === null ? '' : at(keptShape(plan, 'ending'), nowMs);
  return `${at(shapeOf(essence, reads[phase]), nowMs)}/${planned}`;
};

type Waited = { waitSeconds?: number; heard?: Heard };

/** The slice that a wait for a signal goes by. */
const waitedFor = (place: string, input: object): Waited | undefined =>
  waitsForToken(place) ? (input as Record<string, Waited | undefined>)[contract[place].timeout] : undefined;

/** Whether the record has a signal that the observation before the wait did not hear. */
const unheardIn = (execution: ModelExecution | undefined, record: ModelRecord): boolean => {
  if (execution === undefined || execution.status === 'ENDED' || execution.untilMs !== null) return false;
  const { heard } = waitedFor(execution.at, execution.input) ?? {};
  if (heard === undefined || record.lastSignal === null) return false;
  const command = heard.lastCommandId !== undefined && heard.lastCommandId !== record.lastCommandId;
  return command || record.lastSignal.atMs >= heard.atMs;
};

const isUnseen = (alarm: ModelRecord['lastAlarm'], decision: Decision | undefined): boolean =>
  alarm !== null && alarm.atMs >= (decision?.alarmsReadAtMs ?? 0);

/** What a late step has learned, and what is left of its time. */
const lateOf = (state: ModelState, late: LateStep): string => {
  const { nowMs } = state;
  const { step, dueByMs, executionArn, answers, seen, input } = late;
  const holder = executionArn === state.lease.executionArn;
  return [
    at(shapeOf({ step, dueByMs, holder }, reads.baking), nowMs),
    at(
      keptShape(answers, 'baking', () => answers, readLate),
      nowMs,
    ),
    at(
      keptShape(seen, 'baking', () => seen, readLate),
      nowMs,
    ),
    // Bake gets the state beside its token.
    slicesOf((input as { state?: Slices }).state ?? (input as Slices), phaseAt(step), nowMs),
  ].join('/');
};

const executionOf = (state: ModelState, execution: ModelExecution, phase: Phase): string => {
  const { at: place, untilMs, tries, loop, input } = execution;
  const { endedExecutionArn } = input.request as { endedExecutionArn?: string };
  const here = {
    place,
    untilMs,
    tries,
    loop,
    // It has not begun: a token's wait begins when its Lambda is invoked.
    waits: untilMs === null ? waitedFor(place, input)?.waitSeconds : null,
    recovers: endedExecutionArn === undefined ? null : endedExecutionArn === state.lease.executionArn,
  };
  return `${at(shapeOf(here, reads[phase]), state.nowMs)}/${slicesOf(input, phase, state.nowMs)}`;
};

const growsIn = (input: object): boolean => (input as { plan?: Plan }).plan?.capacity !== undefined;

const slicesOf = (input: object, phase: Phase, nowMs: number): string => {
  let text = failedAgain(input) ? 'failed again,' : '';
  for (const [name, slice] of Object.entries(input)) {
    if (DROPPED.has(name)) continue;
    if (name === 'ready' && phase !== 'starting') {
      // How long green's tasks took to start says when a green that grows is observed again.
      const { launchMs } = slice as { launchMs?: number };
      if (phase === 'baking' && growsIn(input)) text += `launch=${launchMs},`;
      continue;
    }
    if (name === 'decision' && phase === 'ending' && 'rolledBack' in input) continue;
    const shape =
      typeof slice === 'object' && slice !== null
        ? keptShape(slice, phase, () => essenceOf(name, slice, phase))
        : shapeOf(slice, reads[phase]);
    text += `${name}=${at(shape, nowMs)},`;
  }
  return text;
};
