import type { CommandMessage } from '../aws/command-function.ts';
import type { CommandKind } from '../core/vocabulary/command.types.ts';
import type { WeightedGroup } from '../core/vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type { Cancel } from '../sim/kernel/listeners.ts';
import type { SimLambda } from '../sim/lambda.ts';
import type { Orchestrator } from '../sim/orchestrator.ts';
import type { World } from '../sim/world.ts';
import type { Colours } from './colours.ts';
import { armFaults, type FaultHooks } from './faults/arm-faults.ts';
import type { Fault } from './faults/fault.types.ts';
import { parseFault } from './faults/parse-fault.ts';
import type { FaultScene } from './faults/world-fault.types.ts';
import { worldFaultNamed } from './faults/world-faults.ts';

/** @throws for one that cannot be parsed; callers check these first. */
export const parseFaults = (texts: string[]): Fault[] =>
  texts.map((text) => {
    const parsed = parseFault(text);
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.fault;
  });

/** What the faults act on. */
type Rehearsed = {
  serviceArn: string;
  deploymentId: string;
  /** Undefined when it is not one that can be parsed. */
  request: DeploymentRequest | undefined;
  /** What the world was like before the deployment. */
  routes: readonly { arn: string; groups: WeightedGroup[] }[];
  taskSets: readonly { id: string }[];
  colours(): Colours;
  isOfDeployment?: FaultHooks['isOfDeployment'];
};

/**
 * Arms what `--inject` asked for: each fault acts on the part of the world it is about. Those that have not come when
 * the returned function is called never do.
 */
export const armRehearsal = (
  world: World,
  { lambda, stepFunctions }: Orchestrator,
  faults: readonly Fault[],
  { serviceArn, deploymentId, request, routes, taskSets, colours, isOfDeployment }: Rehearsed,
): Cancel => {
  const { kernel, ecs, cloudWatch } = world;
  const known = new Set(taskSets.map(({ id }) => id));
  const scene: FaultScene = {
    world,
    serviceArn,
    deploymentId,
    alarm: request?.alarms.names[0],
    routes,
    colours,
    isGreen: ({ id }) => !known.has(id),
    stopExecution: () => {
      const running = stepFunctions.executions().filter(({ status }) => status === 'RUNNING');
      for (const { arn } of running) stepFunctions.stopExecution(arn, 'stopped in the console');
      return running.length > 0;
    },
    foreignWrite: () => undefined,
  };
  return armFaults(kernel, faults, {
    setDesiredCount: (count) => ecs.setDesiredCount(serviceArn, count),
    setLoad: (factor) => world.traffic.setLoad?.(factor),
    setAlarm: (alarm, state, reason) => cloudWatch.setAlarm(alarm, state, reason),
    worldFault: (name, announce) => {
      const found = worldFaultNamed(name);
      announce(found?.description ?? name);
      const why = found?.apply(scene) ?? null;
      if (why !== null) announce(`nothing was done: ${why}`);
    },
    command: (kind) => sendCommand(world, lambda, request, kind),
    firstAlarm: request?.alarms.names[0],
    ...(isOfDeployment === undefined ? {} : { isOfDeployment }),
  });
};

/** As the command line would: by the Lambda, whose refusal a person reads. */
const sendCommand = (
  { kernel }: World,
  lambda: SimLambda,
  request: DeploymentRequest | undefined,
  command: CommandKind,
): void => {
  const { cluster = '', service = '' } = request ?? {};
  const id = `rehearsed_${kernel.scheduler.nowMs()}`;
  const sent: CommandMessage = {
    cluster,
    service,
    command,
    by: 'operator',
    reason: 'a fault that was injected',
    id,
  };
  lambda.invoke('Command', sent, { executionArn: undefined }).then(
    () => kernel.emit({ kind: 'command', what: `${command} accepted` }),
    (error: Error) => kernel.emit({ kind: 'command', what: `${command} refused`, why: error.message }),
  );
};
