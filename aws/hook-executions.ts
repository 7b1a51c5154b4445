import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { isDeploymentError } from '../core/errors.ts';
import type { Call, Sender } from './call.ts';
import { causedBy } from './errors.ts';
import type { HookExecutions } from './hook-verbs.ts';

/**
 * Executions of the state machine of hooks; an execution's name is its run's id, so a run has one at most [fact 102].
 */
export const makeHookExecutions = (client: Sender, call: Call, stateMachineArn: string): HookExecutions => {
  const arnOf = (runId: string): string =>
    `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
  return {
    arnOf,

    async ensure(runId, input) {
      const command = new StartExecutionCommand({
        stateMachineArn,
        name: runId,
        input: JSON.stringify(input),
      });
      try {
        await call(client, command, { what: `start hook ${input.name}` });
        return { kind: 'runs' };
      } catch (error) {
        if (causedBy(error, 'ExecutionAlreadyExists')) return { kind: 'ended' };
        if (!isDeploymentError(error, 'AccessDenied', 'NotFound', 'Rejected')) throw error;
        return { kind: 'refused', reason: error.message };
      }
    },

    async ending(runId) {
      const command = new DescribeExecutionCommand({ executionArn: arnOf(runId) });
      const { status, error, cause } = await call(client, command, { what: `read hook execution ${runId}` });
      return [status, error, cause].filter((part) => part !== undefined && part !== '').join(': ');
    },

    async stop(runId, cause) {
      const command = new StopExecutionCommand({ executionArn: arnOf(runId), cause });
      try {
        await call(client, command, { what: `stop hook execution ${runId}` });
      } catch (error) {
        // A run that was written and never started.
        if (!causedBy(error, 'ExecutionDoesNotExist')) throw error;
      }
    },
  };
};
