import { AsyncLocalStorage } from 'node:async_hooks';
import { makeBuckets } from './buckets.ts';
import type { ApiCall, ApiService, CallFault, CallInterceptor } from './call.types.ts';
import { type Cancel, makeListeners } from './listeners.ts';
import { PAGE_SIZE } from './paging.ts';
import { type Random, seededRandom } from './random.ts';
import { makeScheduler, type Scheduler, type Wall } from './scheduler.ts';
import type { SimEvent, SimEventInput } from './trace.ts';

/** One invocation of one Lambda. */
type Caller = {
  step: string;
  /** Undefined for an event handler. */
  executionArn: string | undefined;
  /** Ends the invocation at once, as a crash of its sandbox does; what it still awaits never arrives. */
  die(): void;
  /** It has died: what its code would still send or log is dropped. Absent: it lives as long as the run. */
  isOver?(): boolean;
};

/** What every simulated service shares: time, chance, the trace of what happened, and where faults come in. */
export type Kernel = {
  scheduler: Scheduler;
  random: Random;
  /** Adds to the run's trace; the timeline and the report are made from it. */
  emit(event: SimEventInput): void;
  /** Until the returned function is called. */
  onEvent(listener: (event: SimEvent) => void): Cancel;
  /** To be called when a service, a route, a target or a table changes: anything that the invariants speak of. */
  noteChange(): void;
  /** How often that was: what checks after every event need not check again while it stays the same. */
  changes(): number;
  nextCallIndex(): number;
  /** An operation that the world serves; a client says which when it is made. */
  serves(service: ApiService, operation: string): void;
  /** All that it serves, `service:Operation`. */
  operations(): readonly string[];
  /** The most items that a list operation answers at once. */
  pageSize: number;
  /**
   * All calls and transitions take the same time. Two runs then differ only by what they do, and not by the order in
   * which their calls drew random numbers.
   */
  evenTimes: boolean;
  /** Runs a Lambda's code so that every call it makes, however late, is known to be its. */
  runAs<Result>(caller: Caller, code: () => Result): Result;
  /** Whose code is running now; undefined for calls from outside a Lambda. */
  caller(): Caller | undefined;
  countCall(call: ApiCall): void;
  /**
   * Calls that executions have made so far, by `service:Operation`; the account's own sweeps are not a deployment's.
   */
  callCounts(): Readonly<Record<string, number>>;
  /** Until the returned function is called. */
  intercept(interceptor: CallInterceptor): Cancel;
  faultFor(call: ApiCall): CallFault | undefined;
  /** Called after an operation ran, with whether it succeeded, and its answer. */
  served(call: ApiCall, ok: boolean, answer: unknown): void;
  /** Until the returned function is called. */
  onServed(listener: (call: ApiCall, ok: boolean, answer: unknown) => void): Cancel;
};

export const makeKernel = (
  seed: number,
  startMs: number,
  { pageSize = PAGE_SIZE, wall }: { pageSize?: number; wall?: Wall } = {},
): Kernel => {
  const scheduler = makeScheduler(startMs, wall);
  const eventListeners = makeListeners<[event: SimEvent]>();
  const servedListeners = makeListeners<[call: ApiCall, ok: boolean, answer: unknown]>();
  const interceptors = new Set<{ faultFor: CallInterceptor }>();
  const counts: Record<string, number> = {};
  const served = new Set<string>();
  let sequence = 0;
  let callIndex = 0;
  let changes = 0;
  const admit = makeBuckets(scheduler.nowMs);
  const callers = new AsyncLocalStorage<Caller>();

  return {
    scheduler,
    pageSize,
    evenTimes: false,
    random: seededRandom(seed),
    emit: (event) => {
      const full: SimEvent = { atMs: scheduler.nowMs(), sequence: sequence++, ...event };
      eventListeners.call(full);
    },
    onEvent: eventListeners.add,
    noteChange: () => {
      changes += 1;
    },
    changes: () => changes,
    nextCallIndex: () => callIndex++,
    serves: (service, operation) => void served.add(`${service}:${operation}`),
    operations: () => [...served],
    runAs: (caller, code) => callers.run(caller, code),
    caller: () => callers.getStore(),
    countCall: (call) => {
      if (call.executionArn === undefined) return;
      const key = `${call.service}:${call.operation}`;
      counts[key] = (counts[key] ?? 0) + 1;
    },
    callCounts: () => counts,
    intercept: (faultFor) => {
      const entry = { faultFor };
      interceptors.add(entry);
      return () => void interceptors.delete(entry);
    },
    faultFor: (call) => {
      if (!admit(call)) return 'throttle';
      for (const { faultFor } of interceptors) {
        const fault = faultFor(call);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
    served: servedListeners.call,
    onServed: servedListeners.add,
  };
};
