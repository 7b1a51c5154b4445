import type { ContainerDefinition } from '@aws-sdk/client-ecs';

/** What of a container counts for those that depend on it. */
export type ContainerState = {
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  /** Its health check has passed, or there is none to run. */
  healthy: boolean;
  exitCode: number | undefined;
  /** Its startTimeout is over: who still waits for it gives up. */
  late: boolean;
};

type Turn = 'now' | 'later' | { never: string };

/** How long others wait for a container when its startTimeout is not set (ECS API reference, Fargate), seconds. */
export const START_TIMEOUT_S = 180;

const DONE: Record<string, (state: ContainerState) => boolean> = {
  START: ({ status }) => status !== 'PENDING',
  COMPLETE: ({ status }) => status === 'STOPPED',
  SUCCESS: ({ status, exitCode }) => status === 'STOPPED' && exitCode === 0,
  HEALTHY: ({ status, healthy }) => status === 'RUNNING' && healthy,
};

/** Whether a container may start, by its `dependsOn` (ECS API reference, ContainerDependency). */
export const turnOf = (
  { name, dependsOn = [] }: ContainerDefinition,
  states: ReadonlyMap<string, ContainerState>,
): Turn => {
  const never = (rest: string): Turn => ({ never: `container ${name} was not started: ${rest}` });
  let turn: Turn = 'now';
  for (const { containerName = '', condition = 'START' } of dependsOn) {
    const state = states.get(containerName);
    if (state === undefined) return never(`it depends on ${containerName}, which the task does not have`);
    if (DONE[condition]?.(state) === true) continue;
    if (state.status === 'STOPPED')
      return never(`${containerName} was to reach ${condition}, and ended with exit code ${state.exitCode}`);
    if (state.late) return never(`${containerName} did not reach ${condition} within its startTimeout`);
    turn = 'later';
  }
  return turn;
};

/** At the end the order is the other way round: first what depends on others. */
export const maySignal = (
  name: string,
  containers: readonly ContainerDefinition[],
  states: ReadonlyMap<string, ContainerState>,
): boolean =>
  containers.every(
    (other) =>
      states.get(other.name ?? '')?.status !== 'RUNNING' ||
      !(other.dependsOn ?? []).some(({ containerName }) => containerName === name),
  );

/** Containers that wait for each other, so that none of them could ever start; empty when there are none. */
export const circleOf = (containers: readonly ContainerDefinition[]): string[] => {
  let left = containers;
  for (;;) {
    const names = new Set(left.map(({ name }) => name));
    const waiting = left.filter(({ dependsOn = [] }) =>
      dependsOn.some(({ containerName }) => names.has(containerName)),
    );
    if (waiting.length === left.length) return left.map(({ name = '' }) => name);
    left = waiting;
  }
};
