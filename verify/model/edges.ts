import { HOUR_MS } from '../../core/clock.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { steeringOf } from '../../core/operator/commands.ts';
import { type CommandKind, commandKinds } from '../../core/vocabulary/command.types.ts';
import { command } from '../../functions/command.ts';
import type { Deps } from '../../functions/deps.types.ts';
import { onAlarm } from '../../functions/on-alarm.ts';
import { sweep } from '../../functions/sweep.ts';
import { type StepName, waitsForToken } from '../../statemachine/contract.ts';
import { copyOf } from './copy.ts';
import { runningIn } from './executions.ts';
import { edgeOf, failures } from './failures.ts';
import { hookSuccesses, hookTroubles } from './hook-edges.ts';
import { leaveWait, type Machine, settle } from './machine.ts';
import type { Edge, ModelExecution, ModelState, TroubleKind } from './model.types.ts';
import { obeys, phaseOf } from './phase.ts';
import { finishLate, type Ran, runTask } from './run-task.ts';
import { makeSession } from './session.ts';
import { ALARM, DEPLOYMENT } from './the-service.ts';
import { nextMs, passTo } from './time.ts';
import { changed, recoveries, troubles } from './troubles.ts';
import { makeVerbs } from './verbs.ts';

/** A deployment is over when nothing of it runs and nothing is held in its name. */
export const isOver = (state: ModelState): boolean =>
  runningIn(state) === undefined && state.late === null && state.lease.holder !== DEPLOYMENT;

/** A handler beside the workflow, run by an event or a person. */
const handled = async (
  machine: Machine,
  from: ModelState,
  name: string,
  handler: (deps: Deps) => Promise<unknown>,
): Promise<{ state: ModelState; problems: string[]; refused: string | null }> => {
  const state = copyOf(from);
  const session = makeSession(state, { step: name });
  try {
    await handler(makeVerbs(session, machine.base, DEPLOYMENT));
    return { state, problems: session.problems, refused: null };
  } catch (error) {
    if (isDeploymentError(error)) return { state, problems: session.problems, refused: error.message };
    return { state, problems: [...session.problems, `${name} threw ${String(error)}`], refused: null };
  }
};

/** What the deployment does next when nothing else happens. */
const ours = async (
  machine: Machine,
  state: ModelState,
): Promise<{ edge: Edge; made: Ran['made'] } | null> => {
  const running = runningIn(state);
  const dueMs = nextMs(state);
  if (state.late !== null && (dueMs === null || dueMs > state.late.dueByMs || running === undefined)) {
    return {
      edge: edgeOf('ours', `the late ${state.late.step}`, await finishLate(machine, state)),
      made: [],
    };
  }
  if (dueMs === null) return null;
  if (running !== undefined && running.untilMs === null) {
    const ran = await runTask(machine, state, running.arn);
    return { edge: edgeOf('ours', `${running.at}:`, ran), made: ran.made };
  }

  const later = copyOf(state);
  passTo(later, dueMs);
  const waiting = later.executions.find(({ arn }) => arn === running?.arn);
  if (waiting !== undefined) {
    const { at } = waiting;
    leaveWait(machine, later, waiting);
    return { edge: { by: 'ours', label: `${at} is over`, to: later, problems: [] }, made: [] };
  }
  const swept = await handled(machine, later, 'Sweep', (deps) => sweep({}, deps));
  swept.state.sweptAtMs = runningIn(swept.state) === undefined ? later.nowMs : null;
  for (const begun of swept.state.executions.filter(({ at }) => at === machine.definition.startAt)) {
    settle(machine, swept.state, begun, begun.at);
  }
  return {
    edge: {
      by: 'ours',
      label: swept.state.sweptAtMs === null ? 'the sweep starts a recovery' : 'the sweep starts nothing',
      to: swept.state,
      problems: swept.problems,
    },
    made: [],
  };
};

