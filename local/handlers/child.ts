import { setTimeout } from 'node:timers/promises';
import { InvokeStore } from '@aws/lambda-invoke-store';
import type { Context } from 'aws-lambda';
import { type Pace, paced } from '../../core/clock.ts';
import { allHandlers } from '../../functions/all-handlers.ts';
import * as connectors from '../../functions/deps.ts';
import type { Deps } from '../../functions/deps.types.ts';
import { lambdaHost } from '../../functions/lambda-host.ts';
import type { Connectors, Host } from '../../functions/step.ts';
import type { Invocation, InvocationAnswer } from './message.types.ts';

/** The process in which the production handlers run, with the real clients: what Lambda is in an account. */

const pace = JSON.parse(process.env.CUTOVER_PACE ?? '') as Pace;

// A line for each step that went well is for a log that somebody queries.
const { done: _done, ...rest } = lambdaHost;

const host: Host = {
  ...rest,
  clock: paced(
    {
      nowMs: () => Date.now(),
      sleep: (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal }),
    },
    pace,
  ),
  // middy's timer is of real time: at another speed only the interpreter times a step out.
  timeoutEarlyInMillis: pace.speed === 1 ? lambdaHost.timeoutEarlyInMillis : 0,
};

const handlers = allHandlers(connectors as Connectors<keyof Deps>, host);

const answer = (message: InvocationAnswer): void => void process.send?.(message);

// One environment here runs several invocations at a time, each with a trace of its own.
const store = await InvokeStore.getInstanceAsync(true);
const { X_RAY_TRACE_ID, REQUEST_ID } = (
  store.constructor as unknown as { PROTECTED_KEYS: Record<string, symbol> }
).PROTECTED_KEYS as { X_RAY_TRACE_ID: symbol; REQUEST_ID: symbol };

const invoke = async ({ id, name, payload, requestId, traceId, endsAtMs }: Invocation): Promise<void> => {
  const context = {
    functionName: name,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => endsAtMs - host.clock.nowMs(),
  } as Context;
  try {
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`there is no handler ${name}`);
    const result: unknown = await store.run({ [X_RAY_TRACE_ID]: traceId, [REQUEST_ID]: requestId }, () =>
      handler(payload, context),
    );
    answer({ id, ok: true, result });
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(String(error));
    answer({ id, ok: false, error: { name: thrown.name, message: thrown.message } });
  }
};

process.on('message', (message) => void invoke(message as Invocation));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
