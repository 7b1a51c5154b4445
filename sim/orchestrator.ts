import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { EventHandlerName } from '../functions/event-handlers.ts';
import { stepNames } from '../statemachine/contract.ts';
import machine from '../statemachine/deploy.asl.json' with { type: 'json' };
import { makeLambda, type SimLambda } from './lambda.ts';
import { makeStepFunctions, type StepFunctions } from './stepfunctions/step-functions.ts';
import type { Invoke } from './stepfunctions/task-attempt.ts';
import type { World } from './world.ts';

/** The file that is deployed, run as it is. */
export const definition: unknown = machine;

const resources = Object.fromEntries(
  stepNames.map((name) => [`${name}Arn`, `arn:aws:lambda:us-east-1:123456789012:function:cutover-${name}`]),
);

/** What may happen to an event on its way: EventBridge delivers at least once, and in no promised time [117, 123]. */
export type Delivery = { lost: true } | { lateMs?: number; times?: number };

export type Orchestrator = {
  lambda: SimLambda;
  stepFunctions: StepFunctions;
  /** Asks before each event is delivered; the last one to be set decides. */
  deliverBy(decide: (handler: EventHandlerName, event: unknown) => Delivery): void;
};

/** Assumed: what lies between a change and the Lambda that hears of it, milliseconds. */
const EVENT_LATENCY_MS = [500, 3_000] as const;

/** How often the sweep runs by itself. infra/ lets it run every minute: here a lost status event costs more. */
export const SWEEP_EVERY_MS = 5 * MINUTE_MS;

/** Lambda's own retries of a failed asynchronous invocation, after one and two minutes [124]. */
const ASYNC_RETRY_MS = [MINUTE_MS, 2 * MINUTE_MS];

/**
 * What infra/ deploys into an account: the state machine, its Lambdas, and the rules that call the others. `around` stands
 * between Step Functions and Lambda, for faults of an invocation itself.
 */
export const installOrchestrator = (
  world: World,
  around: (invoke: Invoke) => Invoke = (invoke) => invoke,
): Orchestrator => {
  const { kernel, connectors, cloudWatch } = world;
  const { scheduler } = kernel;
  const random = kernel.random.fork('events');
  const lambda = makeLambda(kernel, connectors);
  const stepFunctions = makeStepFunctions(kernel, definition, { resources, invoke: around(lambda.invoke) });
  world.connectStepFunctions(stepFunctions.client);
  let decide: (handler: EventHandlerName, event: unknown) => Delivery = () => ({});

  const invoke = (handler: EventHandlerName, event: unknown, tries = 0): void => {
    lambda.invoke(handler, event, { executionArn: undefined }).catch((error: Error) => {
      kernel.emit({ kind: 'log', what: `${handler} failed: ${error.message}`, detail: true });
      const againMs = ASYNC_RETRY_MS[tries];
      if (againMs !== undefined) scheduler.after(againMs, () => invoke(handler, event, tries + 1));
    });
  };
  const deliver = (handler: EventHandlerName, event: unknown): void => {
    const delivery = decide(handler, event);
    if ('lost' in delivery) return;
    const { lateMs = 0, times = 1 } = delivery;
    for (let copy = 0; copy < times; copy += 1) {
      scheduler.after(lateMs + random.between(...EVENT_LATENCY_MS), () => invoke(handler, event));
    }
  };

  cloudWatch.onChange(({ name, to }) =>
    deliver('OnAlarm', {
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: name, state: { value: to } },
    }),
  );
  stepFunctions.onStatusChange(({ arn, status }) => {
    if (status !== 'RUNNING')
      deliver('Sweep', {
        'detail-type': 'Step Functions Execution Status Change',
        detail: { status, executionArn: arn },
      });
  });
  const sweepAgain = (): void => {
    invoke('Sweep', { 'detail-type': 'Scheduled Event' });
    scheduler.after(SWEEP_EVERY_MS, sweepAgain);
  };
  scheduler.after(SWEEP_EVERY_MS + random.between(0, 60) * SECOND_MS, sweepAgain);

  return {
    lambda,
    stepFunctions,
    deliverBy: (next) => {
      decide = next;
    },
  };
};
