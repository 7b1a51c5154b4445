import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import { requestProblems } from '../rehearsal/faults/check-faults.ts';
import type { Fault } from '../rehearsal/faults/fault.types.ts';
import { armRehearsal } from '../rehearsal/injected-faults.ts';
import type { ApiCall } from '../sim/kernel/call.types.ts';
import type { Orchestrator } from '../sim/orchestrator.ts';
import type { World } from '../sim/world.ts';

/** A deployment that begins, as faults act on it. */
type Begun = Omit<Parameters<typeof armRehearsal>[3], 'isOfDeployment'> & { request: DeploymentRequest };

/** What a person asks in another terminal meanwhile is no call of the deployment. */
const isOfDeployment = ({ by }: ApiCall): boolean => by !== undefined;

/**
 * The faults of `--inject`, armed for the first deployment that begins. To be called at the end of each with what is
 * returned at its begin: then what has not come yet never does, and is named.
 */
export const makeInjection = (world: World, orchestrator: Orchestrator, faults: readonly Fault[]) => {
  const { kernel } = world;
  let waiting = faults;
  const say = ({ text }: Fault, what: string, why: string): void =>
    kernel.emit({ kind: 'fault', what: `the fault ${text} ${what}`, why });

  const possible = (fault: Fault, { alarms, shifts }: DeploymentRequest): boolean => {
    const [problem] = requestProblems([fault], { watched: alarms.names, shifts: shifts.length });
    if (problem !== undefined) say(fault, 'cannot come in this deployment', problem);
    return problem === undefined;
  };

  return (begun: Begun): (() => void) => {
    const armed = waiting.filter((fault) => possible(fault, begun.request));
    waiting = [];
    const came = new Set<unknown>();
    const notice = kernel.onEvent(({ data }) => void came.add(data?.fault));
    const disarm = armRehearsal(world, orchestrator, armed, { ...begun, isOfDeployment });
    return () => {
      disarm();
      notice();
      for (const fault of armed)
        if (!came.has(fault.text)) say(fault, 'never came', 'the deployment did not get there');
    };
  };
};
