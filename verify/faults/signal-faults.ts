import { SECOND_MS } from '../../core/clock.ts';
import { alarmName, serviceArn } from '../stage/small-names.ts';
import type { Stage, StagedDeployment } from '../stage/stage.ts';
import { writes } from '../stage/way-forward.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';
import { closedByHand } from './record-fault.ts';
import { strikeAt } from './span.ts';

/** What a deployment is sent from outside: events that are wrong, and commands of a person that are right. */

/** `send` gives null, or why there is nothing to send; it has then changed nothing. */
const sentAt = (
  fault: Pick<ProofFault, 'name' | 'description' | 'endsAlike'>,
  send: (stage: Stage, deployment: StagedDeployment) => string | null,
): ProofFault => ({
  ...fault,
  mayLose: NOTHING,
  arm: (point, span) => {
    if (point.kind === 'call') return null;
    return (stage) => {
      const [deployment] = stage.deployments;
      if (deployment !== undefined) strikeAt(stage, point, () => send(stage, deployment), span);
    };
  },
});

const falseEvents = sentAt(
  {
    name: 'false-events',
    description: 'an event reports an alarm that is not red, another the end of an execution that still runs',
    endsAlike: true,
  },
  (stage, deployment) => {
    const { orchestrator, world } = stage;
    const execution = deployment.execution();
    const name = alarmName(deployment.service.name);
    if (execution === undefined || world.cloudWatch.states()[name] === 'ALARM')
      return 'the event would be true';
    const event = (handler: string, detail: unknown): void => {
      orchestrator.lambda
        .invoke(handler, { detail }, { executionArn: undefined })
        .catch((error: Error) => world.kernel.emit({ kind: 'log', what: `${handler}: ${error.message}` }));
    };
    event('OnAlarm', { alarmName: name, state: { value: 'ALARM' } });
    event('Sweep', { status: 'ABORTED', executionArn: execution.arn });
    return null;
  },
);

/**
 * The one who says abort at the very moment at which blue begins to go comes too late. A first deployment has no blue
 * that would go: there it is green's promotion after which nothing is left to decide.
 */
const TOO_LATE_MS = 5 * SECOND_MS;

type Send = (command: Record<string, unknown>) => Promise<unknown>;

/** What a person's abort must lead to, after what was sent `before` it. */
const abortedAfter = (
  fault: Pick<ProofFault, 'name' | 'description'>,
  before: (send: Send) => Promise<void>,
): ProofFault =>
  sentAt({ ...fault, endsAlike: false }, (stage, { service, deploymentId }) => {
    const { orchestrator, world } = stage;
    const { scheduler } = world.kernel;
    const sets = world.ecs.taskSets().filter((set) => set.serviceArn === serviceArn(service.name));
    const goes = service.first
      ? sets.some(({ externalId, status }) => externalId === deploymentId && status === 'PRIMARY')
      : // A service that was blue as a whole never goes.
        service.takesOver !== true &&
        !sets.some((set) => set.externalId !== deploymentId && set.scalePercent === 100);
    if (goes) return 'blue has begun to go';
    const lastStep = service.first ? 'PromoteGreen' : 'RetireBlue';
    let acceptedAtMs = scheduler.nowMs();
    let tooLate = false;
    world.kernel.onServed(({ operation, by }, ok) => {
      if (!ok || by !== lastStep || !/^Update(TaskSet|ServicePrimaryTaskSet)$/.test(operation)) return;
      tooLate = scheduler.nowMs() - acceptedAtMs < TOO_LATE_MS;
      if (tooLate) stage.mustEnd(null, '');
    });
    const send: Send = (command) => {
      const whole = { cluster: 'proof', service: service.name, by: 'ada', ...command };
      return orchestrator.lambda.invoke('Command', whole, { executionArn: undefined });
    };
    before(send)
      .then(() => send({ command: 'abort', id: 'proof' }))
      .then(
        () => {
          acceptedAtMs = scheduler.nowMs();
          if (!tooLate) stage.mustEnd('rolledBack', 'an abort was accepted');
        },
        (error: Error) => {
          const record = world.dynamoDb.item(`deployment#${deploymentId}`, 'record');
          const open = record?.outcomeJson === undefined && record?.commitmentJson === undefined;
          // The record's own condition refused it, and not because of where the deployment stands.
          if (open && error.name === 'Conflict' && error.message.includes('as many commands'))
            stage.problem(`an abort was refused while the deployment could still go back: ${error.message}`);
          else stage.nothingToDo(error.message);
        },
      );
    return null;
  });

const aborted = abortedAfter(
  { name: 'aborted', description: 'a person aborts the deployment; what is accepted is obeyed' },
  async () => undefined,
);

/** Commands of any size and number: what is refused changes nothing, and abort is taken after all of them. */
const MANY = 90;
const LONG = 200_000;

const shouted = abortedAfter(
  {
    name: 'many-commands',
    description:
      `${MANY} freezes and resumes and one pause by ${LONG} characters come, and then an abort that has ` +
      'to be taken',
  },
  async (send) => {
    const refused = (): undefined => undefined;
    await send({ command: 'pause', by: 'a'.repeat(LONG), id: 'long' }).catch(refused);
    for (let at = 0; at < MANY; at += 1) {
      const command = at % 2 === 0 ? 'freeze' : 'resume';
      await send({ command, id: `many_${at}` }).catch(refused);
    }
  },
);

/** So long after the first try somebody stops the execution and tries again. */
const FORGED_AGAIN_MS = 5 * SECOND_MS;

const forged = sentAt(
  {
    name: 'forged-recovery',
    description:
      'somebody who may start executions starts a recovery of the one that runs, and again when it was stopped',
    endsAlike: false,
  },
  (stage, { service, deploymentId, execution }) => {
    const { stepFunctions } = stage.orchestrator;
    const { kernel } = stage.world;
    const running = execution();
    if (running === undefined || stepFunctions.execution(running.arn).status !== 'RUNNING')
      return 'the execution has ended';
    const forge = (name: string): void => {
      const { arn } = stepFunctions.startExecution({
        name,
        input: {
          mode: 'rollBack',
          deploymentId,
          serviceKey: `proof/${service.name}`,
          endedExecutionArn: running.arn,
          proof: 'guessed',
        },
      });
      kernel.onServed((call, ok) => {
        if (ok && call.executionArn === arn && call.by !== undefined && writes.includes(call.operation))
          stage.problem(
            `invariant 5: ${call.operation} by ${call.by} of a recovery that the sweep did not start`,
          );
      });
    };
    forge('forged-while-it-runs');
    kernel.scheduler.after(FORGED_AGAIN_MS, () => {
      if (stepFunctions.execution(running.arn).status !== 'RUNNING') return;
      stepFunctions.stopExecution(running.arn, 'stopped by a person in the console');
      forge('forged-when-it-was-stopped');
    });
    return null;
  },
);

export const signalFaults: readonly ProofFault[] = [falseEvents, aborted, shouted, forged, closedByHand];
