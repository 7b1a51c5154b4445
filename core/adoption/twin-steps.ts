import type { Input, Move, MoveNames, MoveObservation, ReadService, Step } from './adoption.types.ts';
import { call, stop, wait } from './moves.ts';
import { MOVE_TAG, markOf, SERVED_BESIDE_TAG, SERVED_TAG, SUSPENDED_TAG, tokenOf } from './names.ts';
import { endPatience } from './patience.ts';
import { groupOf, ours, type Roles } from './roles.ts';
import { suspensionText } from './scaling-steps.ts';

/** A caller of such a name reaches both services from then on. */
const registriesOf = (old: ReadService | null): Input =>
  old === null || old.registries.length === 0 ? {} : { serviceRegistries: old.registries };

export const registryNames = ({ registries }: Pick<ReadService, 'registries'>): string =>
  registries.map(({ registryArn }) => `${registryArn}`.split('/').at(-1)).join(', ');

/** What every service of a move is made with. */
type Wanted = { title: string; writes: string; input(observed: MoveObservation, roles: Roles): Input };

const tagList = (tags: Readonly<Record<string, string>>): Input[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** AWS refuses its own, and those of an earlier move are that one's. */
const ownTags = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !/^(aws:|cutover:)/.test(key)));

/** The old service's own tags, and what a later run of the command reads of the beginning. */
const twinTags = (names: MoveNames, { old, twin, scaling }: MoveObservation, roles: Roles): Input[] =>
  twin !== null && ours(names, twin)
    ? // What the beginning was is no longer to be read anywhere else.
      tagList(Object.fromEntries(Object.entries(twin.tags).filter(([key]) => !key.startsWith('aws:'))))
    : tagList({
        ...ownTags(old?.tags ?? {}),
        [MOVE_TAG]: markOf(names),
        ...(roles.from === null ? {} : { [SERVED_TAG]: roles.from }),
        ...(roles.alternate === null ? {} : { [SERVED_BESIDE_TAG]: roles.alternate }),
        ...(scaling.old === null ? {} : { [SUSPENDED_TAG]: suspensionText(scaling.old.suspended) }),
      });

const taken = ({ twin }: MoveNames): Move =>
  stop(
    `there is a service ${twin} already, which this move has not made`,
    'give the new service another name with --name',
  );

/** The new service, which takes as many tasks as the old one has. */
export const serviceStep = (
  names: MoveNames,
  rolesOf: (observed: MoveObservation) => Roles,
  wanted: Wanted,
): Step => ({
  id: 'service',
  title: wanted.title,
  writes: wanted.writes,
  undo: 'DeleteService',
  forward: (observed) => {
    const { twin } = observed;
    if (twin?.status === 'DRAINING')
      return wait(`the name ${names.twin} is in use until its tasks have gone`);
    if (twin === null || twin.status !== 'ACTIVE')
      return call(
        'ecs',
        'CreateService',
        wanted.input(observed, rolesOf(observed)),
        `create the service ${names.twin}`,
      );
    return ours(names, twin) ? null : taken(names);
  },
  backward: ({ twin }) => {
    if (twin === null || !ours(names, twin) || twin.status === 'INACTIVE') return null;
    if (twin.status === 'DRAINING') return wait(`the tasks of ${names.twin} leave`);
    const input = { cluster: names.cluster, service: names.twin, force: true };
    return call('ecs', 'DeleteService', input, `delete the service ${names.twin}`);
  },
});

export const adoptedService = (names: MoveNames, observed: MoveObservation, roles: Roles): Input => ({
  cluster: names.cluster,
  serviceName: names.twin,
  deploymentController: { type: 'EXTERNAL' },
  schedulingStrategy: 'REPLICA',
  desiredCount: observed.old?.desired ?? 0,
  // How it behaves with task sets is not documented [fact 9].
  availabilityZoneRebalancing: 'DISABLED',
  ...observed.old?.kept,
  tags: twinTags(names, observed, roles),
  clientToken: tokenOf(`adopt/${markOf(names)}/${names.twin}`),
});

const balancerOf = (old: ReadService | null, targetGroupArn: string | null): Input => ({
  targetGroupArn,
  containerName: old?.balancer?.container,
  containerPort: old?.balancer?.port,
});

export const rollingService = (names: MoveNames, observed: MoveObservation, roles: Roles): Input => ({
  cluster: names.cluster,
  serviceName: names.twin,
  deploymentController: { type: 'ECS' },
  schedulingStrategy: 'REPLICA',
  desiredCount: observed.old?.desired ?? 0,
  taskDefinition: observed.old?.taskDefinition,
  loadBalancers: [balancerOf(observed.old, roles.to)],
  ...registriesOf(observed.old),
  ...observed.old?.launch,
  ...observed.old?.kept,
  ...(observed.old?.graceSeconds === null || observed.old === null
    ? {}
    : { healthCheckGracePeriodSeconds: observed.old.graceSeconds }),
  tags: twinTags(names, observed, roles),
  clientToken: tokenOf(`leave/${markOf(names)}/${names.twin}`),
});

