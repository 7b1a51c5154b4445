import type { ApiCall } from '../../sim/kernel/call.types.ts';
import { stepNames } from '../../statemachine/contract.ts';
import type { Stage } from './stage.ts';

/** A place in a deployment where something can go wrong: an AWS call, or the entry of a state. */
export type Point =
  | {
      kind: 'call';
      /** Counted from 0 over the calls of the undisturbed run. */
      at: number;
      operation: string;
      step: string;
    }
  | { kind: 'state'; at: number; state: string; task: boolean };

/** `call:17` and `state:4`, as `--point` takes them. */
export const idOf = ({ kind, at }: Point): string => `${kind}:${at}`;

export const describePoint = (point: Point): string =>
  point.kind === 'call'
    ? `${idOf(point)}, ${point.operation} by ${point.step}`
    : `${idOf(point)}, entering ${point.state}`;

/** Tells of each call as it reaches its service, and of each state as it is entered, with its number. */
export const watchPoints = (
  { world: { kernel } }: Pick<Stage, 'world'>,
  on: { call?(call: ApiCall, at: number): void; state?(state: string, at: number): void },
): void => {
  let firstIndex: number | undefined;
  let states = 0;
  kernel.intercept((call) => {
    // Calls are numbered as they are sent, and the first one sent is the first to arrive.
    firstIndex ??= call.index;
    on.call?.(call, call.index - firstIndex);
    return undefined;
  });
  kernel.onEvent(({ kind, data }) => {
    if (kind === 'step' && data?.phase === 'entered') on.state?.(String(data.state), states++);
  });
};

/** Notes every point of a run; complete once the run is over. */
export const recordPoints = (stage: Stage): Point[] => {
  const points: Point[] = [];
  watchPoints(stage, {
    call: ({ service, operation, by }, at) =>
      points.push({ kind: 'call', at, operation: `${service} ${operation}`, step: by ?? 'nobody' }),
    state: (state, at) =>
      points.push({ kind: 'state', at, state, task: (stepNames as readonly string[]).includes(state) }),
  });
  return points;
};
