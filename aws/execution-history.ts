import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';

const executionStatuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT'] as const;
type ExecutionStatus = (typeof executionStatuses)[number];

type ExecutionSummary = {
  arn: string;
  name: string;
  status: ExecutionStatus;
  startedAtMs: number;
  endedAtMs: number | null;
};

export type DescribedExecution = ExecutionSummary & {
  /** The execution's input, as JSON text. */
  input: string;
  /** `RolledBack`, `Refused`, ... when it failed. */
  error: string;
  cause: string;
};

/**
 * One state entered or left, or a try of its function that failed and that Retry may repeat; everything else in the
 * history is about how a Task was run.
 */
export type StateEvent = {
  id: number;
  atMs: number;
  kind: 'entered' | 'left' | 'failed';
  /** Of a try that failed: the state that was entered last. */
  state: string;
  /**
   * The whole state before or after it, as JSON text; of a try that failed what a Catch would get, `{Error, Cause}`.
   */
  data: string;
};

/** Executions as the command line reads them. Reads only. */
export type Deployments = {
  /** Null for one that Step Functions no longer knows, or does not know yet. */
  describe(executionArn: string): Promise<DescribedExecution | null>;
  /** Newest first, at most `limit`. */
  list(stateMachineArn: string, limit: number): Promise<ExecutionSummary[]>;
  /** The states since the event `afterId` (0: all), oldest first; `state` is the one that it was in then. */
  statesSince(executionArn: string, afterId: number, state?: string): Promise<StateEvent[]>;
};

/** Each event holds the whole state, some 10 kB: what an observation every few seconds finds new fits a small page. */
const EVENTS_PER_PAGE = 20;

/** The most the API gives at once (API reference, ListExecutions). */
const EXECUTIONS_PER_PAGE = 100;

const statusOf = (status: string | undefined): ExecutionStatus =>
  // PENDING_REDRIVE waits to be redriven: it is not over [fact 104].
  executionStatuses.find((known) => known === status) ?? 'RUNNING';

export const makeDeployments = (client: Sender, call: Call): Deployments => ({
  async describe(executionArn) {
    const what = `read execution ${executionArn}`;
    try {
      const found = await call(client, new DescribeExecutionCommand({ executionArn }), { what });
      return {
        arn: executionArn,
        name: found.name ?? executionArn.split(':').at(-1) ?? executionArn,
        status: statusOf(found.status),
        startedAtMs: required(found.startDate, 'the start', what).getTime(),
        endedAtMs: found.stopDate?.getTime() ?? null,
        input: found.input ?? '{}',
        error: found.error ?? '',
        cause: found.cause ?? '',
      };
    } catch (error) {
      if (causedBy(error, 'ExecutionDoesNotExist')) return null;
      throw error;
    }
  },

  async list(stateMachineArn, limit) {
    const what = `list the executions of ${stateMachineArn}`;
    const listed: ExecutionSummary[] = [];
    let nextToken: string | undefined;
    do {
      const maxResults = Math.min(EXECUTIONS_PER_PAGE, limit - listed.length);
      const command = new ListExecutionsCommand({
        stateMachineArn,
        maxResults,
        ...defined({ nextToken }),
      });
      const page = await call(client, command, { what });
      listed.push(
        ...(page.executions ?? []).map((execution) => ({
          arn: required(execution.executionArn, "an execution's ARN", what),
          name: required(execution.name, "an execution's name", what),
          status: statusOf(execution.status),
          startedAtMs: required(execution.startDate, 'the start', what).getTime(),
          endedAtMs: execution.stopDate?.getTime() ?? null,
        })),
      );
      nextToken = page.nextToken;
    } while (nextToken !== undefined && listed.length < limit);
    return listed;
  },

  async statesSince(executionArn, afterId, state = '') {
    // Events that arrive between two pages push the rest back: the next page begins with what the last one ended with.
    const byId = new Map<number, StateEvent>();
    let nextToken: string | undefined;
    do {
      const command = new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        maxResults: EVENTS_PER_PAGE,
        ...defined({ nextToken }),
      });
      const page = await call(client, command, { what: `read the history of execution ${executionArn}` });
      const events = page.events ?? [];
      for (const event of events.filter(({ id = 0 }) => id > afterId).flatMap(stateEvent)) {
        byId.set(event.id, event);
      }
      nextToken = events.some(({ id = 0 }) => id <= afterId + 1) ? undefined : page.nextToken;
    } while (nextToken !== undefined);
    return inTheirStates(
      [...byId.values()].sort((a, b) => a.id - b.id),
      state,
    );
  },
});

/**
 * The history does not say of which state a try was. No state runs beside another here, so it is the one entered
 * last.
 */
const inTheirStates = (events: StateEvent[], before: string): StateEvent[] => {
  let state = before;
  return events.map((event) => {
    if (event.kind === 'entered') state = event.state;
    return event.kind === 'failed' ? { ...event, state } : event;
  });
};

const stateEvent = (event: HistoryEvent): StateEvent[] => {
  const { id = 0, timestamp, stateEnteredEventDetails: entered, stateExitedEventDetails: left } = event;
  const atMs = timestamp?.getTime() ?? 0;
  if (entered !== undefined) {
    return [{ id, atMs, kind: 'entered', state: entered.name ?? '', data: entered.input ?? '{}' }];
  }
  if (left !== undefined) {
    return [{ id, atMs, kind: 'left', state: left.name ?? '', data: left.output ?? '{}' }];
  }
  const failed = event.lambdaFunctionFailedEventDetails ?? event.lambdaFunctionTimedOutEventDetails;
  if (failed !== undefined) {
    const { error = '', cause = '' } = failed;
    return [{ id, atMs, kind: 'failed', state: '', data: JSON.stringify({ Error: error, Cause: cause }) }];
  }
  return [];
};
