import { watchPoints } from '../stage/points.ts';
import type { ProofFault } from './fault.types.ts';
import { type Happening, happenings, shortages } from './happenings.ts';

/** It happens right after a call took effect, before its answer arrives, or as a state is entered. */
const worldFault = ({ name, says, mayLose, happen }: Happening): ProofFault => ({
  name,
  says,
  mayLose,
  endsAlike: false,
  arm: (point) => (stage) => {
    const [deployment] = stage.deployments;
    if (deployment === undefined) return;
    const { kernel } = stage.world;
    let happened = false;
    const soon = (at: number): void => {
      if (at !== point.at || happened) return;
      happened = true;
      // An event of its own: what it changes is not taken for the call's doing.
      kernel.scheduler.after(0, () => {
        kernel.emit({ kind: 'fault', what: says, data: { fault: name } });
        const why = happen(stage, deployment);
        if (why !== null) stage.nothingToDo(why);
      });
    };
    watchPoints(
      stage,
      point.kind === 'call' ? { call: (_call, at) => soon(at) } : { state: (_state, at) => soon(at) },
    );
  },
});

/** A shortage lasts, so that it comes in the middle of a state or of a wait makes no difference to what it does. */
const asStatesBegin = (fault: ProofFault): ProofFault => ({
  ...fault,
  arm: (point) => (point.kind === 'call' ? null : fault.arm(point)),
});

export const worldFaults: readonly ProofFault[] = happenings.map(worldFault);

export const lastingFaults: readonly ProofFault[] = shortages.map(worldFault).map(asStatesBegin);
