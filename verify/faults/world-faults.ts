import { UpdateServiceCommand, UpdateTaskSetCommand } from '@aws-sdk/client-ecs';
import { MINUTE_MS } from '../../core/clock.ts';
import type { MayCost, WorldFault } from '../../rehearsal/faults/world-fault.types.ts';
import { type WorldFaultName, worldFaultNames, worldFaults } from '../../rehearsal/faults/world-faults.ts';
import { phaseOf } from '../../statemachine/states.ts';
import type { Point } from '../stage/points.ts';
import { sceneOf } from '../stage/scene.ts';
import { REQUESTS_PER_SECOND } from '../stage/small-names.ts';
import type { Stage } from '../stage/stage.ts';
import type { MayLose, ProofFault } from './fault.types.ts';
import { type Players, players } from './players.ts';
import { type Span, strikeAt } from './span.ts';

/** What seconds of all requests are in the small world. */
export const inRequests = ({ causes, seconds, because }: MayCost): MayLose => ({
  causes,
  atMost: seconds * REQUESTS_PER_SECOND,
  because,
});

/** What it has begun stays where no task runs: none is placed for a while, or those that come die. */
export const staysBegun = (name: string): boolean =>
  /^(colour-(dies|flaps)|mostly-dies)|-stays-short$/.test(name);

/** The fault of each point, which is often the same one. */
const armed =
  (
    faultAt: (at: number) => WorldFault,
    point: Point,
    span: Span | undefined,
  ): ReturnType<ProofFault['arm']> =>
  (stage) => {
    const [deployment] = stage.deployments;
    if (deployment === undefined) return;
    const { kernel } = stage.world;
    const strike = (at: number): string | null => {
      const { name, description, apply } = faultAt(at);
      kernel.emit({ kind: 'fault', what: description, data: { fault: name } });
      return apply(sceneOf(stage, deployment));
    };
    const begins = [point.at, ...(span?.later ?? [])].some((at) => staysBegun(faultAt(at).name));
    strikeAt(stage, point, strike, begins ? undefined : span);
  };

/** It comes right after a call took effect, before its answer arrives, or as a state is entered. */
const worldFault = (fault: WorldFault): ProofFault => ({
  name: fault.name,
  description: fault.description,
  mayLose: inRequests(fault.mayLose),
  endsAlike: false,
  arm: (point, span) => armed(() => fault, point, span),
});

/** A shortage lasts, so that it comes in the middle of a state or of a wait makes no difference to what it does. */
const asStatesBegin = (fault: ProofFault): ProofFault => ({
  ...fault,
  arm: (point, span) => (point.kind === 'call' ? null : fault.arm(point, span)),
});

/**
 * Another of the kind at each point, in turn: neighbouring points differ little, so that every one of them is met in
 * every phase without a run for each.
 */
const inTurn = (name: string, description: string, faults: readonly WorldFault[]): ProofFault => ({
  name,
  description,
  mayLose: inRequests(
    faults.reduce(
      (all, { mayLose }) => ({
        causes: [...new Set([...all.causes, ...mayLose.causes])],
        seconds: Math.max(all.seconds, mayLose.seconds),
        because: mayLose.because,
      }),
      (faults[0] as WorldFault).mayLose,
    ),
  ),
  endsAlike: false,
  arm: (point, span) => armed((at) => faults[at % faults.length] as WorldFault, point, span),
});

const playedAs = (name: string): WorldFault[] =>
  worldFaultNames.filter((fault) => players[fault].exhaust === name).map((fault) => worldFaults[fault]);

const byThemselves = worldFaultNames.filter((name) => players[name].exhaust === name);
const isShown = (name: WorldFaultName): boolean => (players[name] as Players).failureModel === undefined;

/** What strikes at one moment. */
export const momentaryWorldFaults: readonly ProofFault[] = byThemselves
  .filter(isShown)
  .map((name) => worldFault(worldFaults[name]));

export const lastingFaults: readonly ProofFault[] = byThemselves
  .filter((name) => !isShown(name))
  .map((name) => asStatesBegin(worldFault(worldFaults[name])));

/** As long as it takes until somebody who is asked for a decision makes one. */
const ANSWERED_MS = 30 * MINUTE_MS;

/**
 * The one who scaled a set scales it back; one that was deleted does not come back, so a person promotes what is
 * left. Without an answer a deployment that has nobody to go to waits for days.
 */
