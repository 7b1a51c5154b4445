import type {
  DescribeExecutionInput,
  DescribeExecutionOutput,
  DescribeStateMachineInput,
  DescribeStateMachineOutput,
  GetExecutionHistoryInput,
  GetExecutionHistoryOutput,
  ListExecutionsInput,
  ListExecutionsOutput,
  ListStateMachinesInput,
  ListStateMachinesOutput,
  SendTaskFailureInput,
  SendTaskSuccessInput,
  StartExecutionInput,
  StartExecutionOutput,
  StopExecutionInput,
  StopExecutionOutput,
} from '@aws-sdk/client-sfn';
import type { Sender } from '../../aws/call.ts';
import { makeFakeClient, SimApiError } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { Random } from '../kernel/random.ts';
import type { Execution } from './execution.types.ts';
import { MAX_PAYLOAD_BYTES } from './history.ts';
import type { Delivery, TokenAnswer } from './tokens.ts';

/** What the API's operations need of the service behind them. */
type Behind = {
  stateMachineArn: string;
  machine: { stateMachineArn: string; name: string; type: 'STANDARD'; creationDate: Date };
  /** The Amazon States Language text. */
  definition: string;
  roleArn: string;
  random: Random;
  find(executionArn: string): Execution | undefined;
  /** In the order they were started. */
  all(): readonly Execution[];
  begin(machineArn: string, name: string | undefined, inputText: string): Execution;
  arnIn(machineArn: string, name: string): string;
  /** Whether executions of it may be started. */
  knows(machineArn: string | undefined): machineArn is string;
  stop(executionArn: string, cause?: string, error?: string): void;
  deliver(token: string, answer: TokenAnswer): Delivery;
};

/**
 * List calls return at most this many entries, whatever is asked for, so that callers which do not page are found
 * out.
 */
const PAGE_SIZE = 5;

/** DescribeExecution is eventually consistent [fact 103]: assumed to lag by up to this long, milliseconds. */
const MAX_LAG_MS = 1_000;

/** Characters an execution's name may not have, and its length [fact 94]. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among those forbidden
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const tooLarge = (text: string, member: string): void => {
  if (Buffer.byteLength(text) <= MAX_PAYLOAD_BYTES) return;
  throw new SimApiError(
    'ValidationException',
    `Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ` +
      `${MAX_PAYLOAD_BYTES}`,
  );
};

/** SendTask*'s three ways to say that the task is not waiting [fact 100]. */
const assertDelivered = (delivery: Delivery): void => {
  switch (delivery) {
    case 'delivered':
      return;
    case 'malformed':
      throw new SimApiError('InvalidToken', "Invalid Token: 'Invalid token'");
    case 'unknown':
      throw new SimApiError('TaskDoesNotExist', 'Task does not exist');
    case 'closed':
      throw new SimApiError(
        'TaskTimedOut',
        'Task Timed Out: the provided task does not exist any more, it ended or timed out',
      );
    default:
      delivery satisfies never;
  }
};

const noMachine = (given: string | undefined): SimApiError =>
  new SimApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${given}'`);

const assertMachine = (
  { stateMachineArn }: Pick<Behind, 'stateMachineArn'>,
  given: string | undefined,
): void => {
  if (given !== stateMachineArn) throw noMachine(given);
};

const makeStart =
  ({ find, begin, arnIn, knows }: Behind) =>
  (input: StartExecutionInput): StartExecutionOutput => {
    onlyMembers('StartExecution', input, ['stateMachineArn', 'name', 'input']);
    const { stateMachineArn } = input;
    if (!knows(stateMachineArn)) throw noMachine(stateMachineArn);
    if (input.name !== undefined && !NAME.test(input.name)) {
      throw new SimApiError('InvalidName', `Invalid Name: '${input.name}'`);
    }
    const inputText = input.input ?? '{}';
    if (!isJson(inputText))
      throw new SimApiError('InvalidExecutionInput', 'Invalid State Machine Execution Input');
    tooLarge(inputText, 'input');

    // A name is single-use, except that repeating a start that still runs gives the same execution [fact 102].
    const existing = input.name === undefined ? undefined : find(arnIn(stateMachineArn, input.name));
    if (existing !== undefined && (existing.status !== 'RUNNING' || existing.input !== inputText)) {
      throw new SimApiError('ExecutionAlreadyExists', `Execution Already Exists: '${existing.arn}'`);
    }
    const { arn, startedAtMs } = existing ?? begin(stateMachineArn, input.name, inputText);
    return { executionArn: arn, startDate: new Date(startedAtMs) };
  };

const describe = (execution: Execution, seenAtMs: number): DescribeExecutionOutput => {
  const { arn, name, stateMachineArn, input, startedAtMs, endedAtMs } = execution;
  const known = { executionArn: arn, name, stateMachineArn, input, startDate: new Date(startedAtMs) };
  if (endedAtMs === undefined || endedAtMs > seenAtMs) return { ...known, status: 'RUNNING' };
  const { status, output, error, cause } = execution;
  return {
    ...known,
    status,
    stopDate: new Date(endedAtMs),
    ...(status === 'SUCCEEDED' ? { output: JSON.stringify(output) } : {}),
    error,
    cause,
  };
};