/** What happens by itself sooner or later, at no cost. */
const nature = async (machine: Machine, state: ModelState): Promise<Edge[]> => {
  const edges: Edge[] = recoveries(state).map((change) => ({
    by: 'nature',
    label: change.label,
    to: changed(state, change),
    problems: [],
  }));
  if (state.late !== null) {
    edges.push(edgeOf('nature', `the late ${state.late.step}`, await finishLate(machine, state)));
  }
  edges.push(...(await hookSuccesses(state, (...about) => handled(machine, ...about))));
  if (state.eventDue && state.record !== null && phaseOf(state) !== 'ending') {
    const event = { detail: { alarmName: ALARM, state: { value: 'ALARM' } } } as Parameters<
      typeof onAlarm
    >[0];
    const woken = await handled(machine, { ...state, eventDue: false }, 'OnAlarm', (deps) =>
      onAlarm(event, deps),
    );
    edges.push({
      by: 'nature',
      label: "the alarm's event arrives",
      to: woken.state,
      problems: woken.problems,
    });
  }
  return edges;
};

/** Once it goes back or finishes, a deployment obeys an abort and a freeze, and reads of no other command. */
const obeyedIn = (state: ModelState): readonly CommandKind[] => {
  if (state.record === null || !obeys(state)) return [];
  if (phaseOf(state) !== 'ending') return commandKinds;
  const { freeze, pause } = steeringOf(state.record.commands, 0);
  return freeze === null && pause === null ? ['abort', 'freeze'] : ['abort', 'resume'];
};

const commanded = async (machine: Machine, state: ModelState): Promise<Edge[]> => {
  const edges: Edge[] = [];
  for (const kind of obeyedIn(state)) {
    const request = {
      cluster: 'main',
      service: 'shop',
      command: kind,
      by: 'ada',
      id: `${kind}_${state.record?.commands.length}`,
    };
    const sent = await handled(machine, state, 'Command', (deps) => command(request, deps));
    if (sent.refused === null) {
      edges.push({ by: 'trouble', label: `ada sends ${kind}`, to: sent.state, problems: sent.problems });
    }
  }
  return edges;
};

const stopping = (state: ModelState, running: ModelExecution): Edge => {
  const to = copyOf(state);
  Object.assign(to.executions.find(({ arn }) => arn === running.arn) ?? {}, {
    status: 'ENDED',
    end: 'stopped',
    untilMs: null,
  });
  return { by: 'trouble', label: 'somebody stops the execution', to, problems: [] };
};

/** The waits in which no command of the model applies. */
const rollsBack = new Set<string>(['WaitForBlue', 'LetTrafficLeave'] satisfies StepName[]);

/** A trouble that comes in the second hour of a wait finds what it would have found in the first. */
const waitsForHours = ({ nowMs }: ModelState, { loop }: ModelExecution): boolean =>
  loop !== null && nowMs - loop.sinceMs > HOUR_MS;

/** All ways from a state, the deployment's own first. */
export const edgesFrom = async (
  machine: Machine,
  state: ModelState,
  withTroubles: boolean,
): Promise<Edge[]> => {
  const next = await ours(machine, state);
  if (next === null) return nature(machine, state);
  const running = runningIn(state);
  const edges = [next.edge];
  // Between two Tasks nobody reads the world; where commands are obeyed a signal may come.
  const obeysNow = running !== undefined && waitsForToken(running.at) && !rollsBack.has(running.at);
  const readsNext = running !== undefined && (running.untilMs === null || obeysNow);
  if (readsNext || running === undefined || state.late !== null)
    edges.push(...(await nature(machine, state)));
  if (!withTroubles || running === undefined || waitsForHours(state, running)) return edges;

  const may = (kind: TroubleKind): boolean => machine.base.among?.includes(kind) ?? true;
  if (may('stops')) edges.push(stopping(state, running));
  if (!readsNext) return edges;
  if (may('world')) {
    edges.push(
      ...troubles(state, machine.base).map(
        (change): Edge => ({ by: 'trouble', label: change.label, to: changed(state, change), problems: [] }),
      ),
    );
  }
  if (may('commands')) edges.push(...(await commanded(machine, state)));
  if (may('hooks')) edges.push(...(await hookTroubles(state, (...about) => handled(machine, ...about))));
  if (may('calls') && running.untilMs === null)
    edges.push(...(await failures(machine, state, running, next.made)));
  return edges;
};
