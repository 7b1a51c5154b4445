import type { Deps } from './deps.types.ts';
import { eventHandlers } from './event-handlers.ts';
import { type Connectors, type Host, type StepDeps, toHandler } from './step.ts';
import { steps } from './steps.ts';

/** Every step and every event handler by its name, for the one who runs all of them in one process. */
export const allHandlers = (
  connectors: Connectors<keyof Deps>,
  host: Host,
): Record<string, ReturnType<typeof toHandler<unknown, unknown, keyof Deps>>> =>
  Object.fromEntries(
    Object.entries({ ...steps, ...eventHandlers }).map(([name, run]) => [
      name,
      toHandler(
        name,
        run as (input: unknown, deps: StepDeps<keyof Deps>) => Promise<unknown>,
        connectors,
        host,
      ),
    ]),
  );