const historyPage = (execution: Execution, input: GetExecutionHistoryInput): GetExecutionHistoryOutput => {
  const events = input.reverseOrder === true ? execution.history.toReversed() : execution.history;
  const from = Number(input.nextToken ?? 0);
  const to = from + Math.min(input.maxResults || PAGE_SIZE, PAGE_SIZE);
  return {
    events: events.slice(from, to),
    ...(to < events.length ? { nextToken: String(to) } : {}),
  };
};

/** Newest first. */
const listPage = (
  { all, stateMachineArn }: Behind,
  input: ListExecutionsInput,
  seenAtMs: number,
): ListExecutionsOutput => {
  assertMachine({ stateMachineArn }, input.stateMachineArn);
  const seen = all()
    .filter(({ startedAtMs }) => startedAtMs <= seenAtMs)
    .toReversed();
  const from = Number(input.nextToken ?? 0);
  const to = from + Math.min(input.maxResults || PAGE_SIZE, PAGE_SIZE);
  return {
    executions: seen.slice(from, to).map((execution) => {
      const { executionArn, name, status, startDate, stopDate } = describe(execution, seenAtMs);
      return { executionArn, stateMachineArn, name, status, startDate, stopDate };
    }),
    ...(to < seen.length ? { nextToken: String(to) } : {}),
  };
};

/** The API of AWS Step Functions, as far as it is modelled. */
export const makeClient = (kernel: Kernel, behind: Behind): Sender => {
  const executionOf = (executionArn: string | undefined): Execution => {
    const found = behind.find(executionArn ?? '');
    if (found !== undefined) return found;
    throw new SimApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  };

  return makeFakeClient(kernel, 'sfn', {
    ListStateMachines: (input: ListStateMachinesInput): ListStateMachinesOutput => {
      onlyMembers('ListStateMachines', input, ['maxResults', 'nextToken']);
      return { stateMachines: [behind.machine] };
    },
    DescribeStateMachine: (input: DescribeStateMachineInput): DescribeStateMachineOutput => {
      onlyMembers('DescribeStateMachine', input, ['stateMachineArn', 'includedData']);
      assertMachine(behind, input.stateMachineArn);
      return { ...behind.machine, status: 'ACTIVE', definition: behind.definition, roleArn: behind.roleArn };
    },
    StartExecution: makeStart(behind),
    DescribeExecution: (input: DescribeExecutionInput): DescribeExecutionOutput => {
      onlyMembers('DescribeExecution', input, ['executionArn']);
      const lagMs = behind.random.between(0, MAX_LAG_MS);
      return describe(executionOf(input.executionArn), kernel.scheduler.nowMs() - lagMs);
    },
    ListExecutions: (input: ListExecutionsInput): ListExecutionsOutput => {
      onlyMembers('ListExecutions', input, ['stateMachineArn', 'maxResults', 'nextToken']);
      return listPage(behind, input, kernel.scheduler.nowMs() - behind.random.between(0, MAX_LAG_MS));
    },
    StopExecution: (input: StopExecutionInput): StopExecutionOutput => {
      onlyMembers('StopExecution', input, ['executionArn', 'cause', 'error']);
      const execution = executionOf(input.executionArn);
      behind.stop(execution.arn, input.cause, input.error);
      return { stopDate: new Date(execution.endedAtMs ?? kernel.scheduler.nowMs()) };
    },
    GetExecutionHistory: (input: GetExecutionHistoryInput): GetExecutionHistoryOutput => {
      onlyMembers('GetExecutionHistory', input, [
        'executionArn',
        'maxResults',
        'reverseOrder',
        'nextToken',
        'includeExecutionData',
      ]);
      return historyPage(executionOf(input.executionArn), input);
    },
    SendTaskSuccess: ({ taskToken, output, ...rest }: SendTaskSuccessInput): object => {
      onlyMembers('SendTaskSuccess', rest, []);
      if (output === undefined || !isJson(output)) {
        throw new SimApiError('InvalidOutput', "Invalid Output: 'the output is not JSON'");
      }
      tooLarge(output, 'output');
      assertDelivered(behind.deliver(taskToken ?? '', { ok: true, output: JSON.parse(output) }));
      return {};
    },
    SendTaskFailure: ({ taskToken, error, cause, ...rest }: SendTaskFailureInput): object => {
      onlyMembers('SendTaskFailure', rest, []);
      if (error === undefined) throw new Error('sim does not model SendTaskFailure without an error');
      assertDelivered(behind.deliver(taskToken ?? '', { ok: false, Error: error, Cause: cause ?? '' }));
      return {};
    },
  });
};
