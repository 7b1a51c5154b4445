import type { Move, MoveKind, MoveNames, MoveObservation, Step } from './adoption.types.ts';
import { deploymentStep } from './deployment-step.ts';
import { type FinishOptions, finishSteps } from './finish-steps.ts';
import { groupsStep, previewStep } from './group-steps.ts';
import { stop, wait } from './moves.ts';
import { commandOf } from './names.ts';
import { isClosing, isDetached, type Roles, rolesOf, shareIn } from './roles.ts';
import { scalingStep } from './scaling-steps.ts';
import { shiftSteps } from './shift-steps.ts';
import {
  adoptedService,
  notReady,
  primaryStep,
  rollingService,
  serviceStep,
  taskSetStep,
} from './twin-steps.ts';

export type MovePlan = {
  kind: MoveKind;
  names: MoveNames;
  /** `leave` alone: to blue/green of ECS's own instead of rolling updates. */
  toNative: boolean;
  /** Reversible, in this order; taken back in the other one. */
  steps: readonly Step[];
  /** What only the last command does. */
  finish: readonly Step[];
  roles(observed: MoveObservation): Roles;
};

type MoveOptions = FinishOptions & { shares: readonly number[] };

/** ECS's own tasks are awaited here; a task set has a step of its own. */
const tasksStep = (names: MoveNames, roles: (observed: MoveObservation) => Roles): Step => ({
  id: 'tasks',
  title: `wait until all tasks of ${names.twin} are healthy`,
  writes: 'nothing',
  undo: 'goes with the service',
  forward: (observed) => {
    const why = notReady(observed, roles(observed).to);
    return why === null ? null : wait(why);
  },
  backward: () => null,
});

export const movePlan = (kind: MoveKind, names: MoveNames, options: MoveOptions): MovePlan => {
  const roles = (observed: MoveObservation) => rolesOf(kind, names, observed);
  const shifts = shiftSteps(kind, names, roles, options.shares);
  const preview = previewStep(kind, names, roles);
  if (kind === 'adopt') {
    const service = serviceStep(names, roles, {
      title: `create ${names.twin}, with the deployment controller EXTERNAL and as many tasks as ${names.old}`,
      writes: 'CreateService',
      input: (observed, parts) => adoptedService(names, observed, parts),
    });
    const groups = groupsStep(names, roles);
    // A deployment puts green's group into the users' routes at weight 0, so that ECS starts its tasks there.
    const steps = names.byDeployment
      ? [groups, service, scalingStep(names), deploymentStep(names, roles), primaryStep(names, roles)]
      : [
          groups,
          preview,
          service,
          taskSetStep(names, roles),
          primaryStep(names, roles),
          scalingStep(names),
          ...shifts,
        ];
    return {
      kind,
      names,
      toNative: false,
      roles,
      steps,
      finish: finishSteps(kind, names, roles, preview, options),
    };
  }
  const service = serviceStep(names, roles, {
    title: `create ${names.twin}, with ECS's own controller, on the target group that is idle`,
    writes: 'CreateService',
    input: (observed, parts) => rollingService(names, observed, parts),
  });
  return {
    kind,
    names,
    toNative: options.nativeRoleArn !== null,
    roles,
    steps: [preview, service, tasksStep(names, roles), scalingStep(names), ...shifts],
    finish: finishSteps(kind, names, roles, preview, options),
  };
};

export type NextMove = { step: Step; move: Move } | null;

const first = (steps: readonly Step[], moveOf: (step: Step) => Move | null): NextMove => {
  for (const step of steps) {
    const move = moveOf(step);
    if (move !== null) return { step, move };
  }
  return null;
};

/** Only the last command ends what it has begun; an old service that somebody else emptied can have its tasks again. */
const closed = (plan: MovePlan, observed: MoveObservation, begun: string): NextMove => {
  const { kind, names, steps } = plan;
  const [step] = steps;
  if (step === undefined) return null;
  const finish = `${commandOf(kind, names)} --finish`;
  const { old } = observed;
  const whole = old?.status === 'ACTIVE' && old.desired > 0;
  if (whole)
    return {
      step,
      move: stop(
        `no route of the users names ${names.old} any more`,
        `${commandOf(kind, names)} --undo brings them back to it, and --finish ends the move`,
      ),
    };
  const emptied = old?.status === 'ACTIVE' && !isDetached(names, observed, plan.roles(observed));
  const move = emptied
    ? stop(
        `${names.old} has no users and no tasks any more`,
        `give it its tasks again to continue or go back, or finish it: ${finish}`,
      )
    : stop(`the last command has begun to delete ${names.old}`, `${begun}: ${finish}`);
  return { step, move };
};

/** The last command has begun. A deployment takes the old group out of sticky routes, too, and that is not its work. */
export const isFinishing = ({ names, roles }: MovePlan, observed: MoveObservation): boolean =>
  isClosing(names, observed, roles(observed)) ||
  (!names.byDeployment && isDetached(names, observed, roles(observed)));

/** The next thing to do on the way there; null when everything but the last command is done. */
export const nextMove = (plan: MovePlan, observed: MoveObservation): NextMove =>
  isFinishing(plan, observed)
    ? closed(plan, observed, 'finish it')
    : first(plan.steps, (step) => step.forward(observed));

/** The next thing to do on the way back; null when everything is as it was. */
export const nextUndo = (plan: MovePlan, observed: MoveObservation): NextMove =>
  isClosing(plan.names, observed, plan.roles(observed))
    ? closed(plan, observed, 'there is no way back any more: finish it')
    : first([...plan.steps].reverse(), (step) => step.backward(observed));

/** Users leave the new service; everything else of the move stays. */
export const nextUsersBack = (plan: MovePlan, observed: MoveObservation): NextMove =>
  first(
    plan.steps.filter(({ id }) => id.startsWith('users-')),
    (step) => step.backward(observed),
  );

export const nextFinish = (plan: MovePlan, observed: MoveObservation): NextMove =>
  first(plan.finish, (step) => step.forward(observed));

/** Takes targets away from where users may still be sent. */
export const removesTargets = (move: Move): boolean =>
  move.kind === 'call' &&
  (['DeleteTaskSet', 'DeleteService', 'DeleteTargetGroup'].includes(move.call.operation) ||
    (move.call.api === 'ecs' &&
      move.call.operation === 'UpdateService' &&
      move.call.input.desiredCount === 0));

/** Gives the new service more of a route's users. */
export const raisesNew = (plan: MovePlan, observed: MoveObservation, move: Move): boolean => {
  if (move.kind !== 'call' || move.call.api !== 'route') return false;
  const { route, groups } = move.call;
  const { to } = plan.roles(observed);
  return shareIn({ groups }, to) > shareIn(route, to);
};

/** Gives users to a group that has none on this route. */
export const opensGroup = (move: Move): boolean => {
  if (move.kind !== 'call' || move.call.api !== 'route') return false;
  const { route, groups } = move.call;
  return groups.some(({ targetGroupArn, weight }) => weight > 0 && shareIn(route, targetGroupArn) === 0);
};