/** Why the twin's tasks do not serve yet; null when all of them do. */
export const notReady = (observed: MoveObservation, to: string | null): string | null => {
  const { twin, failedStarts } = observed;
  const group = groupOf(observed, to);
  const wanted = twin?.desired ?? 0;
  if (twin === null || group === undefined) return 'there are no tasks yet';
  const live = twin.taskSets.filter(({ status }) => status !== 'DRAINING');
  const steady = twin.controller !== 'EXTERNAL' || live.every((set) => set.steady);
  if (steady && twin.running >= wanted && group.healthy >= wanted) return null;
  const why = [...failedStarts, ...group.reasons, ...(steady ? [] : ['ECS has not found it steady yet'])];
  return (
    `${twin.running} of ${wanted} tasks run, ${group.healthy} of ${group.registered} targets are healthy` +
    (why.length === 0 ? '' : `: ${why.join('; ')}`)
  );
};

/** The first task set, of the revision that serves now: when it fails, the set-up is at fault and no new version. */
export const taskSetStep = (names: MoveNames, rolesOf: (observed: MoveObservation) => Roles): Step => {
  const where = { cluster: names.cluster, service: names.twin };
  return {
    id: 'tasks',
    title: `start the tasks of ${names.twin}, of the revision that serves now, and wait until all are healthy`,
    writes: 'CreateTaskSet',
    undo: 'DeleteTaskSet',
    forward: (observed) => {
      const { old, twin } = observed;
      const roles = rolesOf(observed);
      const sets = twin?.taskSets ?? [];
      if (sets.some(({ status }) => status === 'DRAINING')) return wait('an earlier task set drains');
      if (sets.length === 0)
        return call(
          'ecs',
          'CreateTaskSet',
          {
            ...where,
            taskDefinition: old?.taskDefinition,
            loadBalancers: [balancerOf(old, roles.to)],
            ...registriesOf(old),
            scale: { value: 100, unit: 'PERCENT' },
            externalId: tokenOf(`tasks/${markOf(names)}`),
            clientToken: tokenOf(`tasks/${markOf(names)}/${twin?.arn}`),
            ...old?.launch,
          },
          `start ${twin?.desired ?? 0} tasks of ${names.twin}`,
        );
      const why = notReady(observed, roles.to);
      return why === null ? null : wait(why);
    },
    backward: ({ twin }) => {
      if (!ours(names, twin) || twin?.status !== 'ACTIVE') return null;
      const live = twin.taskSets.find(({ status }) => status !== 'DRAINING');
      if (live !== undefined)
        return call(
          'ecs',
          'DeleteTaskSet',
          { ...where, taskSet: live.id, force: true },
          `stop the tasks of ${names.twin}`,
        );
      return twin.taskSets.length > 0 ? wait('its tasks drain') : null;
    },
  };
};

/** ECS takes a grace period only once a task set is PRIMARY [fact 5]. */
export const primaryStep = (names: MoveNames, rolesOf: (observed: MoveObservation) => Roles): Step => {
  const where = { cluster: names.cluster, service: names.twin };
  return {
    id: 'primary',
    title: names.byDeployment
      ? 'copy the health check grace period, once its task set is PRIMARY'
      : 'make its task set PRIMARY, and copy the health check grace period',
    writes: 'UpdateServicePrimaryTaskSet, UpdateService, ModifyTargetGroup',
    undo: 'goes with the task set',
    forward: (observed) => {
      const { old, twin } = observed;
      const set = twin?.taskSets.find(({ status }) => status !== 'DRAINING');
      if (set === undefined) return null;
      if (!twin?.taskSets.some(({ status }) => status === 'PRIMARY'))
        return call(
          'ecs',
          'UpdateServicePrimaryTaskSet',
          { ...where, primaryTaskSet: set.id },
          `make the task set of ${names.twin} PRIMARY`,
        );
      const seconds = old?.graceSeconds ?? 0;
      if (seconds === 0 || twin?.graceSeconds === seconds)
        return endPatience(names, observed, rolesOf(observed));
      const input = { ...where, healthCheckGracePeriodSeconds: seconds };
      return call('ecs', 'UpdateService', input, `give ${names.twin} a grace period of ${seconds} s`);
    },
    backward: () => null,
  };
};
