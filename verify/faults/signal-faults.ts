import { SECOND_MS } from '../../core/clock.ts';
import { watchPoints } from '../stage/points.ts';
import { alarmName, serviceArn } from '../stage/small-names.ts';
import type { Stage, StagedDeployment } from '../stage/stage.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';

/** What a deployment is told from outside: by events that are wrong, and by a person who is right. */

const toldAt = (
  fault: Pick<ProofFault, 'name' | 'description' | 'endsAlike'>,
  tell: (stage: Stage, deployment: StagedDeployment) => void,
): ProofFault => ({
  ...fault,
  mayLose: NOTHING,
  arm: (point) => {
    if (point.kind === 'call') return null;
    return (stage) => {
      const [deployment] = stage.deployments;
      if (deployment === undefined) return;
      watchPoints(stage, {
        state: (_state, at) => {
          if (at === point.at) stage.world.kernel.scheduler.after(0, () => tell(stage, deployment));
        },
      });
    };
  },
});

const falseEvents = toldAt(
  {
    name: 'false-events',
    description: 'an event tells of an alarm that is not red, another of an end of the execution that runs',
    endsAlike: true,
  },
  (stage, deployment) => {
    const { orchestrator, world } = stage;
    const execution = deployment.execution();
    const name = alarmName(deployment.service.name);
    if (execution === undefined || world.cloudWatch.states()[name] === 'ALARM')
      return stage.nothingToDo('the event would be true');
    const event = (handler: string, detail: unknown): void => {
      orchestrator.lambda
        .invoke(handler, { detail }, { executionArn: undefined })
        .catch((error: Error) => world.kernel.emit({ kind: 'log', what: `${handler}: ${error.message}` }));
    };
    event('OnAlarm', { alarmName: name, state: { value: 'ALARM' } });
    event('Sweep', { status: 'ABORTED', executionArn: execution.arn });
  },
);

/**
 * Whoever says abort at the very moment at which blue begins to go comes too late. A first deployment has no blue that
 * would go: there it is green's promotion after which nothing is left to decide.
 */
const TOO_LATE_MS = 5 * SECOND_MS;

const aborted = toldAt(
  {
    name: 'aborted',
    description: 'a person aborts the deployment; what is accepted is obeyed',
    endsAlike: false,
  },
  (stage, { service, deploymentId }) => {
    const { orchestrator, world } = stage;
    const { scheduler } = world.kernel;
    const sets = world.ecs.taskSets().filter((set) => set.serviceArn === serviceArn(service.name));
    const goes = service.first
      ? sets.some(({ externalId, status }) => externalId === deploymentId && status === 'PRIMARY')
      : !sets.some((set) => set.externalId !== deploymentId && set.scalePercent === 100);
    if (goes) return stage.nothingToDo('blue has begun to go');
    const lastStep = service.first ? 'PromoteGreen' : 'RetireBlue';
    let acceptedAtMs = scheduler.nowMs();
    let tooLate = false;
    world.kernel.onServed(({ operation, by }, ok) => {
      if (!ok || by !== lastStep || !/^Update(TaskSet|ServicePrimaryTaskSet)$/.test(operation)) return;
      tooLate = scheduler.nowMs() - acceptedAtMs < TOO_LATE_MS;
      if (tooLate) stage.mustEnd(null, '');
    });
    const command = { cluster: 'proof', service: service.name, command: 'abort', by: 'ada', id: 'proof' };
    orchestrator.lambda.invoke('Command', command, { executionArn: undefined }).then(
      () => {
        acceptedAtMs = scheduler.nowMs();
        if (!tooLate) stage.mustEnd('rolledBack', 'an abort was accepted');
      },
      (error: Error) => stage.nothingToDo(error.message),
    );
  },
);

export const signalFaults: readonly ProofFault[] = [falseEvents, aborted];
