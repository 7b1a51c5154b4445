import { DeploymentError } from '../../core/errors.ts';
import type { ObservedFrom, ObservedTaskSet, StoppedTask } from '../../core/vocabulary/observed.types.ts';
import type { Deps } from '../../functions/deps.types.ts';
import type { ModelTaskSet } from './model.types.ts';
import { notFound } from './not-found.ts';
import type { Session } from './session.ts';
import { isAttached, wantedOf } from './snapshot.ts';
import {
  CLUSTER_ARN,
  DELETION_MS,
  DRAIN_MS,
  isWhole,
  NETWORK,
  SERVICE_ARN,
  taskDefinitionOf,
  taskSetOf,
  WANTED,
} from './the-service.ts';

/** ECS as the steps use it, over a state of the model. Each verb is one call that can go wrong. */

const rejected = (why: string): DeploymentError => new DeploymentError('Rejected', why);

export const observed = (set: ModelTaskSet, nowMs: number): ObservedTaskSet => {
  const wanted = wantedOf(set);
  const draining = set.drainedAtMs !== null && set.drainedAtMs > nowMs;
  const running = wanted > 0 && !set.crashing ? wanted : draining ? WANTED : 0;
  return {
    id: set.id,
    arn: `${SERVICE_ARN}/${set.id}`,
    ...(set.externalId === undefined ? {} : { externalId: set.externalId }),
    status: set.status,
    taskDefinitionArn: set.taskDefinitionArn,
    targetGroupArn: set.targetGroupArn,
    containerName: 'web',
    containerPort: 8080,
    scalePercent: set.scalePercent,
    computedDesiredCount: wanted,
    pendingCount: 0,
    runningCount: running,
    steady: wanted === 0 ? !draining : set.health >= wanted && !set.crashing,
    createdAtMs: set.createdAtMs,
    network: NETWORK,
    launchType: 'FARGATE',
  };
};

const crashes = (set: ModelTaskSet): StoppedTask[] =>
  Array.from({ length: set.crashing ? 4 : 0 }, (_, index) => ({
    taskArn: `${set.id}-stopped-${index}`,
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'web', image: 'shop', exitCode: 1 }],
  }));

/** Blue where it is another service. */
const asService = (name: string, whole: ObservedTaskSet): ObservedFrom => ({
  clusterArn: CLUSTER_ARN,
  serviceArn: whole.arn,
  cluster: 'main',
  name,
  status: 'ACTIVE',
  controller: 'ECS',
  desiredCount: whole.computedDesiredCount,
  taskSets: [],
  wholes: [whole],
  isChanging: false,
});

export const ecsVerbs = (
  session: Session,
  deploymentId: string,
): Pick<Deps, 'ecsServices' | 'taskDefinitions' | 'taskSets'> => {
  const { state, call } = session;
  const find = (id: string): ModelTaskSet => {
    const set = state.taskSets.find((one) => one.id === id);
    if (set === undefined) throw notFound(`task set ${id}`);
    if (isWhole(set)) throw rejected(`${id} is no task set of this service`);
    return set;
  };
  const write = (name: string, target: string) => ({ call: name, target, deploymentId });

  return {
    ecsServices: {
      read: () =>
        call('ecsServices.read', 'read', () => ({
          clusterArn: CLUSTER_ARN,
          serviceArn: SERVICE_ARN,
          cluster: 'main',
          name: 'shop',
          status: 'ACTIVE',
          controller: 'EXTERNAL',
          desiredCount: WANTED,
          healthCheckGracePeriodSeconds: 30,
          taskSets: state.taskSets.filter((set) => !isWhole(set)).map((set) => observed(set, state.nowMs)),
        })),
      readFrom: (_cluster, name) =>
        call('ecsServices.readFrom', 'read', () => {
          const whole = state.taskSets.find(isWhole);
          return whole === undefined ? null : asService(name, observed(whole, state.nowMs));
        }),
    },

    taskDefinitions: {
      read: (name) => call('taskDefinitions.read', 'read', () => taskDefinitionOf(name)),
    },

    taskSets: {
      read: (_service, id) =>
        call('taskSets.read', 'read', () => {
          const set = state.taskSets.find((one) => one.id === id);
          return set === undefined ? null : observed(set, state.nowMs);
        }),
      create: (_service, spec, id, percent) =>
        call(
          'taskSets.create',
          'write',
          () => {
            if (!isAttached(state, spec.targetGroupArn))
              throw rejected('the target group has no load balancer');
            // The client token: the same request again gets the same task set.
            const twin = state.taskSets.find((set) => set.externalId === id);
            if (twin !== undefined) return observed(twin, state.nowMs);
            const set = taskSetOf({
              id: `ecs-svc/222222222222222222${state.taskSets.length}`,
              externalId: id,
              targetGroupArn: spec.targetGroupArn,
              taskDefinitionArn: spec.taskDefinitionArn,
              // ECS makes the first task set of a service its PRIMARY by request only.
              status: 'ACTIVE',
              health: 0,
              scalePercent: percent,
              createdAtMs: state.nowMs,
            });
            state.taskSets.push(set);
            return observed(set, state.nowMs);
          },
          write('CreateTaskSet', id),
        ),
      scaleTo: (_service, id, percent) =>
        call(
          'taskSets.scaleTo',
          'write',
          () => {
            const set = find(id);
            // What was healthy stays so, and the new tasks have to become so.
            if (set.scalePercent > 0) set.scalePercent = percent;
          },
          write('UpdateTaskSet', id),
        ),
      scaleToZero: (_service, id) =>
        call(
          'taskSets.scaleToZero',
          'write',
          () => {
            const set = find(id);
            if (set.scalePercent > 0)
              Object.assign(set, { scalePercent: 0, health: 0, drainedAtMs: state.nowMs + DRAIN_MS });
          },
          write('UpdateTaskSet', id),
        ),
      delete: (_service, id, options) =>
        call(
          'taskSets.delete',
          'write',
          () => {
            const set = state.taskSets.find((one) => one.id === id);
            if (set === undefined || set.status === 'DRAINING') return;
            find(id);
            if (
              options?.force !== true &&
              (set.status === 'PRIMARY' || observed(set, state.nowMs).runningCount > 0)
            ) {
              throw rejected(`task set ${id} is ${set.status} or has tasks; only force deletes it`);
            }
            Object.assign(set, {
              status: 'DRAINING',
              scalePercent: 0,
              health: 0,
              goneAtMs: state.nowMs + DELETION_MS,
            });
          },
          write('DeleteTaskSet', id),
        ),
      makePrimary: (_service, id) =>
        call(
          'taskSets.makePrimary',
          'write',
          () => {
            const chosen = find(id);
            if (chosen.status === 'DRAINING') throw rejected(`task set ${id} is being deleted`);
            for (const set of state.taskSets)
              if (set.status === 'PRIMARY' && !isWhole(set)) set.status = 'ACTIVE';
            chosen.status = 'PRIMARY';
          },
          write('UpdateServicePrimaryTaskSet', id),
        ),
      stoppedTasks: (_service, id) =>
        call('taskSets.stoppedTasks', 'read', () =>
          state.taskSets.filter((set) => set.id === id).flatMap(crashes),
        ),
    },
  };
};
