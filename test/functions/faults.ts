import type { MetadataBearer } from '@smithy/types';
import type { AwsCommand, AwsStub } from 'aws-sdk-client-mock';
import { lostResponse } from '../aws/an-invocation.ts';

type Fault = {
  operation: string;
  /** Null: no answer at all, ever. */
  error: Error | null;
  times: number;
  afterEffect: boolean;
};

let faults: Fault[] = [];

export const noFaults = (): void => {
  faults = [];
};

/** The operation throws so many times, for good unless said otherwise, and changes nothing. */
export const failing = (operation: string, error: Error, times = Number.POSITIVE_INFINITY): void => {
  faults.push({ operation, error, times, afterEffect: false });
};

/** The operation takes effect once and its answer never arrives. */
export const losingTheAnswerOf = (operation: string): void => {
  faults.push({ operation, error: lostResponse(), times: 1, afterEffect: true });
};

/** The operation is sent and nothing more is heard of it. */
export const hanging = (operation: string): void => {
  faults.push({ operation, error: null, times: Number.POSITIVE_INFINITY, afterEffect: false });
};

/** By operation, the latest. The stubs themselves are set up once: that takes longer than most tests. */
const responses = new Map<string, (input: object) => object>();

/** What a service answers to a command, from now on, unless a fault is waiting for it. */
export const answering = <Input extends object, Output extends MetadataBearer>(
  stub: AwsStub<object, MetadataBearer, unknown>,
  command: new (input: Input) => AwsCommand<Input, Output>,
  respond: (input: NoInfer<Input>) => Partial<NoInfer<Output>>,
): void => {
  const operation = command.name.replace(/Command$/, '');
  if (!responses.has(operation)) stub.on(command).callsFake((input: object) => answerTo(operation, input));
  responses.set(operation, respond as (input: object) => object);
};

const answerTo = (operation: string, input: object): object => {
  const fault = faults.find((one) => one.operation === operation && one.times > 0);
  if (fault !== undefined) fault.times -= 1;
  if (fault?.error === null) return new Promise(() => {});
  if (fault !== undefined && !fault.afterEffect) throw fault.error;
  // A service keeps nothing of ours and lends nothing of its own.
  const answer = structuredClone(responses.get(operation)?.(structuredClone(input)) ?? {});
  if (fault !== undefined) throw fault.error;
  return answer;
};
