import { fileURLToPath } from 'node:url';
import { type Pace, SECOND_MS } from '../../core/clock.ts';
import { LAMBDA_TIMEOUT_SECONDS } from '../../core/estimate/lambda-size.ts';
import type { Kernel } from '../../sim/kernel/kernel.ts';
import type { SimLambda } from '../../sim/lambda.ts';
import { lambdaDeath } from '../../sim/lambda-death.ts';
import { type Child, startChild } from '../tasks/child.ts';
import type { Invocation, InvocationAnswer } from './message.types.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Who makes a call, by the trace that the call carries. */
type Caller = { step: string; executionArn: string | undefined; die(): void };

export type HandlerProcess = {
  lambda: SimLambda;
  /** `dead`: its invocation has ended, so that nothing may answer it. Undefined: a call from outside. */
  callerOf(traceHeader: string | undefined): Caller | 'dead' | undefined;
  /**
   * Ends the process that runs the handlers, in the middle of whatever it does. Resolves when the spare has taken its
   * place.
   */
  kill(): Promise<void>;
  pids(): number[];
  close(): void;
};

type Parts = {
  kernel: Kernel;
  pace: Pace;
  environment: Record<string, string>;
  output(chunk: Buffer): void;
};

type Pending = {
  traceId: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
};

/** A process that is up, or on its way: starting one takes about a second. */
type Sandbox = { child: Child; ready: Promise<void>; pending: Map<number, Pending> };

/**
 * How many traces of ended invocations are remembered, so that what they still send is not taken for a call from
 * outside.
 */
const MOST_ENDED = 10_000;

const rootOf = (traceHeader: string): string | undefined => /Root=([\w-]+)/.exec(traceHeader)?.[1];

/** The production handlers in a process of their own, started by the interpreter as Lambda starts them. */
export const makeHandlerProcess = ({ kernel, pace, environment, output }: Parts): HandlerProcess => {
  const { scheduler } = kernel;
  const random = kernel.random.fork('lambda');
  const callers = new Map<string, Caller>();
  const ended = new Set<string>();
  const used = { invocations: 0, billedSeconds: 0 };
  let lastId = 0;
  let closed = false;

  const death = (id: string): Error => lambdaDeath(random.fork(`${id} dies at ${scheduler.nowMs()}`));

  const forget = (root: string): void => {
    callers.delete(root);
    ended.add(root);
    if (ended.size > MOST_ENDED) ended.delete(ended.values().next().value as string);
  };

  const startSandbox = (): Sandbox => {
    const pending = new Map<number, Pending>();
    let up: () => void = () => {};
    const ready = new Promise<void>((resolve) => {
      up = resolve;
    });
    const sandbox: Sandbox = {
      pending,
      ready,
      child: startChild(
        ['node', CHILD],
        {
          directory: process.cwd(),
          environment: { ...environment, CUTOVER_PACE: JSON.stringify(pace) },
          ipc: true,
        },
        {
          started: () => {},
          failed: (error) => output(Buffer.from(`${error.message}\n`)),
          ended: () => {
            up();
            for (const { reject, traceId } of pending.values()) reject(death(traceId));
            pending.clear();
            if (!closed && sandbox === current) current = takeSpare();
          },
          output,
        },
      ),
    };
    sandbox.child.process.on('message', (message) => {
      if (message === 'ready') return up();
      const answer = message as InvocationAnswer;
      const waiting = pending.get(answer.id);
      pending.delete(answer.id);
      if (answer.ok) waiting?.resolve(answer.result);
      else waiting?.reject(Object.assign(new Error(answer.error.message), { name: answer.error.name }));
    });
    return sandbox;
  };

  let current = startSandbox();
  let spare = startSandbox();
  const takeSpare = (): Sandbox => {
    const next = spare;
    spare = startSandbox();
    return next;
  };

  const invoke: SimLambda['invoke'] = async (name, payload, { executionArn }) => {
    const fromMs = scheduler.nowMs();
    const billed = executionArn !== undefined;
    if (billed) used.invocations += 1;
    const root = `1-${random.hex(8)}-${random.hex(24)}`;
    const sandbox = current;
    await sandbox.ready;
    try {
      return await new Promise((resolve, reject) => {
        lastId += 1;
        const id = lastId;
        const traceId = `Root=${root};Sampled=0`;
        callers.set(root, {
          step: name,
          executionArn,
          die: () => {
            sandbox.pending.delete(id);
            forget(root);
            reject(death(root));
          },
        });
        sandbox.pending.set(id, { traceId, resolve, reject });
        const endsAtMs = scheduler.nowMs() + LAMBDA_TIMEOUT_SECONDS * SECOND_MS;
        const message: Invocation = { id, name, payload, requestId: random.hex(32), traceId, endsAtMs };
        const { process: child } = sandbox.child;
        if (child.connected) child.send(message);
        else reject(death(root));
      });
    } finally {
      forget(root);
      if (billed) used.billedSeconds += (scheduler.nowMs() - fromMs) / SECOND_MS;
    }
  };

  return {
    lambda: { invoke, usage: () => ({ ...used }) },
    callerOf: (traceHeader) => {
      const root = traceHeader === undefined ? undefined : rootOf(traceHeader);
      if (root === undefined) return undefined;
      return ended.has(root) ? 'dead' : callers.get(root);
    },
    kill: () =>
      new Promise((resolve) => {
        current.child.process.once('exit', () => resolve());
        current.child.kill('SIGKILL');
      }),
    pids: () => [current.child.pid, spare.child.pid],
    close: () => {
      closed = true;
      for (const { child } of [current, spare]) child.kill('SIGKILL');
    },
  };
};
