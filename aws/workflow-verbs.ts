import type { Writer, Written } from '../core/vocabulary/drift.types.ts';
import type { DeploymentEvent } from '../core/vocabulary/events.types.ts';

/** When it started: the first try's instant, should this be a repeat of it. */
export type Started = { kind: 'started'; startedAtMs: number } | { kind: 'existed' };

/** aws/executions.ts */
export type Executions = {
  /** SendTaskSuccess; `alreadyDecided` when the wait is over. */
  wake(taskToken: string, by: string): Promise<'woken' | 'alreadyDecided'>;
  /** DescribeExecution; one that is no longer known has ended. */
  status(executionArn: string): Promise<{ running: boolean; reason: string }>;
  /**
   * StartExecution; the same name twice is one execution. `existed`: with another input, or it has ended [fact 102].
   */
  start(stateMachineArn: string, name: string, input: unknown): Promise<Started>;
};

/** aws/events.ts */
export type Events = {
  /**
   * PutEvents, source `cutover`. Never fails: an event that cannot be put within seconds is logged, and the step
   * continues.
   */
  emit(event: DeploymentEvent): Promise<void>;
};

/** aws/writers.ts */
export type Writers = {
  /**
   * LookupEvents: the last of somebody else's calls that wrote it; null while CloudTrail has none, which may be up to
   * 15 minutes [fact 177].
   */
  find(written: Written): Promise<Writer | null>;
};
