import { type Point, watchPoints } from '../stage/points.ts';
import type { Stage } from '../stage/stage.ts';

/**
 * For faults that last: they begin at a state, once. That one begins in the middle of a state makes no difference, so
 * there is none at a call.
 */
export const beginsAt = (
  point: Point,
  begin: (stage: Stage, at: number) => void,
): ((stage: Stage) => void) | null => {
  if (point.kind === 'call') return null;
  return (stage) => {
    let begun = false;
    watchPoints(stage, {
      state: (_state, at) => {
        if (at !== point.at || begun) return;
        begun = true;
        begin(stage, at);
      },
    });
  };
};
