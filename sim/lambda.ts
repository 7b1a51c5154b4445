import type { Context } from 'aws-lambda';
import { LAMBDA_TIMEOUT_SECONDS } from '../core/estimate/lambda-size.ts';
import { allHandlers } from '../functions/all-handlers.ts';
import type { Deps } from '../functions/deps.types.ts';
import type { Connectors, Host } from '../functions/step.ts';
import { jsonCopyOf } from './kernel/copy.ts';
import type { Kernel } from './kernel/kernel.ts';
import { lambdaDeath } from './lambda-death.ts';

/**
 * The Lambda service as Step Functions meets it: JSON in, JSON out, a start-up delay, a memory size that costs money.
 * The handlers are the production ones, middy included; only time, chance and the SDK clients are the simulator's.
 */
export type SimLambda = {
  /** Without an execution: an event handler, or a person. */
  invoke(
    name: string,
    payload: unknown,
    context: { executionArn: string | undefined; qualifier?: string | undefined },
  ): Promise<unknown>;
  /** Invocations by executions so far and their billed time, seconds. */
  usage(): { invocations: number; billedSeconds: number };
};

/** Assumed: a cold start of three clients and the first call about 375 ms [fact 130]; a warm start about 10 ms. */
const COLD_START_MS = 375;
const WARM_START_MS = 10;
/** Assumed: Lambda keeps an idle environment for some minutes; after that the next call is cold again. */
const IDLE_ENVIRONMENT_MS = 5 * 60_000;

/** Lambda ends what takes longer than its timeout; in production middy gives up a moment before. [fact 108] */
const outOfTime = (requestId: string): Error =>
  Object.assign(
    new Error(`RequestId: ${requestId} Error: Task timed out after ${LAMBDA_TIMEOUT_SECONDS}.00 seconds`),
    {
      name: 'Sandbox.Timedout',
    },
  );

export const makeLambda = (kernel: Kernel, connectors: Connectors<keyof Deps>): SimLambda => {
  const random = kernel.random.fork('lambda');
  const { scheduler } = kernel;
  const host: Host = {
    clock: scheduler.clock,
    random: () => random.next(),
    silence: scheduler.clock.sleep,
    log: (entry) => {
      if (kernel.caller()?.isOver?.() === true) return;
      kernel.emit({
        kind: 'log',
        what: entry.message,
        data: jsonCopyOf(entry) as Record<string, unknown>,
        detail: true,
      });
    },
    timeoutEarlyInMillis: 0,
  };
  const handlers = allHandlers(connectors, host);
  const lastUsedMs: Record<string, number> = {};
  const used = { invocations: 0, billedSeconds: 0 };

  const invoke: SimLambda['invoke'] = async (step, payload, { executionArn, qualifier }) => {
    const handler = handlers[step];
    if (handler === undefined) throw new Error(`sim: no handler for ${step}`);
    const lastMs = lastUsedMs[step];
    const warm = lastMs !== undefined && scheduler.nowMs() - lastMs < IDLE_ENVIRONMENT_MS;
    const billed = executionArn !== undefined;
    if (billed) used.invocations += 1;
    const billedFromMs = scheduler.nowMs();
    await scheduler.clock.sleep(warm ? WARM_START_MS : COLD_START_MS);

    const endsAtMs = scheduler.nowMs() + LAMBDA_TIMEOUT_SECONDS * 1_000;
    const called = qualifier === undefined ? step : `${step}:${qualifier}`;
    const context = {
      functionName: step,
      invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${called}`,
      awsRequestId: random.hex(32),
      getRemainingTimeInMillis: () => endsAtMs - scheduler.nowMs(),
    } as Context;
    const ended = (): void => {
      lastUsedMs[step] = scheduler.nowMs();
      if (billed) used.billedSeconds += (scheduler.nowMs() - billedFromMs) / 1_000;
    };
    let stopTimer = (): void => {};
    let over = false;
    try {
      return await new Promise((resolve, reject) => {
        const die = () => {
          over = true;
          reject(lambdaDeath(kernel.random.fork(`${context.awsRequestId} dies at ${scheduler.nowMs()}`)));
        };
        stopTimer = scheduler.after(endsAtMs - scheduler.nowMs(), () => {
          over = true;
          reject(outOfTime(context.awsRequestId));
        });
        const run = () => handler(jsonCopyOf(payload), context) as Promise<unknown>;
        const caller = { step, executionArn, die, isOver: () => over };
        kernel.runAs(caller, run).then((result) => resolve(jsonCopyOf(result)), reject);
      });
    } finally {
      stopTimer();
      ended();
    }
  };

  return { invoke, usage: () => ({ ...used }) };
};
