import { MINUTE_MS } from '../../core/clock.ts';
import type { ApiCall, CallFault } from '../../sim/kernel/call.types.ts';
import { momentaryFaults } from '../faults/faults.ts';
import { type Point, watchPoints } from '../stage/points.ts';
import type { Stage } from '../stage/stage.ts';

export type ModelFault = {
  name: string;
  description: string;
  arm(point: Point): ((stage: Stage) => void) | null;
};

/** As long as a person on call needs to fix something, and longer than any retry inside a Lambda. */
const LASTS_MS = 10 * MINUTE_MS;

/** From the point on, for a while, every call that is `like` the one at the point goes wrong. */
const lasting = (
  name: string,
  description: string,
  fault: CallFault,
  like: (call: ApiCall, struck: ApiCall) => boolean,
): ModelFault => ({
  name,
  description,
  arm: (point) => {
    if (point.kind !== 'call') return null;
    return (stage) => {
      const { kernel } = stage.world;
      let struck: ApiCall | undefined;
      let untilMs = 0;
      watchPoints(stage, {
        call: (call, at) => {
          if (at !== point.at) return;
          struck = call;
          untilMs = kernel.scheduler.nowMs() + LASTS_MS;
        },
      });
      kernel.intercept((call) =>
        struck !== undefined && kernel.scheduler.nowMs() < untilMs && like(call, struck) ? fault : undefined,
      );
    };
  },
});

const lastingFaults: readonly ModelFault[] = [
  lasting(
    'permission-gone',
    "the step's role lacks the permission for this call for ten minutes",
    'denied',
    (call, struck) =>
      call.by === struck.by && call.service === struck.service && call.operation === struck.operation,
  ),
  lasting(
    'api-down',
    'the API behind the call answers 500 to everybody for ten minutes',
    'serverError',
    (call, struck) => call.service === struck.service,
  ),
];

/** What the proof injects, and two failures that last. */
export const modelFaults: readonly ModelFault[] = [...momentaryFaults, ...lastingFaults];
