import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { EventHandlerName } from '../functions/event-handlers.ts';
import { stepNames } from '../statemachine/contract.ts';
import machine from '../statemachine/deploy.asl.json' with { type: 'json' };
import { eventDelivery, eventRules } from '../statemachine/event-rules.ts';
import hookMachine from '../statemachine/hook.asl.json' with { type: 'json' };
import { matches } from './eventbridge/event-pattern.ts';
import { makeLambda, type SimLambda } from './lambda.ts';
import { makeStepFunctions, STATE_MACHINE_ARN, type StepFunctions } from './stepfunctions/step-functions.ts';
import type { Invoke } from './stepfunctions/task-attempt.ts';
import type { World } from './world.ts';

/** The file that is deployed, run as it is. */
export const definition: unknown = machine;

const resources = Object.fromEntries(
  stepNames.map((name) => [`${name}Arn`, `arn:aws:lambda:us-east-1:123456789012:function:cutover-${name}`]),
);

const hookResources = { HookAnswerArn: 'arn:aws:lambda:us-east-1:123456789012:function:cutover-HookAnswer' };

/**
 * What may happen to an event on its way: EventBridge delivers at least once, and in no promised time [fact 117,
 * 123].
 */
export type Delivery = { lost: true } | { lateMs?: number; times?: number };

export type Orchestrator = {
  lambda: SimLambda;
  stepFunctions: StepFunctions;
  /** Asks before each event is delivered; the last one to be set decides. */
  deliverBy(decide: (handler: EventHandlerName, event: unknown) => Delivery): void;
};

/** Assumed: what lies between a change and the Lambda that is started by it, milliseconds. */
const EVENT_LATENCY_MS = [500, 3_000] as const;

/** Lambda's own retries of a failed asynchronous invocation come after one and two minutes [fact 124]. */
const ASYNC_RETRY_MS = [MINUTE_MS, 2 * MINUTE_MS].slice(0, eventDelivery.lambdaRetries);

/**
 * What infra/ deploys into an account: the state machine, its Lambdas, and the rules that call the others. `around`
 * stands between Step Functions and Lambda, for faults of an invocation itself.
 */
export const installOrchestrator = (
  world: World,
  around: (invoke: Invoke) => Invoke = (invoke) => invoke,
  {
    lambda = makeLambda(world.kernel, world.connectors),
    mostEnded,
    moves = false,
  }: {
    lambda?: SimLambda;
    mostEnded?: number;
    /** Somebody may move a service to Cutover or away: WatchMoves, too, runs by its schedule. */
    moves?: boolean;
  } = {},
): Orchestrator => {
  const { kernel, cloudWatch } = world;
  const { scheduler } = kernel;
  const random = kernel.random.fork('events');
  const stepFunctions = makeStepFunctions(kernel, definition, {
    resources,
    invoke: around((step, payload, context) =>
      step.startsWith('arn:') ? world.functions.invoke(step, payload) : lambda.invoke(step, payload, context),
    ),
    hooks: { definition: hookMachine, resources: hookResources },
    mostEnded,
  });
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

  const rules = [
    { handler: 'OnAlarm', pattern: eventRules.OnAlarm.pattern() },
    { handler: 'Sweep', pattern: eventRules.Sweep.pattern(STATE_MACHINE_ARN) },
    { handler: 'Watch', pattern: eventRules.Watch.pattern() },
  ] as const;
  const publish = (event: object): void => {
    for (const { handler, pattern } of rules) if (matches(pattern, event)) deliver(handler, event);
  };

  cloudWatch.onChange(({ name, to }) =>
    publish({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: name, state: { value: to } },
    }),
  );
  stepFunctions.onStatusChange(({ arn, stateMachineArn, status }) =>
    publish({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn: arn, stateMachineArn, status },
    }),
  );
  kernel.onEvent(({ data }) => {
    const task = data?.stopping as Record<string, unknown> | undefined;
    if (task === undefined) return;
    const lastStatus = data?.status === 'STOPPED' ? 'STOPPED' : 'RUNNING';
    publish({
      source: 'aws.ecs',
      'detail-type': 'ECS Task State Change',
      detail: {
        ...task,
        desiredStatus: 'STOPPED',
        lastStatus,
      },
    });
  });
  const everyMinute = (handler: 'Sweep' | 'Watch' | 'WatchMoves', everyMs: number): void => {
    const again = (): void => {
      invoke(handler, { 'detail-type': 'Scheduled Event' });
      scheduler.after(everyMs, again);
    };
    scheduler.after(everyMs + random.between(0, 60) * SECOND_MS, again);
  };
  everyMinute('Sweep', eventRules.Sweep.everyMs);
  everyMinute('Watch', eventRules.Watch.everyMs);
  if (moves) everyMinute('WatchMoves', eventRules.WatchMoves.everyMs);

  return {
    lambda,
    stepFunctions,
    deliverBy: (next) => {
      decide = next;
    },
  };
};
