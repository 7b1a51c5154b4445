import type { Point } from '../stage/points.ts';
import { watchPoints } from '../stage/points.ts';
import type { Stage } from '../stage/stage.ts';

/**
 * Points after the one that is played, by their number. Until a fault strikes a run is the undisturbed one: where it
 * finds nothing to strike at its point, the same run shows whether it finds something at those that follow.
 */
export type Span = {
  later: ReadonlySet<number>;
  /** Hears of each point at which it found nothing, its own first. */
  nothingAt(at: number): void;
};

/**
 * Strikes at the point, in an event of its own, so that what it changes is not taken for the call's doing. `strike`
 * gives null, or why there was nothing to strike; it has then changed nothing.
 */
export const strikeAt = (
  stage: Stage,
  point: Point,
  strike: (at: number) => string | null,
  span?: Span,
): void => {
  const last = Math.max(point.at, ...(span?.later ?? []));
  let over = false;
  let nothing: string | undefined;
  const end = (why: string): void => {
    over = true;
    stage.nothingToDo(why);
  };
  const first = (): void => {
    const why = strike(point.at);
    if (why === null) {
      over = true;
      return;
    }
    nothing = why;
    span?.nothingAt(point.at);
    if (point.at === last) end(why);
  };
  const following = (at: number, why: string): void => {
    if (over) return;
    // The run is only asked where the next strike would be; it is played for that point anew.
    if (strike(at) === null) end(why);
    else {
      span?.nothingAt(at);
      if (at === last) end(why);
    }
  };
  const soon = (at: number): void => {
    const why = nothing;
    if (over) return;
    if (at === point.at) stage.world.kernel.scheduler.after(0, first);
    else if (why !== undefined && span?.later.has(at) === true)
      stage.world.kernel.scheduler.after(0, () => following(at, why));
  };
  watchPoints(
    stage,
    point.kind === 'call' ? { call: (_call, at) => soon(at) } : { state: (_state, at) => soon(at) },
  );
};
