import { outcomeInWords, rollBackInWords } from '../core/deployment/in-words.ts';
import type { StepName, StepResult } from './contract.ts';
import type workflow from './deploy.asl.json';
import { type Phase, phases, type TrafficIs } from './phases.ts';
import { attached, greenChecked, planned, type Sentence, shifted } from './sentences.ts';

/** Every state of deploy.asl.json, read from the file itself: a state without a row below does not compile. */
export type StateName = keyof (typeof workflow)['States'];

type Row<Name extends StateName> = {
  phase: Phase;
  /** How a report's chart marks what the step did; not at all when it is only progress towards something. */
  mark?: 'shift' | 'rollBack' | 'milestone';
  /** Why nothing is lost when it fails, runs twice or is stopped; printed in docs/failure-model/. */
  safe: string;
} & (Name extends StepName
  ? {
      /** What is left behind if the execution ends in this step and nothing comes after it. */
      left: string;
      /** What a person reads of its result; null: it adds no line, because a signal or a decision has one. */
      line: ((result: StepResult<Name>) => Sentence) | null;
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
    safe:
      'One conditional write decides who may change the service, so two executions cannot both get it. A ' +
      'repeat finds its own name in the lease and continues; a late step of an ended execution is ' +
      'refused, because the lease names the execution.',
    left: 'A lease without a plan. ECS and the load balancer are untouched; the recovery frees the lease.',
    line: ({ kind, deploymentId, serviceKey, reason }) =>
      kind === 'held'
        ? { what: `deployment ${deploymentId} holds ${serviceKey}` }
        : {
            what:
              kind === 'waiting'
                ? `stands in line for ${serviceKey}`
                : `takes deployment ${deploymentId} over`,
            why: reason,
          },
  },
  'HasLease?': {
    phase: 'starting',
    safe: '`kind` is always written by AcquireLease; anything unknown ends the deployment before it begins.',
  },
  WaitForLease: {
    phase: 'queued',
    safe: 'It holds only a place in line, which another deployment takes after 15 minutes without a sign of life.',
  },
  WaitOutLastStep: {
    phase: 'recovering',
    safe: 'It is longer than any Lambda may run, so no step of the ended execution writes after it.',
  },
  RecallPlan: {
    phase: 'recovering',
    safe:
      'It only reads. It runs 75 s after the lease was taken over, when no Lambda of the ended execution ' +
      'can be alive, so nothing changes after it was read. A plan that cannot be read ends stuck, not ' +
      'refused: refused would free the lease while green has traffic.',
    left: 'What the ended execution left, and the lease in the name of this recovery. The next recovery takes it over.',
    line: () => ({ what: 'read the plan back from the record' }),
  },
  PlanDeployment: {
    phase: 'planning',
    safe:
      'It reads the account and writes the plan to the record before anything is changed: a rollback ' +
      'needs it. A failure here refuses the deployment.',
    left: 'A lease, perhaps a plan. ECS and the load balancer are untouched.',
    line: planned,
  },
  RunHooks: {
    phase: 'runningHooks',
    safe:
      'It starts each run under an id that follows from deployment, stage and step, so a repeat starts nothing ' +
      'twice; the first result of a run stays. A run that died counts as failed.',
    left: 'Hooks that run. The recovery ends them once blue has all traffic.',
    line: ({ kind, reason }) => ({ what: reason, detail: kind === 'bake', bad: kind === 'failed' }),
  },
  'HooksDone?': {
    phase: 'runningHooks',
    safe: 'Anything unknown rolls back.',
  },
  AwaitHooks: {
    phase: 'runningHooks',
    safe:
      'Green has no user yet. A result that comes before the token is stored is found by the read after ' +
      'it; a lost one at the next observation.',
    left: 'Hooks that run. The recovery ends them.',
    line: null,
  },
  AttachGreen: {
    phase: 'launching',
    safe:
      "Green's group is added to each route at weight 0, and only where blue is read to have all weight: " +
      'no request is routed differently. A repeat skips the routes that are done. What scales the service ' +
      'is suspended before that, and the record has what to restore; a repeat finds it done.',
    left:
      "Green's group at weight 0 in some routes, where it gets no request and stays after a rollback, too; what " +
      'scales the service is suspended until the recovery restores it.',
    line: attached,
  },
  LaunchGreen: {
    phase: 'launching',
    mark: 'milestone',
    safe:
      "Green is found by the deployment's id before it is created, and created with a client token: a " +
      'lost answer or a second delivery creates no second task set.',
    left: "Green's tasks running without requests. They cost money until the recovery removes them.",
    line: ({ taskSetId, adopted }) => ({
      what: `${adopted ? 'adopted' : 'launched'} green task set ${taskSetId}`,
    }),
  },
  CheckGreen: {
    phase: 'gettingHealthy',
    safe:
      'It only reads. Green gets its first request when all its targets were healthy for `healthyFor`; a ' +
      'failed read counts as unhealthy.',
    left: "Green's tasks running without requests.",
    line: greenChecked,
  },
  'GreenReady?': {
    phase: 'gettingHealthy',
    safe: 'Only `ready` continues; anything unknown rolls back, which removes a green without requests.',
  },
  WaitForGreen: {
    phase: 'gettingHealthy',
    safe: 'Green has no request yet.',
  },
  WaitForOperator: {
    phase: 'gettingHealthy',
    safe:
      'Green has no request yet. A signal that comes before the token is stored is found by the read ' +
      'after it; a lost one at the next observation.',
    left: "Green's tasks running without requests.",
    line: null,
  },
  ShiftTraffic: {
    phase: 'shifting',
    mark: 'shift',
    safe:
      "It writes absolute weights of a plan position, right after it read green's targets as healthy, " +
      'and reads them back; a repeat writes the same. Weights that are neither the last ones nor the ' +
      "next ones are somebody else's, and end in a rollback.",
    left:
      'Some or all routes at the new weights: both colours are healthy and serve. The recovery gives ' +
      'everything back to blue.',
    line: shifted,
  },
  JudgeHealth: {
    phase: 'baking',
    safe:
      'It decides by what it reads of ECS, the load balancer and CloudWatch. What cannot be read is ' +
      'unknown, never healthy: the weights stay for a limited time, then the deployment rolls back. It writes ' +
      'weights only to move users away from a colour that cannot carry them, or back to it; these are absolute, ' +
      'recorded before they are written, and read back.',
    left:
      'Weights as they were, or where users can be served. Green is not observed until the sweep has ' +
      'started the recovery.',
    // Its decision is a line of a kind of its own.
    line: null,
  },
  'WhatNext?': {
    phase: 'baking',
    safe: 'Anything unknown rolls back.',
  },
  Bake: {
    phase: 'baking',
    safe:
      'It stores its token before it reads signals, and a sender writes its signal before it reads the ' +
      'token: one of the two finds the other. A lost signal is found at the next observation, after ' +
      'the timeout.',
    left: 'Weights as they were; both colours serve. Green is not observed until the sweep has started the recovery.',
    // What woke it is the signal's own line, and the decision that follows is another.
    line: null,
  },
  PromoteGreen: {
    phase: 'promoting',
    mark: 'milestone',
    safe:
      'PRIMARY moves no traffic. Green gets it after a read with all weight on green in every route; a ' +
      'repeat finds it done.',
    left:
      'Green with all traffic, PRIMARY or not, and blue at full size. Once green is PRIMARY, a recovery ' +
      'finishes the deployment.',
    line: ({ primaryTaskSetId }) => ({ what: `green ${primaryTaskSetId} is PRIMARY` }),
  },
  RetireBlue: {
    phase: 'retiring',
    safe:
      'It makes one write each time it runs, right after a read with all weight on green in every route; the first ' +
      "only while all of green's targets are healthy. If green can no longer carry all users before that, it is " +
      'judged again and blue takes its part. Nothing is deleted before its tasks have drained.',
    left: 'Blue at full size, draining, or scaled to nothing. Green serves everything; the recovery finishes.',
    line: ({ kind, reason }) => ({ what: reason, detail: kind === 'due' }),
  },
  'BlueRetired?': {
    phase: 'retiring',
    safe: 'Anything unknown leads to RollBack, which finds that blue has begun to go and finishes the deployment.',
  },
  WaitToRetire: {
    phase: 'retiring',
    safe:
      'Green serves everything and blue is at full size. A signal that comes before the token is stored ' +
      'is found by the read after it; a lost one at the next observation.',
    left: 'Blue at full size. Green serves everything; the recovery finishes.',
    line: null,
  },
  WaitForRetirement: {
    phase: 'retiring',
    safe: 'Blue has no weight and is being removed; no signal could bring it back.',
  },
  CheckRetired: {
    phase: 'retiring',
    safe: 'It only reads. A task set that is not found is gone; one that cannot be read is read again.',
    left: 'Blue scaled to nothing. Green serves everything; the recovery finishes.',
    line: ({ kind, reason }) => ({ what: reason, detail: kind !== 'retired' }),
  },
  RollBack: {
    phase: 'rollingBack',
    mark: 'rollBack',
    safe:
      'It writes weights first: absolute, from the plan, and read back; green is not touched before that. ' +
      'Blue gets all traffic unless it is less healthy than green; then traffic stays and blue ' +
      'is read again. If blue has begun to go, the deployment is finished instead.',
    left: 'Traffic where it was, or on blue; green still running.',
    line: ({ kind, reason, because }) => ({
      what: `${rollBackInWords[kind]}: ${reason}`,
      why: because,
      bad: kind !== 'finishForward',
    }),
  },
  'BlueServes?': {
    phase: 'rollingBack',
    safe: 'Green is touched only after `restored`; anything unknown ends stuck, with the lease kept.',
  },
  WaitForBlue: {
    phase: 'rollingBack',
    safe:
      'Traffic stays with the healthier colour; after 48 hours a person has to decide. Where no token ' +
      'can be stored it waits without signals.',
    left: 'Traffic with the healthier colour, and green running.',
    line: null,
  },
  WaitUnwoken: {
    phase: 'rollingBack',
    safe: 'Traffic stays with the healthier colour until the next observation.',
  },
  WaitToFinish: {
    phase: 'rollingBack',
    safe: 'Green serves everything that blue cannot.',
  },
  LetTrafficLeave: {
    phase: 'rollingBack',
    safe:
      'The load balancer may send green requests for some seconds after the read-back; green runs at ' +
      'full size until then. A signal has RollBack read blue again; where no token can be stored it waits without ' +
      'signals.',
    left: 'Blue with all traffic; green at full size.',
    line: null,
  },
  LeaveUnwoken: {
    phase: 'rollingBack',
    safe: 'Blue has all weight and green runs at full size; RemoveGreen reads both before it writes.',
  },
  RemoveGreen: {
    phase: 'removing',
    safe:
      'It makes one write each time it runs, right after a read with no weight on green; the first only while blue ' +
      "carries all users, or green cannot help. Green is found by the deployment's id, so no other task " +
      'set is touched.',
    left: 'Blue with all traffic; green at full size, draining, or scaled to nothing. Its tasks cost money.',
    line: ({ kind, reason }) => ({ what: reason, detail: kind === 'due' }),
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
    safe: "It only reads, by the deployment's id.",
    left: 'Blue with all traffic; green scaled to nothing.',
    line: ({ kind, reason }) => ({ what: reason, detail: kind !== 'removed' }),
  },
  EndHooks: {
    phase: 'endingHooks',
    safe:
      'Blue has all traffic and green is gone. A result that comes later does not replace the one that is kept. A ' +
      'hook that cannot be ended because AWS does not answer is ended by the recovery; no other failure changes ' +
      'how the deployment ends.',
    left: 'Hooks that run, and a service in its final state, but locked. The recovery closes the record.',
    line: ({ reason }) => ({ what: reason, detail: reason === '' }),
  },
  'HooksEnded?': {
    phase: 'endingHooks',
    safe: 'Anything unknown ends the deployment: users are on blue.',
  },
  WaitForHooks: {
    phase: 'endingHooks',
    safe: 'Users are on blue.',
  },
  RecordOutcome: {
    phase: 'recording',
    mark: 'milestone',
    safe:
      'What scales the service is restored first, then the record is closed, then the lease is freed, then ' +
      'the event is sent: each is conditional or may be repeated. A deployment that is stuck keeps its lease and ' +
      'an open record, also when only the scaling could not be restored.',
    left:
      'A service in its final state, but locked. The recovery finds nothing left to do, closes the ' +
      'record and frees the lease.',
    line: ({ kind, reason }) => ({
      what: `recorded: ${outcomeInWords[kind]}`,
      why: reason,
      bad: kind === 'rolledBack',
    }),
  },
  'HowDidItEnd?': {
    phase: 'recording',
    safe: 'The record is closed; anything unknown ends in Stuck, never in Succeeded.',
  },
  Succeeded: {
    phase: 'recording',
    safe: 'It ends the execution.',
  },
  RolledBack: {
    phase: 'recording',
    safe: 'It ends the execution as failed: a rollback is no success.',
  },
  Refused: {
    phase: 'recording',
    safe: 'It ends the execution as failed; nothing was touched.',
  },
  Stuck: {
    phase: 'recording',
    safe: 'It ends the execution as failed and leaves the lease held, so that the sweep tries again.',
  },
  Unrecorded: {
    phase: 'recording',
    safe: 'It ends the execution as failed and leaves the lease held, so that the sweep closes the record.',
  },
};

export const stateNames = Object.keys(stateTable) as StateName[];

const isState = (name: string): name is StateName => Object.hasOwn(stateTable, name);

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
