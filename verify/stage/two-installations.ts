import type { Sender } from '../../aws/call.ts';
import { makeEnds } from '../../aws/ends.ts';
import { makeExecutions } from '../../aws/executions.ts';
import { makeLeases } from '../../aws/lease.ts';
import { makeRecord } from '../../aws/record.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { sha256 } from '../../functions/identify.ts';
import { installOrchestrator, type Orchestrator } from '../../sim/orchestrator.ts';
import type { Execution } from '../../sim/stepfunctions/execution.types.ts';
import type { Invoke } from '../../sim/stepfunctions/task-attempt.ts';
import { makeWorld, type World } from '../../sim/world.ts';
import { quickHealthy, type SmallService } from './small-names.ts';
import { smallRequest, smallWorld } from './small-world.ts';

/**
 * Two installations in one account that both may deploy a service: neither reads the other's lease. docs/deploying.md
 * says never to allow it; this is what holds where somebody does.
 */

const service: SmallService = {
  name: 'shop',
  routes: ['rule', 'default'],
  sticky: false,
  first: false,
};

/** One that has a table and a state machine of its own. */
const secondInstallation = (world: World, around: (invoke: Invoke) => Invoke): Orchestrator => {
  const table = world.dynamoDb.client;
  let own: Sender | undefined;
  const executions: Sender = {
    send: (command, options) => {
      if (own === undefined) throw new Error('the second installation has no state machine yet');
      return own.send(command, options);
    },
  };
  const itsWorld: World = {
    ...world,
    connectors: {
      ...world.connectors,
      leases: (call) => makeLeases(table, call, 'second'),
      record: (call) => makeRecord(table, call, 'second'),
      ends: (call) => makeEnds(table, call, 'second', sha256),
      executions: (call) => makeExecutions(executions, call),
    },
    connectStepFunctions: (client) => {
      own = client;
    },
  };
  return installOrchestrator(itsWorld, around);
};

type BothDeployed = {
  /** How each execution ended, with the error's name. */
  ends: string[];
  causes: string[];
  /** Requests that failed. */
  lost: number;
  /** Task sets that are left. */
  serves: number;
  /** Every route has the same weights. */
  even: boolean;
};

/** Tells once, of the first execution that invokes the step; its Lambda works on. */
const stopsIn = (stoppedAt: string | undefined, stop: (executionArn: string) => void) => {
  let stopped = false;
  return (invoke: Invoke): Invoke =>
    (step, payload, context) => {
      if (step === stoppedAt && !stopped && context.executionArn !== undefined) {
        stopped = true;
        stop(context.executionArn);
      }
      return invoke(step, payload, context);
    };
};

/** The first one starts, and the second one so many seconds later, with another revision. */
export const bothDeploy = async (
  afterSeconds: number,
  { sticky = false, stoppedAt }: { sticky?: boolean; stoppedAt?: string } = {},
): Promise<BothDeployed> => {
  const world = makeWorld(smallWorld([{ ...service, sticky }]), 1, () => quickHealthy);
  const { scheduler } = world.kernel;
  const pass = (ms: number) => scheduler.run(() => false, scheduler.nowMs() + ms);
  const stops = stopsIn(stoppedAt, (arn) => {
    const runs = ({ stepFunctions }: Orchestrator) =>
      stepFunctions.executions().some((one) => one.arn === arn);
    scheduler.after(0, () => machines.find(runs)?.stepFunctions.stopExecution(arn, 'stopped in the console'));
  });
  const machines: Orchestrator[] = [installOrchestrator(world, stops), secondInstallation(world, stops)];
  await pass(3 * MINUTE_MS);
  const executions: Execution[] = [];
  for (const [at, { stepFunctions }] of machines.entries()) {
    const input = { ...smallRequest(service, at === 0 ? 2 : 3), strategy: 'Linear10PercentEvery1Minutes' };
    executions.push(stepFunctions.startExecution({ name: `deploy-${at}`, input }));
    await pass(at === 0 ? afterSeconds * SECOND_MS : 0);
  }
  const ended = () => executions.every(({ status }) => status !== 'RUNNING');
  await scheduler.run(ended, scheduler.nowMs() + 6 * HOUR_MS);
  await pass(10 * MINUTE_MS);

  const [arn = ''] = world.ecs.services().map((one) => one.arn);
  return {
    ends: executions.map(({ status, error = '' }) => `${status} ${error}`.trim()),
    causes: executions.map(({ cause = '' }) => cause),
    lost: world.traffic.totals().failed,
    serves: world.ecs.runs(arn).targetGroupArns.length,
    even: new Set(world.elbv2.routes().map(({ groups }) => JSON.stringify(groups))).size === 1,
  };
};

/** What no installation's own checkers see: what the two of them did to the service together. */
export const problemsOfBoth = ({ ends, lost, serves, even }: BothDeployed): string[] => {
  const succeeded = ends.filter((end) => end === 'SUCCEEDED').length;
  if (succeeded === 1 && serves === 1 && even && lost === 0) return [];
  return [
    `invariant 5: ${succeeded} of two deployments at once succeeded (${ends.join(', ')}): ${serves} task sets are ` +
      `left, the routes have ${even ? 'the same' : 'different'} weights, ${lost} requests failed`,
  ];
};
