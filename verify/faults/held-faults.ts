import { HOUR_MS, SECOND_MS } from '../../core/clock.ts';
import { UNTIL_SOMEBODY_ACTS } from '../../rehearsal/faults/world-fault.types.ts';
import { worldFaultNamed } from '../../rehearsal/faults/world-faults.ts';
import { sceneOf } from '../stage/scene.ts';
import { CLUSTER } from '../stage/small-names.ts';
import type { Stage, StagedDeployment } from '../stage/stage.ts';
import type { ProofFault } from './fault.types.ts';
import { strikeAt } from './span.ts';
import { inRequests } from './world-faults.ts';

/** Somebody writes weights while a person holds the deployment: its own next observation is an hour away. */

/** A pause is refused once every shift has baked. */
const WAITS = ['WaitForOperator', 'AwaitHooks', 'Bake'];
/** Longer than any bound within which users are to be served again. */
const RESUMED_MS = 2 * HOUR_MS;

/** Nobody gets users, or the group that has no task yet does, in turn. */
const written = ['foreign-weights:0/0', 'foreign-weights:0/100', 'foreign-weights:100/0'] as const;

const LOSES = {
  causes: ['noRoute', 'emptyGroup', 'sickTarget', 'deadTarget'],
  seconds: UNTIL_SOMEBODY_ACTS,
  because: 'his weights send requests to nobody, until the watch comes',
} as const;

const whileHeld = (stage: Stage, deployment: StagedDeployment, at: number): void => {
  const { kernel } = stage.world;
  const fault = worldFaultNamed(written[at % written.length] ?? written[0]);
  let done = false;
  kernel.onEvent(({ kind, data }) => {
    const waits = kind === 'step' && data?.phase === 'entered' && WAITS.includes(String(data.state));
    if (!waits || done) return;
    done = true;
    kernel.scheduler.after(SECOND_MS, () => {
      kernel.emit({ kind: 'fault', what: fault?.description ?? '', data: { fault: fault?.name ?? '' } });
      fault?.apply(sceneOf(stage, deployment));
    });
  });
};

export const heldFaults: readonly ProofFault[] = [
  {
    name: 'moved-while-paused',
    description:
      'a person pauses the deployment for two hours, and as it waits somebody writes weights: users are served ' +
      'again long before the resume',
    mayLose: inRequests(LOSES),
    endsAlike: false,
    bases: ['canary', 'hooked'],
    arm: (point, span) => {
      if (point.kind === 'call') return null;
      return (stage) => {
        const [deployment] = stage.deployments;
        if (deployment === undefined) return;
        const send = (command: string): Promise<unknown> => {
          const { name } = deployment.service;
          const whole = { cluster: CLUSTER, service: name, by: 'ada', command, id: `held_${command}` };
          return stage.orchestrator.lambda.invoke('Command', whole, { executionArn: undefined });
        };
        strikeAt(
          stage,
          point,
          (at) => {
            whileHeld(stage, deployment, at);
            send('pause').catch((error: Error) => stage.nothingToDo(error.message));
            stage.world.kernel.scheduler.after(RESUMED_MS, () => {
              send('resume').catch(() => undefined);
            });
            return null;
          },
          span,
        );
      };
    },
  },
];
