import {
  CreateTaskSetCommand,
  type CreateTaskSetCommandInput,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import {
  type FaultScene,
  namesOf,
  setOf,
  UNTIL_SOMEBODY_ACTS,
  type WorldFault,
} from './world-fault.types.ts';

/** What others do to a service's task sets while a deployment runs. */

type Where = { cluster: string; service: string };

/** A hand in ECS, by the API as anybody's: what it does to users is what a missing colour does to them. */
const inEcs = (
  colour: 'blue' | 'green',
  name: string,
  description: string,
  command: (where: Where, taskSet: string, scalePercent: number) => object,
  ofService: ((where: Where, tasks: number) => object) | null,
): WorldFault => ({
  name: `${name}:${colour}`,
  description: `somebody ${description.replace('COLOUR', colour)}`,
  mayLose: {
    causes: ['emptyGroup', 'sickTarget', 'deadTarget', 'stoppedBeforeDrained'],
    seconds: UNTIL_SOMEBODY_ACTS,
    because: 'a colour that somebody takes away serves nobody, until users are moved to the other',
  },
  apply: (scene) => {
    const set = setOf(scene, colour);
    if (set === undefined) return `there is no ${colour} task set`;
    const { kernel, ecs } = scene.world;
    const other = colour === 'blue' ? scene.blueServiceArn : undefined;
    if (other !== undefined && ofService === null) return 'blue is a service';
    const by =
      other === undefined || ofService === null
        ? command(namesOf(scene), set.id, set.scalePercent)
        : ofService(namesOf(scene, other), ecs.desiredCountOf(other));
    ecs.client.send(by as never).catch((error: Error) => {
      kernel.emit({ kind: 'log', what: `${name}: refused, ${error.message}` });
    });
    return null;
  },
});

const halves = (colour: 'blue' | 'green'): WorldFault =>
  inEcs(
    colour,
    'foreign-scale',
    "scales COLOUR's task set to half",
    // Half of what it has: a green that grows with its weight has less than all.
    (where, taskSet, scalePercent) =>
      new UpdateTaskSetCommand({ ...where, taskSet, scale: { value: scalePercent / 2, unit: 'PERCENT' } }),
    (where, tasks) => new UpdateServiceCommand({ ...where, desiredCount: Math.floor(tasks / 2) }),
  );

const deletes = (colour: 'blue' | 'green'): WorldFault =>
  inEcs(
    colour,
    'foreign-delete',
    "deletes COLOUR's task set with its tasks",
    (where, taskSet) => new DeleteTaskSetCommand({ ...where, taskSet, force: true }),
    (where) => new DeleteServiceCommand({ ...where, force: true }),
  );

const makesPrimary = (colour: 'blue' | 'green'): WorldFault =>
  inEcs(
    colour,
    'foreign-primary',
    "makes COLOUR's task set the PRIMARY one",
    (where, primaryTaskSet) => new UpdateServicePrimaryTaskSetCommand({ ...where, primaryTaskSet }),
    null,
  );

/** With everything that runs of it: the first thing that goes with a stack. */
const deletesService: WorldFault = {
  name: 'foreign-delete:service',
  description: 'somebody deletes the service with all of its tasks',
  mayLose: {
    causes: ['emptyGroup', 'sickTarget', 'deadTarget', 'stoppedBeforeDrained'],
    seconds: UNTIL_SOMEBODY_ACTS,
    because: 'nobody is left who could serve',
  },
  apply: (scene) => {
    const { kernel, ecs } = scene.world;
    if (ecs.taskSetsOf(scene.serviceArn).length === 0) return 'nothing of the service runs';
    ecs.client
      .send(new DeleteServiceCommand({ ...namesOf(scene), force: true }))
      .catch((error: Error) =>
        kernel.emit({ kind: 'log', what: `foreign-delete:service: refused, ${error.message}` }),
      );
    return null;
  },
};

/** A task set beside the load balancer that runs what blue runs: a colleague's experiment. */
const created = async (
  scene: FaultScene,
  changes: Partial<CreateTaskSetCommandInput>,
): Promise<string | undefined> => {
  const { world } = scene;
  const { cluster, service } = namesOf(scene);
  const found = await world.ecs.client.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const like = found.services?.[0]?.taskSets?.[0];
  if (like === undefined) return undefined;
  const { taskSet } = await world.ecs.client.send(
    new CreateTaskSetCommand({
      cluster,
      service,
      taskDefinition: like.taskDefinition,
      ...(like.launchType === undefined ? {} : { launchType: like.launchType }),
      ...(like.networkConfiguration === undefined ? {} : { networkConfiguration: like.networkConfiguration }),
      scale: { value: 50, unit: 'PERCENT' },
      ...changes,
    }),
  );
  return taskSet?.id;
};

const NO_REQUESTS = {
  causes: [],
  seconds: 0,
  because: 'no request goes to a task set that is in no target group',
} as const;

const createsTaskSet = (
  name: string,
  description: string,
  changes: (scene: FaultScene) => Partial<CreateTaskSetCommandInput>,
  then: (scene: FaultScene, taskSet: string) => Promise<unknown> = async () => undefined,
): WorldFault => ({
  name,
  description,
  mayLose: NO_REQUESTS,
  apply: (scene) => {
    if (scene.world.ecs.taskSetsOf(scene.serviceArn).length === 0) return 'the service has no task set yet';
    const { kernel } = scene.world;
    created(scene, changes(scene))
      .then((taskSet) => (taskSet === undefined ? undefined : then(scene, taskSet)))
      .catch((error: Error) => kernel.emit({ kind: 'log', what: `${name}: refused, ${error.message}` }));
    return null;
  },
});

const twin = createsTaskSet(
  'foreign-twin',
  "somebody creates a task set with this deployment's externalId",
  ({ deploymentId }) => ({ externalId: deploymentId }),
);

const takesPrimary = createsTaskSet(
  'foreign-primary:other',
  'somebody creates a task set of his own and makes it the PRIMARY one',
  () => ({ externalId: 'an-experiment' }),
  (scene, primaryTaskSet) =>
    scene.world.ecs.client.send(
      new UpdateServicePrimaryTaskSetCommand({ ...namesOf(scene), primaryTaskSet }),
    ),
);

export const ecsHands = {
  'foreign-scale:blue': halves('blue'),
  'foreign-scale:green': halves('green'),
  'foreign-delete:blue': deletes('blue'),
  'foreign-delete:green': deletes('green'),
  'foreign-delete:service': deletesService,
  'foreign-primary:blue': makesPrimary('blue'),
  'foreign-primary:green': makesPrimary('green'),
  'foreign-twin': twin,
  'foreign-primary:other': takesPrimary,
} as const satisfies Record<string, WorldFault>;
