import type { Sender } from '../../aws/call.ts';
import { operationNameOf } from '../../core/operation-name.ts';
import type { ApiCall, ApiService } from './call.types.ts';
import { copyOf } from './copy.ts';
import type { Kernel } from './kernel.ts';
import { tookMs } from './took.ts';

/** An answer of the simulated API: `name` is the SDK's error name. */
export class SimApiError extends Error {
  override readonly name: string;
  readonly $fault: 'client' | 'server';
  readonly $metadata: { httpStatusCode: number; attempts: number };

  constructor(name: string, message: string, httpStatusCode = 400, members: object = {}) {
    super(message);
    Object.assign(this, members);
    this.name = name;
    this.$fault = httpStatusCode >= 500 ? 'server' : 'client';
    this.$metadata = { httpStatusCode, attempts: 1 };
  }
}

/** What most of AWS's APIs answer to input of the wrong form. */
export const validationError = (message: string): SimApiError => new SimApiError('ValidationError', message);

/** Operation name without `Command` -> what the service does at the moment the call reaches it. */
// biome-ignore lint/suspicious/noExplicitAny: each operation narrows its own input and output from the SDK's types
export type Operations = Record<string, (input: any) => unknown>;

/** Assumed one-way latencies of an API call in the same Region, milliseconds: [low, high]. */
const ONE_WAY_MS = [8, 45] as const;

/** How long a client waits for an answer that never comes: functions/deps.ts says. */
const LOST_ANSWER_MS = 5_000;

/**
 * An SDK client whose answers come from `operations`. Input and output are copied, so that the code under
 * simulation cannot reach into the world; an operation that is not listed throws.
 */
export const makeFakeClient = (kernel: Kernel, service: ApiService, operations: Operations): Sender => {
  for (const operation of Object.keys(operations)) kernel.serves(service, operation);
  const latency = kernel.random.fork(`latency/${service}`);
  const oneWayMs = (): number => tookMs(kernel, latency, ONE_WAY_MS);

  return {
    send: (command, options) =>
      new Promise((resolve, reject) => {
        const operation = operationNameOf(command);
        const serve = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
        if (serve === undefined) {
          reject(new Error(`sim does not model ${service} ${operation}`));
          return;
        }
        const signal = options?.abortSignal;
        if (signal?.aborted) {
          reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
          return;
        }

        const input = copyOf(command.input);
        const caller = kernel.caller();
        // A process that has died neither sends nor hears anything any more, whatever its timers would do.
        if (caller?.isOver?.() === true) return;
        const call: ApiCall = {
          service,
          operation,
          input,
          index: kernel.nextCallIndex(),
          by: caller?.step,
          executionArn: caller?.executionArn,
        };
        kernel.countCall(call);
        const arrive = () => {
          const result = attempt(() => copyOf(serve(copyOf(input))));
          kernel.served(call, result.ok, result.ok ? result.value : undefined);
          return result;
        };
        const fail = (ms: number, error: Error): void => void kernel.scheduler.after(ms, () => reject(error));
        const timeout = (): Error => Object.assign(new Error('socket timed out'), { name: 'TimeoutError' });

        kernel.scheduler.after(oneWayMs(), () => {
          const fault = kernel.faultFor(call);
          switch (fault) {
            case 'unsent':
              return fail(LOST_ANSWER_MS, timeout());
            case 'throttle':
              return fail(oneWayMs(), new SimApiError('ThrottlingException', 'Rate exceeded'));
            case 'serverError':
              return fail(oneWayMs(), new SimApiError('InternalFailure', 'internal error', 500));
            case 'denied':
              return fail(
                oneWayMs(),
                new SimApiError('AccessDeniedException', `not authorized to perform ${service}:${operation}`),
              );
            case 'unattached':
              return fail(
                oneWayMs(),
                new SimApiError(
                  'InvalidParameterException',
                  'The target group does not have an associated load balancer.',
                ),
              );
            case 'lost':
              arrive();
              return fail(LOST_ANSWER_MS, timeout());
            case 'dieBefore':
              return caller?.die();
            case 'dieAfter':
              arrive();
              return caller?.die();
            case 'silent':
              arrive();
              return;
            case 'twice':
              arrive();
              break;
            case undefined:
              break;
            default:
              fault satisfies never;
          }
          const result = arrive();
          kernel.scheduler.after(oneWayMs(), () =>
            result.ok ? resolve(result.value) : reject(result.error),
          );
        });
      }),
  };
};

const attempt = <T>(action: () => T): { ok: true; value: T } | { ok: false; error: unknown } => {
  try {
    return { ok: true, value: action() };
  } catch (error) {
    return { ok: false, error };
  }
};