const thenAnswered = (stage: Stage, afterMs: number): void => {
  const [deployment] = stage.deployments;
  if (deployment === undefined) return;
  const { kernel, ecs } = stage.world;
  const { serviceArn, blueServiceArn } = sceneOf(stage, deployment);
  const [, old = ''] = blueServiceArn?.split('/').slice(-2) ?? [];
  const [cluster = '', service = ''] = serviceArn.split('/').slice(-2);
  const refused = (error: Error): void => {
    // A deployment that has ended takes no answer; one that nobody could read was never given.
    if (error.name === 'InvalidRequest')
      stage.problem(`the answer of the proof cannot be read: ${error.message}`);
    kernel.emit({ kind: 'log', what: `the answer was refused: ${error.message}` });
  };
  kernel.scheduler.after(afterMs, () => {
    for (const { id, scalePercent } of ecs.taskSetsOf(serviceArn)) {
      if (scalePercent !== 50) continue;
      const scale = { value: 100, unit: 'PERCENT' } as const;
      ecs.client.send(new UpdateTaskSetCommand({ cluster, service, taskSet: id, scale })).catch(refused);
    }
    if (blueServiceArn !== undefined && ecs.wholeOf(blueServiceArn) !== undefined) {
      const desiredCount = ecs.desiredCountOf(serviceArn);
      if (ecs.desiredCountOf(blueServiceArn) < desiredCount)
        ecs.client.send(new UpdateServiceCommand({ cluster, service: old, desiredCount })).catch(refused);
    }
    const command = { cluster, service, command: 'promote', by: 'ada', id: `answer_${afterMs}` };
    stage.orchestrator.lambda.invoke('Command', command, { executionArn: undefined }).catch(refused);
  });
};

const answered = (fault: ProofFault, afterMs = ANSWERED_MS): ProofFault => ({
  ...fault,
  arm: (point, span) => {
    const strike = fault.arm(point, span);
    return strike === null
      ? null
      : (stage) => {
          strike(stage);
          thenAnswered(stage, afterMs);
        };
  },
});

/** Its calls and the states between them: at any other call it is the same as in the state around it. */
const whereScalingIsWritten = (fault: ProofFault): ProofFault => ({
  ...fault,
  arm: (point, span) =>
    point.kind === 'state' || /ScalableTarget/.test(point.operation) ? fault.arm(point, span) : null,
});

const COLOURS_DIE = 'colours-die';
const MOSTLY_DIES = 'mostly-dies';
const UNWELL = 'unwell-colours';
const FOREIGN_WRITES = 'foreign-writes';
const FOREIGN_ECS = 'foreign-ecs';
const FOREIGN_SCALING = 'foreign-scaling';
const FOREIGN_RULES = 'foreign-rules';

const BEFORE_THE_PLAN = ['starting', 'queued', 'planning'];

/** Before its plan a service with other rules is another service, which preflight may refuse. */
const oncePlanned = (fault: ProofFault): ProofFault => ({
  ...fault,
  arm: (point, span) =>
    point.kind === 'state' && BEFORE_THE_PLAN.includes(phaseOf(point.state) ?? '')
      ? null
      : fault.arm(point, span),
});

/**
 * Half of two tasks is a shortage that users hardly notice: it takes more of them. What the dead ones failed may leave
 * it unproven that green is no worse, and a person is asked a second time.
 */
const whereFourRun = (fault: ProofFault): ProofFault => ({
  ...answered(answered(fault), 3 * ANSWERED_MS),
  bases: ['grows', 'grows-rollback'],
});

/** What completes a fault from outside, by the exhaust's name for it. */
const completed: Record<string, (fault: ProofFault) => ProofFault> = {
  [COLOURS_DIE]: answered,
  [MOSTLY_DIES]: (fault) => whereFourRun(asStatesBegin(fault)),
  [UNWELL]: answered,
  [FOREIGN_ECS]: answered,
  [FOREIGN_SCALING]: whereScalingIsWritten,
  // Nothing of it is drift: the deployment ends as it would have.
  [FOREIGN_RULES]: (fault) => oncePlanned(asStatesBegin({ ...fault, endsAlike: true })),
};
const complete = (name: string, fault: ProofFault): ProofFault => completed[name]?.(fault) ?? fault;

const kinds = [
  [COLOURS_DIE, 'all tasks of a colour die, once for five minutes or again and again'],
  [MOSTLY_DIES, 'all tasks of a colour but one die, and no other can be placed for five minutes'],
  [UNWELL, 'a colour fails users while its checks pass, or its checks while it serves'],
  [FOREIGN_WRITES, 'somebody writes any split, to any group, on all routes or one'],
  [FOREIGN_RULES, "somebody gives the service's rules other conditions, or another place among the others"],
  [FOREIGN_ECS, 'somebody scales, deletes or promotes a task set'],
  [FOREIGN_SCALING, 'somebody suspends or resumes what scales the service'],
] as const;

export const foreignHands: readonly ProofFault[] = kinds.map(([name, description]) =>
  complete(name, inTurn(name, description, playedAs(name))),
);

/** Each of those that are played in turn, by itself at every point. */
export const variants: readonly ProofFault[] = kinds.flatMap(([name]) =>
  playedAs(name).map((fault) => complete(name, { ...worldFault(fault), variantOf: name })),
);
