import type { Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Random } from '../kernel/random.ts';
import type { SimService, SimTaskSet, TaskSetParameters } from './ecs.types.ts';

const ID_DIGITS = 19;

/** `ecs-svc/` and nineteen digits [fact 23]. */
const newTaskSetId = (random: Random): string =>
  `ecs-svc/${Array.from({ length: ID_DIGITS }, (_, index) => random.between(index === 0 ? 1 : 0, 9)).join('')}`;

export const taskSetArn = (service: SimService, id: string): string =>
  `${service.clusterArn.replace(':cluster/', ':task-set/')}/${service.name}/${id}`;

/** A new ACTIVE set without tasks. */
export const makeTaskSet = (
  random: Random,
  nowMs: number,
  service: SimService,
  taskDefinition: TaskDefinition & { taskDefinitionArn: string },
  given: { externalId: string | undefined; scalePercent: number; tags: Tag[]; parameters: TaskSetParameters },
): SimTaskSet => {
  const id = newTaskSetId(random);
  return {
    service,
    id,
    arn: taskSetArn(service, id),
    externalId: given.externalId,
    seeded: false,
    hidden: false,
    status: 'ACTIVE',
    taskDefinition,
    parameters: given.parameters,
    scalePercent: given.scalePercent,
    tags: given.tags,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    steady: false,
    steadyAtMs: nowMs,
    tasks: [],
    failedStarts: 0,
    departure: undefined,
    nextLaunchMs: 0,
    launchPending: false,
    leaving: false,
  };
};
