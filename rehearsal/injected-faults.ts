import type { CommandMessage } from '../aws/command-function.ts';
import type { CommandKind } from '../core/vocabulary/command.types.ts';
import type { WeightedGroup } from '../core/vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type { SimLambda } from '../sim/lambda.ts';
import type { Orchestrator } from '../sim/orchestrator.ts';
import type { World } from '../sim/world.ts';
import { armFaults } from './faults/arm-faults.ts';
import type { Fault } from './faults/fault.types.ts';
import { parseFault } from './faults/parse-fault.ts';

/** @throws for one that cannot be parsed; callers check these first. */
export const parseFaults = (texts: string[]): Fault[] =>
  texts.map((text) => {
    const parsed = parseFault(text);
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.fault;
  });

/** What the faults act on. */
export type Rehearsed = {
  serviceArn: string;
  /** Undefined when it is not one that can be parsed. */
  request: DeploymentRequest | undefined;
  /** What the world was like before the deployment. */
  routes: readonly { arn: string; groups: WeightedGroup[] }[];
  taskSets: readonly { id: string }[];
};

/** Arms what `--inject` asked for: each fault acts on the part of the world it is about. */
export const armRehearsal = (
  world: World,
  { lambda, stepFunctions }: Orchestrator,
  faults: Fault[],
  { serviceArn, request, routes, taskSets }: Rehearsed,
): void => {
  const { kernel, ecs, elbv2, cloudWatch } = world;
  armFaults(kernel, faults, {
    killTask: (which) => killTask(world, which, taskSets),
    setDesiredCount: (count) => ecs.setDesiredCount(serviceArn, count),
    setAlarm: (alarm, state, reason) => cloudWatch.setAlarm(alarm, state, reason),
    resetWeights: (by) => {
      for (const { arn, groups } of routes) elbv2.foreignWrite(arn, groups, by);
    },
    stopExecution: (cause) => {
      for (const { arn, status } of stepFunctions.executions()) {
        if (status === 'RUNNING') stepFunctions.stopExecution(arn, cause);
      }
    },
    command: (kind) => sendCommand(world, lambda, request, kind),
    firstAlarm: request?.alarms.names[0],
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
    reason: 'injected by the rehearsal',
    id,
  };
  lambda.invoke('Command', sent, { executionArn: undefined }).then(
    () => kernel.emit({ kind: 'command', what: `${command} accepted` }),
    (error: Error) => kernel.emit({ kind: 'command', what: `${command} refused`, why: error.message }),
  );
};

const killTask = (world: World, which: 'blue' | 'green', before: readonly { id: string }[]): boolean => {
  const known = new Set(before.map(({ id }) => id));
  const set = world.ecs.taskSets().find(({ id }) => (which === 'blue' ? known.has(id) : !known.has(id)));
  return set !== undefined && world.ecs.killTask(set.id) !== undefined;
};
