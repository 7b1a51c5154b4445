import type { StepName } from './contract.ts';
import type workflow from './deploy.asl.json';
import { type Phase, phases, type TrafficIs } from './phases.ts';

/** Every state of deploy.asl.json, read from the file itself: a state without a row below does not compile. */
export type StateName = keyof (typeof workflow)['States'];

type Row<Name extends StateName> = {
  phase: Phase;
  /** How a report's chart marks what the step did; not at all when it is only progress towards something. */
  mark?: 'shift' | 'rollBack' | 'milestone';
  /** Why nothing is lost when it fails, comes twice or is stopped: docs/failure-model.md has it. */
  safe: string;
} & (Name extends StepName
  ? {
      /** What is left behind if the execution ends in this step and nothing comes after it. */
      left: string;
    }
  : object);

/** What a state is beside what its file and its contract say, in the order of the workflow. */
export const stateTable: { readonly [Name in StateName]: Row<Name> } = {
  Begin: {
    phase: 'starting',
    safe: 'It wraps the input, whatever its shape is.',
  },
  AcquireLease: {
    phase: 'starting',
    safe: 'One conditional write decides who may change the service, so two executions that ask at the same moment cannot both get it. A repeat finds its own name in the lease and goes on; a late step of an ended execution is refused, because the lease names the execution.',
    left: 'A lease without a plan. ECS and the load balancer are untouched; the recovery frees the lease.',
  },
  'HasLease?': {
    phase: 'starting',
    safe: '`kind` is always written by AcquireLease; anything unknown ends the deployment before it has begun.',
  },
  WaitForLease: {
    phase: 'queued',
    safe: 'It holds nothing but a place in line, which another takes after 15 minutes of silence.',
  },
  WaitOutLastStep: {
    phase: 'recovering',
    safe: 'It is longer than any Lambda may run, so no step of the ended execution writes after it.',
  },
  RecallPlan: {
    phase: 'recovering',
    safe: 'It only reads. It runs 75 s after the lease was taken over, when no Lambda of the ended execution can be alive, so what it reads is the last word. A plan that cannot be read ends stuck and not refused: refused would free the lease with the traffic where it was.',
    left: 'What the ended execution left, and the lease in the name of this recovery. The next recovery takes it over.',
  },
  PlanDeployment: {
    phase: 'planning',
    safe: 'It reads the world and writes the plan to the record, which is the undo, before anything is changed. Whatever fails here refuses the deployment.',
    left: 'A lease, perhaps a plan. ECS and the load balancer are untouched.',
  },
  AttachGreen: {
    phase: 'launching',
    safe: "Green's group joins each route at weight 0, and only where blue is read to hold everything: no request goes anywhere else than before. A repeat skips the routes that are done.",
    left: "Green's group at weight 0 in some routes. It stays there after a rollback, too, and does no harm: it gets no request.",
  },
  LaunchGreen: {
    phase: 'launching',
    mark: 'milestone',
    safe: "Green is found by the deployment's id before it is created, and created with a client token: a lost answer or a second delivery makes no second task set.",
    left: "Green's tasks running without a request. They cost money until the recovery removes them.",
  },
  CheckGreen: {
    phase: 'gettingHealthy',
    safe: 'It only reads. Green gets its first request after it was whole for `healthyFor`; a read that fails counts as not whole.',
    left: "Green's tasks running without a request.",
  },
  'GreenReady?': {
    phase: 'gettingHealthy',
    safe: 'Only `ready` goes on; anything unknown rolls back, which removes a green without requests.',
  },
  WaitForGreen: {
    phase: 'gettingHealthy',
    safe: 'Green has no request yet.',
  },
  ShiftTraffic: {
    phase: 'shifting',
    mark: 'shift',
    safe: "It writes absolute weights of a plan position, right after it saw green's targets healthy, and reads them back; a repeat writes the same. Weights that are neither the last ones nor the next ones are somebody else's, and end in a rollback.",
    left: 'Some or all routes at the new weights: both colours are healthy and serve. The recovery gives everything back to blue.',
  },
  JudgeHealth: {
    phase: 'baking',
    safe: 'It only reads the world. What cannot be read is unknown, never healthy: it holds for a limited time and then rolls back. Its one write is the decision, into the record.',
    left: 'Weights as they were; both colours serve. Nobody watches green until the sweep has started the recovery.',
  },
  'WhatNext?': {
    phase: 'baking',
    safe: 'Anything unknown rolls back.',
  },
  Bake: {
    phase: 'baking',
    safe: 'It stores its token before it looks for signals, and whoever signals writes before it reads the token: one of the two sees the other. A signal that is lost all the same is found at the next look, which the timeout brings.',
    left: 'Weights as they were; both colours serve. Nobody watches green until the sweep has started the recovery.',
  },
  PromoteGreen: {
    phase: 'promoting',
    mark: 'milestone',
    safe: 'PRIMARY moves no traffic. It is given to green after a read that showed green with all weight on every route; a repeat finds it done.',
    left: 'Green with all traffic, PRIMARY or not, and blue at full size. From PRIMARY on a recovery goes forward.',
  },
  RetireBlue: {
    phase: 'retiring',
    safe: 'One write a visit, each right after a read that showed green with all weight on every route, and the first only while green is whole. Nothing is deleted before its tasks have drained.',
    left: 'Blue at full size, draining, or scaled to nothing. Green serves everything; the recovery finishes.',
  },
  'BlueRetired?': {
    phase: 'retiring',
    safe: 'Anything unknown goes to RollBack, which finds that blue has begun to go and finishes forward.',
  },
  WaitForRetirement: {
    phase: 'retiring',
    safe: 'Blue has no weight, or is waiting for the load balancer to follow.',
  },
  CheckRetired: {
    phase: 'retiring',
    safe: 'It only reads. A task set that is not there any more is gone; one that cannot be read is asked for again.',
    left: 'Blue scaled to nothing. Green serves everything; the recovery finishes.',
  },
  RollBack: {
    phase: 'rollingBack',
    mark: 'rollBack',
    safe: 'Weights go first, absolute, read back, and from the plan, not from memory. Nothing is taken from green before. Blue gets everything unless it is the sicker of the two; then traffic stays and it looks again. If blue has begun to go, the deployment is finished instead.',
    left: 'Traffic where it was, or on blue; green still running.',
  },
  'BlueServes?': {
    phase: 'rollingBack',
    safe: 'Green is touched only after `restored`; anything unknown ends stuck, with the lease kept.',
  },
  WaitForBlue: {
    phase: 'rollingBack',
    safe: 'Traffic stays with the healthier colour; after 48 hours a person has to look.',
  },
  WaitToFinish: {
    phase: 'rollingBack',
    safe: 'Green serves everything that blue cannot.',
  },
  LetTrafficLeave: {
    phase: 'rollingBack',
    safe: 'The load balancer may still send green requests for some seconds after the read-back; green is whole meanwhile.',
  },
  RemoveGreen: {
    phase: 'removing',
    safe: 'One write a visit, each right after a read that showed green without weight. Green is found by the deployment id, so no other task set can be meant.',
    left: 'Blue with all traffic; green at full size, draining, or scaled to nothing, which costs money and nothing else.',
  },
  'GreenRemoved?': {
    phase: 'removing',
    safe: 'Blue serves everything; anything unknown ends stuck, with the lease kept.',
  },
  WaitForRemoval: {
    phase: 'removing',
    safe: 'Blue serves everything.',
  },
  CheckRemoved: {
    phase: 'removing',
    safe: 'It only reads, by the deployment id.',
    left: 'Blue with all traffic; green scaled to nothing.',
  },
  RecordOutcome: {
    phase: 'recording',
    mark: 'milestone',
    safe: 'The record is closed first, then the lease is freed, then the event is sent: each is conditional or may come twice. A deployment that is stuck keeps lease and record open.',
    left: 'A service that is as it should be, but locked. The recovery finds nothing left to do, closes the record and frees the lease.',
  },
  'HowDidItEnd?': {
    phase: 'recording',
    safe: 'The record is closed; anything unknown ends in Stuck and never in Succeeded.',
  },
  Succeeded: {
    phase: 'recording',
    safe: 'It ends the execution.',
  },
  RolledBack: {
    phase: 'recording',
    safe: 'It ends the execution as failed: a deployment that rolled back never looks like success.',
  },
  Refused: {
    phase: 'recording',
    safe: 'It ends the execution as failed; nothing was touched.',
  },
  Stuck: {
    phase: 'recording',
    safe: 'It ends the execution as failed and leaves the lease held, so that the sweep goes on trying.',
  },
  Unrecorded: {
    phase: 'recording',
    safe: 'It ends the execution as failed and leaves the lease held, so that the sweep closes the record.',
  },
};

export const stateNames = Object.keys(stateTable) as StateName[];

export const isState = (name: string): name is StateName => Object.hasOwn(stateTable, name);

/** Undefined for a state of a newer workflow than this program knows, and for a Lambda that is no state. */
export const phaseOf = (state: string): Phase | undefined =>
  isState(state) ? stateTable[state].phase : undefined;

export const markOfState = (state: string): NonNullable<Row<StateName>['mark']> | null =>
  isState(state) ? (stateTable[state].mark ?? null) : null;

export const statesIn = (...among: Phase[]): StateName[] =>
  stateNames.filter((name) => among.includes(stateTable[name].phase));

/** What of the traffic is decided in a state; undefined where `phaseOf` is. */
export const trafficAt = (state: string): TrafficIs | undefined => {
  const phase = phaseOf(state);
  return phase === undefined ? undefined : phases[phase].traffic;
};
