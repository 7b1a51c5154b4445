import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type Call, type Invocation as CallsOfOne, makeCall, type Turn } from '../aws/call.ts';
import type { Clock } from '../core/clock.ts';
import { DeploymentError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';
import { type StepInput, type StepName, type StepResult, stepNames } from '../statemachine/contract.ts';
import type { Deps, Log } from './deps.types.ts';

/** What a step gets: the verbs its type names, and the clock. */
export type StepDeps<Uses extends keyof Deps> = Pick<Deps, Uses | 'clock'>;

/** One Task state's work: observe, decide, at most one write, read back. Its result becomes the state's slice. */
export type Step<Name extends StepName, Uses extends keyof Deps = never> = (
  input: StepInput<Name>,
  deps: StepDeps<Uses>,
) => Promise<StepResult<Name>>;

/** Makes one group of verbs for one invocation. A Lambda bundles only the SDK clients of the connectors it names. */
export type Connectors<Uses extends keyof Deps> = {
  [Verb in Exclude<Uses, 'clock'>]: (call: Call) => Deps[Verb];
};

/** What differs between a Lambda and the simulator: where time, chance and log lines come from. */
export type Host = {
  clock: Clock;
  random(): number;
  log: Log;
  /** A line for each invocation that went well; the simulator has none. */
  done?: Log;
  /** Of the invocation under way, as X-Ray names it. */
  traceId?(): string | undefined;
  silence?: CallsOfOne['silence'];
  /** How long before the Lambda's end middy aborts a step; 0 in the simulator, whose interpreter times tasks out. */
  timeoutEarlyInMillis: number;
};

/** Time left for logging and the runtime's own work after a step gave up, milliseconds. */
const MARGIN_MS = 1_500;

/**
 * The state machine runs a throttled step again, and a schedule the watch. Going back is what users wait for; other
 * event handlers, and the watch of a task that ended, are not run again soon.
 */
const turnOf = (name: string, input: unknown): Turn | undefined => {
  if (name === 'Watch') return namesTask(input) ? undefined : 'aside';
  if (name === 'RollBack') return 'first';
  return (stepNames as readonly string[]).includes(name) ? 'yielding' : undefined;
};

const namesTask = (input: unknown): boolean =>
  isObject(input) && isObject(input.detail) && input.detail.group !== undefined;

/** What IAM has allowed the caller to invoke: an alias or a version; null for the function itself. */
export type Invocation = { qualifier: string | null };

/** `arn:aws:lambda:R:A:function:NAME:QUALIFIER` */
const qualifierOf = (functionArn: string | undefined): string | null => functionArn?.split(':')[7] ?? null;

/** The one middleware stack, around every step and every event handler. */
export const toHandler = <Input, Result, Uses extends keyof Deps>(
  name: string,
  run: (input: Input, deps: StepDeps<Uses>, invocation: Invocation) => Promise<Result>,
  connectors: Connectors<Uses>,
  host: Host,
) =>
  middy(
    async (input: Input, context: Context, { signal }: { signal: AbortSignal }): Promise<Result> => {
      const { clock, random } = host;
      const beganMs = clock.nowMs();
      const deadlineMs = beganMs + context.getRemainingTimeInMillis() - MARGIN_MS;
      const about = { step: name, ...deploymentIn(input), ...tracedBy(host) };
      const requestId = context.awsRequestId;
      const log: Log = (entry) => host.log({ ...about, requestId, ...entry });
      const turn = turnOf(name, input);
      const call = makeCall({
        clock,
        random,
        signal,
        deadlineMs,
        log,
        ...(turn === undefined ? {} : { turn }),
        ...(host.silence === undefined ? {} : { silence: host.silence }),
      });

      const verbs = { clock, ...connect(connectors, call) } as StepDeps<Uses>;
      const result = await run(input, verbs, { qualifier: qualifierOf(context.invokedFunctionArn) });
      const durationMs = clock.nowMs() - beganMs;
      host.done?.({ message: `${name} is done`, ...about, requestId, durationMs, ...resultIn(result) });
      return result;
    },
    {
      timeoutEarlyInMillis: host.timeoutEarlyInMillis,
      timeoutEarlyResponse: () => {
        throw new DeploymentError(
          'Unavailable',
          `${name} did not finish within its Lambda's time; it is safe to run again`,
        );
      },
    },
  ).onError(({ error, event, context }) => {
    // Log and return nothing: an onError that returns a value turns the failure into a successful Task.
    const about = { step: name, ...deploymentIn(event), ...tracedBy(host) };
    const message = error?.message ?? 'failed without a message';
    host.log({ ...about, requestId: context.awsRequestId, message, error: error?.name });
  });

/** The deployment that a step's input names: a waiting step has the state beside its token. */
const deploymentIn = (input: unknown): { deployment?: string; ecsService?: string } => {
  if (!isObject(input)) return {};
  const { lease } = isObject(input.state) ? input.state : input;
  if (!isObject(lease)) return {};
  const { deploymentId, serviceKey } = lease;
  return {
    ...(typeof deploymentId === 'string' && { deployment: deploymentId }),
    ...(typeof serviceKey === 'string' && { ecsService: serviceKey }),
  };
};

const tracedBy = ({ traceId }: Host): { traceId?: string } => {
  const id = traceId?.();
  return id === undefined ? {} : { traceId: id };
};

/** Of a step's slice what a person searches for; plans and evidence are in the record. */
const resultIn = (result: unknown): { kind?: string; reason?: string } => {
  if (!isObject(result)) return {};
  const { kind, reason } = result;
  return {
    ...(typeof kind === 'string' && { kind }),
    ...(typeof reason === 'string' && { reason }),
  };
};

const connect = (connectors: Record<string, (call: Call) => unknown>, call: Call): Record<string, unknown> =>
  Object.fromEntries(Object.entries(connectors).map(([verb, make]) => [verb, make(call)]));
