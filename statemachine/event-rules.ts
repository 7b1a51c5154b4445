import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';

/** An EventBridge event pattern as the service takes it: fields are and, the values of a list are or. */
export type EventPattern = {
  source: string[];
  'detail-type': string[];
  detail: { [field: string]: string[] | { [field: string]: string[] } };
};

type EventRule = {
  /** Which events start the Lambda; absent: none. */
  pattern?: (stateMachineArn: string) => EventPattern;
  /** How often it runs besides. */
  everyMs?: number;
};

/** What starts the Lambdas beside the workflow: infra/ makes rules of it, and the simulator delivers by it. */
export const eventRules = {
  OnAlarm: {
    // Of all alarms of the account: which are watched changes with each deployment, the table knows.
    pattern: () => ({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: { state: { value: ['ALARM'] } },
    }),
  },
  Sweep: {
    // Every end but success: one that freed its lease leaves the sweep nothing to do.
    pattern: (stateMachineArn) => ({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    }),
    // Status events are best effort: this is how long users may be left with a half-done shift when one is
    // lost. A run each minute costs a few cents a month.
    everyMs: MINUTE_MS,
  },
  Watch: {
    // The first and the last of the five events of a task that stops: of all services, since which are deployed
    // changes.
    pattern: () => ({
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: { desiredStatus: ['STOPPED'], lastStatus: ['RUNNING', 'STOPPED'] },
    }),
    // ECS promises no delay, and a target that fails its checks is no event at all.
    everyMs: MINUTE_MS,
  },
  WatchMoves: {
    // A move between controllers takes hours and days, and a silent one is found within minutes.
    everyMs: MINUTE_MS,
  },
} as const satisfies Record<string, EventRule>;

/**
 * How long an event is worth delivering, and how often it is tried. An alarm that is an hour old says nothing about
 * now, and the sweep runs again anyway. EventBridge would retry for a day and Lambda for six hours [fact 123, 124].
 */
export const eventDelivery = {
  usefulForMs: HOUR_MS,
  eventBridgeRetries: 185,
  lambdaRetries: 2,
};
