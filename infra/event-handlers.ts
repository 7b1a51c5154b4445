import type { aws_events as events } from 'aws-cdk-lib';
import type { Action } from './permissions.ts';

/** A Lambda that an event or the clock starts, instead of the state machine. */
export type EventHandler = {
  /** The file in functions/, without its extension. */
  file: string;
  /** One sentence, for the Lambda's and its role's description. */
  description: string;
  /** What starts it: an event pattern, a schedule, or both. */
  pattern?: events.EventPattern;
  schedule?: events.Schedule;
  /** What it may do, as in permissions.ts. */
  actions: readonly Action[];
};

/**
 * One entry makes the Lambda, its role, its rule with retries and dead-letter queue, its failure destination
 * and their alarms (event-handler.ts). None exist yet.
 */
export const eventHandlers: readonly EventHandler[] = [];
