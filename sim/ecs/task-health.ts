import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { ContainerHealth, SimTask } from './ecs.types.ts';

/** Pure rules of what a task's containers' health checks make of the task (ECS API reference, HealthCheck). */

/** Those whose health check ECS runs: Docker's own, in an image, it does not. */
export const checkedContainers = ({ containerDefinitions = [] }: SimTask['hosted']['taskDefinition']) =>
  containerDefinitions.filter(({ healthCheck }) => (healthCheck?.command ?? []).length > 0);

const isEssential = ({ essential }: ContainerDefinition): boolean => essential !== false;

/** One that has failed weighs more than one that is not known, and that more than those that passed. */
const worstOf = (each: readonly ContainerHealth[]): ContainerHealth => {
  if (each.includes('UNHEALTHY')) return 'UNHEALTHY';
  return each.includes('UNKNOWN') ? 'UNKNOWN' : 'HEALTHY';
};

/**
 * DescribeTasks' healthStatus: only essential containers count. One without a check is UNKNOWN, and so is its task
 * unless another has failed.
 */
export const healthStatusOf = ({ hosted, health }: Pick<SimTask, 'hosted' | 'health'>): ContainerHealth => {
  const essential = (hosted.taskDefinition.containerDefinitions ?? []).filter(isEssential);
  return essential.length === 0
    ? 'UNKNOWN'
    : worstOf(essential.map(({ name = '' }) => health.get(name) ?? 'UNKNOWN'));
};

/**
 * What decides whether the task lives and whether its task set is steady: the essential containers that have a check.
 * Undefined: none has.
 */
export const checkedHealthOf = ({
  hosted,
  health,
}: Pick<SimTask, 'hosted' | 'health'>): ContainerHealth | undefined => {
  const checked = checkedContainers(hosted.taskDefinition).filter(isEssential);
  return checked.length === 0
    ? undefined
    : worstOf(checked.map(({ name = '' }) => health.get(name) ?? 'UNKNOWN'));
};
