import type { Input, MoveKind, MoveNames, MoveObservation, Step } from './adoption.types.ts';
import { disturbance, notServing } from './disturbance.ts';
import { call, stop, wait } from './moves.ts';
import { commandOf, MOVE_TAG, markOf, SERVED_BESIDE_TAG } from './names.ts';
import { groupOf, isClosing, ours, type Roles, shareIn, usersRoutes } from './roles.ts';
import { endScaling, handOverScaling } from './scaling-steps.ts';
import { detached, writeRoute } from './shift-steps.ts';
import { notReady } from './twin-steps.ts';

export type FinishOptions = {
  /** The old service's target groups go too. */
  removeGroups: boolean;
  /** `leave` alone: native blue/green with this infrastructure role; null: rolling updates. */
  nativeRoleArn: string | null;
};

const NO_UNDO = 'none: it is the last command';

/** Whether every user is where the move leads. */
const arrived = (names: MoveNames, observed: MoveObservation, roles: Roles): string | null => {
  const behind = usersRoutes(names, observed, roles).find((route) => shareIn(route, roles.to) < 100);
  return behind === undefined
    ? null
    : `${behind.label} sends ${Math.round(shareIn(behind, roles.to))} % of its users to ${names.twin}`;
};

const native = (names: MoveNames, observed: MoveObservation, roles: Roles, roleArn: string): Input => {
  const [route] = usersRoutes(names, observed, roles);
  return {
    cluster: names.cluster,
    service: names.twin,
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
    loadBalancers: [
      {
        targetGroupArn: roles.to,
        containerName: observed.twin?.balancer?.container,
        containerPort: observed.twin?.balancer?.port,
        advancedConfiguration: {
          alternateTargetGroupArn: roles.from,
          productionListenerRule: route?.arn,
          roleArn,
        },
      },
    ],
  };
};

/** What only the last command does. The first of it ends the way back by weights. */
export const finishSteps = (
  kind: MoveKind,
  names: MoveNames,
  rolesOf: (observed: MoveObservation) => Roles,
  preview: Step,
  { removeGroups, nativeRoleArn }: FinishOptions,
): Step[] => {
  const keep = nativeRoleArn !== null;
  const where = { cluster: names.cluster, service: names.old };
  const step = (id: string, title: string, writes: string, forward: Step['forward']): Step => ({
    id,
    title,
    writes,
    undo: NO_UNDO,
    forward,
    backward: () => null,
  });

  const detach = step(
    'detach',
    keep
      ? 'check that all users have moved'
      : `take the target group of ${names.old} out of the users' routes`,
    'ModifyRule, ModifyListener',
    (observed) => {
      const roles = rolesOf(observed);
      if (!ours(names, observed.twin) || observed.twin?.status !== 'ACTIVE')
        return stop(
          `there is no service ${names.twin} that this move made`,
          `begin with ${commandOf(kind, names)}`,
        );
      // The old service has no task left: its users are better off where tasks are, no matter who took them away.
      const empty = observed.old?.status !== 'ACTIVE' || observed.old.desired === 0;
      const against = empty ? null : disturbance(kind, names, observed, roles);
      if (against !== null) return stop(against.reason, against.fix);
      const closing = isClosing(names, observed, roles);
      const why = empty ? null : arrived(names, observed, roles);
      if (why !== null) return stop(why, `move the users first: ${commandOf(kind, names)} --continue`);
      // A task that is replaced, or one more after the service has scaled out: soon it is whole again.
      const unready = closing ? null : notReady(observed, roles.to);
      if (unready !== null) return wait(`${names.twin} is not whole: ${unready}`);
      const small = closing ? null : notServing(names, observed, roles, 100);
      if (small !== null) return stop(small, `scale ${names.twin} to the size of ${names.old}`);
      const route = usersRoutes(names, observed, roles).find(({ groups }) =>
        groups.some(
          ({ targetGroupArn: arn }) =>
            arn !== roles.to &&
            ((arn === roles.from && !keep) || (roles.alternate !== null && arn === roles.alternate)),
        ),
      );
      if (route === undefined) return null;
      return writeRoute(route, detached(route, roles, keep), `${route.label}: only ${names.twin} is left`);
    },
  );
  const handOver = step(
    'scaling-moves',
    `let ${names.twin} scale in again, and suspend all scaling of ${names.old}`,
    'RegisterScalableTarget',
    (observed) => handOverScaling(names, observed),
  );
  const stopOld = step(
    'stop-old',
    `scale ${names.old} to 0 and wait until its tasks have gone`,
    'UpdateService',
    ({ old }) => {
      if (old === null || old.status !== 'ACTIVE') return null;
      if (old.desired > 0)
        return call('ecs', 'UpdateService', { ...where, desiredCount: 0 }, `scale ${names.old} to 0`);
      return old.running > 0 ? wait(`${old.running} tasks of ${names.old} drain`) : null;
    },
  );
  const scaling = step(
    'scaling-ends',
    `end the scaling of ${names.old}`,
    'DeregisterScalableTarget',
    (observed) => endScaling(names, observed),
  );
  const deleteOld = step('delete-old', `delete ${names.old}`, 'DeleteService', ({ old }) => {
    if (old === null || old.status === 'INACTIVE') return null;
    if (old.status === 'DRAINING') return wait(`${names.old} drains`);
    // Task sets keep a service from being deleted otherwise.
    const force = old.controller === 'EXTERNAL' ? { force: true } : {};
    return call('ecs', 'DeleteService', { ...where, ...force }, `delete the service ${names.old}`);
  });
  const groups = step(
    'delete-groups',
    `delete the target groups of ${names.old}`,
    'DeleteTargetGroup',
    (observed) => {
      const roles = rolesOf(observed);
      const beside = observed.twin?.tags[SERVED_BESIDE_TAG] ?? null;
      const group = [roles.from, beside]
        .map((arn) => groupOf(observed, arn))
        .find((one) => one !== undefined && one.tags[MOVE_TAG] !== markOf(names));
      if (group === undefined) return null;
      if (group.registered > 0) return wait(`targets of ${group.name} drain`);
      return call(
        'elbv2',
        'DeleteTargetGroup',
        { TargetGroupArn: group.arn },
        `delete the target group ${group.name}`,
      );
    },
  );
  const toNative = step(
    'native',
    `let ECS deploy ${names.twin} blue/green from now on`,
    'UpdateService',
    (observed) => {
      const { twin } = observed;
      if (nativeRoleArn === null || twin === null || twin.strategy === 'BLUE_GREEN') return null;
      const input = native(names, observed, rolesOf(observed), nativeRoleArn);
      return call('ecs', 'UpdateService', input, `give ${names.twin} the strategy BLUE_GREEN`);
    },
  );
  const noPreview = step(
    'no-preview',
    kind === 'adopt' ? 'delete the preview rule' : 'delete the preview rule, if there is one',
    'DeleteRule',
    preview.backward,
  );
  return [
    detach,
    ...(names.byDeployment ? [] : [noPreview]),
    handOver,
    stopOld,
    scaling,
    deleteOld,
    // ECS's own blue/green takes turns between both groups.
    ...(removeGroups && !keep ? [groups] : []),
    ...(keep ? [toNative] : []),
  ];
};
