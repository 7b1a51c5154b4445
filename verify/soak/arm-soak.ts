import { SECOND_MS } from '../../core/clock.ts';
import { parseRequest } from '../../core/request/request.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import { worldFaultNamed } from '../../rehearsal/faults/world-faults.ts';
import { sceneOf } from '../stage/scene.ts';
import { alarmName } from '../stage/small-names.ts';
import type { Stage, StagedDeployment } from '../stage/stage.ts';
import { ownerOf } from '../stage/watched-deployment.ts';
import type { SoakFault } from './schedule.ts';
import { armHooks } from './soak-hooks.ts';

/** A late event is later than any sweep's interval is long. */
const LATE_MS = 400 * SECOND_MS;

/** Makes a schedule's faults come at their time. */
export const armSoak = (stage: Stage, faults: readonly SoakFault[]): void => {
  faults.forEach((fault, index) => {
    arm(stage, fault, index);
  });
  armHooks(stage.world);
  approveAll(stage);
  const { kernel } = stage.world;
  const fromMs = kernel.scheduler.nowMs();
  const disturbed = faults.filter((fault) => fault.kind === 'events');
  stage.orchestrator.deliverBy(() => {
    const sinceSeconds = (kernel.scheduler.nowMs() - fromMs) / SECOND_MS;
    const now = disturbed.find(
      ({ atSeconds, forSeconds }) => sinceSeconds >= atSeconds && sinceSeconds < atSeconds + forSeconds,
    );
    if (now === undefined) return {};
    return now.how === 'lost' ? { lost: true } : now.how === 'late' ? { lateMs: LATE_MS } : { times: 2 };
  });
};

const arm = (stage: Stage, fault: SoakFault, index: number): void => {
  const { kernel } = stage.world;
  const at = (seconds: number, event: () => void): void =>
    void kernel.scheduler.after(seconds * SECOND_MS, event);
  switch (fault.kind) {
    case 'call': {
      let number = 0;
      kernel.intercept(() => (number++ === fault.at ? fault.fault : undefined));
      return;
    }
    case 'outage': {
      const fromMs = kernel.scheduler.nowMs() + fault.atSeconds * SECOND_MS;
      const untilMs = fromMs + fault.forSeconds * SECOND_MS;
      kernel.intercept(({ service }) => {
        const nowMs = kernel.scheduler.nowMs();
        return service === fault.service && nowMs >= fromMs && nowMs < untilMs ? fault.fault : undefined;
      });
      return;
    }
    case 'world':
      at(fault.atSeconds, () => strikes(stage, fault));
      return;
    case 'command': {
      at(fault.atSeconds, () => command(stage, fault.deployment, fault.command, `soak_${index}`));
      // The one who pauses, freezes or does not approve comes back; a deployment waits for that without a limit.
      const after = fault.atSeconds + fault.resumeAfterSeconds;
      at(after, () => command(stage, fault.deployment, 'resume', `soak_${index}_resume`));
      return;
    }
    case 'alarmStorm':
      for (let flap = 0; flap < fault.flaps; flap += 1) {
        const redAt = fault.atSeconds + flap * FLAP_SECONDS;
        at(redAt, () => setAlarms(stage, 'ALARM'));
        at(redAt + FLAP_SECONDS / 2, () => setAlarms(stage, 'OK'));
      }
      return;
    case 'events':
      return;
    default:
      fault satisfies never;
  }
};

/** Red and green again within less than an alarm's evaluation takes. */
const FLAP_SECONDS = 20;

const setAlarms = ({ world, deployments }: Stage, state: 'ALARM' | 'OK'): void => {
  for (const name of new Set(deployments.map(({ service }) => alarmName(service.name))))
    world.cloudWatch.setAlarm(name, state, 'an alarm storm', { forMs: (FLAP_SECONDS * SECOND_MS) / 2 });
};

/** A blue that is deleted leaves its deployment to a person, and a green is blue once its deployment has ended. */
const isTheNextOnesBlue = (stage: Stage, fault: string, { deploymentId }: StagedDeployment): boolean => {
  const owner = ownerOf(stage.orchestrator);
  return (
    fault === 'foreign-delete:green' &&
    !stage.orchestrator.stepFunctions
      .executions()
      .some(({ arn, status }) => status === 'RUNNING' && owner({ executionArn: arn }) === deploymentId)
  );
};

const strikes = (stage: Stage, fault: Extract<SoakFault, { kind: 'world' }>): void => {
  const worldFault = worldFaultNamed(fault.name);
  const deployment = stage.deployments[fault.deployment];
  if (worldFault === undefined || deployment === undefined) return;
  const why = isTheNextOnesBlue(stage, fault.name, deployment)
    ? 'its deployment has ended'
    : worldFault.apply(sceneOf(stage, deployment));
  stage.world.kernel.emit({
    kind: 'fault',
    what: `${worldFault.description} (${deployment.service.name})`,
    data: { fault: worldFault.name },
    ...(why === null ? {} : { why: `nothing to do: ${why}` }),
  });
};

/**
 * Somebody approves now and then; a deployment waits for it without a limit. For four hours: behind a network load
 * balancer each move of users takes ten minutes.
 */
const APPROVALS = 120;
const APPROVAL_SECONDS = 120;

const approveAll = (stage: Stage): void => {
  stage.deployments.forEach(({ request }, deployment) => {
    if (!JSON.stringify(request).includes('"approval":true')) return;
    for (let turn = 1; turn <= APPROVALS; turn += 1) {
      stage.world.kernel.scheduler.after(turn * APPROVAL_SECONDS * SECOND_MS, () =>
        command(stage, deployment, 'approve', `approval_${deployment}_${turn}`),
      );
    }
  });
};

/** By the Lambda, as the command line sends it; a refusal is an answer. */
const command = (stage: Stage, deployment: number, kind: CommandKind, id: string): void => {
  const { kernel } = stage.world;
  const parsed = parseRequest(stage.deployments[deployment]?.request);
  if (!parsed.ok) return;
  const { cluster, service } = parsed.request;
  const log = (what: string) => kernel.emit({ kind: 'log', what: `${kind} for ${service}: ${what}` });
  stage.orchestrator.lambda
    .invoke('Command', { cluster, service, command: kind, by: 'soak', id }, { executionArn: undefined })
    .then(
      () => log('accepted'),
      (error: Error) => log(`refused, ${error.message}`),
    );
};
