import { SECOND_MS } from '../../core/clock.ts';
import { foreignWeights } from '../../rehearsal/faults/foreign-hands.ts';
import { worldFaultNamed } from '../../rehearsal/faults/world-faults.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import { watchPoints } from '../stage/points.ts';
import { sceneOf } from '../stage/scene.ts';
import type { Stage } from '../stage/stage.ts';
import { writes } from '../stage/way-forward.ts';
import { sameCall } from './call-faults.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';
import { inRequests } from './world-faults.ts';

/** What an execution still does after it has ended: Step Functions stops no Lambda that runs [fact 101]. */

/** Longer than a recovery takes to begin, shorter than a Lambda may live. */
const SLOW_MS = 40 * SECOND_MS;

const WRITES = /^(Create|Delete|Modify|Put|Update)/;

const stopExecution = ({ orchestrator: { stepFunctions } }: Stage, executionArn: string): void => {
  if (stepFunctions.execution(executionArn).status === 'RUNNING')
    stepFunctions.stopExecution(executionArn, 'stopped by a person in the console');
};

const stoppedAndSlow: ProofFault = {
  name: 'stopped-and-slow',
  description: 'the execution is stopped while a write stands in line for 40 s, and its Lambda still writes',
  mayLose: NOTHING,
  endsAlike: false,
  arm: (point) => {
    if (point.kind === 'state' || !WRITES.test(point.operation.split(' ')[1] ?? '')) return null;
    return (stage) => {
      const { kernel } = stage.world;
      let firstIndex: number | undefined;
      let target: ApiCall | undefined;
      let untilMs = 0;
      kernel.intercept((call) => {
        firstIndex ??= call.index;
        if (call.index - firstIndex === point.at) {
          const { executionArn } = call;
          if (executionArn === undefined) stage.nothingToDo('no execution made the call');
          else kernel.scheduler.after(0, () => stopExecution(stage, executionArn));
          target = call;
          untilMs = kernel.scheduler.nowMs() + SLOW_MS;
        }
        const waits = target !== undefined && sameCall(call, target) && kernel.scheduler.nowMs() < untilMs;
        return waits ? 'throttle' : undefined;
      });
    };
  },
};

/** How long everything has been quiet when the step comes again, and how often that is polled. */
const QUIET_MS = 60 * SECOND_MS;
const POLL_MS = 10 * SECOND_MS;

const afterItAll = ({ world, orchestrator }: Stage, event: () => void): void => {
  const { scheduler } = world.kernel;
  let quietMs = 0;
  const poll = (): void => {
    const running = orchestrator.stepFunctions.executions().some(({ status }) => status === 'RUNNING');
    quietMs = running ? 0 : quietMs + POLL_MS;
    if (quietMs >= QUIET_MS) event();
    else scheduler.after(POLL_MS, poll);
  };
  scheduler.after(POLL_MS, poll);
};

const comesAgain: ProofFault = {
  name: 'comes-again',
  description:
    'the execution is stopped, and its last step comes once more when all is over, as after a redrive',
  mayLose: NOTHING,
  endsAlike: false,
  arm: (point) => {
    if (point.kind === 'call' || !point.task) return null;
    return (stage) => {
      let entered = false;
      let struck = false;
      watchPoints(stage, {
        state: (_state, at) => {
          entered = at === point.at;
        },
      });
      stage.aroundInvoke((invoke) => (step, payload, context) => {
        if (entered && !struck && step === point.state) {
          struck = true;
          stage.world.kernel.scheduler.after(0, () => stopExecution(stage, context.executionArn));
          afterItAll(stage, () => {
            stage.world.kernel.emit({ kind: 'fault', what: `${step} of the stopped execution comes again` });
            invoke(step, payload, context).catch((error: Error) =>
              stage.world.kernel.emit({ kind: 'log', what: `${step}: ${error.name}, ${error.message}` }),
            );
          });
        }
        return invoke(step, payload, context);
      });
    };
  },
};

/** The group that is empty now gets everybody. */
const TO_NOBODY: Partial<Record<string, string>> = {
  Succeeded: 'foreign-weights:100/0',
  RolledBack: 'foreign-weights:0/100',
};

const afterTheEnd: ProofFault = {
  name: 'foreign-after-the-end',
  description: 'a second after the last state somebody sends everybody to the group that is empty now',
  mayLose: inRequests({
    ...foreignWeights.mayLose,
    causes: ['emptyGroup', 'sickTarget'],
    because: 'no deployment runs that would read the listener: it stays as he wrote it',
  }),
  endsAlike: true,
  arm: (point) => {
    const fault = point.kind === 'state' ? worldFaultNamed(TO_NOBODY[point.state] ?? '') : undefined;
    if (fault === undefined) return null;
    return (stage) => {
      const [deployment] = stage.deployments;
      if (deployment === undefined) return;
      const { kernel } = stage.world;
      watchPoints(stage, {
        state: (_state, at) => {
          if (at !== point.at) return;
          kernel.scheduler.after(SECOND_MS, () => {
            kernel.emit({ kind: 'fault', what: fault.description, data: { fault: fault.name } });
            const why = fault.apply(sceneOf(stage, deployment));
            if (why !== null) stage.nothingToDo(why);
            kernel.onServed(({ by, operation }) => {
              if (by !== undefined && writes.includes(operation))
                stage.problem(`invariant 5: ${operation} by ${by} after the deployment had ended`);
            });
          });
        },
      });
    };
  },
};

export const lateFaults: readonly ProofFault[] = [stoppedAndSlow, comesAgain, afterTheEnd];
