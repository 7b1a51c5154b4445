import type { ObservedTaskDefinition } from '../vocabulary/observed.types.ts';

/** What ECS waits between SIGTERM and SIGKILL when the task definition does not say [fact 43]. */
const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

/** The slowest container decides how long a task takes to stop. */
export const stopTimeoutSeconds = (taskDefinition: ObservedTaskDefinition | null): number =>
  Math.max(
    0,
    ...(taskDefinition?.containers ?? []).map(
      (container) => container.stopTimeoutSeconds ?? DEFAULT_STOP_TIMEOUT_SECONDS,
    ),
  );
