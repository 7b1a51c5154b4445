import type { MetadataBearer } from '@smithy/types';
import type { AwsCommand, AwsStub } from 'aws-sdk-client-mock';
import { lostResponse } from '../aws/an-invocation.ts';

type Fault = { operation: string; error: Error; times: number; afterEffect: boolean };

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

/** What a service answers to a command, unless a fault is waiting for it. */
export const answering = <Input extends object, Output extends MetadataBearer>(
  stub: AwsStub<object, MetadataBearer, unknown>,
  command: new (input: Input) => AwsCommand<Input, Output>,
  respond: (input: NoInfer<Input>) => Partial<NoInfer<Output>>,
): void => {
  const operation = command.name.replace(/Command$/, '');
  stub.on(command).callsFake((input: Input) => {
    const fault = faults.find((one) => one.operation === operation && one.times > 0);
    if (fault !== undefined) fault.times -= 1;
    if (fault !== undefined && !fault.afterEffect) throw fault.error;
    // A service keeps nothing of ours and lends nothing of its own.
    const answer = structuredClone(respond(structuredClone(input)));
    if (fault !== undefined) throw fault.error;
    return answer;
  });
};
