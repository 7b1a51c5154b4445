import { DescribeExecutionCommand, SendTaskSuccessCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import type { Executions } from './workflow-verbs.ts';

/**
 * The token's wait is over: somebody else woke it, its timeout did, or its execution has ended (API reference) [fact
 * 100].
 */
const ALREADY_DECIDED = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

export const makeExecutions = (client: Sender, call: Call): Executions => ({
  async wake(taskToken, by) {
    const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ by }) });
    try {
      await call(client, command, { what: 'wake a waiting deployment' });
      return 'woken';
    } catch (error) {
      if (ALREADY_DECIDED.some((name) => causedBy(error, name))) return 'alreadyDecided';
      throw error;
    }
  },

  async status(executionArn) {
    const command = new DescribeExecutionCommand({ executionArn });
    try {
      const { status, cause, error } = await call(client, command, {
        what: `read execution ${executionArn}`,
      });
      return {
        running: status === 'RUNNING' || status === 'PENDING_REDRIVE',
        reason: [status, error, cause].filter((part) => part !== undefined && part !== '').join(': '),
      };
    } catch (failure) {
      if (!causedBy(failure, 'ExecutionDoesNotExist')) throw failure;
      // Histories are kept for 90 days after the end [fact 93]: an execution nobody knows any more has ended.
      return { running: false, reason: 'the execution is no longer known' };
    }
  },

  async start(stateMachineArn, name, input) {
    const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
    try {
      const what = `start execution ${name}`;
      const { startDate } = await call(client, command, { what });
      return { kind: 'started', startedAtMs: required(startDate, 'the start', what).getTime() };
    } catch (error) {
      if (causedBy(error, 'ExecutionAlreadyExists')) return { kind: 'existed' };
      throw error;
    }
  },
});
